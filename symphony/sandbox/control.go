package sandbox

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// The control API: everything the page can do, for tests and scripts. All of it is JSON under /sandbox/v1/. A refusal
// is {"message": "…"} with a fitting status.
func controlRoutes() []route {
	table := []route{
		{method: "GET", path: "", name: "index", free: true, handle: (*Pod).controlIndex},
		{method: "GET", path: "/people", name: "people", handle: (*Pod).controlPeople},
		{method: "GET", path: "/chats", name: "chats", handle: (*Pod).controlChats},
		{method: "POST", path: "/chats", name: "openChat", handle: (*Pod).controlOpenChat},
		{method: "GET", path: "/chats/{streamId}", name: "chat", handle: (*Pod).controlChat},
		{method: "POST", path: "/say", name: "say", free: true, handle: (*Pod).controlSay},
		{method: "GET", path: "/messages", name: "messages", handle: (*Pod).controlMessages},
		{method: "POST", path: "/chatter", name: "chatter", handle: (*Pod).controlChatter},
		{method: "POST", path: "/edit", name: "edit", free: true, handle: (*Pod).controlEdit},
		{method: "POST", path: "/act", name: "act", free: true, handle: (*Pod).controlAct},
		{method: "POST", path: "/join", name: "join", handle: (*Pod).controlJoin},
		{method: "POST", path: "/leave", name: "leave", handle: (*Pod).controlLeave},
		{method: "POST", path: "/connect", name: "connect", handle: (*Pod).controlConnect},
		{method: "GET", path: "/state", name: "state", handle: (*Pod).controlState},
		{method: "GET", path: "/wire", name: "wire", handle: (*Pod).controlWire},
		{method: "GET", path: "/feeds", name: "feeds", handle: (*Pod).controlFeeds},
		{method: "GET", path: "/manifest", name: "manifest", handle: (*Pod).controlManifest},
		{method: "GET", path: "/rights", name: "rights", handle: (*Pod).controlRights},
		{method: "POST", path: "/rights", name: "setRights", handle: (*Pod).controlRights},
		{method: "GET", path: "/faults", name: "faults", handle: (*Pod).controlFaults},
		{method: "POST", path: "/faults", name: "addFault", handle: (*Pod).controlAddFault},
		{method: "DELETE", path: "/faults", name: "removeFaults", handle: (*Pod).controlRemoveFaults},
		{method: "DELETE", path: "/faults/{id}", name: "removeFault", handle: (*Pod).controlRemoveFaults},
		{method: "POST", path: "/events", name: "inject", handle: (*Pod).controlInject},
		{method: "POST", path: "/clock", name: "clock", free: true, handle: (*Pod).controlClock},
		{method: "POST", path: "/reset", name: "reset", free: true, handle: (*Pod).controlReset},
		{method: "GET", path: "/live", name: "live", free: true},
	}
	for i := range table {
		table[i].path, table[i].family = "/sandbox/v1"+table[i].path, familyControl
	}
	return table
}

// controlIndex lists what the control API can do.
func (p *Pod) controlIndex(*call) (any, error) {
	list := []string{}
	for _, r := range p.ctl.routes {
		list = append(list, r.method+" "+r.path)
	}
	return map[string]any{"operations": list}, nil
}

// serveControl answers the control API, to this machine only.
func (p *Pod) serveControl(w http.ResponseWriter, r *http.Request) {
	if err := local(r); err != nil {
		write(w, encodeError(familyControl, err))
		return
	}
	found, params, allowed := p.ctl.match(r.Method, r.URL)
	if found == nil {
		write(w, encodeError(familyControl, unknownPath(r.Method, r.URL.Path, allowed)))
		return
	}
	if found.name == "live" {
		p.serveLive(w, r)
		return
	}
	c := &call{Request: r, route: found, params: params, query: r.URL.Query()}
	var err error
	var out *encoded
	if c.body, err = readBody(w, r, maxBody); err == nil {
		out, err = p.operate(c)
	}
	if err != nil {
		out = encodeError(familyControl, err)
	}
	_ = write(w, out)
}

// local refuses whoever is not a program or a page of this machine: a name that is not the loopback's would be a page
// of another site that has its own name point here.
func local(r *http.Request) error {
	host := r.Host
	if name, _, err := net.SplitHostPort(r.Host); err == nil {
		host = name
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	switch {
	case !loopback(host):
		return forbidden("The control API answers to localhost only, not to %q", host)
	case err == nil && !peer.Addr().Unmap().IsLoopback():
		return forbidden("The control API answers to this machine only")
	case !sameOrigin(r):
		return forbidden("The control API answers to its own page only")
	}
	return nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.IsLoopback()
}

// personNamed finds who a request is made as.
func (p *Pod) personNamed(username string) (*person, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.named(username)
}

func (s *state) named(username string) (*person, error) {
	if username == "" {
		return nil, badRequest("as: whose username?")
	}
	who := s.byUsername(username)
	if who == nil {
		return nil, refuse(http.StatusNotFound, "There is nobody with the username %q", username)
	}
	return who, nil
}
