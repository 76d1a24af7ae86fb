package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"roombot/bot/engine"
	"roombot/bot/engine/postgrestest"
	"roombot/bot/testrun"
)

func TestMain(m *testing.M) {
	if store := os.Getenv("ENGINE_TEST_CHILD"); store != "" {
		runChild(store)
		return
	}
	testrun.Prepare(8)
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		postgrestest.Stop()
		os.Exit(code)
	}))
}

// onEach runs a test on a new store of each kind.
func onEach(t *testing.T, test func(t *testing.T, store engine.Address)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newFile(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, newDatabase(t))
	})
}

// handler is the part of a configuration that differs between most tests.
type handler = func(ctx context.Context, a *engine.Attempt) error

// blockUntilCancelled is a handler that signals once that it runs, and then waits for the end of
// its context.
func blockUntilCancelled(inside chan<- struct{}) handler {
	return func(ctx context.Context, _ *engine.Attempt) error {
		inside <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}
}

// patience is how long a test waits before it fails.
const patience = 5 * time.Minute

func newFile(t testing.TB) engine.Address {
	return engine.FileAddress(filepath.Join(t.TempDir(), "store", "bot.db"))
}

// newDatabase is an empty database on the server that all tests share.
func newDatabase(t testing.TB) engine.Address { return parse(t, postgrestest.Database(t)) }

// newServer is a server that the test may break, and an empty database on it.
func newServer(t testing.TB) (*postgrestest.Server, engine.Address) {
	server, store := postgrestest.NewServer(t)
	return server, parse(t, store)
}

func parse(t testing.TB, address string) engine.Address {
	t.Helper()
	parsed, err := engine.ParseAddress(address)
	require.NoError(t, err)
	return parsed
}

// quickConfig is a configuration whose pauses are short.
func quickConfig(store engine.Address, h handler) engine.Config {
	return engine.Config{
		Store: store, Workers: 16, Handle: h, BackoffFloor: time.Millisecond, BackoffCeiling: 2 * time.Millisecond,
		Drain: patience, TakeoverAfter: takeover,
	}
}

func open(t testing.TB, c engine.Config) *engine.Engine {
	t.Helper()
	e, err := engine.Open(silentContext(), c)
	require.NoError(t, err)
	return e
}

func silentContext() context.Context {
	log := zerolog.Nop()
	return log.WithContext(context.Background())
}

// start opens and runs an engine; stop ends it and closes the file, at the latest when the test
// ends.
func start(t testing.TB, c engine.Config) (e *engine.Engine, stop func()) {
	t.Helper()
	e = open(t, c)
	return e, run(t, silentContext(), e)
}

// startRecording starts an engine whose jobs only send their id.
func startRecording(t testing.TB, store engine.Address) (e *engine.Engine, ran chan string) {
	t.Helper()
	ran = make(chan string, 10)
	e, _ = start(t, quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
		ran <- a.ID
		return nil
	}))
	return e, ran
}

func run(t testing.TB, ctx context.Context, e *engine.Engine) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		assert.NoError(t, <-ended)
		assert.NoError(t, e.Close())
	})
	t.Cleanup(stop)
	return stop
}

func newJob(id, conversation string) engine.Job {
	return engine.Job{ID: id, Conversation: conversation, Payload: json.RawMessage(`{}`), ReceivedAt: time.Now()}
}

func insert(t testing.TB, e *engine.Engine, jobs ...engine.Job) {
	t.Helper()
	require.NoError(t, e.Insert(context.Background(), jobs...))
}

// next waits for a value; a closed channel gives the zero value.
func next[T any](t testing.TB, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		require.FailNow(t, "nothing came")
		panic("unreachable")
	}
}

// waitIdle waits until nothing is queued or running.
func waitIdle(t testing.TB, e *engine.Engine) {
	t.Helper()
	require.Eventually(t, func() bool {
		s, err := e.Stats(context.Background())
		return err == nil && s.Queued == 0 && s.Running == 0
	}, patience, 10*time.Millisecond)
}

// listStates is the state of each job.
func listStates(t testing.TB, list func(context.Context, engine.Filter) ([]engine.Summary, error)) map[string]engine.JobState {
	t.Helper()
	all, err := list(context.Background(), engine.Filter{})
	require.NoError(t, err)
	states := map[string]engine.JobState{}
	for _, s := range all {
		states[s.ID] = s.State
	}
	return states
}

func numberedIDs(prefix string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s%d", prefix, i)
	}
	return all
}
