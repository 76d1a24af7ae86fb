// Package sandbox is a whole Symphony pod in memory: login, key manager, pod, agent and profile
// manager behind one plain-HTTP port, with a handful of people, rooms, groups and rules, so that a
// bot can be tried and tested without a Symphony contract. The vendor's own Java and Python kits
// run against it unmodified.
//
//	pod, err := sandbox.New(sandbox.Config{BotKey: key.Public()})
//	server := httptest.NewServer(control.New(pod, control.Config{}))
//	people := client.New(server.URL)
//	said, err := people.Says(ctx, "bob", "/newroom Q2 @alice")
//	answer, err := said.Reply(ctx)
//
// This package is the pod as a bot sees it: routes, sign-in, wire shapes, faults, the log of calls.
// Its people, conversations and rules are package world's; to speak as a person, look at the pod,
// switch faults on and move the clock is package control's, with package client.
//
// It is not for production: people have no passwords, and whoever reaches the port may speak as any
// of them. The control API therefore answers the loopback interface only.
package sandbox
