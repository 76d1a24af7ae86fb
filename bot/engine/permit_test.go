package engine_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/bot/engine"
)

func permitEntry(act string) func(engine.Permit) engine.RecordEntry {
	return func(p engine.Permit) engine.RecordEntry {
		return engine.RecordEntry{Entry: audit.New(audit.Grant, "", fmt.Sprintf("%s/%d/%d", act, p.N, p.Times), nil)}
	}
}

// askPermit is a handler whose jobs ask for the same permit.
func askPermit(asked chan<- string) handler {
	return func(ctx context.Context, a *engine.Attempt) error {
		p, first, err := a.AskPermit(ctx, engine.PermitRequest{Owner: "bob", Key: "rooms", Text: "rooms", Detail: a.ID, Most: 1, Entry: permitEntry("asked")})
		asked <- fmt.Sprintf("%d asked %d, first: %v", p.N, p.Times, first)
		return err
	}
}

// usePermitOnce is a handler whose jobs have their first intention by the permit 1.
func usePermitOnce(ended chan<- string) handler {
	return func(ctx context.Context, a *engine.Attempt) error {
		a.Permit = engine.PermitUse{N: 1, Entry: engine.RecordEntry{Entry: audit.New(audit.Grant, a.ID, "used", nil)}}
		err := a.IntendFirst(ctx, "room")
		if errors.Is(err, engine.ErrPermitEnded) {
			ended <- "ended"
			return nil
		}
		ended <- "used"
		return err
	}
}

func grant(t *testing.T, e *engine.Engine, d engine.PermitDecision) (first bool) {
	t.Helper()
	d.Entry = permitEntry("decided")
	_, first, err := e.DecidePermit(context.Background(), 1, d)
	require.NoError(t, err)
	return first
}

func TestAPermitIsUsedUpByOneJob(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx, asked := context.Background(), make(chan string, 10)
		e, stop := start(t, quickConfig(store, askPermit(asked)))
		insert(t, e, newJob("a", "chat"), newJob("b", "chat"))
		require.Equal(t, "1 asked 1, first: true", <-asked)
		require.Equal(t, "1 asked 2, first: false", <-asked)
		var deciding sync.WaitGroup
		counted := make(chan string, 5)
		for i := range 5 {
			deciding.Go(func() {
				who := fmt.Sprint("admin ", i)
				if grant(t, e, engine.PermitDecision{Decider: who, Click: who, For: time.Hour, Once: true}) {
					counted <- who
				}
			})
		}
		deciding.Wait()
		require.Len(t, counted, 1)
		who := <-counted
		p, _, err := e.Permit(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, who, p.Decider)
		require.True(t, grant(t, e, engine.PermitDecision{Click: who}), "the click that counts comes back")
		stop()

		ended := make(chan string, 10)
		e, stop = start(t, quickConfig(store, usePermitOnce(ended)))
		defer stop()
		var jobs []engine.Job
		for i := range 8 {
			jobs = append(jobs, newJob(fmt.Sprint("use ", i), fmt.Sprint("chat ", i)))
		}
		insert(t, e, jobs...)
		used := 0
		for range jobs {
			if <-ended == "used" {
				used++
			}
		}
		require.Equal(t, 1, used)
		p, _, err = e.Permit(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, engine.PermitUsed, p.State)
		listed, err := e.EndedPermits(ctx)
		require.NoError(t, err)
		require.Equal(t, []engine.Permit{p}, listed)
		_, revoked, err := e.RevokePermit(ctx, 1, "", permitEntry("revoked"))
		require.NoError(t, err)
		require.False(t, revoked)
	})
}

// The store has what a job has asked for before the job itself has the result: a job that comes
// back asks nothing more, whatever others have asked for meanwhile.
func TestAJobThatComesBackHasAskedForItsPermitOnce(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		asked, others := make(chan string, 10), make(chan struct{})
		ask := askPermit(asked)
		e, stop := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			err := ask(ctx, a)
			if err == nil && a.ID == "a" && a.Number == 1 {
				<-others
				err = errors.New("ends right after it")
			}
			return err
		}))
		defer stop()
		insert(t, e, newJob("a", "chat of a"))
		require.Equal(t, "1 asked 1, first: true", <-asked)
		insert(t, e, newJob("b", "chat of b"))
		require.Equal(t, "1 asked 2, first: false", <-asked)
		close(others)
		require.Equal(t, "1 asked 2, first: true", <-asked, "it still is who shows it to whom it asks")
	})
}

// The permit may be used up before the job that has granted it knows that.
func TestAJobThatComesBackHasDecidedAboutItsPermit(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		asked, decided, used := make(chan string, 10), make(chan bool, 10), make(chan string, 10)
		ask, use := askPermit(asked), usePermitOnce(used)
		goOn := make(chan struct{})
		var deciding atomic.Pointer[engine.Engine]
		e, stop := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			switch a.ID {
			case "asks":
				return ask(ctx, a)
			case "uses":
				return use(ctx, a)
			}
			_, first, err := deciding.Load().DecidePermit(ctx, 1, engine.PermitDecision{
				Decider: "ops", Click: a.ID, For: time.Hour, Once: true, Entry: permitEntry("decided"),
			})
			decided <- first
			if err == nil && a.ID == "click" && a.Number == 1 {
				<-goOn
				err = errors.New("ends right after it")
			}
			return err
		}))
		defer stop()
		deciding.Store(e)
		insert(t, e, newJob("asks", "chat"))
		<-asked
		insert(t, e, newJob("click", "chat of ops"))
		require.True(t, <-decided)
		insert(t, e, newJob("uses", "chat of bob"), newJob("another click", "chat of cora"))
		require.Equal(t, "used", <-used)
		require.False(t, <-decided, "of the other click")
		close(goOn)
		require.True(t, <-decided)
	})
}

func TestTheJobThatHasRevokedAPermitComesBack(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx, asked := context.Background(), make(chan string, 10)
		e, stop := start(t, quickConfig(store, askPermit(asked)))
		defer stop()
		insert(t, e, newJob("a", "chat"))
		<-asked
		require.True(t, grant(t, e, engine.PermitDecision{Decider: "ops", Click: "click", For: time.Hour}))
		for _, revoke := range []struct {
			job     string
			revoked bool
		}{{"typed", true}, {"typed", true}, {"typed again", false}, {"", false}} {
			_, revoked, err := e.RevokePermit(ctx, 1, revoke.job, permitEntry("revoked"))
			require.NoError(t, err)
			require.Equal(t, revoke.revoked, revoked, revoke.job)
		}
	})
}

func TestAPermitExpires(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx, asked := context.Background(), make(chan string, 10)
		e, stop := start(t, quickConfig(store, askPermit(asked)))
		defer stop()
		insert(t, e, newJob("a", "chat"))
		<-asked
		grant(t, e, engine.PermitDecision{Decider: "ops", Click: "c", For: 3 * time.Hour})
		good, err := e.PermitsFor(ctx, "bob", "x")
		require.NoError(t, err)
		require.Len(t, good, 1)
		ending, err := e.TakeEndingPermits(ctx, time.Minute)
		require.NoError(t, err)
		require.Empty(t, ending)
		expired, err := e.ExpirePermits(ctx, permitEntry("expired"))
		require.NoError(t, err)
		require.Empty(t, expired)
		require.NoError(t, e.Exec(ctx, `UPDATE permit SET until = decided + 10000000000, decided = decided - 100000000000`))
		for _, times := range []int{1, 0} { // it is told of once
			ending, err := e.TakeEndingPermits(ctx, 10*time.Hour)
			require.NoError(t, err)
			require.Len(t, ending, times)
		}
		require.NoError(t, e.Exec(ctx, `UPDATE permit SET until = decided`))
		for _, times := range []int{1, 0} {
			expired, err := e.ExpirePermits(ctx, permitEntry("expired"))
			require.NoError(t, err)
			require.Len(t, expired, times)
		}
		all, err := e.Permits(ctx)
		require.NoError(t, err)
		require.Empty(t, all)
		all, err = e.EndedPermits(ctx)
		require.NoError(t, err)
		require.Empty(t, all, "what has ended by its time alone")
	})
}
