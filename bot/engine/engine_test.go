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
)

func TestMain(m *testing.M) {
	if store := os.Getenv("ENGINE_TEST_VICTIM"); store != "" {
		victim(store)
		return
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		postgrestest.Stop()
		os.Exit(code)
	}))
}

// onEach runs a test on each kind of store, on a new one.
func onEach(t *testing.T, test func(t *testing.T, store string)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newFile(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, postgrestest.Database(t))
	})
}

// handler is what most tests have to say about an engine.
type handler = func(ctx context.Context, j *engine.Attempt) error

// patience ends a test that waits for what never comes.
const patience = 5 * time.Minute

func newFile(t testing.TB) string { return filepath.Join(t.TempDir(), "store", "bot.db") }

// quick is a configuration whose pauses are short.
func quick(store string, h handler) engine.Config {
	return engine.Config{
		Store: store, Handle: h, BackoffFloor: time.Millisecond, BackoffCeiling: 2 * time.Millisecond,
		Drain: patience, TakeoverAfter: takeover,
	}
}

func open(t testing.TB, c engine.Config) *engine.Engine {
	t.Helper()
	e, err := engine.Open(silent(), c)
	require.NoError(t, err)
	return e
}

func silent() context.Context {
	log := zerolog.Nop()
	return log.WithContext(context.Background())
}

// start opens and runs an engine; stop ends it and closes the file, at the latest when the test ends.
func start(t testing.TB, c engine.Config) (e *engine.Engine, stop func()) {
	t.Helper()
	e = open(t, c)
	return e, run(t, silent(), e)
}

// startNoting starts an engine whose commands only tell that they run.
func startNoting(t testing.TB, store string) (e *engine.Engine, ran chan string) {
	t.Helper()
	ran = make(chan string, 10)
	e, _ = start(t, quick(store, func(_ context.Context, j *engine.Attempt) error {
		ran <- j.ID
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

func command(id, conversation string) engine.Job {
	return engine.Job{ID: id, Conversation: conversation, Payload: json.RawMessage(`{}`), ReceivedAt: time.Now()}
}

func insert(t testing.TB, e *engine.Engine, commands ...engine.Job) {
	t.Helper()
	require.NoError(t, e.Insert(context.Background(), commands...))
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

// idle waits until nothing is queued or running.
func idle(t testing.TB, e *engine.Engine) {
	t.Helper()
	require.Eventually(t, func() bool {
		s, err := e.Stats(context.Background())
		return err == nil && s.Queued == 0 && s.Running == 0
	}, patience, 10*time.Millisecond)
}

func names(prefix string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s%d", prefix, i)
	}
	return all
}
