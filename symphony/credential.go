package symphony

import (
	"context"
	"sync"
)

// credential holds something that is fetched, used by many and fetched again when it is refused.
// Whoever finds it missing or refused shares one fetch.
type credential[T any] struct {
	fetch func(context.Context) (*T, error)
	// isUsable is false for one that should be replaced ahead of its end; nil for never.
	isUsable func(*T) bool
	// wrapError makes of an error to have it that of the call that needs it; nil leaves it.
	wrapError func(error) error

	mu      sync.Mutex // guards what follows
	current *T
	running *credentialFetch[T]
}

// credentialFetch is one fetch and those who wait for it.
type credentialFetch[T any] struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiters int
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
	if k.isUsable == nil || k.isUsable(current) {
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

// renew replaces stale and returns its successor. When that has happened already no fetch is made:
// the caller merely held an old one.
func (k *credential[T]) renew(ctx context.Context, stale *T) (*T, error) {
	k.mu.Lock()
	if k.current != nil && k.current != stale {
		defer k.mu.Unlock()
		return k.current, nil
	}
	f := k.running
	if f == nil {
		f = k.startFetch(ctx)
	}
	f.waiters++
	k.mu.Unlock()
	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done():
		k.stopWaiting(f)
		return nil, ctx.Err()
	}
}

// take returns the current one, nil if there is none, and forgets it.
func (k *credential[T]) take() *T {
	k.mu.Lock()
	defer k.mu.Unlock()
	current := k.current
	k.current = nil
	return current
}

// startFetch begins a fetch that lives as long as somebody waits for it, whoever that is.
func (k *credential[T]) startFetch(ctx context.Context) *credentialFetch[T] {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &credentialFetch[T]{done: make(chan struct{}), cancel: cancel}
	k.running = f
	go func() {
		defer cancel()
		value, err := k.fetch(ctx)
		k.mu.Lock()
		defer k.mu.Unlock()
		f.value, f.err = value, err
		if err == nil {
			k.current = value
		}
		if k.running == f {
			k.running = nil
		}
		close(f.done)
	}()
	return f
}

// stopWaiting gives up waiting; the last one to leave ends the fetch.
func (k *credential[T]) stopWaiting(f *credentialFetch[T]) {
	k.mu.Lock()
	defer k.mu.Unlock()
	f.waiters--
	if f.waiters > 0 {
		return
	}
	f.cancel()
	if k.running == f {
		k.running = nil
	}
}
