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

// once hands a single command to h and waits for its end.
func once(t *testing.T, store string, h handler) {
	t.Helper()
	var failure error
	c := quick(store, h)
	c.MaxAttempts = 5
	c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error {
		failure = cause
		return nil
	}
	e, stop := start(t, c)
	insert(t, e, command("a", "s"))
	idle(t, e)
	stop()
	require.NoError(t, failure)
}

func TestAStepRunsOnceAndItsResultStays(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		created := 0
		once(t, store, func(ctx context.Context, j *engine.Attempt) error {
			var got room
			err := j.Do(ctx, "create", &got, func(context.Context) (any, error) {
				created++
				return room{ID: "r1", Names: []string{"é"}}, nil
			})
			if err != nil {
				return err
			}
			if got.ID != "r1" || len(got.Names) != 1 || got.Names[0] != "é" {
				return fmt.Errorf("got %+v", got)
			}
			if j.Number < 3 {
				return errBroken
			}
			return nil
		})
		require.Equal(t, 1, created)
	})
}

func TestAFailedStepRunsAgain(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		tries := 0
		once(t, store, func(ctx context.Context, j *engine.Attempt) error {
			return j.Do(ctx, "create", nil, func(context.Context) (any, error) {
				if tries++; tries < 3 {
					return nil, errBroken
				}
				return nil, nil
			})
		})
		require.Equal(t, 3, tries)
	})
}

func TestAResultOfAnotherShapeIsAClearError(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		once(t, store, func(ctx context.Context, j *engine.Attempt) error {
			give := func(context.Context) (any, error) { return "text", nil }
			if err := j.Do(ctx, "create", nil, give); err != nil {
				return err
			}
			var number int
			err := j.Do(ctx, "create", &number, give)
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

func TestAnEffectThatHappenedIsRememberedThoughTheContextEnded(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		happened := 0
		once(t, store, func(ctx context.Context, j *engine.Attempt) error {
			inner, cancel := context.WithCancel(ctx)
			defer cancel()
			var got string
			err := j.Do(inner, "create", &got, func(context.Context) (any, error) {
				happened++
				cancel()
				return "r1", nil
			})
			if err != nil || got != "r1" {
				return engine.GiveUp(fmt.Errorf("%q %w", got, err))
			}
			cancel()
			if err := j.Do(inner, "other", nil, func(context.Context) (any, error) { return nil, nil }); !errors.Is(err, context.Canceled) {
				return engine.GiveUp(fmt.Errorf("a new step began after the end: %w", err))
			}
			if j.Number == 1 {
				return errBroken
			}
			return nil
		})
		require.Equal(t, 1, happened)
	})
}

func TestStepsRunSideBySide(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		const n = 50
		var added, same atomic.Int64
		once(t, store, func(ctx context.Context, j *engine.Attempt) error {
			var all sync.WaitGroup
			errs := make([]error, n)
			var together sync.WaitGroup
			if j.Number == 1 {
				together.Add(n)
			}
			for i := range n {
				all.Go(func() {
					var got int
					errs[i] = errors.Join(
						j.Do(ctx, fmt.Sprint("add ", i), &got, func(context.Context) (any, error) {
							together.Done()
							together.Wait() // all are inside at once
							added.Add(1)
							return i, nil
						}),
						j.Do(ctx, "same", nil, func(context.Context) (any, error) { return same.Add(1), nil }),
					)
					if got != i {
						errs[i] = fmt.Errorf("got %d for %d", got, i)
					}
				})
			}
			all.Wait()
			if j.Number == 1 {
				return errBroken
			}
			return errors.Join(errs...)
		})
		require.EqualValues(t, n, added.Load())
		require.EqualValues(t, 1, same.Load())
	})
}

func TestIntentionsAreNumberedAndStay(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		type seen struct {
			last time.Time
			n    int
		}
		var before []seen
		began := time.Now().Add(-time.Millisecond)
		once(t, store, func(ctx context.Context, j *engine.Attempt) error {
			last, n, err := j.Intended(ctx, "create")
			if err != nil {
				return err
			}
			before = append(before, seen{last, n})
			if err := j.Intend(ctx, "create"); err != nil {
				return err
			}
			if now, n, _ := j.Intended(ctx, "create"); n != j.Number || now.Before(began) {
				return engine.GiveUp(fmt.Errorf("%d intentions in attempt %d", n, j.Number))
			}
			if _, other, _ := j.Intended(ctx, "reply"); other != 0 {
				return engine.GiveUp(errors.New("another step's intention"))
			}
			if j.Number < 3 {
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
	onEach(t, func(t *testing.T, store string) {
		owners := make(chan string, 3)
		claim := func(ctx context.Context, j *engine.Attempt) error {
			owner, err := j.Claim(ctx, "form of message 1")
			owners <- owner
			return err
		}
		c := quick(store, claim)
		e, stop := start(t, c)
		insert(t, e, command("a", "s"), command("b", "s"))
		require.Equal(t, "a", next(t, owners))
		require.Equal(t, "a", next(t, owners))
		stop()
		e, _ = start(t, c)
		insert(t, e, command("c", "s"))
		require.Equal(t, "a", next(t, owners), "for ever")
	})
}

func TestAWithdrawnIntentionWasNeverThere(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		counts := make(chan int, 2)
		c := quick(store, func(ctx context.Context, j *engine.Attempt) error {
			if j.Number == 1 {
				for range 2 {
					if err := j.Intend(ctx, "create"); err != nil {
						return err
					}
				}
				if err := j.Withdraw(ctx, "create"); err != nil {
					return err
				}
			}
			_, n, err := j.Intended(ctx, "create")
			counts <- n
			if err == nil && j.Number == 1 {
				err = errBroken
			}
			return err
		})
		e, _ := start(t, c)
		insert(t, e, command("a", "s"))
		require.Equal(t, 1, next(t, counts), "in the attempt that withdrew it")
		require.Equal(t, 1, next(t, counts), "in the next attempt")
	})
}
