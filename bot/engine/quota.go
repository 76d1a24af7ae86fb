package engine

import (
	"context"
	"fmt"
	"time"
)

// Quota bounds how many jobs may pass in any span of time, over all replicas.
type Quota struct {
	Key   string // jobs of one key count together
	Limit int    // at least 1
	Span  time.Duration
}

// QuotaError says that a quota is used up.
type QuotaError struct {
	Next time.Time // when the next job may pass
}

func (e *QuotaError) Error() string {
	return "the quota is used up until " + e.Next.UTC().Format(time.RFC3339)
}

// IntendWithin is Intend for an effect that a quota bounds. The job counts from then on, in the
// transaction of the intention, and once however often it comes back; ReleaseQuota ends that. The
// error is a *QuotaError where the quota is used up, and a *PausedError as of IntendFirst; then
// nothing is stored.
func (a *Attempt) IntendWithin(ctx context.Context, step string, q Quota) error {
	return a.intend(ctx, step, func(ctx context.Context, step string, n *int) error {
		return a.write(ctx, func(ctx context.Context, tx runner, now time.Time) error {
			if err := a.checkPause(ctx, tx); err != nil {
				return err
			}
			if err := a.countAgainst(ctx, tx, q, now); err != nil {
				return err
			}
			return a.insertIntentionInTx(ctx, tx, step, n)
		}, q.Key)
	})
}

// countAgainst counts the job, by the database's clock. What counts at a time to come was stored
// before the clock was set back: it is left out, or nobody could pass until then.
func (a *Attempt) countAgainst(ctx context.Context, tx runner, q Quota, now time.Time) error {
	var at int64
	counted, err := queryRow(ctx, tx, []any{&at}, `SELECT at FROM quota WHERE command = $1`, a.ID)
	if err != nil || counted {
		return err
	}
	full, err := queryRow(ctx, tx, []any{&at}, `SELECT at FROM quota WHERE key = $1 AND at > $2 AND at <= $3
		ORDER BY at DESC LIMIT 1 OFFSET $4`, q.Key, now.Add(-q.Span).UnixMicro(), now.UnixMicro(), q.Limit-1)
	switch {
	case err != nil:
		return err
	case full: // the next may pass when this one does not count any more
		return &QuotaError{Next: time.UnixMicro(at).Add(q.Span)}
	}
	_, err = tx.exec(ctx, `INSERT INTO quota (command, key, at) VALUES ($1, $2, $3)`, a.ID, q.Key, now.UnixMicro())
	return err
}

// ReleaseQuota ends that the job counts against a quota: the effect surely did not happen.
func (a *Attempt) ReleaseQuota(ctx context.Context) error {
	var at int64
	counts, err := queryRow(ctx, a.engine.store, []any{&at}, `SELECT at FROM quota WHERE command = $1`, a.ID)
	if err == nil && counts {
		err = a.changeStored(ctx, `DELETE FROM quota WHERE command = $1`, a.ID)
	}
	if err != nil {
		return fmt.Errorf("release the quota: %w", err)
	}
	return nil
}
