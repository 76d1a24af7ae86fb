package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
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
	handle             handler
	segments           []string
}

// router finds the operation of a request. Literal segments win over parameters by standing first in the table.
type router struct{ routes []*route }

func newRouter(tables ...[]route) *router {
	r := &router{}
	for _, table := range tables {
		for i := range table {
			entry := table[i]
			entry.segments = strings.Split(strings.Trim(entry.path, "/"), "/")
			r.routes = append(r.routes, &entry)
		}
	}
	return r
}

// names tells whether an operation has this name.
func (r *router) names(operation string) bool {
	return slices.ContainsFunc(r.routes, func(known *route) bool { return known.name == operation })
}

// match gives the operation and its path parameters; with none, the methods the path does have.
func (r *router) match(method string, path *url.URL) (found *route, params map[string]string, allowed []string) {
	segments := splitPath(path)
	for _, candidate := range r.routes {
		params, ok := candidate.accepts(segments)
		if !ok {
			continue
		}
		if candidate.method == method {
			return candidate, params, nil
		}
		if !slices.Contains(allowed, candidate.method) {
			allowed = append(allowed, candidate.method)
		}
	}
	return nil, nil, allowed
}

func (r *route) accepts(segments []string) (map[string]string, bool) {
	if len(segments) != len(r.segments) {
		return nil, false
	}
	params := map[string]string{}
	for i, want := range r.segments {
		if name, ok := strings.CutPrefix(want, "{"); ok && segments[i] != "" {
			params[strings.TrimSuffix(name, "}")] = segments[i]
		} else if want != segments[i] {
			return nil, false
		}
	}
	return params, true
}

// splitPath cuts a path before it unescapes it, so that an id may hold %2F; doubled and trailing slashes do not count.
func splitPath(path *url.URL) []string {
	var segments []string
	for segment := range strings.SplitSeq(path.EscapedPath(), "/") {
		if segment == "" {
			continue
		}
		plain, err := url.PathUnescape(segment)
		if err != nil {
			plain = segment
		}
		segments = append(segments, plain)
	}
	return segments
}

// apiOf tells whether a path belongs to Symphony's API, and to which family.
func apiOf(path string) (family, bool) {
	path = "/" + strings.TrimLeft(path, "/") // of a base address that ends with a slash
	for _, base := range []struct {
		prefix string
		family family
	}{
		{"/login", familyPod}, {"/relay", familyPod}, {"/pod", familyPod}, {"/sessionauth", familyPod}, {"/keyauth", familyPod},
		{"/agent", familyAgent}, {"/profile-manager", familyProfile}, {"/v1", familyPod}, {"/v5", familyPod},
		{"/sandbox/v1", familyControl},
	} {
		if path == base.prefix || strings.HasPrefix(path, base.prefix+"/") {
			return base.family, true
		}
	}
	return familyPod, false
}

func unknownPath(method, path string, allowed []string) error {
	if len(allowed) > 0 {
		return refuse(http.StatusMethodNotAllowed, "%s takes %s, not %s", path, strings.Join(allowed, " or "), method)
	}
	return refuse(http.StatusNotFound, "The sandbox knows no operation %s %s", method, path)
}
