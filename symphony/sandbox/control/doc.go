// Package control is the control API of a sandbox pod, under /sandbox/v1/, and the page's live
// view: speak as a person, look at the pod, switch faults on, move the clock. Its handler serves
// the pod's own API and the page too, all on one port. Package client is its Go client, and has the
// types of its requests and answers.
//
//	pod, err := sandbox.New(sandbox.Config{BotKey: key.Public()})
//	server := httptest.NewServer(control.New(pod, control.Config{}))
//
// It answers the loopback interface only: whoever reaches it may speak as anybody.
package control
