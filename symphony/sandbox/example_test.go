package sandbox_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/control"
)

// A test speaks as people and looks at what the bot made of it.
func Example() {
	pod, err := sandbox.New(sandbox.Config{})
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(control.New(pod, control.Config{})) // the bot's host and port
	defer server.Close()
	defer func() { _ = pod.Close() }()

	people := client.New(server.URL)
	defer people.Close()
	said, err := people.Says(context.Background(), "bob", "/newroom Q2 @alice")
	if err != nil {
		panic(err)
	}
	fmt.Println(said.Text)
	// Output: /newroom Q2 @Alice Martin
}
