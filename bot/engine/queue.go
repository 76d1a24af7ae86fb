package engine

import (
	"context"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// queue is the table of jobs that are to be delivered: River's, with River's statements on it.
// River itself does not run. Its workers look for jobs many times a second, commit each fetch and
// each end on their own, and go by the clock of this process; see dispatcher.
type queue interface {
	insert(ctx context.Context, tx runner, entries []river.InsertManyParams) (ids []int64, err error)
	// fetch marks up to so many jobs that are ready as running, the oldest first.
	fetch(ctx context.Context, tx runner, most int) ([]*rivertype.JobRow, error)
	setState(ctx context.Context, tx runner, p *riverdriver.JobSetStateIfRunningParams) error
	// deleteEnded deletes up to so many rows of jobs that were done before one time, or failed
	// before another.
	deleteEnded(ctx context.Context, tx runner, done, failed time.Time, most int) (deleted int, err error)
}

// riverQueue is a queue whose transactions are T.
type riverQueue[T any] struct {
	*river.Client[T]
	driver  riverdriver.Driver[T]
	native  func(runner) T
	mark    func(error) error // marks the error of an outage
	replica string            // who fetches
}

func newQueue[T any](driver riverdriver.Driver[T], native func(runner) T, mark func(error) error, replica string) (queue, error) {
	quiet := quietDriver[T]{driver}
	client, err := river.NewClient[T](quiet, &river.Config{Logger: discardLog(), MaxAttempts: maxDeliveries})
	if err != nil {
		return nil, err
	}
	return &riverQueue[T]{Client: client, driver: quiet, native: native, mark: mark, replica: replica}, nil
}

// maxDeliveries is no bound: attempts are counted and bounded by the engine, since a crash must not
// end a job unnoticed.
const maxDeliveries = 1<<15 - 1

func discardLog() *slog.Logger { return slog.New(slog.DiscardHandler) }

func (q *riverQueue[T]) insert(ctx context.Context, tx runner, entries []river.InsertManyParams) ([]int64, error) {
	results, err := q.InsertManyTx(ctx, q.native(tx), entries)
	if err != nil {
		return nil, q.mark(err)
	}
	ids := make([]int64, len(results))
	for i, r := range results {
		ids[i] = r.Job.ID
	}
	return ids, nil
}

func (q *riverQueue[T]) fetch(ctx context.Context, tx runner, most int) ([]*rivertype.JobRow, error) {
	const maxAttemptedBy = 100 // replicas that a row names, the last ones
	rows, err := q.driver.UnwrapExecutor(q.native(tx)).JobGetAvailable(ctx, &riverdriver.JobGetAvailableParams{
		ClientID: q.replica, MaxAttemptedBy: maxAttemptedBy, MaxToLock: most, Queue: river.QueueDefault,
	})
	return rows, q.mark(err)
}

func (q *riverQueue[T]) setState(ctx context.Context, tx runner, p *riverdriver.JobSetStateIfRunningParams) error {
	_, err := q.driver.UnwrapExecutor(q.native(tx)).JobSetStateIfRunningMany(ctx, &riverdriver.JobSetStateIfRunningManyParams{
		ID:              []int64{p.ID},
		Attempt:         []*int{p.Attempt},
		ErrData:         [][]byte{p.ErrData},
		FinalizedAt:     []*time.Time{p.FinalizedAt},
		MetadataDoMerge: []bool{false},
		MetadataUpdates: [][]byte{nil},
		ScheduledAt:     []*time.Time{p.ScheduledAt},
		State:           []rivertype.JobState{p.State},
	})
	return q.mark(err)
}

func (q *riverQueue[T]) deleteEnded(ctx context.Context, tx runner, done, failed time.Time, most int) (int, error) {
	n, err := q.driver.UnwrapExecutor(q.native(tx)).JobDeleteBefore(ctx, &riverdriver.JobDeleteBeforeParams{
		CompletedDoDelete: true, CompletedFinalizedAtHorizon: done,
		CancelledDoDelete: true, CancelledFinalizedAtHorizon: failed,
		DiscardedDoDelete: true, DiscardedFinalizedAtHorizon: failed,
		Max: most,
	})
	return n, q.mark(err)
}

// quietDriver is one of River's drivers. With it an insert notifies nobody: nobody listens.
type quietDriver[T any] struct{ riverdriver.Driver[T] }

func (quietDriver[T]) SupportsListenNotify() bool { return false }

func (d quietDriver[T]) UnwrapExecutor(tx T) riverdriver.ExecutorTx {
	executor := d.Driver.UnwrapExecutor(tx)
	if d.DatabaseName() == riverdriver.DatabaseNameSQLite {
		return executor
	}
	return databaseClock{executor}
}

// databaseClock has new jobs ready from now on by the database's clock, by which they are fetched.
// River's driver would take the clock of this process, and a replica whose clock is fast would hold
// its jobs back. An SQLite file has no replicas.
type databaseClock struct{ riverdriver.ExecutorTx }

func (d databaseClock) JobInsertFastMany(
	ctx context.Context, p *riverdriver.JobInsertFastManyParams,
) ([]*riverdriver.JobInsertFastResult, error) {
	for _, entry := range p.Jobs {
		entry.CreatedAt, entry.ScheduledAt = &time.Time{}, &time.Time{} // which River's statement takes for now()
	}
	return d.ExecutorTx.JobInsertFastMany(ctx, p)
}
