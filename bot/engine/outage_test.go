package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

// supervise starts a child again whenever it ends, as systemd or Kubernetes does, until stop.
func supervise(t *testing.T, store string) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() {
		for ctx.Err() == nil {
			c := victimOf(ctx, store, "careful")
			_ = c.Run() // it is killed in the end
		}
	})
	return func() {
		cancel()
		ended.Wait()
	}
}

func TestACrashOfTheDatabaseLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	server, store := ownServer(t)
	effects := filepath.Join(t.TempDir(), "effects")
	ids := names("c", 120)
	e := open(t, quick(store, nothing))
	for i, id := range ids {
		c := noting(id, effects)
		c.Conversation = fmt.Sprint("s", i%10)
		insert(t, e, c)
	}
	require.NoError(t, e.Close())
	for range 2 {
		t.Cleanup(supervise(t, store))
	}
	lines := 0
	for range 3 {
		require.Eventually(t, func() bool { return size(effects) > int64(lines) }, patience, time.Millisecond)
		require.NoError(t, server.stop("immediate"))
		lines = int(size(effects))
		require.NoError(t, server.start())
	}
	e = open(t, quick(store, nothing))
	idle(t, e)
	require.NoError(t, e.Close())
	content, err := os.ReadFile(effects)
	require.NoError(t, err)
	var want []string
	for _, id := range ids {
		want = append(want, id+" create", id+" add", id+" reply")
	}
	requireOnce(t, effects, want...)
	require.NoError(t, inOrder(string(content), ids))
}

func TestOpenWaitsForADatabaseThatIsDown(t *testing.T) {
	t.Parallel()
	server, store := ownServer(t)
	require.NoError(t, server.stop("fast"))
	opened := make(chan error, 1)
	c := quick(store, nothing)
	go func() {
		e, err := engine.Open(silent(), c)
		if err == nil {
			err = e.Close()
		}
		opened <- err
	}()
	impatient := c
	impatient.Patience = time.Millisecond
	_, err := engine.Open(silent(), impatient)
	require.ErrorContains(t, err, "connect to the database")
	require.NoError(t, server.start())
	require.NoError(t, next(t, opened))
}

func TestNothingIsLostWhileTheDatabaseDoesNotAnswer(t *testing.T) {
	t.Parallel()
	server, store := ownServer(t)
	effects := filepath.Join(t.TempDir(), "effects")
	crashed := make(chan struct{}, 1)
	e := open(t, quick(store, func(ctx context.Context, j *engine.Job) error {
		return j.Do(ctx, "create", nil, func(context.Context) (any, error) {
			select {
			case crashed <- struct{}{}:
				if err := server.stop("immediate"); err != nil {
					return nil, err
				}
				if err := server.start(); err != nil {
					return nil, err
				}
			default:
			}
			return nil, note(string(j.Payload), j.ID)
		})
	}))
	ended := make(chan error, 1)
	go func() { ended <- e.Run(silent()) }()
	insert(t, e, noting("a", effects))
	require.ErrorIs(t, next(t, ended), engine.ErrLost)
	_ = e.Close() // its session is gone
	e = open(t, quick(store, careful))
	run(t, silent(), e)
	idle(t, e)
	content, err := os.ReadFile(effects)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count("\n"+string(content), "\na\n"))
	require.NotContains(t, string(content), "create", "the result was kept though the process was about to end")
}
