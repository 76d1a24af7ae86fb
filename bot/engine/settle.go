package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
	"github.com/rs/zerolog"
)

// outcome is what becomes of a job after a hand-out.
type outcome struct {
	state string        // stateDone or stateFailed: the end; empty: the job comes back
	pause time.Duration // before it comes back
	cause error         // of the failed attempt; nil when none was used up
}

// settle writes the outcome down, unless somebody else has got the job by now. While the store is out of order it waits, and the
// worker with it: there is nothing better to do.
func (e *Engine) settle(ctx context.Context, j *Attempt, o outcome) {
	ready := false
	err := j.insist(ctx, settleFor, func() error {
		return e.store.write(ctx, func(ctx context.Context, tx runner) (err error) {
			ready, err = e.settleIn(ctx, tx, j, o)
			return err
		})
	})
	switch {
	case err == nil && ready:
		e.queue.ring()
	case err == nil && o.state == "":
		e.queue.ringIn(o.pause)
	case errors.Is(err, ErrTaken):
		zerolog.Ctx(ctx).Warn().Msg("command was taken over by another replica, which carries it on")
	case err != nil:
		e.trouble.failed(err)
	}
}

// settleFor is how long the outcome is held on to while it cannot be written: as long as the process lives. Nobody else would bring the
// job back where one process works on the store alone.
const settleFor = 10 * 365 * 24 * time.Hour

// settleIn tells whether a job is ready now: the next of the conversation, or this one again.
func (e *Engine) settleIn(ctx context.Context, tx runner, j *Attempt, o outcome) (ready bool, err error) {
	if o.state != "" {
		if err := e.lockConversations(ctx, tx, j.Conversation); err != nil {
			return false, err
		}
	}
	now, err := j.fence(ctx, tx)
	if err != nil {
		return false, err
	}
	cancelled := false
	if o.pause > 0 {
		if cancelled, err = e.cancelled(ctx, tx, j); err != nil {
			return false, err
		}
	}
	if cancelled {
		o.pause = 0 // before the user is told
	}
	params, err := o.params(j.handout, now)
	if err != nil {
		return false, err
	}
	if err := e.queue.settle(ctx, tx, params); err != nil || o.state == "" || j.ID == "" {
		return cancelled, err
	}
	_, err = tx.exec(ctx, `UPDATE command SET state = $1, finished = $2 WHERE id = $3`, o.state, now.UnixMicro(), j.ID)
	if err != nil {
		return false, err
	}
	return e.release(ctx, tx, j.Conversation)
}

// cancelled tells whether a command was cancelled during this attempt, and keeps others from doing so until the transaction ends.
func (e *Engine) cancelled(ctx context.Context, tx runner, j *Attempt) (bool, error) {
	var state string
	_, err := one(ctx, tx, []any{&state}, `SELECT state FROM command WHERE id = $1`+e.store.dialect().share, j.ID)
	return state == stateFailing && j.failing == 0, err
}

// params says it in River's terms. A regular return takes back what the queue has counted, so that its count is that of failed attempts
// and of ends of the process; "available" in future instead of "scheduled" spares the wait for River's scheduler.
func (o outcome) params(h *handout, now time.Time) (*riverdriver.JobSetStateIfRunningParams, error) {
	switch {
	case o.state == stateDone:
		return riverdriver.JobSetStateCompleted(h.job, now, nil), nil
	case o.state == stateFailed:
		return riverdriver.JobSetStateDiscarded(h.job, now, nil, nil), nil
	case o.cause == nil:
		return riverdriver.JobSetStateSnoozedAvailable(h.job, now.Add(o.pause), h.attempt-1, nil), nil
	}
	data, err := json.Marshal(rivertype.AttemptError{At: now, Attempt: h.attempt, Error: printable(o.cause)})
	if err != nil {
		return nil, err
	}
	return riverdriver.JobSetStateErrorAvailable(h.job, now.Add(o.pause), data, nil), nil
}

// printable is the text of an error as any database takes it.
func printable(err error) string {
	return strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "\uFFFD"), "\x00", "")
}

// lockConversations keeps other replicas from adding to, or ending a command of, the conversations until the transaction ends. So the
// order of job ids is the order of commits within a conversation, and an insert sees either an unfinished command or its end.
func (l *ledger) lockConversations(ctx context.Context, tx runner, conversations ...string) error {
	lock := l.store.dialect().lock
	if lock == "" {
		return nil
	}
	var args [][]any
	for _, c := range conversations {
		if c != "" {
			args = append(args, []any{c})
		}
	}
	return tx.many(ctx, func(int, scan) error { return nil }, lock, args)
}

// release makes the first unfinished command of the conversation ready, if it was held back. Its turn comes after everybody who is
// ready by now, so that a flood in one conversation passes nobody in another.
func (e *Engine) release(ctx context.Context, tx runner, conversation string) (bool, error) {
	if conversation == "" {
		return false, nil
	}
	n, err := tx.exec(ctx, `UPDATE river_job SET state = 'available', scheduled_at = `+e.store.dialect().stamp+` WHERE state = 'pending'
		AND id = (SELECT min(job) FROM command WHERE conversation = $1 AND finished IS NULL)`, conversation)
	return n > 0, err
}

// fail records, before anybody is told, that the command has no attempts left, so that a crash in the telling does not bring Handle back.
func (e *Engine) fail(ctx context.Context, j *Attempt, cause error) error {
	err := e.store.write(ctx, func(ctx context.Context, tx runner) error {
		if _, err := j.fence(ctx, tx); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `UPDATE command SET state = $1, failing = $2, cause = $3 WHERE id = $4`,
			stateFailing, j.begun, printable(cause), j.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("record failure: %w", err)
	}
	j.failing, j.cause = j.begun, cause
	return nil
}
