package engine

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// fetcher decides which jobs River's workers get. A transaction that makes a job ready fetches it
// as well, where a worker is free: one commit instead of two, and nobody has to look for it. Other
// jobs, which came when all workers were busy or which another process made ready, are looked for in
// the store, and only when there may be some.
type fetcher struct {
	notifier *notifier

	mu     sync.Mutex                         // guards what follows
	params *riverdriver.JobGetAvailableParams // of River's fetches; nil until the first, and after stop
	ended  bool                               // by stop
	free   int                                // workers without a job
	ready  []*rivertype.JobRow                // fetched, and not yet given to River
	due    bool                               // the store may have a job that is ready
	looked time.Time                          // when somebody last looked there

	commits atomic.Int64 // fetches apart from other transactions that found something
}

func newFetcher(workers int, n *notifier) *fetcher {
	return &fetcher{notifier: n, free: workers, due: true}
}

// reserve takes up to so many free workers. It returns 0 while River does not fetch.
func (f *fetcher) reserve(most int) (n int, p riverdriver.JobGetAvailableParams) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.params == nil {
		return 0, riverdriver.JobGetAvailableParams{}
	}
	p = *f.params
	p.MaxToLock = min(most, f.free)
	f.free -= p.MaxToLock
	return p.MaxToLock, p
}

// release says that so many workers are free again.
func (f *fetcher) release(n int) {
	f.mu.Lock()
	f.free += n
	wake := f.due && n > 0
	f.mu.Unlock()
	if wake {
		f.notifier.wake()
	}
}

// notify says that the store may have a job that is ready.
func (f *fetcher) notify() {
	f.mu.Lock()
	f.due = true
	f.mu.Unlock()
	f.notifier.wake()
}

// notifyAfter notifies when the pause of a job is over.
func (f *fetcher) notifyAfter(pause time.Duration) {
	time.AfterFunc(pause+time.Millisecond, f.notify)
}

// take returns jobs that were fetched already, or how many may be fetched from the store now: none
// unless there may be some.
func (f *fetcher) take(p *riverdriver.JobGetAvailableParams, now time.Time) (rows []*rivertype.JobRow, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ended {
		f.params = p
	}
	if n := min(len(f.ready), p.MaxToLock); n > 0 {
		rows, f.ready = f.ready[:n:n], f.ready[n:]
		return rows, 0
	}
	if !f.due && now.Sub(f.looked) < fetchPoll {
		return nil, 0
	}
	n = min(f.free, p.MaxToLock)
	if n > 0 {
		f.free -= n
		f.due, f.looked = false, now
	}
	return nil, n
}

// stop ends the fetching in transactions. It returns the jobs that River was not given.
func (f *fetcher) stop() []*rivertype.JobRow {
	f.mu.Lock()
	defer f.mu.Unlock()
	rest := f.ready
	f.ended, f.params, f.ready = true, nil, nil
	return rest
}

// fetchingExecutor has River fetch by the fetcher.
type fetchingExecutor struct {
	riverdriver.Executor
	fetcher *fetcher
}

func (x fetchingExecutor) JobGetAvailable(ctx context.Context, p *riverdriver.JobGetAvailableParams) ([]*rivertype.JobRow, error) {
	f := x.fetcher
	rows, n := f.take(p, time.Now())
	if n == 0 {
		f.release(0)
		return rows, nil
	}
	bounded := *p
	bounded.MaxToLock = n
	rows, err := x.Executor.JobGetAvailable(ctx, &bounded)
	if err == nil && len(rows) == n { // there may be more
		f.mu.Lock()
		f.due = true
		f.mu.Unlock()
	}
	f.release(n - len(rows))
	if len(rows) > 0 {
		f.commits.Add(1)
	}
	return rows, err
}

// fetch is the fetching in one transaction, which may be run twice.
type fetch struct {
	fetcher *fetcher
	get     func(ctx context.Context, tx runner, p *riverdriver.JobGetAvailableParams) ([]*rivertype.JobRow, error)
	rows    []*rivertype.JobRow
	missed  bool // jobs may be ready for which no worker was free
}

// run fetches up to so many jobs that are ready.
func (f *fetch) run(ctx context.Context, tx runner, most int) error {
	f.fetcher.release(len(f.rows))
	f.rows = nil
	n, p := f.fetcher.reserve(most)
	f.missed = n < most
	if n == 0 {
		return nil
	}
	rows, err := f.get(ctx, tx, &p)
	f.fetcher.release(n - len(rows))
	f.rows = rows
	f.missed = f.missed || len(rows) < n // such as one that is ready a moment after the transaction began
	return err
}

// end gives what was fetched to River once the transaction is committed; err is what came of it.
func (f *fetch) end(err error) {
	switch {
	case err != nil:
		f.fetcher.release(len(f.rows))
		return
	case len(f.rows) == 0 && !f.missed:
		return
	}
	f.fetcher.mu.Lock()
	f.fetcher.ready = append(f.fetcher.ready, f.rows...)
	f.fetcher.due = f.fetcher.due || f.missed
	f.fetcher.mu.Unlock()
	f.fetcher.notifier.wake()
}
