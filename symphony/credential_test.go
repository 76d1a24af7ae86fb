package symphony_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

func TestCanceledCallerDoesNotEndASharedFetch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fetches, proceed := 0, make(chan struct{})
		k := symphony.NewCredential(func(ctx context.Context) (*int, error) {
			fetches++
			select {
			case <-proceed:
				return &fetches, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		})
		impatient, leave := context.WithCancel(t.Context())
		first, second := make(chan error, 1), make(chan error, 1)
		go func() { _, err := k.Get(impatient); first <- err }()
		synctest.Wait() // the one who will leave has begun the fetch
		go func() { _, err := k.Get(t.Context()); second <- err }()
		synctest.Wait()
		leave()
		require.ErrorIs(t, <-first, context.Canceled)
		close(proceed)
		require.NoError(t, <-second)
		require.Equal(t, 1, fetches)
	})
}

func TestFetchEndsWhenTheLastCallerIsCanceled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan struct{})
		k := symphony.NewCredential(func(ctx context.Context) (*int, error) {
			<-ctx.Done()
			close(ended)
			return nil, ctx.Err()
		})
		ctx, leave := context.WithCancel(t.Context())
		got := make(chan error, 1)
		go func() { _, err := k.Get(ctx); got <- err }()
		synctest.Wait()
		leave()
		require.ErrorIs(t, <-got, context.Canceled)
		<-ended
	})
}

func TestFailedFetchFailsAllCallersAndIsTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		down, n := errors.New("down"), 0
		k := symphony.NewCredential(func(context.Context) (*int, error) {
			if n++; n == 1 {
				return nil, down
			}
			return &n, nil
		})
		_, err := k.Get(t.Context())
		require.ErrorIs(t, err, down)
		v, err := k.Get(t.Context())
		require.NoError(t, err)
		require.Equal(t, 2, *v)
	})
}
