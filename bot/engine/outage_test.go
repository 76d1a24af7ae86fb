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

// supervised is a child that is started again whenever it ends, as systemd or Kubernetes does.
type supervised struct {
	store   string
	current atomic.Pointer[os.Process]
	ended   sync.WaitGroup
}

func supervise(t *testing.T, store string) *supervised {
	t.Helper()
	s := &supervised{store: store}
	ctx, cancel := context.WithCancel(context.Background())
	s.ended.Go(func() {
		for ctx.Err() == nil {
			c := victimOf(ctx, store, "careful")
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

func (s *supervised) kill() {
	if p := s.current.Load(); p != nil {
		_ = p.Kill() // perhaps it has just ended by itself
	}
}

// crowd stores commands of careful steps, ten conversations full.
func crowd(t *testing.T, store, effects string, n int) (ids, lines []string) {
	t.Helper()
	ids = names("c", n)
	e := open(t, quick(store, nothing))
	for i, id := range ids {
		c := noting(id, effects)
		c.Conversation = fmt.Sprint("s", i%10)
		insert(t, e, c)
		lines = append(lines, id+" create", id+" add", id+" reply")
	}
	require.NoError(t, e.Close())
	return ids, lines
}

// untilMore waits for the next effect, unless all have happened.
func untilMore(t *testing.T, effects string, lines []string) {
	t.Helper()
	before, all := size(effects), int64(len(strings.Join(lines, "\n"))+1)
	require.Eventually(t, func() bool { return size(effects) > before || before == all }, patience, time.Millisecond)
}

// settled waits until all is done, and checks that each step happened once, and in order.
func settled(t *testing.T, store, effects string, ids, lines []string) {
	t.Helper()
	e := open(t, quick(store, nothing))
	idle(t, e)
	require.NoError(t, e.Close())
	requireOnce(t, effects, lines...)
	content, err := os.ReadFile(effects)
	require.NoError(t, err)
	require.NoError(t, inOrder(string(content), ids))
}

func TestReplicasThatAreKilledInTurnLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	store, effects := postgrestest.Database(t), filepath.Join(t.TempDir(), "effects")
	ids, lines := crowd(t, store, effects, 150)
	var replicas [3]*supervised
	for i := range replicas {
		replicas[i] = supervise(t, store)
	}
	for kills := range 9 {
		untilMore(t, effects, lines)
		replicas[kills%3].kill()
	}
	settled(t, store, effects, ids, lines)
}

func TestACrashOfTheDatabaseLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	server, store := postgrestest.NewServer(t)
	effects := filepath.Join(t.TempDir(), "effects")
	ids, want := crowd(t, store, effects, 120)
	for range 2 {
		supervise(t, store)
	}
	for range 3 {
		untilMore(t, effects, want)
		require.NoError(t, server.Stop("immediate"))
		require.NoError(t, server.Start())
	}
	settled(t, store, effects, ids, want)
}

func TestOpenWaitsForADatabaseThatIsDown(t *testing.T) {
	t.Parallel()
	server, store := postgrestest.NewServer(t)
	require.NoError(t, server.Stop("fast"))
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
	require.NoError(t, server.Start())
	require.NoError(t, next(t, opened))
}

func TestACommandWaitsWhileTheDatabaseLetsNobodyIn(t *testing.T) {
	t.Parallel()
	_, store := postgrestest.NewServer(t)
	postgrestest.Exec(t, store, `CREATE ROLE guest SUPERUSER LOGIN`)
	done := make(chan int, 1)
	var log diary
	ctx := zerolog.New(&log).Level(zerolog.InfoLevel).WithContext(context.Background())
	e, err := engine.Open(ctx, quick(strings.Replace(store, "user=postgres", "user=guest", 1), func(ctx context.Context, j *engine.Attempt) error {
		postgrestest.Exec(t, store, `ALTER ROLE guest NOLOGIN`)
		postgrestest.Exec(t, store, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity a WHERE usename = 'guest'
			AND NOT EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory')`) // all but the session
		time.AfterFunc(2*time.Second, func() { postgrestest.Exec(t, store, `ALTER ROLE guest LOGIN`) })
		err := j.Intend(ctx, "create")
		done <- j.Number
		return err
	}))
	require.NoError(t, err)
	run(t, ctx, e)
	insert(t, e, command("a", "s"))
	require.Equal(t, 1, next(t, done))
	idle(t, e)
	require.Empty(t, done, "handled once")
	require.Equal(t, 1, log.count(`"level":"warn"`), "%s", log.lines)
	require.Equal(t, 1, log.count("store is out of order"))
}

func TestNothingIsLostWhileTheDatabaseDoesNotAnswer(t *testing.T) {
	t.Parallel()
	server, store := postgrestest.NewServer(t)
	effects := filepath.Join(t.TempDir(), "effects")
	crashed := make(chan struct{}, 1)
	e := open(t, quick(store, func(ctx context.Context, j *engine.Attempt) error {
		return j.Do(ctx, "create", nil, func(context.Context) (any, error) {
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
