package engine

import (
	"context"
	"database/sql"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// queueDriver is River's SQLite driver with its notifications replaced. River polls an outbox table every 50 ms there; but with the
// file locked, whoever makes a job ready is in this process and can ring, which is sooner, and quiet when nothing happens.
type queueDriver struct {
	*riversqlite.Driver
	bell *bell
}

func newQueueDriver(db *sql.DB) *queueDriver {
	return &queueDriver{Driver: riversqlite.New(db), bell: &bell{rung: make(chan struct{}, 1)}}
}

func (d *queueDriver) GetListener(*riverdriver.GetListenenerParams) riverdriver.Listener {
	return d.bell
}
func (d *queueDriver) SupportsListenNotify() bool { return false } // nothing into the outbox

// bell tells River that a job has become ready. It is its listener; only waiting means anything for a bell.
type bell struct{ rung chan struct{} }

// ring is called after the commit that made a job ready. Rings that nobody has heard yet are one.
func (b *bell) ring() {
	select {
	case b.rung <- struct{}{}:
	default:
	}
}

// ringIn rings when the pause of a job is over. The queue writes pauses down every 250 ms, so it cannot be sooner than that.
func (b *bell) ringIn(pause time.Duration) {
	const written = 260 * time.Millisecond
	time.AfterFunc(max(pause, written)+5*time.Millisecond, b.ring)
}

func (b *bell) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-b.rung:
		return &riverdriver.Notification{Topic: "river_insert", Payload: `{"queue":"` + river.QueueDefault + `"}`}, nil
	}
}

func (b *bell) Close(context.Context) error            { return nil }
func (b *bell) Connect(context.Context) error          { return nil }
func (b *bell) Listen(context.Context, string) error   { return nil }
func (b *bell) Ping(context.Context) error             { return nil }
func (b *bell) Schema() string                         { return "" }
func (b *bell) SetAfterConnectExec(string)             {}
func (b *bell) Unlisten(context.Context, string) error { return nil }
