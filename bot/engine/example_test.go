package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"roombot/bot/engine"
)

// A job creates a room, which must not happen twice. The first attempt fails half-way, the second
// goes on where it stopped.
func Example() {
	folder, err := os.MkdirTemp("", "engine")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	ctx, stop := context.WithCancel(context.Background())
	e, err := engine.Open(ctx, engine.Config{
		Store:   engine.FileAddress(filepath.Join(folder, "bot.db")),
		Workers: 1,
		Handle: func(ctx context.Context, a *engine.Attempt) error {
			var room string
			err := a.Do(ctx, "create room", &room, func(ctx context.Context) (any, error) {
				if _, n, _ := a.Intentions(ctx, "create room"); n > 0 {
					fmt.Println("look for the room of an earlier attempt first")
				}
				if err := a.Intend(ctx, "create room"); err != nil {
					return nil, err
				}
				fmt.Println("create a room for", string(a.Payload))
				return "room 1", nil
			})
			if err != nil {
				return err
			}
			if a.Number == 1 {
				return fmt.Errorf("connection lost")
			}
			fmt.Println("add people to", room, "in attempt", a.Number)
			stop()
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
	job := engine.Job{ID: "message 1", Conversation: "chat 1", Payload: json.RawMessage(`"/newroom Q2"`)}
	if err := e.Insert(ctx, job, job); err != nil {
		panic(err)
	}
	if err := e.Run(ctx); err != nil {
		panic(err)
	}
	if err := e.Close(); err != nil {
		panic(err)
	}
	// Output:
	// create a room for "/newroom Q2"
	// add people to room 1 in attempt 2
}
