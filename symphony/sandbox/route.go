package sandbox

import (
	"slices"

	"roombot/symphony/sandbox/rest"
)

// auth is what an operation asks of its caller.
type auth int

const (
	authNone    auth = iota
	authSession      // session token
	authAgent        // session token and key manager token
	authBearer       // access token with scope profile-manager
)

// handler answers one operation. It runs with the pod's mutex held unless its route says free.
type handler func(*Pod, *call) (any, error)

// route is one operation: the single place that knows its method, path, name and demands.
type route struct {
	method, path, name string
	family             family
	auth               auth
	free               bool // takes the pod's mutex itself, because it waits or computes
	large              bool // may carry files
	absent             bool // known, and refused
	replacedBy         string
	handle             handler
}

// allRoutes are the vendor's operations that the sandbox knows.
func allRoutes() []*route {
	var all []*route
	for _, table := range [][]route{loginRoutes(), podRoutes(), agentRoutes(), groupRoutes(), absentRoutes(), retiredRoutes()} {
		for i := range table {
			all = append(all, &table[i])
		}
	}
	return all
}

func newRouter() *rest.Router[*route] {
	return rest.NewRouter(allRoutes(), func(r *route) (method, path string) { return r.method, r.path })
}

// hasOperation reports whether an operation has this name.
func hasOperation(name string) bool {
	return slices.ContainsFunc(allRoutes(), func(r *route) bool { return r.name == name })
}

// Operation is one operation of the vendor's API as the sandbox knows it.
type Operation struct {
	Method, Path, Name string
	Implemented        bool
	ReplacedBy         string // method and path of what is to be called in place of a retired operation
}

// Operations lists the vendor's operations that the sandbox answers, and those it knows and
// refuses.
func Operations() []Operation {
	var list []Operation
	for _, r := range allRoutes() {
		list = append(list, Operation{Method: r.method, Path: r.path, Name: r.name, Implemented: !r.absent, ReplacedBy: r.replacedBy})
	}
	return list
}
