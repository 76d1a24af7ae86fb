package engine_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

const day = 24 * time.Hour

// purger is an engine whose clocks a test sets. It has finished one job, and purges what is older
// than 30 days.
type purger struct {
	*testing.T
	store  engine.Address
	engine *engine.Engine
	close  func() // ends the process
	log    bytes.Buffer
	begin  time.Time // when the job was finished
}

func newPurger(t *testing.T, store engine.Address) *purger {
	t.Helper()
	p := &purger{T: t, store: store, begin: time.Now()}
	e, stop := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
		_, err := a.Claim(ctx, "message")
		return err
	}))
	insert(t, e, newJob("a", "s"))
	waitIdle(t, e)
	stop()
	p.restart()
	require.NoError(t, p.engine.Exec(t.Context(), `DELETE FROM note`)) // which the run has begun
	p.at(0, 0)
	return p
}

// restart is a restart of the process.
func (p *purger) restart() {
	p.Helper()
	e := open(p.T, quickConfig(p.store, func(context.Context, *engine.Attempt) error { return nil }))
	p.engine, p.close = e, sync.OnceFunc(func() { require.NoError(p, e.Close()) })
	p.Cleanup(p.close)
}

// at purges when the database's clock says that so much time has passed since the job was finished,
// and so much has passed for the process.
func (p *purger) at(clock, steady time.Duration) {
	p.Helper()
	ctx := zerolog.New(&p.log).WithContext(context.Background())
	p.engine.PurgeAt(ctx, p.begin.Add(clock), steady)
}

func (p *purger) keeps(job bool) {
	p.Helper()
	known, err := p.engine.HasJob(context.Background(), "a")
	require.NoError(p, err)
	require.Equal(p, job, known)
	claims, err := p.engine.Count(context.Background(), "claim")
	require.NoError(p, err)
	require.Equal(p, job, claims == 1)
}

func TestAClockThatJumpsForwardPurgesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		p := newPurger(t, store)
		p.at(time.Hour, time.Hour)
		p.at(2*365*day, 2*time.Hour)
		p.at(2*365*day+10*day, 10*day)
		p.keeps(true)
		require.Equal(t, 1, strings.Count(p.log.String(), "clock went further than time has passed here"), p.log.String())
		require.Contains(t, p.log.String(), `"behind":`)
		p.at(11*day, 11*day) // it is set right
		p.at(29*day, 29*day)
		p.keeps(true)
		p.at(31*day, 31*day)
		p.keeps(false)
	})
}

func TestAClockThatIsWrongAtTheStartPurgesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		p := newPurger(t, store)
		for range 3 {
			p.close()
			p.restart()
			p.at(2*365*day, 0)
			p.keeps(true)
		}
	})
}

func TestThePurgeCatchesUpAfterTheProcessWasDown(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		p := newPurger(t, store)
		p.close()
		p.restart()
		p.at(40*day, 0)
		p.at(50*day, 10*day)
		p.keeps(true)
		p.at(56*day, 16*day)
		p.keeps(false)
	})
}

func TestAClockThatIsSetBackPurgesNothingAndIsForgotten(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		p := newPurger(t, store)
		p.at(-20*365*day, day)
		p.keeps(true)
		p.at(31*day, 31*day)
		p.keeps(false)
	})
}

func TestStoreWithoutTheNoteOfThePurgeBeginsWithItsNewestJob(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		p := newPurger(t, store)
		require.NoError(t, p.engine.Exec(t.Context(), `DELETE FROM note`))
		p.close()
		p.restart()
		p.at(2*365*day, 0)
		p.keeps(true)
	})
}

func TestReplicasDoNotPurgeFasterTogether(t *testing.T) {
	t.Parallel()
	p := newPurger(t, newDatabase(t))
	first, wrong := p.engine, 2*365*day
	var others [3]*engine.Engine
	for i := range others {
		p.restart()
		others[i] = p.engine
		p.at(wrong, 0)
	}
	for passed := day; passed <= 14*day; passed += day {
		for _, e := range append(others[:], first) {
			p.engine = e
			p.at(wrong+passed, passed)
		}
	}
	p.keeps(true)
	p.engine = others[0] // the others have stopped
	p.at(wrong+15*day, 15*day)
	p.at(wrong+17*day, 17*day)
	p.keeps(false)
}

func TestThePurgeGoesByTheDatabasesClock(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		p := newPurger(t, store)
		p.close()
		p.restart()
		e := p.engine
		require.NoError(t, e.Exec(t.Context(), `DELETE FROM note`))
		require.NoError(t, e.Exec(t.Context(), `DELETE FROM command`))
		at, err := e.PurgeTime(t.Context())
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), at, time.Minute)
		again, err := e.PurgeTime(t.Context())
		require.NoError(t, err)
		require.GreaterOrEqual(t, again.UnixMicro(), at.UnixMicro())
	})
}
