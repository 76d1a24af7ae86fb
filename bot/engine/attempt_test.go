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

	"roombot/bot/engine"
)

type room struct {
	ID    string   `json:"id"`
	Names []string `json:"names"`
}

// runOneJob runs one job to its end.
func runOneJob(t *testing.T, store engine.Address, h handler) {
	t.Helper()
	var failure error
	c := quickConfig(store, h)
	c.MaxAttempts = 5
	c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error {
		failure = cause
		return nil
	}
	e, stop := start(t, c)
	insert(t, e, newJob("a", "s"))
	waitIdle(t, e)
	stop()
	require.NoError(t, failure)
}

func TestAStepRunsOnceAndItsResultIsKept(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		created := 0
		runOneJob(t, store, func(ctx context.Context, a *engine.Attempt) error {
			var got room
			err := a.Do(ctx, "create", &got, func(context.Context) (any, error) {
				created++
				return room{ID: "r1", Names: []string{"é"}}, nil
			})
			if err != nil {
				return err
			}
			if got.ID != "r1" || len(got.Names) != 1 || got.Names[0] != "é" {
				return fmt.Errorf("got %+v", got)
			}
			if a.Number < 3 {
				return errBroken
			}
			return nil
		})
		require.Equal(t, 1, created)
	})
}

func TestAFailedStepRunsAgain(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		tries := 0
		runOneJob(t, store, func(ctx context.Context, a *engine.Attempt) error {
			return a.Do(ctx, "create", nil, func(context.Context) (any, error) {
				if tries++; tries < 3 {
					return nil, errBroken
				}
				return nil, nil
			})
		})
		require.Equal(t, 3, tries)
	})
}

func TestAResultOfAnotherTypeIsAnError(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		runOneJob(t, store, func(ctx context.Context, a *engine.Attempt) error {
			give := func(context.Context) (any, error) { return "text", nil }
			if err := a.Do(ctx, "create", nil, give); err != nil {
				return err
			}
			var number int
			err := a.Do(ctx, "create", &number, give)
			if err == nil {
				return engine.GiveUp(errors.New("no error"))
			}
			if want := "stored result of step create does not fit *int"; len(err.Error()) < len(want) || err.Error()[:len(want)] != want {
				return engine.GiveUp(err)
			}
			return nil
		})
	})
}

func TestAResultIsStoredAfterTheContextEnded(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		happened := 0
		runOneJob(t, store, func(ctx context.Context, a *engine.Attempt) error {
			inner, cancel := context.WithCancel(ctx)
			defer cancel()
			var got string
			err := a.Do(inner, "create", &got, func(context.Context) (any, error) {
				happened++
				cancel()
				return "r1", nil
			})
			if err != nil || got != "r1" {
				return engine.GiveUp(fmt.Errorf("%q %w", got, err))
			}
			cancel()
			if err := a.Do(inner, "other", nil, func(context.Context) (any, error) { return nil, nil }); !errors.Is(err, context.Canceled) {
				return engine.GiveUp(fmt.Errorf("a step began after the end: %w", err))
			}
			if a.Number == 1 {
				return errBroken
			}
			return nil
		})
		require.Equal(t, 1, happened)
	})
}

func TestStepsRunSideBySide(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		const n = 50
		var added, same atomic.Int64
		runOneJob(t, store, func(ctx context.Context, a *engine.Attempt) error {
			var all sync.WaitGroup
			errs := make([]error, n)
			var together sync.WaitGroup
			if a.Number == 1 {
				together.Add(n)
			}
			for i := range n {
				all.Go(func() {
					var got int
					errs[i] = errors.Join(
						a.Do(ctx, fmt.Sprint("add ", i), &got, func(context.Context) (any, error) {
							together.Done()
							together.Wait() // all are inside at once
							added.Add(1)
							return i, nil
						}),
						a.Do(ctx, "same", nil, func(context.Context) (any, error) { return same.Add(1), nil }),
					)
					if got != i {
						errs[i] = fmt.Errorf("got %d for %d", got, i)
					}
				})
			}
			all.Wait()
			if a.Number == 1 {
				return errBroken
			}
			return errors.Join(errs...)
		})
		require.EqualValues(t, n, added.Load())
		require.EqualValues(t, 1, same.Load())
	})
}

func TestIntentionsAreCountedAndKept(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		type seen struct {
			last time.Time
			n    int
		}
		var before []seen
		began := time.Now().Add(-time.Millisecond)
		runOneJob(t, store, func(ctx context.Context, a *engine.Attempt) error {
			last, n, err := a.Intentions(ctx, "create")
			if err != nil {
				return err
			}
			before = append(before, seen{last, n})
			if err := a.Intend(ctx, "create"); err != nil {
				return err
			}
			if now, n, _ := a.Intentions(ctx, "create"); n != a.Number || now.Before(began) {
				return engine.GiveUp(fmt.Errorf("%d intentions in attempt %d", n, a.Number))
			}
			if _, other, _ := a.Intentions(ctx, "reply"); other != 0 {
				return engine.GiveUp(errors.New("another step's intention"))
			}
			if a.Number < 3 {
				return errBroken
			}
			return nil
		})
		require.Len(t, before, 3)
		require.Zero(t, before[0].n)
		require.True(t, before[0].last.IsZero())
		require.Equal(t, 1, before[1].n)
		require.Equal(t, 2, before[2].n)
		require.True(t, before[2].last.After(before[1].last))
		require.WithinDuration(t, time.Now(), before[2].last, patience)
	})
}

func TestAKeyBelongsToTheFirstClaimant(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		owners := make(chan string, 3)
		claim := func(ctx context.Context, a *engine.Attempt) error {
			owner, err := a.Claim(ctx, "form of message 1")
			owners <- owner
			return err
		}
		c := quickConfig(store, claim)
		e, stop := start(t, c)
		insert(t, e, newJob("a", "s"), newJob("b", "s"))
		require.Equal(t, "a", next(t, owners))
		require.Equal(t, "a", next(t, owners))
		stop()
		e, _ = start(t, c)
		insert(t, e, newJob("c", "s"))
		require.Equal(t, "a", next(t, owners), "for ever")
	})
}

func TestAWithdrawnIntentionIsNotCounted(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		counts := make(chan int, 2)
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			if a.Number == 1 {
				for range 2 {
					if err := a.Intend(ctx, "create"); err != nil {
						return err
					}
				}
				if err := a.Withdraw(ctx, "create"); err != nil {
					return err
				}
			}
			_, n, err := a.Intentions(ctx, "create")
			counts <- n
			if err == nil && a.Number == 1 {
				err = errBroken
			}
			return err
		})
		e, _ := start(t, c)
		insert(t, e, newJob("a", "s"))
		require.Equal(t, 1, next(t, counts), "in the attempt that withdrew it")
		require.Equal(t, 1, next(t, counts), "in the next attempt")
	})
}
