package engine

import (
	"context"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
)

// bell tells River that a job has become ready. It is its listener; only waiting means anything for a bell.
type bell struct{ rung chan struct{} }

// ring is called after the commit that made a job ready. Rings that nobody has heard yet are one.
func (b *bell) ring() {
	select {
	case b.rung <- struct{}{}:
	default:
	}
}

// ringIn rings when the pause of a job is over.
func (b *bell) ringIn(pause time.Duration) {
	time.AfterFunc(pause+time.Millisecond, b.ring)
}

func (b *bell) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-b.rung:
		return rung(), nil
	}
}

func rung() *riverdriver.Notification {
	return &riverdriver.Notification{Topic: "river_insert", Payload: `{"queue":"` + river.QueueDefault + `"}`}
}

func (b *bell) Close(context.Context) error            { return nil }
func (b *bell) Connect(context.Context) error          { return nil }
func (b *bell) Listen(context.Context, string) error   { return nil }
func (b *bell) Ping(context.Context) error             { return nil }
func (b *bell) Schema() string                         { return "" }
func (b *bell) SetAfterConnectExec(string)             {}
func (b *bell) Unlisten(context.Context, string) error { return nil }

// doubleListener hears both the other processes and the bell of this one.
type doubleListener struct {
	riverdriver.Listener
	bell *bell
}

func (l *doubleListener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	waiting, cancel := context.WithCancel(ctx)
	heard := make(chan bool)
	go func() {
		_, err := l.bell.WaitForNotification(waiting)
		cancel()
		heard <- err == nil
	}()
	notification, err := l.Listener.WaitForNotification(waiting)
	cancel()
	switch ring := <-heard; {
	case !ring:
		return notification, err
	case err != nil && ctx.Err() == nil && waiting.Err() != nil:
		return rung(), nil
	default:
		l.bell.ring() // for the next to wait
		return notification, err
	}
}
