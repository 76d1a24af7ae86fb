package engine_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

// keep is a step whose result is value.
func keep(ctx context.Context, a *engine.Attempt, step string, value any) error {
	return a.Do(ctx, step, nil, func(context.Context) (any, error) { return value, nil })
}

// storedSteps are the steps of a job that anybody can read, with 1 where the result is stored.
func storedSteps(ctx context.Context, e *engine.Engine, id string) (map[string]bool, error) {
	d, err := e.Show(ctx, id)
	steps := map[string]bool{}
	for _, step := range d.Steps {
		steps[step.Name] = step.Done
	}
	return steps, err
}

// runOn runs the job "a" on a new engine of the store to its end. The handler gets the engine.
func runOn(t *testing.T, store engine.Address, h func(ctx context.Context, e *engine.Engine, a *engine.Attempt) error) *engine.Engine {
	t.Helper()
	var e *engine.Engine
	c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error { return h(ctx, e, a) })
	e = open(t, c)
	run(t, silentContext(), e)
	insert(t, e, newJob("a", "s"))
	waitIdle(t, e)
	d, err := e.Show(context.Background(), "a")
	require.NoError(t, err)
	require.Equal(t, engine.Done, d.State, d.LastError)
	return e
}

func TestResultsAreStoredWithTheNextIntention(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		look := func(ctx context.Context, e *engine.Engine) string {
			owner, err := e.ClaimOwner(ctx, "key")
			steps, unread := storedSteps(ctx, e, "a")
			return fmt.Sprintf("%q %t %t %v", owner, steps["one"], steps["two"], errors.Join(err, unread))
		}
		runOn(t, store, func(ctx context.Context, e *engine.Engine, a *engine.Attempt) error {
			owner, err := a.ClaimWithIntention(ctx, "key")
			if err = errors.Join(err, keep(ctx, a, "one", 1), keep(ctx, a, "two", 2)); err != nil || owner != "a" {
				return engine.GiveUp(fmt.Errorf("the claim is that of %q: %w", owner, err))
			}
			if err := a.Intend(ctx, "three"); err != nil {
				return err
			}
			if stored := look(ctx, e); stored != `"a" true true <nil>` {
				return engine.GiveUp(fmt.Errorf("stored after the intention are %s", stored))
			}
			return nil
		})
	})
}

func TestResultsAreStoredBySave(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		runOn(t, store, func(ctx context.Context, e *engine.Engine, a *engine.Attempt) error {
			if err := errors.Join(keep(ctx, a, "one", 1), a.Save(ctx), a.Save(ctx)); err != nil {
				return err
			}
			if steps, err := storedSteps(ctx, e, "a"); err != nil || !steps["one"] {
				return engine.GiveUp(fmt.Errorf("stored are %v: %w", steps, err))
			}
			return nil
		})
	})
}

func TestResultsOfAnAttemptThatFailsAreStored(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		runs := 0
		runOn(t, store, func(ctx context.Context, _ *engine.Engine, a *engine.Attempt) error {
			return errors.Join(a.Do(ctx, "one", nil, func(context.Context) (any, error) { runs++; return nil, nil }), failedAt(a, 1))
		})
		require.Equal(t, 1, runs)
	})
}

// failedAt is an error in one attempt.
func failedAt(a *engine.Attempt, number int) error {
	if a.Number == number {
		return errBroken
	}
	return nil
}

func TestAResultIsStoredByItselfAfterAWhile(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		kept := make(chan struct{})
		e := runInBackground(t, store, func(ctx context.Context, a *engine.Attempt) error {
			err := keep(ctx, a, "one", 1)
			close(kept)
			<-ctx.Done()
			return err
		})
		next(t, kept)
		require.Eventually(t, func() bool {
			steps, err := storedSteps(context.Background(), e, "a")
			return err == nil && steps["one"]
		}, patience, 10*time.Millisecond)
	})
}

// runInBackground has the job "a" run on a new engine of the store until the test ends.
func runInBackground(t *testing.T, store engine.Address, h handler) *engine.Engine {
	t.Helper()
	c := quickConfig(store, h)
	c.Drain = -1
	e, _ := start(t, c)
	insert(t, e, newJob("a", "s"))
	return e
}

func TestNobodyWaitsForWhatIsSavedInTheBackground(t *testing.T) {
	t.Parallel()
	saved := make(chan func(), 1)
	var e *engine.Engine
	ready := make(chan struct{})
	e = runInBackground(t, newFile(t), func(ctx context.Context, a *engine.Attempt) error {
		<-ready
		unlock := lockedByOther(t, e)
		err := keep(ctx, a, "one", 1)
		a.SaveSoon()
		saved <- unlock
		<-ctx.Done()
		return err
	})
	close(ready)
	unlock := next(t, saved)
	steps, err := storedSteps(context.Background(), e, "a")
	unlock()
	require.NoError(t, err)
	require.Empty(t, steps)
	require.Eventually(t, func() bool {
		steps, err := storedSteps(context.Background(), e, "a")
		return err == nil && steps["one"]
	}, patience, 10*time.Millisecond)
}

func TestAnIntentionFailsWhereAnotherJobHasClaimedMeanwhile(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		var owners []string
		runOn(t, store, func(ctx context.Context, e *engine.Engine, a *engine.Attempt) error {
			owner, err := a.ClaimWithIntention(ctx, "key")
			owners = append(owners, owner)
			if err != nil || owner != "a" {
				return err
			}
			if _, err := e.ClaimFor(ctx, "key", "other"); err != nil {
				return err
			}
			if err := a.Intend(ctx, "effect"); !errors.Is(err, engine.ErrClaimLost) {
				return engine.GiveUp(fmt.Errorf("the effect may begin: %w", err))
			}
			if _, n, _ := a.Intentions(ctx, "effect"); n > 0 || a.Number > 1 {
				return engine.GiveUp(errors.New("an intention is stored"))
			}
			return engine.ErrClaimLost
		})
		require.Equal(t, []string{"a", "other"}, owners)
	})
}

func TestAClaimWithoutAnIntentionIsStoredAtTheEnd(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		e := runOn(t, store, func(ctx context.Context, _ *engine.Engine, a *engine.Attempt) error {
			_, err := a.ClaimWithIntention(ctx, "key")
			_, released := a.ClaimWithIntention(ctx, "given back")
			return errors.Join(err, released, a.Release(ctx, "given back"))
		})
		for key, owner := range map[string]string{"key": "a", "given back": ""} {
			got, err := e.ClaimOwner(context.Background(), key)
			require.NoError(t, err)
			require.Equal(t, owner, got, key)
		}
	})
}
