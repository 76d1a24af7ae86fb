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

	"roombot/bot/engine"
)

// diary keeps log lines.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, string(p))
	return len(p), nil
}

// count is how many lines have the words.
func (d *diary) count(words string) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, line := range d.lines {
		if strings.Contains(line, words) {
			n++
		}
	}
	return n
}

func refuses(t *testing.T, e *engine.Engine) bool {
	t.Helper()
	s, err := e.Stats(context.Background())
	require.NoError(t, err)
	return !s.Refuses.IsZero()
}

func TestAStoreThatTakesNothingIsToldOnceAndWhenItDoesAgain(t *testing.T) {
	t.Parallel()
	var log diary
	ctx := zerolog.New(&log).Level(zerolog.InfoLevel).WithContext(context.Background())
	runs := make(chan string, 1)
	e, err := engine.Open(ctx, quick(newFile(t), func(_ context.Context, j *engine.Attempt) error {
		runs <- j.ID
		return nil
	}))
	require.NoError(t, err)
	stop := run(t, ctx, e)
	insert(t, e, command("before", "s"))
	next(t, runs)
	idle(t, e)
	before := time.Now()
	unlock := lockedByOther(t, e)
	require.False(t, refuses(t, e))
	require.Error(t, e.Insert(ctx, command("a", "s")))
	require.True(t, refuses(t, e))
	require.Error(t, e.Insert(ctx, command("a", "s")))
	unlock()
	require.Eventually(t, func() bool { return !refuses(t, e) }, patience, 10*time.Millisecond, "it is tried, though nobody has anything to store")
	e.QueueSays(ctx, "it could not fetch", before)
	require.Zero(t, log.count("job queue reported a problem"), "which has felt the same")
	e.QueueSays(ctx, "it has lost count", time.Now())
	require.Equal(t, 1, log.count("it has lost count"))
	stop()
	require.Equal(t, 1, log.count("store is out of order"))
	require.Equal(t, 1, log.count("store works again"))
}

func TestAWriteThatComesToNoEndIsTroubleBeforeItFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var diary diary
		log := zerolog.New(&diary)
		store := engine.NewTrouble(&log)
		ctx, end := context.WithCancel(t.Context())
		defer end()
		go store.Watch(ctx)
		begin := time.Now()
		first := store.Write()
		time.Sleep(time.Second)
		store.Write()(nil)
		second := store.Write()
		time.Sleep(1900 * time.Millisecond)
		require.Zero(t, store.Refuses(), "another write got through after the first began, at %s", begin)
		time.Sleep(1500 * time.Millisecond)
		require.NotZero(t, store.Refuses())
		synctest.Wait()
		require.Equal(t, 1, diary.count("store is out of order"))
		first(nil)
		require.Zero(t, store.Refuses())
		require.Equal(t, 1, diary.count("store works again"))
		second(nil)
		time.Sleep(time.Minute)
		require.Zero(t, store.Refuses(), "nobody wants to write")
		require.Equal(t, 1, diary.count("store is out of order"))
	})
}

func TestATransactionThatTakesTooLongIsTheStoresFault(t *testing.T) {
	t.Parallel()
	file := newFile(t)
	synctest.Test(t, func(t *testing.T) {
		e := open(t, quick(file, nothing))
		slow := e.StandStill(context.Background())
		require.NoError(t, e.Close())
		require.ErrorIs(t, slow, engine.ErrOutOfOrder)
	})
}

func TestACommandOutlastsALongOutage(t *testing.T) {
	t.Parallel()
	file := newFile(t)
	synctest.Test(t, func(t *testing.T) {
		done := make(chan int, 1)
		var e *engine.Engine
		c := quick(file, func(_ context.Context, j *engine.Attempt) error {
			if j.Number == 1 {
				time.AfterFunc(61*time.Minute, lockedByOther(t, e))
				return errBroken
			}
			done <- j.Number
			return nil
		})
		c.Workers = 1 // so that nothing else is asked for all the time
		e = open(t, c)
		insert(t, e, command("a", "s"))
		stop := run(t, silent(), e)
		time.Sleep(62 * time.Minute)
		require.Equal(t, 2, next(t, done))
		stop()
	})
}

func TestCommandsWaitInPlaceWhileTheStoreTakesNothing(t *testing.T) {
	t.Parallel()
	var e *engine.Engine
	done := make(chan *engine.Attempt, 1)
	e = open(t, quick(newFile(t), func(ctx context.Context, j *engine.Attempt) error {
		time.AfterFunc(500*time.Millisecond, lockedByOther(t, e))
		if err := j.Intend(ctx, "create"); err != nil {
			return err
		}
		done <- j
		return nil
	}))
	run(t, silent(), e)
	insert(t, e, command("a", "s"))
	j := next(t, done)
	require.Equal(t, 1, j.Number)
	_, times, err := j.Intended(context.Background(), "create")
	require.NoError(t, err)
	require.Equal(t, 1, times)
	idle(t, e)
}
