package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"roombot/rsa"
	"roombot/symphony"
	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/control"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// botKey is the service account's, made once: it takes a while.
var botKey = sync.OnceValues(func() (*rsa.Key, error) { return rsa.Generate(2048) })

// world is a pod, a client of its control API, and the bot's own session, which no process uses.
type world struct {
	*client.Client
	bot      *symphony.Client
	answered *answers
	control  *control.Control
}

// recordOfOne is an audit record with one entry, which has something of everything.
func recordOfOne(_ context.Context, after int64, _ int) ([]client.RecordEntry, error) {
	if after > 0 {
		return nil, nil
	}
	return []client.RecordEntry{{
		Seq: 1, Time: time.UnixMilli(1_800_000_000_000).UTC(), Kind: "decision", Request: "5k9d-02mx-q7ht", UserID: 7, StreamID: "xyz", What: "deny, /newroom", Hash: "ab",
		Decision: &client.Decision{
			Outcome: "deny", Command: "newroom", Text: "/newroom Gap", From: "Bob Chen", Rule: "desk", Line: 3, Nearest: "desk", Why: "No.", Version: "1a",
			Checks: []client.DecisionCheck{{What: "who is one of *", OK: true}, {What: "people is at most 30"}},
		},
	}}, nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	key, err := botKey()
	require.NoError(t, err)
	pod, err := sandbox.New(sandbox.Config{BotKey: key.Public(), LongPoll: 20 * time.Millisecond})
	require.NoError(t, err)
	shown := control.New(pod, control.Config{Quiet: 5 * time.Millisecond, Record: recordOfOne})
	recorded := &answers{pod: shown, bodies: map[string][]json.RawMessage{}}
	server := httptest.NewServer(recorded)
	bot, err := symphony.New(symphony.Config{Username: "roombot", Key: key, Endpoints: symphony.Endpoints{Pod: server.URL}})
	require.NoError(t, err)
	w := &world{Client: client.New(server.URL), bot: bot, answered: recorded, control: shown}
	t.Cleanup(func() {
		w.Close()
		bot.Close()
		require.NoError(t, pod.Close())
		server.Close()
	})
	return w
}

// user of the pod by username.
func (w *world) user(t *testing.T, username string) symphony.UserID {
	t.Helper()
	pod, err := w.People(t.Context())
	require.NoError(t, err)
	for _, p := range pod.People {
		if p.Username == username {
			return symphony.UserID(p.ID)
		}
	}
	require.Fail(t, "nobody of that name", username)
	return 0
}

// room makes a room with bob in it.
func (w *world) room(t *testing.T, attributes symphony.RoomAttributes) string {
	t.Helper()
	attributes.Description = "of a test"
	made, err := w.bot.CreateRoom(t.Context(), attributes)
	require.NoError(t, err)
	require.NoError(t, w.bot.AddMember(t.Context(), made.ID, w.user(t, "bob")))
	return string(made.ID)
}

// sends has the bot say something in a chat.
func (w *world) sends(t *testing.T, streamID, messageML string) {
	t.Helper()
	require.NoError(t, w.send(t.Context(), streamID, messageML))
}

func (w *world) send(ctx context.Context, streamID, messageML string) error {
	_, err := w.bot.SendMessage(ctx, symphony.StreamID(streamID), symphony.Outgoing{
		MessageML: "<messageML>" + messageML + "</messageML>", Attachments: []symphony.Attachment{{Name: "a.txt", Content: []byte("x")}},
	})
	return err
}

// answers records what the control API answers, by method and path.
type answers struct {
	pod http.Handler

	mu     sync.Mutex // guards bodies
	bodies map[string][]json.RawMessage
}

func (a *answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, control := strings.CutPrefix(r.URL.Path, "/sandbox/v1")
	if !control || strings.HasSuffix(path, "/live") {
		a.pod.ServeHTTP(w, r)
		return
	}
	kept := &keeper{ResponseWriter: w}
	a.pod.ServeHTTP(kept, r)
	operation := r.Method + " " + strings.TrimRight(path, "/")
	a.mu.Lock()
	defer a.mu.Unlock()
	a.bodies[operation] = append(a.bodies[operation], bytes.Clone(kept.body.Bytes()))
}

// of gives what an operation answered; {id} in its path stands for one segment.
func (a *answers) of(operation string) (found []json.RawMessage) {
	a.mu.Lock()
	defer a.mu.Unlock()
	prefix, _, parameter := strings.Cut(operation, "{")
	for called, bodies := range a.bodies {
		if called == operation || parameter && strings.HasPrefix(called, prefix) {
			found = append(found, bodies...)
		}
	}
	return found
}

// keeper keeps a copy of an answer's body.
type keeper struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (k *keeper) Write(p []byte) (int, error) {
	k.body.Write(p)
	return k.ResponseWriter.Write(p)
}
