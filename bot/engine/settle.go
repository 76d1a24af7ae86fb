package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rs/zerolog"
)

// settle stores the outcome of a delivery, unless another delivery has followed. While the store is
// out of order it waits, and the worker with it: nothing else can be done for the job. It returns a
// job that the worker is to handle next, if there is one.
func (e *Engine) settle(ctx context.Context, a *Attempt, o settlement) (next *queueRow) {
	ready := false
	err := a.retryDuringOutage(ctx, unlimited, func() error {
		err := e.store.write(ctx, func(ctx context.Context, tx runner) (err error) {
			next = nil
			ready, err = e.settleInTx(ctx, tx, a, o)
			if err != nil || o.handedBack || !e.dispatcher.mayFetchNext(ready) {
				return err
			}
			rows, err := e.queue.fetch(ctx, tx, 1)
			if len(rows) > 0 {
				next = rows[0]
			}
			return err
		})
		if next != nil {
			e.noteUncertain(err, next)
		}
		return err
	})
	if err == nil && o.state != "" {
		e.erasures.Add(1)
	}
	switch {
	case errors.Is(err, ErrTaken) && a.ID == "": // it was only to be given back
		return nil
	case errors.Is(err, ErrTaken):
		zerolog.Ctx(ctx).Warn().Msg("job was taken over by another replica, which goes on with it")
		return nil
	case err != nil:
		e.health.noteFailure(err)
		return nil
	}
	if ready { // perhaps for another worker
		e.dispatcher.notify()
	}
	if o.state == "" && !o.handedBack {
		e.dispatcher.notifyAfter(o.pause)
	}
	return next
}

// settleInTx reports whether a job is ready now: the next of the conversation, or this one again.
func (e *Engine) settleInTx(ctx context.Context, tx runner, a *Attempt, o settlement) (ready bool, err error) {
	if o.holds {
		if err := e.lockPauses(ctx, tx); err != nil {
			return false, err
		}
	}
	if o.state != "" || o.leaves || o.failed || o.waits || o.holds {
		if err := e.lockConversations(ctx, tx, a.Conversation); err != nil {
			return false, err
		}
	}
	cancelled := false
	if o.pause > 0 {
		if cancelled, err = e.wasCancelled(ctx, tx, a); err != nil {
			return false, err
		}
	}
	if cancelled {
		o.pause = 0 // before the user is told
	}
	if err := e.queue.end(ctx, tx, a.delivery, o); err != nil || a.ID == "" {
		return cancelled, err
	}
	if err := a.storeAtEnd(ctx, tx, o); err != nil {
		return false, err
	}
	switch {
	case o.waits:
		return e.holdBack(ctx, tx, a)
	case o.holds:
		return e.holdInTx(ctx, tx, a)
	case o.leaves:
		ready, err := e.leaveConversation(ctx, tx, a)
		return ready || cancelled, err
	case o.failed:
		ready, err := e.endTurn(ctx, tx, a)
		return ready || cancelled, err
	case o.state == "":
		return cancelled, a.noteRecovery(ctx, tx, o)
	}
	if err := a.closeInTx(ctx, tx, o.state); err != nil {
		return false, err
	}
	return e.releaseNext(ctx, tx, a.Conversation, a.lane)
}

// storeAtEnd stores what is pending. Of a job that is done the results are erased anyway. A claim
// that another job has counts for an intention only.
func (a *Attempt) storeAtEnd(ctx context.Context, tx runner, o settlement) error {
	pending := a.pending.all()
	if o.state == stateDone {
		pending = slices.DeleteFunc(pending, (*pendingWrite).isResult)
	}
	_, err := a.storePending(ctx, tx, pending)
	return err
}

// closeInTx stores the end of a job. What a done one says is erased by the same statement: on
// PostgreSQL each update leaves a whole copy of the row until it is vacuumed.
func (a *Attempt) closeInTx(ctx context.Context, tx runner, state string) error {
	now := a.engine.store.dialect().now
	if state != stateDone {
		_, err := tx.exec(ctx, `UPDATE command SET state = $1, finished = `+now+` WHERE id = $2`, state, a.ID)
		return err
	}
	text, err := json.Marshal(a.record())
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE command SET state = $1, finished = `+now+`, payload = 'null', owner = '', record = $2
		WHERE id = $3`, state, string(text), a.ID)
	if err != nil {
		return err
	}
	return deleteSteps(ctx, tx, a.ID)
}

// leaveConversation reports whether the next job of the conversation is ready now.
func (e *Engine) leaveConversation(ctx context.Context, tx runner, a *Attempt) (ready bool, err error) {
	if _, err := tx.exec(ctx, `UPDATE command SET conversation = '', failing_since = 0 WHERE id = $1`, a.ID); err != nil {
		return false, err
	}
	return e.releaseNext(ctx, tx, a.Conversation, a.lane)
}

// wasCancelled reports whether the job was cancelled during this attempt, and keeps others from
// doing so until the transaction ends.
func (e *Engine) wasCancelled(ctx context.Context, tx runner, a *Attempt) (bool, error) {
	var state string
	_, err := queryRow(ctx, tx, []any{&state}, `SELECT state FROM command WHERE id = $1`+e.store.dialect().shareLock, a.ID)
	return state == stateFailing && a.failing == 0, err
}

// errorText is the text of an error as any database takes it.
func errorText(err error) string {
	return strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "\uFFFD"), "\x00", "")
}

// firstOfLane is the first job of lane $2 of the conversation $1.
const firstOfLane = `(SELECT min(job) FROM command WHERE conversation = $1 AND finished IS NULL AND lane = $2 AND held = '')`

// releaseNext makes the first unfinished job of a lane of the conversation ready, if it was held
// back. Its turn comes after everybody who is ready by now, so that a flood in one conversation
// passes nobody in another.
func (e *Engine) releaseNext(ctx context.Context, tx runner, conversation string, lane Lane) (bool, error) {
	if conversation == "" || lane == NoLane {
		return false, nil
	}
	n, err := tx.exec(ctx, `UPDATE river_job SET state = 'available', scheduled_at = `+e.store.dialect().stamp+` WHERE state = 'pending'
		AND id = `+firstOfLane, conversation, int(lane))
	return n > 0, err
}

// storeFailure stores that the job has no attempts left. It comes before the report, so that a
// crash during the report does not bring Handle back.
func (e *Engine) storeFailure(ctx context.Context, a *Attempt, cause error) error {
	err := a.writeIfOwned(ctx, `UPDATE command SET state = $1, failing = $2, cause = $3 WHERE id = $4`,
		stateFailing, a.deliveries, errorText(cause), a.ID)
	if err != nil {
		return fmt.Errorf("store the failure: %w", err)
	}
	a.failing, a.cause = a.deliveries, cause
	return nil
}
