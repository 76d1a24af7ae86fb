package engine

import (
	"context"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
)

// notifier has River fetch. It is a River listener of which only WaitForNotification does anything.
type notifier struct{ signal chan struct{} } // holds at most one signal

// wake has River fetch once. Signals that nobody has received yet are one.
func (n *notifier) wake() {
	select {
	case n.signal <- struct{}{}:
	default:
	}
}

func (n *notifier) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-n.signal:
		return jobReady(), nil
	}
}

func jobReady() *riverdriver.Notification {
	return &riverdriver.Notification{Topic: "river_insert", Payload: `{"queue":"` + river.QueueDefault + `"}`}
}

func (n *notifier) Close(context.Context) error            { return nil }
func (n *notifier) Connect(context.Context) error          { return nil }
func (n *notifier) Listen(context.Context, string) error   { return nil }
func (n *notifier) Ping(context.Context) error             { return nil }
func (n *notifier) Schema() string                         { return "" }
func (n *notifier) SetAfterConnectExec(string)             {}
func (n *notifier) Unlisten(context.Context, string) error { return nil }

// mergedListener listens to the other processes and to the notifier of this one.
type mergedListener struct {
	riverdriver.Listener
	local   *notifier
	fetcher *fetcher
}

func (l *mergedListener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	waiting, cancel := context.WithCancel(ctx)
	local := make(chan bool)
	go func() {
		_, err := l.local.WaitForNotification(waiting)
		cancel()
		local <- err == nil
	}()
	notification, err := l.Listener.WaitForNotification(waiting)
	cancel()
	switch notified := <-local; {
	case !notified:
		if err == nil {
			l.fetcher.notify()
		}
		return notification, err
	case err != nil && ctx.Err() == nil && waiting.Err() != nil:
		return jobReady(), nil
	default:
		l.fetcher.notify() // for the next call
		return notification, err
	}
}
