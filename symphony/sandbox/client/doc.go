// Package client speaks to a sandbox pod from outside: as its people, as who watches it, and as who
// makes trouble in it. It is the typed form of the control API under /sandbox/v1/, whose server
// uses the same types.
//
//	world := client.New("http://127.0.0.1:8787")
//	said, err := world.Says(ctx, "bob", `/newroom "Desk" @alice`)
//	answer, err := said.Sees(ctx, "is open")
//	room, err := world.RoomNamed(ctx, "Desk")
//
// answers.go and chats.go have what the pod answers, requests.go what it takes, frame.go what its
// WebSocket sends. A refusal is an *Error. The package imports nothing of ours, so that any module
// can use it.
package client
