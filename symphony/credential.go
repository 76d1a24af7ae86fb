package symphony

import (
	"context"
	"sync"
)

// credential holds something that is fetched, used by many and fetched again when
// it is refused. Whoever finds it missing or refused shares one fetch.
type credential[T any] struct {
	fetch func(context.Context) (*T, error)
	// usable is false for one that should be replaced ahead of its end; nil for never.
	usable func(*T) bool
	// wrapError makes of an error to have it that of the call that needs it; nil leaves it.
	wrapError func(error) error

	mu      sync.Mutex // guards what follows
	current *T
	flight  *flight[T]
}

// flight is one fetch and those who wait for it.
type flight[T any] struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiting int
	value   *T
	err     error
}

// get is the current one, or a fetched one.
func (k *credential[T]) get(ctx context.Context) (*T, error) {
	k.mu.Lock()
	current := k.current
	k.mu.Unlock()
	if current == nil {
		return k.renew(ctx, nil)
	}
	if k.usable == nil || k.usable(current) {
		return current, nil
	}
	return k.renew(ctx, current)
}

// asCallError is the error of a call that was not sent for want of the credential.
func (k *credential[T]) asCallError(err error) error {
	if k.wrapError == nil {
		return err
	}
	return k.wrapError(err)
}

// renew replaces stale and returns its successor. When that has happened already
// no fetch is made: the caller merely held an old one.
func (k *credential[T]) renew(ctx context.Context, stale *T) (*T, error) {
	k.mu.Lock()
	if k.current != nil && k.current != stale {
		defer k.mu.Unlock()
		return k.current, nil
	}
	f := k.flight
	if f == nil {
		f = k.start(ctx)
	}
	f.waiting++
	k.mu.Unlock()
	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done():
		k.leave(f)
		return nil, ctx.Err()
	}
}

// start begins a fetch that lives as long as somebody waits for it, whoever that is.
func (k *credential[T]) start(ctx context.Context) *flight[T] {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight[T]{done: make(chan struct{}), cancel: cancel}
	k.flight = f
	go func() {
		defer cancel()
		value, err := k.fetch(ctx)
		k.mu.Lock()
		defer k.mu.Unlock()
		f.value, f.err = value, err
		if err == nil {
			k.current = value
		}
		if k.flight == f {
			k.flight = nil
		}
		close(f.done)
	}()
	return f
}

// leave gives up waiting; the last one to leave ends the fetch.
func (k *credential[T]) leave(f *flight[T]) {
	k.mu.Lock()
	defer k.mu.Unlock()
	f.waiting--
	if f.waiting > 0 {
		return
	}
	f.cancel()
	if k.flight == f {
		k.flight = nil
	}
}
