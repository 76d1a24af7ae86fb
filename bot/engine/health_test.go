package engine_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/bot/engine"
)

// logLines keeps the lines of a log.
type logLines struct {
	mu    sync.Mutex
	lines []string
}

func (l *logLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, string(p))
	return len(p), nil
}

// count is how many lines contain the words.
func (l *logLines) count(words string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		if strings.Contains(line, words) {
			n++
		}
	}
	return n
}

func hasOutage(t *testing.T, e *engine.Engine) bool {
	t.Helper()
	s, err := e.Stats(context.Background())
	require.NoError(t, err)
	return !s.OutageSince.IsZero()
}

func TestAnOutageIsLoggedWhenItBeginsAndWhenItEnds(t *testing.T) {
	t.Parallel()
	var log logLines
	ctx := zerolog.New(&log).Level(zerolog.InfoLevel).WithContext(context.Background())
	runs := make(chan string, 1)
	e, err := engine.Open(ctx, quickConfig(newFile(t), func(_ context.Context, a *engine.Attempt) error {
		runs <- a.ID
		return nil
	}))
	require.NoError(t, err)
	stop := run(t, ctx, e)
	insert(t, e, newJob("before", "s"))
	next(t, runs)
	waitIdle(t, e)
	require.False(t, hasOutage(t, e))
	unlock := lockedByOther(t, e)
	require.Error(t, e.Insert(ctx, newJob("a", "s")))
	require.True(t, hasOutage(t, e))
	require.Error(t, e.Insert(ctx, newJob("a", "s")))
	unlock()
	require.Eventually(t, func() bool { return !hasOutage(t, e) }, patience, 10*time.Millisecond, "the store is probed while nobody writes")
	stop()
	require.Equal(t, 1, log.count("store is out of order"))
	require.Equal(t, 1, log.count("store works again"))
}

func TestAWriteThatHangsIsAnOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var lines logLines
		log := zerolog.New(&lines)
		store := engine.NewStoreHealth(&log)
		ctx, end := context.WithCancel(t.Context())
		defer end()
		go store.WatchWrites(ctx)
		begin := time.Now()
		first := store.BeginWrite()
		time.Sleep(time.Second)
		store.BeginWrite()(nil)
		second := store.BeginWrite()
		time.Sleep(1900 * time.Millisecond)
		require.Zero(t, store.OutageSince(), "another write succeeded after the first began, at %s", begin)
		time.Sleep(1500 * time.Millisecond)
		require.NotZero(t, store.OutageSince())
		synctest.Wait()
		require.Equal(t, 1, lines.count("store is out of order"))
		first(nil)
		require.Zero(t, store.OutageSince())
		require.Equal(t, 1, lines.count("store works again"))
		second(nil)
		time.Sleep(time.Minute)
		require.Zero(t, store.OutageSince(), "nobody wants to write")
		require.Equal(t, 1, lines.count("store is out of order"))
		third := store.BeginWrite()
		time.Sleep(time.Minute + 4*time.Second)
		require.Equal(t, 3, lines.count("store is out of order"), "at once, and again after a minute")
		third(nil)
		require.Equal(t, 2, lines.count("store works again"))
	})
}

func TestATransactionThatTakesTooLongIsAnOutage(t *testing.T) {
	t.Parallel()
	file := newFile(t)
	synctest.Test(t, func(t *testing.T) {
		e := open(t, quickConfig(file, doNothing))
		slow := e.StandStill(context.Background())
		require.NoError(t, e.Close())
		require.ErrorIs(t, slow, engine.ErrOutOfOrder)
	})
}

func TestAJobSurvivesALongOutage(t *testing.T) {
	t.Parallel()
	file := newFile(t)
	synctest.Test(t, func(t *testing.T) {
		done := make(chan int, 1)
		var e *engine.Engine
		c := quickConfig(file, func(_ context.Context, a *engine.Attempt) error {
			if a.Number == 1 {
				time.AfterFunc(61*time.Minute, lockedByOther(t, e))
				return errBroken
			}
			done <- a.Number
			return nil
		})
		c.Workers = 1 // so that the queue does not fetch all the time
		e = open(t, c)
		insert(t, e, newJob("a", "s"))
		stop := run(t, silentContext(), e)
		time.Sleep(62 * time.Minute)
		require.Equal(t, 2, next(t, done))
		stop()
	})
}

func TestAnAttemptWaitsDuringAnOutage(t *testing.T) {
	t.Parallel()
	var e *engine.Engine
	done := make(chan *engine.Attempt, 1)
	e = open(t, quickConfig(newFile(t), func(ctx context.Context, a *engine.Attempt) error {
		time.AfterFunc(500*time.Millisecond, lockedByOther(t, e))
		if err := a.Intend(ctx, "create"); err != nil {
			return err
		}
		done <- a
		return nil
	}))
	run(t, silentContext(), e)
	insert(t, e, newJob("a", "s"))
	j := next(t, done)
	require.Equal(t, 1, j.Number)
	_, times, err := j.Intentions(context.Background(), "create")
	require.NoError(t, err)
	require.Equal(t, 1, times)
	waitIdle(t, e)
}

// The store takes all writes but those of the record: no job waits.
func TestEntriesThatCannotBeLinkedAreNoOutage(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		var log logLines
		ctx := zerolog.New(&log).Level(zerolog.InfoLevel).WithContext(context.Background())
		e, err := engine.Open(ctx, quickConfig(store, doNothing))
		require.NoError(t, err)
		run(t, ctx, e)
		require.NoError(t, e.Exec(ctx, `CREATE UNIQUE INDEX one_kind ON audit (kind)`))
		for _, part := range []string{"start/1", "start/2"} {
			require.NoError(t, e.StoreEntries(ctx, audit.New(audit.Start, "", part, nil)))
		}
		const failed = "entries could not be added to the audit record, jobs go on"
		require.Eventually(t, func() bool { return log.count(failed) == 1 }, patience, 10*time.Millisecond)
		require.Equal(t, 1, log.count("constraint"), "it says why")
		require.False(t, hasOutage(t, e))
		require.NoError(t, e.Exec(ctx, `DROP INDEX one_kind`))
		require.Eventually(t, func() bool { return log.count("entries are added to the audit record again") == 1 }, patience, 10*time.Millisecond)
		require.Zero(t, log.count("store is out of order"))
		require.Zero(t, log.count("store works again"))
	})
}
