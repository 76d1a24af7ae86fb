package main

import (
	"context"
	"crypto/rand"
	stdrsa "crypto/rsa"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
	"roombot/rsa"
	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/control"
)

// The errand: in a room that was opened before, a command that has all there is
// to do; one that is refused, which is told in private; and one more.
var errandSays = []errandLine{
	{"alice", `/newroom "Lobby" @kim`},
	{"alice", `/newroom "Desk" external @carol @ravi owner:@cora owner:@eve group:"Equities Sales"`},
	{"kim", `/newroom "Mine"`},
	{"alice", `/newroom "Last"`},
}

// errandLine is what somebody says in an errand, or undo for a click on Undo in the bot's last
// answer.
type errandLine struct{ who, text string }

// errand is one run of the program from end to end, in a pod and a folder of
// its own, with a kill on its way or none.
type errand struct {
	t     *testing.T
	pod   *sandbox.Pod
	url   string
	world *client.Client
	dir   string
	log   *os.File
	watch *watch
	chat  string // where the next command is given; the 1:1 chat before there is a room
	lines []errandLine
	said  []client.Said

	inspector *engine.Inspector // of a database, from the first look on

	anyOrder bool // of the answers: two requests are answered at once
}

// ran is what came of an errand.
type ran struct {
	ending  ending
	events  []string // the writes and commits between its first and its last command
	reached bool     // the checkpoint
}

func (r ran) checkpoints() (all []checkpoint) {
	for _, e := range r.events {
		all = append(all, checkpoint{event: e}, checkpoint{event: e, after: true})
	}
	return all
}

func newErrand(t *testing.T, end checkpoint) *errand {
	t.Helper()
	made, err := errandGear()
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, made.key.WritePair(filepath.Join(dir, "privatekey.pem"), filepath.Join(dir, "publickey.pem")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "roombot.db"), made.store, 0o600))

	e := &errand{t: t, dir: dir, lines: errandSays}
	e.pod, err = sandbox.New(sandbox.Config{
		BotKey: made.key.Public(), SigningKey: made.podKey, Visibility: 300 * time.Millisecond,
	})
	require.NoError(t, err)
	e.watch = &watch{pod: control.New(e.pod, control.Config{}), store: filepath.Join(dir, "roombot.db"), end: end, counts: map[string]int{}, stirred: make(chan struct{}, 1)}
	server := httptest.NewServer(e.watch.handler())
	e.url, e.world = server.URL, client.New(server.URL)
	require.NoError(t, e.world.Fail(t.Context(),
		client.Fault{Kind: client.FaultSearchLag, Delay: "500ms"}, // less than the bot waits for
		client.Fault{Kind: client.FaultOutsideDelay, Delay: "300ms"},
		client.Fault{Path: "*/membership/add", Delay: "60ms"})) // so that the room is stored before all are added
	_, err = openHome(dir, server.Listener.Addr().(*net.TCPAddr))
	require.NoError(t, err)
	e.writePolicy(errandPolicy)
	e.amend(`"searchLag": "2s"`, `"searchLag": "50ms"`, `"httpTimeout": "8s"`, `"httpTimeout": "1s"`) // until an unanswered call is settled
	// As many as alice opens: one that counted twice would leave none for the last.
	e.amend(`"roomsPerHour": 0`, `"roomsPerHour": 3`)
	e.log, err = os.Create(filepath.Join(dir, "log"))
	require.NoError(t, err)
	t.Cleanup(func() {
		if l, _ := e.watch.currentLife(); l != nil {
			_ = l.cmd.Process.Kill()
			<-l.ended
		}
		e.world.Close()
		require.NoError(t, e.pod.Close())
		server.Close()
		require.NoError(t, e.log.Close())
	})
	return e
}

const errandPolicy = `deny: [{name: contractors, who: ["user:kim"], commands: [newroom], reason: Contractors cannot open rooms.}]
allow: [{name: everybody, who: ["*"], commands: [newroom, groups]}]
`

func (e *errand) writePolicy(text string) {
	e.t.Helper()
	require.NoError(e.t, os.WriteFile(filepath.Join(e.dir, "policy.yaml"), []byte(text), 0o600))
}

func (e *errand) config() string { return filepath.Join(e.dir, "config.json") }

// amend replaces parts of the configuration by others.
func (e *errand) amend(parts ...string) {
	raw, err := os.ReadFile(e.config())
	require.NoError(e.t, err)
	require.NoError(e.t, os.WriteFile(e.config(), []byte(strings.NewReplacer(parts...).Replace(string(raw))), 0o600))
}

// gear is made once, since it takes a while: keys, and a store without commands.
type gear struct {
	key    *rsa.Key
	podKey *stdrsa.PrivateKey
	store  []byte
}

var errandGear = sync.OnceValues(func() (g gear, err error) {
	if g.key, err = rsa.Generate(sandboxKeyBits); err != nil {
		return g, err
	}
	if g.podKey, err = stdrsa.GenerateKey(rand.Reader, sandboxKeyBits); err != nil {
		return g, err
	}
	dir, err := os.MkdirTemp("", "roombot")
	if err != nil {
		return g, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "roombot.db")
	if err = createStore(engine.FileAddress(file)); err == nil {
		g.store, err = os.ReadFile(file)
	}
	return g, err
})

// createStore makes a store without commands.
func createStore(address engine.Address) error {
	store, err := engine.Open(context.Background(), engine.Config{
		Store: address, Workers: 1, Handle: func(context.Context, *engine.Attempt) error { return nil },
	})
	if err != nil {
		return err
	}
	return store.Close()
}

// run goes through the errand. Events count from the first command in the room
// until the last, which comes when the program, if it was killed, is up again.
func (e *errand) run() ran {
	e.t.Helper()
	e.begin()
	e.says()
	lobby, err := e.world.RoomNamed(e.t.Context(), "Lobby")
	require.NoError(e.t, err)
	e.chat = lobby.StreamID
	e.watch.count(true)
	e.says()
	e.says()
	events, reached := e.watch.count(false)
	e.says()
	return ran{ending: e.readEnding(), events: events, reached: reached}
}

func (e *errand) begin() {
	e.t.Helper()
	ctx := context.WithoutCancel(e.t.Context())
	require.NoError(e.t, e.watch.begin(ctx, e.url, e.config(), e.log))
	l, _ := e.watch.currentLife()
	select {
	case <-l.listening: // what is said from now on is heard
	case <-l.ended:
		e.fail("the program ended at its start")
	case <-time.After(patience):
		e.fail("the program does not listen")
	}
}

func (e *errand) fail(what string) {
	e.t.Helper()
	log, _ := os.ReadFile(e.log.Name())
	require.Fail(e.t, what, "%s", log)
}

// How long says waits before it looks whether all is done. A look costs more than it takes, so that
// it comes soon after each write and commit, and ever later while there is none.
const (
	shortestPause = 10 * time.Millisecond
	longestPause  = 320 * time.Millisecond
)

// says gives the next command and waits until all is done. It starts the program
// again when it was killed.
func (e *errand) says() {
	e.t.Helper()
	next := e.lines[len(e.said)]
	said, err := e.give(next)
	require.NoError(e.t, err)
	e.said = append(e.said, said)
	limit := time.After(patience)
	for pause := shortestPause; ; {
		l, _ := e.watch.currentLife()
		select {
		case <-l.ended:
			if _, doomed := e.watch.currentLife(); !doomed {
				e.fail("the program ended by itself")
			}
			e.begin()
		case <-e.watch.stirred:
			pause = shortestPause
		case <-time.After(pause):
			if e.isIdle() {
				return
			}
			pause = min(2*pause, longestPause)
		case <-limit:
			e.fail("never done: " + next.text)
		}
	}
}

// inspect opens the store for a look, which release ends. The connection to a database stays for
// the next look, since each costs the server a process; a file is closed, since the program that
// starts next is to find it as if it were alone.
func (e *errand) inspect() (store *engine.Inspector, release func(), err error) {
	e.t.Helper()
	if e.inspector != nil {
		return e.inspector, func() {}, nil
	}
	address, err := engine.ParseAddress(e.watch.store)
	require.NoError(e.t, err)
	store, err = engine.Inspect(e.t.Context(), address)
	if err != nil {
		return nil, nil, err
	}
	end := func() { require.NoError(e.t, store.Close()) }
	if !address.IsPostgres() {
		return store, end, nil
	}
	e.inspector = store
	e.t.Cleanup(end)
	return store, func() {}, nil
}

// isIdle reports whether the store has all commands as done, or waiting for an answer, the feed has
// nothing more to tell, and the program is not about to be killed.
func (e *errand) isIdle() bool {
	e.t.Helper()
	feeds, err := e.world.Feeds(e.t.Context())
	require.NoError(e.t, err)
	for _, f := range feeds {
		if f.Queued+f.InFlight > 0 {
			return false
		}
	}
	store, release, err := e.inspect()
	if err != nil { // the program was just killed
		return false
	}
	defer release()
	all, err := store.List(e.t.Context(), engine.Filter{})
	if err != nil || len(all) < len(e.said) {
		return false
	}
	_, doomed := e.watch.currentLife()
	return !doomed && !slices.ContainsFunc(all, func(s engine.Summary) bool {
		return s.State != engine.Done && s.State != engine.Held
	})
}
