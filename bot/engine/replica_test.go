package engine_test

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
	"roombot/bot/engine/postgrestest"
)

func doNothing(context.Context, *engine.Attempt) error { return nil }

func TestReplicasMayStartAtOnceOnAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	store := newDatabase(t)
	var all sync.WaitGroup
	engines := make([]*engine.Engine, 5)
	for i := range engines {
		all.Go(func() {
			e, err := engine.Open(silentContext(), quickConfig(store, doNothing))
			assert.NoError(t, err)
			engines[i] = e
		})
	}
	all.Wait()
	s, err := engines[0].Stats(context.Background())
	require.NoError(t, err)
	require.Equal(t, len(engines), s.Replicas)
	for _, e := range engines {
		require.NoError(t, e.Close())
	}
}

func TestAJobInsertedByEveryReplicaRunsOnce(t *testing.T) {
	t.Parallel()
	store := newDatabase(t)
	var mu sync.Mutex
	runs, inside := map[string]int{}, map[string]int{}
	h := func(_ context.Context, a *engine.Attempt) error {
		mu.Lock()
		runs[a.ID]++
		inside[a.Conversation]++
		assert.Equal(t, 1, inside[a.Conversation], "one at a time")
		mu.Unlock()
		defer func() { mu.Lock(); inside[a.Conversation]--; mu.Unlock() }()
		return a.Do(context.Background(), "step", nil, func(context.Context) (any, error) { return nil, nil })
	}
	var engines [3]*engine.Engine
	for i := range engines {
		engines[i], _ = start(t, quickConfig(store, h))
	}
	ids := numberedIDs("c", 100)
	var inserts sync.WaitGroup
	for r, e := range engines {
		inserts.Go(func() {
			for i := 0; i < len(ids); i += 5 {
				var batch []engine.Job
				for n := range 5 {
					k := i + (n+r)%5 // each replica in another order
					batch = append(batch, newJob(ids[k], fmt.Sprint("s", k%7)))
				}
				insert(t, e, batch...)
			}
		})
	}
	inserts.Wait()
	waitIdle(t, engines[0])
	require.Len(t, runs, len(ids))
	for id, n := range runs {
		require.Equal(t, 1, n, id)
	}
}

func TestAConversationKeepsItsOrderAcrossReplicas(t *testing.T) {
	t.Parallel()
	store := newDatabase(t)
	postgrestest.Exec(t, store.Reveal(), `DO $$ BEGIN
		EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable', current_database());
	END $$`) // as an administrator may have chosen
	var mu sync.Mutex
	order := map[int][]int{} // by replica that inserted
	postponed := map[string]bool{}
	var inside atomic.Int64
	h := func(_ context.Context, a *engine.Attempt) error {
		assert.EqualValues(t, 1, inside.Add(1), "one at a time")
		defer inside.Add(-1)
		mu.Lock()
		defer mu.Unlock()
		if len(a.ID)%2 == 0 && !postponed[a.ID] {
			postponed[a.ID] = true
			return engine.Postpone(0) // keeps the place of its job
		}
		var replica, n int
		if _, err := fmt.Sscanf(a.ID, "r%d/%d", &replica, &n); err != nil {
			return err
		}
		order[replica] = append(order[replica], n)
		return nil
	}
	var engines [3]*engine.Engine
	for i := range engines {
		engines[i], _ = start(t, quickConfig(store, h))
	}
	const each = 40
	var inserts sync.WaitGroup
	for r, e := range engines {
		inserts.Go(func() {
			for n := range each {
				insert(t, e, newJob(fmt.Sprintf("r%d/%d", r, n), "shared"))
			}
		})
	}
	inserts.Wait()
	waitIdle(t, engines[0])
	for r := range engines {
		require.Len(t, order[r], each)
		require.IsIncreasing(t, order[r])
	}
}

func TestAReplicaWithAFastClockDelaysNothing(t *testing.T) {
	t.Parallel()
	store := newDatabase(t)
	_, ran := startRecording(t, store)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(50 * 365 * 24 * time.Hour) // from the year 2000
		fast := open(t, quickConfig(store, doNothing))
		insert(t, fast, newJob("a", "s"))
		require.NoError(t, fast.Close())
	})
	require.Equal(t, "a", next(t, ran))
}

func TestReplicasDoNotMissEachOtherWhileATableIsLocked(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := newDatabase(t)
	c := engine.WithMaxSilence(quickConfig(store, doNothing), silence)
	ended := make(chan error, 2)
	run, stop := context.WithCancel(silentContext())
	engines := []*engine.Engine{open(t, c), open(t, c)}
	for _, e := range engines {
		go func() { ended <- e.Run(run) }()
	}
	release, err := engine.LockStore(ctx, store)
	require.NoError(t, err)
	postgrestest.Exec(t, store.Reveal(), `INSERT INTO replica (id, replica, name, seen, dead) VALUES (1, 'gone', 'gone/1', 0, 0)`)
	var early error
	select {
	case early = <-ended:
	case <-time.After(4 * silence): // the replicas try to take jobs over
	}
	require.NoError(t, release())
	require.NoError(t, early)
	require.Eventually(t, func() bool {
		n, err := engines[0].Count(ctx, `replica`)
		return err == nil && n == len(engines)
	}, patience, 10*time.Millisecond)
	stop()
	for _, e := range engines {
		require.NoError(t, next(t, ended))
		require.NoError(t, e.Close())
	}
}

func TestAReplicaIsAliveFromOpenToClose(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := engine.WithMaxSilence(quickConfig(newDatabase(t), doNothing), silence)
	idleOne, other := open(t, c), open(t, c)
	alive := func() int {
		s, err := other.Stats(ctx)
		assert.NoError(t, err)
		return s.Replicas
	}
	require.Never(t, func() bool { return alive() != 2 }, silence+2*time.Second, 100*time.Millisecond)
	require.NoError(t, idleOne.Close())
	require.Equal(t, 1, alive())
	require.NoError(t, other.Close())
}

func TestAStoppingReplicaHandsItsJobsOverAtOnce(t *testing.T) {
	t.Parallel()
	inside, done := make(chan struct{}, 1), make(chan int, 1)
	c := quickConfig(newDatabase(t), blockUntilCancelled(inside))
	c.Drain, c.TakeoverAfter = -1, time.Hour
	e, stop := start(t, c)
	insert(t, e, newJob("a", "s"))
	next(t, inside)
	c.Handle = func(_ context.Context, a *engine.Attempt) error { done <- a.Number; return nil }
	start(t, c)
	stop()
	require.Equal(t, 1, next(t, done), "it used no attempt")
}

func TestAReplicaThatLosesItsSessionEnds(t *testing.T) {
	t.Parallel()
	inside, done := make(chan struct{}, 1), make(chan string, 1)
	c := quickConfig(newDatabase(t), blockUntilCancelled(inside))
	c.TakeoverAfter = time.Hour // it gives its jobs back by itself
	e := open(t, c)
	ended := make(chan error, 1)
	go func() { ended <- e.Run(silentContext()) }()
	insert(t, e, newJob("a", "s"))
	next(t, inside)
	c.Handle = func(_ context.Context, a *engine.Attempt) error { done <- a.ID; return nil }
	other, _ := start(t, c)
	require.NoError(t, other.CutSession(context.Background(), e))
	require.ErrorIs(t, next(t, ended), engine.ErrLost)
	require.NoError(t, e.Close())
	require.Equal(t, "a", next(t, done))
}

// finisher does carefulSteps, and says when.
func finisher(done chan<- time.Time) handler {
	return func(ctx context.Context, a *engine.Attempt) error {
		err := carefulSteps(ctx, a)
		if err == nil {
			done <- time.Now()
		}
		return err
	}
}

func TestTheJobOfAKilledReplicaIsTakenOverInTime(t *testing.T) {
	t.Parallel()
	store, effects := newDatabase(t), filepath.Join(t.TempDir(), "effects")
	done := make(chan time.Time, 1)
	c := quickConfig(store, finisher(done))
	c.TakeoverAfter = 1500 * time.Millisecond
	e := open(t, c)
	insert(t, e, effectJob("a", effects))
	process, _, out := child(t, store, "slow")
	requireLine(t, out, "inside")
	run(t, silentContext(), e)
	killed := time.Now()
	require.NoError(t, process.Process.Kill())
	require.Error(t, process.Wait())
	took := next(t, done).Sub(killed)
	require.GreaterOrEqual(t, took, c.TakeoverAfter)
	require.Less(t, took, c.TakeoverAfter+10*time.Second, "its silence is noticed after 15 s")
	t.Logf("taken over %s after the kill, %s of it asked for", took.Round(time.Millisecond), c.TakeoverAfter)
	requireOnce(t, effects, "a create", "a add", "a reply")
}

func TestADeadReplicaWithoutJobsLogsNoTakeover(t *testing.T) {
	t.Parallel()
	var log logLines
	ctx := zerolog.New(&log).Level(zerolog.InfoLevel).WithContext(context.Background())
	c := quickConfig(newDatabase(t), doNothing)
	e, err := engine.Open(ctx, c)
	require.NoError(t, err)
	require.NoError(t, e.Exec(ctx, `INSERT INTO replica (id, replica, name, seen) VALUES (-1, 'gone', 'gone', 0)`))
	stop := run(t, ctx, e)
	require.Eventually(t, func() bool {
		n, err := e.Count(ctx, "replica")
		return err == nil && n == 1
	}, patience, 10*time.Millisecond)
	stop() // all that it logs is written
	require.Equal(t, 1, log.count("replica died"))
	require.Zero(t, log.count("were taken over"))
}

func TestAFrozenReplicaThatWakesUpRepeatsNothing(t *testing.T) {
	t.Parallel()
	store, effects := newDatabase(t), filepath.Join(t.TempDir(), "effects")
	done := make(chan time.Time, 1)
	e := open(t, engine.WithMaxSilence(quickConfig(store, finisher(done)), silence))
	insert(t, e, effectJob("a", effects))
	process, in, out := child(t, store, "slow")
	requireLine(t, out, "inside")
	run(t, silentContext(), e)
	freeze(t, process)
	next(t, done)
	requireOnce(t, effects, "a create", "a add", "a reply")
	thaw(t, process)
	_, err := fmt.Fprintln(in, "go on")
	require.NoError(t, err)
	requireLine(t, out, "add: ") // and the reason
	requireLine(t, out, engine.ErrLost.Error())
	require.NoError(t, process.Wait())
	requireOnce(t, effects, "a create", "a add", "a reply")
}

func TestReplicasTellTheirLabels(t *testing.T) {
	t.Parallel()
	store := newDatabase(t)
	one, _ := start(t, quickConfig(store, doNothing))
	two, stopTwo := start(t, quickConfig(store, doNothing))
	reads := func() (all []string) {
		labels, err := one.ReplicaLabels(t.Context())
		require.NoError(t, err)
		return slices.Sorted(maps.Values(labels))
	}
	require.Empty(t, reads(), "nobody has said anything")
	one.SetLabel("1111aaaa")
	two.SetLabel("2222bbbb")
	require.Eventually(t, func() bool { return slices.Equal(reads(), []string{"1111aaaa", "2222bbbb"}) }, patience, 10*time.Millisecond)
	two.SetLabel("1111aaaa")
	require.Eventually(t, func() bool { return slices.Equal(reads(), []string{"1111aaaa", "1111aaaa"}) }, patience, 10*time.Millisecond)
	stopTwo()
	require.Equal(t, []string{"1111aaaa"}, reads())

	alone, _ := start(t, quickConfig(newFile(t), doNothing))
	alone.SetLabel("1111aaaa")
	labels, err := alone.ReplicaLabels(t.Context())
	require.NoError(t, err)
	require.Empty(t, labels, "the only one tells nobody")
}
