package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
)

// ErrTaken says that another replica has taken the command over from this one, which was taken for dead.
var ErrTaken = errors.New("the command was taken over by another replica")

// handout is one time that the queue gave a job to this process.
type handout struct {
	job     int64
	token   any // differs from that of any other hand-out of the job
	attempt int // what the queue counts
	cancel  context.CancelCauseFunc
	telling bool // Failed is being called
}

// enter registers a hand-out until leave is called.
func (e *Engine) enter(ctx context.Context, row *river.Job[task]) (_ context.Context, h *handout, leave func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	h = &handout{job: row.ID, token: e.store.dialect().tokenOf(row.JobRow), attempt: row.Attempt, cancel: cancel}
	e.mu.Lock()
	e.running[h.job] = h
	e.mu.Unlock()
	return ctx, h, func() {
		cancel(nil)
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.running[h.job] == h {
			delete(e.running, h.job)
		}
	}
}

func (e *Engine) runningNow() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.running)
}

// held selects the job of a hand-out as long as nobody else has got it, and keeps it so until the transaction ends. The two
// parameters, job and token, come last in the statement.
func (j *Attempt) held(job, token string) string {
	d := j.engine.store.dialect()
	return ` FROM river_job WHERE id = ` + job + ` AND state = 'running' AND ` + d.token + ` = ` + token + d.share
}

// fence fails with ErrTaken when somebody else has got the job. It tells the time by the database's clock, which all replicas share.
func (j *Attempt) fence(ctx context.Context, tx runner) (now time.Time, err error) {
	var micros int64
	found, err := one(ctx, tx, []any{&micros}, `SELECT `+j.engine.store.dialect().now+j.held("$1", "$2"), j.handout.job, j.handout.token)
	if err == nil && !found {
		err = ErrTaken
	}
	return time.UnixMicro(micros), err
}

// record runs a statement that stores something only while the job is ours; it must return a row then.
func (j *Attempt) record(ctx context.Context, dest []any, statement string, args ...any) error {
	found := false
	err := j.engine.store.record(ctx, func(read scan) error {
		found = true
		return read(dest...)
	}, statement, append(args, j.handout.job, j.handout.token)...)
	if err == nil && !found {
		err = fmt.Errorf("%s: %w", j.ID, ErrTaken)
	}
	return err
}
