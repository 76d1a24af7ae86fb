package control

import (
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
)

// operation is one operation of the control API. Its answers are types of package client.
type operation struct {
	method, path, name string
	waits              bool // takes the pod's mutex itself
	handle             func(*Control, *request) (any, error)
}

// request is a request whose operation is known.
type request struct {
	*rest.Call
	operation *operation
}

// decode reads the JSON body. A field that is misspelt is refused.
func (r *request) decode(into any) error { return rest.DecodeStrictly(r.Body, r.operation.name, into) }

func encodeError(err error) *rest.Encoded {
	return rest.EncodeError(err, func(e *rest.Error) any { return client.ErrorBody{Message: e.Text} })
}

// operations are everything the page can do, for tests and scripts.
func operations() []*operation {
	table := []*operation{
		{method: "GET", path: "", name: "index", handle: (*Control).index},
		{method: "GET", path: "/people", name: "people", handle: (*Control).people},
		{method: "GET", path: "/chats", name: "chats", handle: (*Control).chats},
		{method: "POST", path: "/chats", name: "openChat", handle: (*Control).openChat},
		{method: "GET", path: "/chats/{streamId}", name: "chat", handle: (*Control).chat},
		{method: "POST", path: "/rooms", name: "createRoom", handle: (*Control).createRoom},
		{method: "POST", path: "/rooms/{streamId}", name: "updateRoom", handle: (*Control).updateRoom},
		{method: "POST", path: "/groups", name: "createGroup", handle: (*Control).createGroup},
		{method: "POST", path: "/say", name: "say", waits: true, handle: (*Control).say},
		{method: "GET", path: "/messages", name: "messages", handle: (*Control).messages},
		{method: "POST", path: "/chatter", name: "chatter", handle: (*Control).chatter},
		{method: "POST", path: "/edit", name: "edit", waits: true, handle: (*Control).edit},
		{method: "POST", path: "/act", name: "act", waits: true, handle: (*Control).act},
		{method: "POST", path: "/join", name: "join", handle: (*Control).join},
		{method: "POST", path: "/leave", name: "leave", handle: (*Control).leave},
		{method: "POST", path: "/connect", name: "connect", handle: (*Control).connect},
		{method: "GET", path: "/state", name: "state", handle: (*Control).state},
		{method: "GET", path: "/wire", name: "wire", handle: (*Control).wire},
		{method: "GET", path: "/record", name: "record", waits: true, handle: (*Control).record},
		{method: "GET", path: "/feeds", name: "feeds", handle: (*Control).feeds},
		{method: "GET", path: "/manifest", name: "manifest", handle: (*Control).manifest},
		{method: "GET", path: "/rights", name: "rights", handle: (*Control).rights},
		{method: "POST", path: "/rights", name: "setRights", handle: (*Control).setRights},
		{method: "GET", path: "/keys", name: "keys", waits: true, handle: (*Control).keys},
		{method: "POST", path: "/keys", name: "pasteKey", waits: true, handle: (*Control).pasteKey},
		{method: "DELETE", path: "/keys/previous", name: "revokePreviousKey", waits: true, handle: (*Control).revokePreviousKey},
		{method: "GET", path: "/faults", name: "faults", handle: (*Control).faults},
		{method: "POST", path: "/faults", name: "addFault", waits: true, handle: (*Control).addFault},
		{method: "DELETE", path: "/faults", name: "removeFaults", waits: true, handle: (*Control).removeFaults},
		{method: "DELETE", path: "/faults/{id}", name: "removeFault", waits: true, handle: (*Control).removeFaults},
		{method: "POST", path: "/events", name: "inject", handle: (*Control).inject},
		{method: "POST", path: "/clock", name: "clock", handle: (*Control).clock},
		{method: "POST", path: "/reset", name: "reset", handle: (*Control).reset},
		{method: "GET", path: "/live", name: "live"}, // served apart: a WebSocket
	}
	for _, o := range table {
		o.path = base + o.path
	}
	return table
}

func newRouter() *rest.Router[*operation] {
	return rest.NewRouter(operations(), func(o *operation) (method, path string) { return o.method, o.path })
}

// index lists what the control API can do.
func (c *Control) index(*request) (any, error) {
	list := []string{}
	for _, o := range operations() {
		list = append(list, o.method+" "+o.path)
	}
	return client.IndexAnswer{Operations: list}, nil
}
