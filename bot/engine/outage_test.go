package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
	"roombot/bot/engine/postgrestest"
)

// supervisor starts a child again whenever it ends, as systemd or Kubernetes does.
type supervisor struct {
	store   engine.Address
	current atomic.Pointer[os.Process]
	ended   sync.WaitGroup
}

func superviseChild(t *testing.T, store engine.Address) *supervisor {
	t.Helper()
	s := &supervisor{store: store}
	ctx, cancel := context.WithCancel(context.Background())
	s.ended.Go(func() {
		for ctx.Err() == nil {
			c := childCommand(ctx, store, "careful")
			if c.Start() == nil {
				s.current.Store(c.Process)
				_ = c.Wait() // it is killed in the end
			}
		}
	})
	t.Cleanup(func() {
		cancel()
		s.ended.Wait()
	})
	return s
}

func (s *supervisor) kill() {
	if p := s.current.Load(); p != nil {
		_ = p.Kill() // perhaps it has just ended by itself
	}
}

// insertCrowd inserts jobs of ten conversations.
func insertCrowd(t *testing.T, store engine.Address, effects string, n int) (ids, lines []string) {
	t.Helper()
	ids = numberedIDs("c", n)
	e := open(t, quickConfig(store, doNothing))
	for i, id := range ids {
		j := effectJob(id, effects)
		j.Conversation = fmt.Sprint("s", i%10)
		insert(t, e, j)
		lines = append(lines, id+" create", id+" add", id+" reply")
	}
	require.NoError(t, e.Close())
	return ids, lines
}

// waitForEffect waits for the next effect, unless all have happened.
func waitForEffect(t *testing.T, effects string, lines []string) {
	t.Helper()
	before, all := size(effects), int64(len(strings.Join(lines, "\n"))+1)
	require.Eventually(t, func() bool { return size(effects) > before || before == all }, patience, time.Millisecond)
}

// requireAllDone waits until all jobs are done, and checks that each step happened once and in
// order.
func requireAllDone(t *testing.T, store engine.Address, effects string, ids, lines []string) {
	t.Helper()
	e := open(t, quickConfig(store, doNothing))
	waitIdle(t, e)
	require.NoError(t, e.Close())
	requireOnce(t, effects, lines...)
	content, err := os.ReadFile(effects)
	require.NoError(t, err)
	require.NoError(t, inOrder(string(content), ids))
}

func TestKilledReplicasLoseAndRepeatNothing(t *testing.T) {
	t.Parallel()
	store, effects := newDatabase(t), filepath.Join(t.TempDir(), "effects")
	ids, lines := insertCrowd(t, store, effects, 150)
	var replicas [3]*supervisor
	for i := range replicas {
		replicas[i] = superviseChild(t, store)
	}
	for kills := range 9 {
		waitForEffect(t, effects, lines)
		replicas[kills%3].kill()
	}
	requireAllDone(t, store, effects, ids, lines)
}

func TestACrashOfTheDatabaseLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	server, store := newServer(t)
	effects := filepath.Join(t.TempDir(), "effects")
	ids, want := insertCrowd(t, store, effects, 120)
	for range 2 {
		superviseChild(t, store)
	}
	for range 3 {
		waitForEffect(t, effects, want)
		require.NoError(t, server.Stop("immediate"))
		require.NoError(t, server.Start())
	}
	requireAllDone(t, store, effects, ids, want)
}

func TestOpenWaitsForADatabaseThatIsDown(t *testing.T) {
	t.Parallel()
	server, store := newServer(t)
	require.NoError(t, server.Stop("fast"))
	opened := make(chan error, 1)
	c := quickConfig(store, doNothing)
	var log logLines
	ctx := zerolog.New(&log).WithContext(context.Background())
	go func() {
		e, err := engine.Open(ctx, c)
		if err == nil {
			err = e.Close()
		}
		opened <- err
	}()
	impatient := c
	impatient.Patience = time.Millisecond
	_, err := engine.Open(silentContext(), impatient)
	require.ErrorContains(t, err, "connect to the database")
	require.Eventually(t, func() bool {
		return log.count("database could not be reached, trying again") > 0
	}, patience, 10*time.Millisecond)
	require.NoError(t, server.Start())
	require.NoError(t, next(t, opened))
	require.Equal(t, 1, log.count("database was reached"))
}

func TestAJobWaitsWhileTheDatabaseRejectsLogins(t *testing.T) {
	t.Parallel()
	_, store := newServer(t)
	postgrestest.Exec(t, store.Reveal(), `CREATE ROLE guest SUPERUSER LOGIN`)
	guest := parse(t, strings.Replace(store.Reveal(), "user=postgres", "user=guest", 1))
	done := make(chan int, 1)
	var log logLines
	ctx := zerolog.New(&log).Level(zerolog.InfoLevel).WithContext(context.Background())
	e, err := engine.Open(ctx, quickConfig(guest, func(ctx context.Context, a *engine.Attempt) error {
		postgrestest.Exec(t, store.Reveal(), `ALTER ROLE guest NOLOGIN`)
		postgrestest.Exec(t, store.Reveal(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity a WHERE usename = 'guest'
			AND NOT EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory')`) // all but the session
		time.AfterFunc(2*time.Second, func() { postgrestest.Exec(t, store.Reveal(), `ALTER ROLE guest LOGIN`) })
		err := a.Intend(ctx, "create")
		done <- a.Number
		return err
	}))
	require.NoError(t, err)
	run(t, ctx, e)
	insert(t, e, newJob("a", "s"))
	require.Equal(t, 1, next(t, done))
	waitIdle(t, e)
	require.Empty(t, done, "one attempt")
	require.Equal(t, 1, log.count(`"level":"warn"`), "%s", log.lines)
	require.Equal(t, 1, log.count("store is out of order"))
}

func TestNothingIsLostWhileTheDatabaseDoesNotAnswer(t *testing.T) {
	t.Parallel()
	server, store := newServer(t)
	effects := filepath.Join(t.TempDir(), "effects")
	crashed := make(chan struct{}, 1)
	e := open(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
		return a.Do(ctx, "create", nil, func(context.Context) (any, error) {
			select {
			case crashed <- struct{}{}:
				if err := server.Stop("immediate"); err != nil {
					return nil, err
				}
				if err := server.Start(); err != nil {
					return nil, err
				}
			default:
			}
			return nil, appendLine(string(a.Payload), a.ID)
		})
	}))
	ended := make(chan error, 1)
	go func() { ended <- e.Run(silentContext()) }()
	insert(t, e, effectJob("a", effects))
	require.ErrorIs(t, next(t, ended), engine.ErrLost)
	_ = e.Close() // its session is gone
	e = open(t, quickConfig(store, carefulSteps))
	run(t, silentContext(), e)
	waitIdle(t, e)
	content, err := os.ReadFile(effects)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count("\n"+string(content), "\na\n"))
	require.NotContains(t, string(content), "create", "the result was stored though the process was about to end")
}
