// Package client speaks to a sandbox pod from outside: it writes as the pod's people, watches the
// pod, and makes faults in it. It is the typed form of the control API under /sandbox/v1/, whose
// server uses the same types.
//
//	world := client.New("http://127.0.0.1:8787")
//	said, err := world.Says(ctx, "bob", `/newroom "Desk" @alice`)
//	answer, err := said.Sees(ctx, "is open")
//	room, err := world.RoomNamed(ctx, "Desk")
//
// The types of answers are in answers.go and chats.go, those of requests in requests.go, those of
// the WebSocket in frame.go. A refusal is an *Error. The package imports nothing of ours, so that
// any module can use it.
package client
