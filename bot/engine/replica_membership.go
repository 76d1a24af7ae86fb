package engine

import (
	"context"
	"errors"
	"time"
)

// ErrLost says that this replica can no longer show the others that it is alive, so that they will
// take its jobs over. The process should end, or open a new engine.
var ErrLost = errors.New("lost the session with the database")

// membership is the place of this process among the replicas, which holds while the others do not
// take it for dead.
type membership interface {
	waitForLoss(ctx context.Context) error // nil when ctx ends; an error that wraps ErrLost at the loss
	checkAlive() error                     // nil while nobody can have taken this process for dead
	leave(ctx context.Context, idle bool) error
}

// The relations that keep two replicas from working on one job:
//
//	heartbeatEvery < heartbeatTimeout < maxSilence
//	    a replica ends itself before the others miss it
//	an effect < TakeoverAfter
//	    what a dead replica has sent has arrived, and can be found, before another goes on
//	Timeout + rescueMargin
//	    the age at which repairQueueInTx takes a job back: an attempt and its settling are over
const (
	heartbeatEvery   = time.Second
	heartbeatTimeout = 10 * time.Second
	maxSilence       = 15 * time.Second // without a heartbeat for so long, a replica counts as dead, as a frozen one is
	rescueMargin     = 20 * time.Second
)

// soleMember is the membership of the one process that has the file.
type soleMember struct{}

func (soleMember) waitForLoss(ctx context.Context) error {
	<-ctx.Done()
	return nil
}
func (soleMember) checkAlive() error                 { return nil }
func (soleMember) leave(context.Context, bool) error { return nil }
