// Package sandbox is a whole Symphony pod in memory: login, key manager, pod, agent and profile manager behind one
// plain-HTTP port, with a handful of people, rooms, groups and rules, so that a bot can be tried and tested without a
// Symphony contract. The vendor's own Java and Python kits run against it unmodified.
//
//	pod, err := sandbox.New(sandbox.Config{BotKey: key.Public()})
//	server := httptest.NewServer(pod.Handler())
//	said := pod.Person("bob").Says("/newroom Q2 @alice")
//	answer, err := said.Reply(ctx)
//
// Beside Symphony's API it serves a control API under /sandbox/v1/ (speak as a person, look at the pod, switch faults
// on, move the clock) and, when Config.Page is set, a chat page at /.
//
// It is not for production: people have no passwords, and whoever reaches the port may speak as any of them. The
// control API therefore answers the loopback interface only.
package sandbox
