package symphony_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"roombot/symphony"
	"roombot/symphony/messageml"
	"roombot/symphony/sandbox"
	sandboxclient "roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/control"
)

func ExampleClient_CreateRoom() {
	pod := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/authenticate") {
			reply(w, 200, `{"token":"opaque"}`)
			return
		}
		reply(w, 400, `{"code":400,"message":"Please choose another name."}`)
	}))
	defer pod.Close()
	client, err := symphony.New(symphony.Config{
		Username: "room.bot", Key: key(), Endpoints: symphony.Endpoints{Pod: pod.URL},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	_, err = client.CreateRoom(context.Background(), symphony.RoomAttributes{Name: "Q3 desk", Description: "FX planning"})
	switch {
	case errors.Is(err, symphony.ErrOutcomeUnknown):
		fmt.Println("search for the room before trying again")
	case errors.Is(err, symphony.ErrBadRequest):
		fmt.Println("the pod refuses the room")
	}
	// Output: the pod refuses the room
}

func ExampleFeed_Run() {
	pod, err := sandbox.New(sandbox.Config{BotKey: key().Public()})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(control.New(pod, control.Config{}))
	defer server.Close()
	defer func() { _ = pod.Close() }()
	client, err := symphony.New(symphony.Config{
		Username: "roombot", Key: key(), Endpoints: symphony.Endpoints{Pod: server.URL},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	people := sandboxclient.New(server.URL)
	defer people.Close()

	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	feed := client.Feed(symphony.FeedConfig{
		Live: func(symphony.DatafeedID) { // from now on nothing is missed
			if _, err := people.Says(ctx, "bob", "Good morning"); err != nil {
				fmt.Println(err)
			}
		},
	})
	err = feed.Run(ctx, func(_ context.Context, events []symphony.Event) error {
		for _, event := range events {
			if e, ok := event.(symphony.MessageSent); ok {
				content, err := messageml.Read(e.Message.PresentationML, e.Message.Data)
				if err != nil {
					return err // the batch comes again
				}
				fmt.Printf("%s: %s\n", e.Message.From.DisplayName, content.Text)
				stop()
			}
		}
		return nil // the batch is acknowledged
	})
	fmt.Println(err)
	// Output:
	// Bob Chen: Good morning
	// <nil>
}

func ExampleParseEvent() {
	raw := `{"id":"k3Xq9Z","messageId":"bw","timestamp":1717000200000,"type":"USERJOINEDROOM",
		"initiator":{"user":{"userId":7078106103815}},
		"payload":{"userJoinedRoom":{"stream":{"streamId":"dA","streamType":"ROOM"},"affectedUser":{"userId":7078106103902,"displayName":"Bo Chan"}}}}`
	switch e := symphony.ParseEvent([]byte(raw)).(type) {
	case symphony.UserJoined:
		fmt.Println(e.User.DisplayName, "joined", e.Stream.ID)
	case symphony.Unknown:
		fmt.Println("unknown", e.Type)
	}
	// Output: Bo Chan joined dA
}
