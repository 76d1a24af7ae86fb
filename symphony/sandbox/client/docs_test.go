package client_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// The test that docs/sandbox.md shows, in a module of its own, for a bot that opens rooms.
func TestTheDocumentedTestPasses(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds a module")
	}
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	require.NoError(t, err)
	guide, err := os.ReadFile(filepath.Join(root, "docs", "sandbox.md"))
	require.NoError(t, err)
	shown := regexp.MustCompile("(?s)```go\n(package .*?)```").FindSubmatch(guide)
	require.NotNil(t, shown)
	lines := regexp.MustCompile(`(?m)^    (require roombot .*|replace roombot => )`).FindAllSubmatch(guide, -1)
	require.Len(t, lines, 2)

	dir := t.TempDir()
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	for name, content := range map[string]string{
		"go.mod":        "module mybot\n\ngo 1.26\n\n" + string(lines[0][1]) + "\n" + string(lines[1][1]) + root + "\n",
		"go.sum":        string(sums),
		"room_test.go":  string(shown[1]),
		"start_test.go": roomBot,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	run := exec.CommandContext(t.Context(), "go", "test", "./...")
	run.Dir, run.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	output, err := run.CombinedOutput()
	require.NoError(t, err, "%s", output)
}

// roomBot opens the room that bob asks for, and looks for it where the answer was lost.
const roomBot = `package mybot_test

import (
	"context"
	"testing"

	"roombot/rsa"
	"roombot/symphony"
)

func startMyBot(t *testing.T, address string, key *rsa.Key) {
	bot, err := symphony.New(symphony.Config{Username: "mybot", Key: key, Endpoints: symphony.Endpoints{Pod: address}})
	check(t, err)
	ctx, stop := context.WithCancel(context.Background())
	listens, ended := make(chan struct{}), make(chan error, 1)
	feed := bot.Feed(symphony.FeedConfig{Live: func(symphony.DatafeedID) { close(listens) }})
	go func() {
		ended <- feed.Run(ctx, func(ctx context.Context, events []symphony.Event) error {
			for _, event := range events {
				if e, ok := event.(symphony.MessageSent); ok && e.Message.From.Username == "bob" {
					return open(ctx, bot, e.Message)
				}
			}
			return nil
		})
	}()
	<-listens
	t.Cleanup(func() { stop(); <-ended; bot.Close() })
}

func open(ctx context.Context, bot *symphony.Client, said symphony.Message) error {
	room, err := bot.CreateRoom(ctx, symphony.RoomAttributes{Name: "Desk", Description: "of a test"})
	for found, searchErr := range bot.SearchRooms(ctx, symphony.RoomQuery{Text: "Desk"}) {
		if err != nil && searchErr == nil {
			room, err = found, nil
		}
	}
	if err != nil {
		return err
	}
	people, err := bot.UsersByUsername(ctx, "alice")
	if err != nil {
		return err
	}
	if err := bot.AddMember(ctx, room.ID, people[0].ID); err != nil {
		return err
	}
	_, err = bot.SendMessage(ctx, said.Stream.ID, symphony.Outgoing{MessageML: "<messageML>Desk is open</messageML>"})
	return err
}
`
