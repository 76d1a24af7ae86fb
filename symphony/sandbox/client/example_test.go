package client_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"roombot/rsa"
	"roombot/symphony"
	"roombot/symphony/messageml"
	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/control"
)

// A test starts a pod, points its bot at it, speaks as people and looks at what the bot made of it.
func Example() {
	key, err := rsa.Generate(2048)
	if err != nil {
		panic(err)
	}
	pod, err := sandbox.New(sandbox.Config{BotKey: key.Public()})
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(control.New(pod, control.Config{}))
	defer server.Close()
	defer func() { _ = pod.Close() }()
	stop := startEchoBot(server.URL, key)
	defer stop()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	world := client.New(server.URL)
	defer world.Close()

	said, err := world.Says(ctx, "bob", "good morning @alice")
	if err != nil {
		panic(err)
	}
	answer, err := said.Sees(ctx, "You said")
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s: %s\n", answer.From.Username, answer.Text)

	// The bot gets no answer for a while, and says it again.
	if err := world.Fail(ctx, client.Fault{Path: "*/message/create", Status: 503, Count: 2}); err != nil {
		panic(err)
	}
	if said, err = world.Says(ctx, "bob", "still there?"); err != nil {
		panic(err)
	}
	if answer, err = said.Reply(ctx); err != nil {
		panic(err)
	}
	fmt.Println(answer.Text)
	// Output:
	// roombot: You said: good morning @Alice Martin
	// You said: still there?
}

// startEchoBot stands for the bot that is tested.
func startEchoBot(address string, key *rsa.Key) (stop func()) {
	bot, err := symphony.New(symphony.Config{
		Username: "roombot", Key: key, Endpoints: symphony.Endpoints{Pod: address},
	})
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	listens, ended := make(chan struct{}), make(chan error, 1)
	feed := bot.Feed(symphony.FeedConfig{Live: func(symphony.DatafeedID) { close(listens) }})
	go func() {
		ended <- feed.Run(ctx, func(ctx context.Context, events []symphony.Event) error {
			for _, event := range events {
				if e, ok := event.(symphony.MessageSent); ok && e.Message.From.Username != "roombot" {
					if err := echo(ctx, bot, e.Message); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}()
	<-listens
	return func() {
		cancel()
		if err := <-ended; err != nil {
			panic(err)
		}
		bot.Close()
	}
}

// echo repeats what somebody said, as often as Symphony is unavailable.
func echo(ctx context.Context, bot *symphony.Client, said symphony.Message) error {
	content, err := messageml.Read(said.PresentationML, said.Data)
	if err != nil {
		return err
	}
	answer := symphony.Outgoing{MessageML: "<messageML>You said: " + messageml.Escape(content.Text) + "</messageML>"}
	for {
		_, err = bot.SendMessage(ctx, said.Stream.ID, answer)
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
}
