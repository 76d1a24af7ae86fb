package engine

import (
	"context"
	"errors"
	"sync"
	"time"
)

// dispatcher gives jobs that are ready to workers. A transaction that makes a job ready fetches it
// as well, where a worker is free, and a worker that ends a job fetches the next one in the same
// transaction: nobody has to look for it, and it costs no commit of its own. Jobs that came when
// all workers were busy, or that another process has made ready, are looked for in the store, and
// only when there may be some.
type dispatcher struct {
	wakeUp  chan struct{}  // holds a token when the store may have a job and a worker is free
	running sync.WaitGroup // workers with a job

	mu    sync.Mutex          // guards what follows
	free  int                 // workers without a job; negative while spare ones have an urgent job
	due   bool                // the store may have a job that is ready
	begin func(row *queueRow) // handles a job; nil before Run and after its end

	uncertain []*queueRow // fetched by transactions that may have been committed
}

func newDispatcher(workers int) *dispatcher {
	return &dispatcher{wakeUp: make(chan struct{}, 1), free: workers, due: true}
}

// start has workers begin.
func (d *dispatcher) start(begin func(row *queueRow)) {
	d.mu.Lock()
	d.begin = begin
	d.mu.Unlock()
	d.wake()
}

// stop has no worker begin any more.
func (d *dispatcher) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.begin = nil
}

// wait waits until the workers have ended their jobs; false when ctx ends first. It is called after
// stop.
func (d *dispatcher) wait(ctx context.Context) bool {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.running.Wait()
	}()
	select {
	case <-ended:
		return true
	case <-ctx.Done():
		return false
	}
}

func (d *dispatcher) wake() {
	select {
	case d.wakeUp <- struct{}{}:
	default:
	}
}

// notify says that the store may have a job that is ready.
func (d *dispatcher) notify() {
	d.mu.Lock()
	d.due = true
	d.mu.Unlock()
	d.wake()
}

// notifyAfter notifies when the pause of a job is over.
func (d *dispatcher) notifyAfter(pause time.Duration) {
	time.AfterFunc(pause+time.Millisecond, d.notify)
}

// reserve takes up to so many free workers, none while no worker begins.
func (d *dispatcher) reserve(most int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.begin == nil {
		return 0
	}
	n := max(min(most, d.free), 0)
	d.free -= n
	return n
}

// spareWorkers are how many urgent jobs may run beyond the workers that there are.
const spareWorkers = 2

// reserveForUrgent takes so many more workers, spare ones where none is free.
func (d *dispatcher) reserveForUrgent(most int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.begin == nil {
		return 0
	}
	n := max(min(most, d.free+spareWorkers), 0)
	d.free -= n
	return n
}

// reserveIfDue takes all free workers if the store may have a job for them.
func (d *dispatcher) reserveIfDue() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.begin == nil || !d.due || d.free <= 0 {
		return 0
	}
	n := d.free
	d.free, d.due = 0, false
	return n
}

// release says that so many workers are free again.
func (d *dispatcher) release(n int) {
	d.mu.Lock()
	d.free += n
	due := d.due && n > 0 && d.free > 0
	d.mu.Unlock()
	if due {
		d.wake()
	}
}

func (d *dispatcher) isStopped() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.begin == nil
}

// mayFetchNext reports whether a worker that ends a job should look for the next one: a job has
// become ready by that, or others may wait for a worker.
func (d *dispatcher) mayFetchNext(ready bool) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.begin != nil && d.free >= 0 && (ready || d.due)
}

// noteUncertain notes jobs that a transaction has fetched which failed while the store was out of
// order: it may have been committed, and then they are given back. A file has no such transactions,
// and could not tell a delivery from the next one.
func (d *dispatcher) noteUncertain(rows ...*queueRow) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.uncertain = append(d.uncertain, rows...)
}

func (d *dispatcher) takeUncertain() []*queueRow {
	d.mu.Lock()
	defer d.mu.Unlock()
	rows := d.uncertain
	d.uncertain = nil
	return rows
}

// assign gives fetched jobs to the workers that were reserved for them. It returns those that no
// worker begins any more.
func (d *dispatcher) assign(rows []*queueRow) (left []*queueRow) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.begin == nil {
		d.free += len(rows)
		return rows
	}
	for _, row := range rows {
		begin := d.begin
		d.running.Go(func() { begin(row) })
	}
	return nil
}

// fetch is the fetching of jobs in a transaction that has made some ready. The transaction may be
// run twice.
type fetch struct {
	engine *Engine
	rows   []*queueRow
	missed bool // jobs may be ready for which no worker was free
}

// reset forgets what an earlier run of the transaction has fetched.
func (f *fetch) reset() {
	f.engine.dispatcher.release(len(f.rows))
	f.rows, f.missed = nil, false
}

// run fetches as many jobs as the transaction has inserted, perhaps others that waited for longer.
func (f *fetch) run(ctx context.Context, tx runner, inserted map[int64]*Job) error {
	most := len(inserted)
	d := f.engine.dispatcher
	urgent := 0
	for _, job := range inserted {
		if job.Urgent {
			urgent++
		}
	}
	n := d.reserve(most)
	n += d.reserveForUrgent(max(urgent-n, 0))
	f.missed = n < most
	if n == 0 {
		return nil
	}
	rows, err := f.engine.queue.fetch(ctx, tx, n)
	d.release(n - len(rows))
	f.rows = rows
	for _, row := range rows {
		row.inserted = inserted[row.id]
	}
	f.missed = f.missed || len(rows) < n // such as one that is ready a moment after the transaction began
	return err
}

// end has the jobs handled once the transaction is committed; err is what came of it.
func (f *fetch) end(ctx context.Context, err error) {
	d := f.engine.dispatcher
	if err != nil {
		f.engine.noteUncertain(err, f.rows...)
		f.reset()
		return
	}
	f.engine.returnFetched(ctx, d.assign(f.rows))
	if f.missed {
		d.notify()
	}
}

// runDispatcher fetches jobs that were not fetched by whoever made them ready, until ctx ends.
func (e *Engine) runDispatcher(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.dispatcher.wakeUp:
		}
		for e.fetchDue(ctx) {
		}
	}
}

// fetchDue fetches jobs for the free workers. It reports whether there may be more. What it fails
// at the store logs, and the next poll tries again.
func (e *Engine) fetchDue(ctx context.Context) (more bool) {
	d := e.dispatcher
	n := d.reserveIfDue()
	if n == 0 {
		return false
	}
	var rows []*queueRow
	err := e.store.write(ctx, func(ctx context.Context, tx runner) (err error) {
		rows, err = e.queue.fetch(ctx, tx, n)
		return err
	})
	if err != nil {
		e.noteUncertain(err, rows...)
		rows = nil
		e.health.noteFailure(err)
	}
	d.release(n - len(rows))
	e.returnFetched(ctx, d.assign(rows))
	if len(rows) < n {
		return false
	}
	d.notify()
	return true
}

// noteUncertain notes jobs that were fetched by a transaction which failed with err.
func (e *Engine) noteUncertain(err error, rows ...*queueRow) {
	if errors.Is(err, ErrOutOfOrder) && e.config.Store.IsPostgres() {
		e.dispatcher.noteUncertain(rows...)
	}
}

// returnFetched gives jobs back that were fetched and not begun.
func (e *Engine) returnFetched(ctx context.Context, rows []*queueRow) {
	for _, row := range rows {
		_ = e.settle(ctx, &Attempt{engine: e, delivery: e.newDelivery(row)}, settlement{handedBack: true})
	}
}
