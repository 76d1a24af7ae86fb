package engine

import (
	"context"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// queue delivers jobs: River, on whichever database.
type queue interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error

	insert(ctx context.Context, tx runner, entries []river.InsertManyParams) (ids []int64, err error)
	setState(ctx context.Context, tx runner, p *riverdriver.JobSetStateIfRunningParams) error
	notify()
	notifyAfter(pause time.Duration)
	newFetch() *fetch
	workerIsFree()
	stopFetching() []*rivertype.JobRow
	fetchCommits() int64
}

// riverQueue is a queue whose transactions are T.
type riverQueue[T any] struct {
	*river.Client[T]
	*fetcher
	driver *queueDriver[T]
	native func(runner) T
}

func newQueue[T any](driver *queueDriver[T], native func(runner) T, c *river.Config) (queue, error) {
	driver.fetcher = newFetcher(c.Queues[river.QueueDefault].MaxWorkers, driver.notifier)
	client, err := river.NewClient[T](driver, c)
	if err != nil {
		return nil, err
	}
	return &riverQueue[T]{Client: client, fetcher: driver.fetcher, driver: driver, native: native}, nil
}

func (q *riverQueue[T]) newFetch() *fetch {
	return &fetch{fetcher: q.fetcher, get: func(ctx context.Context, tx runner, p *riverdriver.JobGetAvailableParams) ([]*rivertype.JobRow, error) {
		return q.driver.UnwrapExecutor(q.native(tx)).JobGetAvailable(ctx, p)
	}}
}

func (q *riverQueue[T]) fetchCommits() int64 { return q.fetcher.commits.Load() }

func (q *riverQueue[T]) workerIsFree() { q.release(1) }

func (q *riverQueue[T]) stopFetching() []*rivertype.JobRow { return q.fetcher.stop() }

func (q *riverQueue[T]) insert(ctx context.Context, tx runner, entries []river.InsertManyParams) ([]int64, error) {
	results, err := q.InsertManyTx(ctx, q.native(tx), entries)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(results))
	for i, r := range results {
		ids[i] = r.Job.ID
	}
	return ids, nil
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
	return err
}

// queueDriver is one of River's drivers with three things replaced: whoever makes a job ready in this
// process wakes its notifier, the fetcher decides what River fetches, and River does not store what
// becomes of a job after an attempt.
type queueDriver[T any] struct {
	riverdriver.Driver[T]
	notifier *notifier
	fetcher  *fetcher
	listen   func(*riverdriver.GetListenenerParams) riverdriver.Listener // to other processes; nil when there are none
}

func newDriver[T any](d riverdriver.Driver[T], listen func(*riverdriver.GetListenenerParams) riverdriver.Listener) *queueDriver[T] {
	return &queueDriver[T]{Driver: d, notifier: &notifier{signal: make(chan struct{}, 1)}, listen: listen}
}

func (d *queueDriver[T]) GetListener(p *riverdriver.GetListenenerParams) riverdriver.Listener {
	if d.listen == nil {
		return d.notifier
	}
	return &mergedListener{Listener: d.listen(p), local: d.notifier, fetcher: d.fetcher}
}

// SupportsListenNotify is false on SQLite, so that nothing is written into River's outbox, which it
// would poll every 50 ms.
func (d *queueDriver[T]) SupportsListenNotify() bool { return d.listen != nil }

func (d *queueDriver[T]) UnwrapExecutor(tx T) riverdriver.ExecutorTx {
	if d.listen == nil {
		return d.Driver.UnwrapExecutor(tx)
	}
	return databaseClock{d.Driver.UnwrapExecutor(tx)}
}

// databaseClock has new jobs ready from now on by the database's clock, by which they are fetched.
// River's driver would take the clock of this process, and a replica whose clock is fast would hold
// its jobs back.
type databaseClock struct{ riverdriver.ExecutorTx }

func (d databaseClock) JobInsertFastMany(
	ctx context.Context, p *riverdriver.JobInsertFastManyParams,
) ([]*riverdriver.JobInsertFastResult, error) {
	for _, entry := range p.Jobs {
		entry.CreatedAt, entry.ScheduledAt = &time.Time{}, &time.Time{} // which River's statement takes for now()
	}
	return d.ExecutorTx.JobInsertFastMany(ctx, p)
}

func (d *queueDriver[T]) GetExecutor() riverdriver.Executor {
	return settledExecutor{fetchingExecutor{d.Driver.GetExecutor(), d.fetcher}}
}

// settledExecutor keeps River from changing a job after its attempt, which it would do up to 250 ms
// later and without a look at who has the job by then: a replica that was taken for dead would pull
// the job from under its successor. Engine.settle does it instead.
type settledExecutor struct{ riverdriver.Executor }

func (settledExecutor) JobSetStateIfRunningMany(context.Context, *riverdriver.JobSetStateIfRunningManyParams) ([]*rivertype.JobRow, error) {
	return nil, nil
}
