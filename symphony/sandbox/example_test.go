package sandbox_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"roombot/symphony/sandbox"
)

// A test speaks as people and looks at what the bot made of it.
func Example() {
	pod, err := sandbox.New(sandbox.Config{})
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(pod.Handler()) // the bot's host and port
	defer server.Close()
	defer func() { _ = pod.Close() }()

	said := pod.Person("bob").Says("/newroom Q2 @alice")
	fmt.Println(said.Text)

	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	_, err = said.Reply(ctx) // no bot runs here
	fmt.Println(err)
	// Output:
	// /newroom Q2 @Alice Martin
	// wait for an answer of the bot: context deadline exceeded; Bob Chen has seen since: []
}
