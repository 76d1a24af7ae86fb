package symphony_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"roombot/symphony"
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
