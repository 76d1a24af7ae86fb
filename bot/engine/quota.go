package engine

import (
	"context"
	"fmt"
	"time"
)

// Quota bounds how many jobs of one key may pass in any span of time, over all replicas.
type Quota struct {
	Limit int // at least 1
	Span  time.Duration
}

// QuotaError says that a quota is used up.
type QuotaError struct {
	Quota Quota
	Next  time.Time // when the next job may pass
}

func (e *QuotaError) Error() string {
	return "the quota is used up until " + e.Next.UTC().Format(time.RFC3339)
}

// IntendWithin is Intend for an effect that quotas of one key bound. The job counts from then on,
// in the transaction of the intention, and once however often it comes back; ReleaseQuota ends
// that. The error is a *QuotaError where one is used up, and a *PausedError as of IntendFirst; then
// nothing is stored.
func (a *Attempt) IntendWithin(ctx context.Context, step, key string, quotas ...Quota) error {
	return a.intend(ctx, step, func(ctx context.Context, step string, n *int) error {
		return a.write(ctx, func(ctx context.Context, tx runner, now time.Time) error {
			if err := a.checkPause(ctx, tx); err != nil {
				return err
			}
			if err := a.usePermit(ctx, tx); err != nil {
				return err
			}
			if err := a.countAgainst(ctx, tx, key, quotas, now); err != nil {
				return err
			}
			return a.insertIntentionInTx(ctx, tx, step, n)
		}, key)
	})
}

// countAgainst counts the job, by the database's clock. What counts at a time to come was stored
// before the clock was set back: it is left out, or nobody could pass until then.
func (a *Attempt) countAgainst(ctx context.Context, tx runner, key string, quotas []Quota, now time.Time) error {
	var at int64
	counted, err := queryRow(ctx, tx, []any{&at}, `SELECT at FROM quota WHERE command = $1`, a.ID)
	if err != nil || counted {
		return err
	}
	last, err := findUsedUp(ctx, tx, key, quotas, now)
	switch {
	case err != nil:
		return err
	case last != nil:
		return last
	}
	_, err = tx.exec(ctx, `INSERT INTO quota (command, key, at) VALUES ($1, $2, $3)`, a.ID, key, now.UnixMicro())
	return err
}

// findUsedUp is the quota that is used up and lasts longest; nil for none.
func findUsedUp(ctx context.Context, r runner, key string, quotas []Quota, now time.Time) (last *QuotaError, err error) {
	var at int64
	for _, q := range quotas {
		full, err := queryRow(ctx, r, []any{&at}, `SELECT at FROM quota WHERE key = $1 AND at > $2 AND at <= $3
			ORDER BY at DESC LIMIT 1 OFFSET $4`, key, now.Add(-q.Span).UnixMicro(), now.UnixMicro(), q.Limit-1)
		if err != nil {
			return nil, err
		}
		// the next may pass when this one does not count any more
		if next := time.UnixMicro(at).Add(q.Span); full && (last == nil || next.After(last.Next)) {
			last = &QuotaError{Quota: q, Next: next}
		}
	}
	return last, nil
}

// QuotaUse is how many jobs of a key count in the last span of time, for each of the quotas, and
// the one that is used up and lasts longest; nil for none.
func (a *jobAdmin) QuotaUse(ctx context.Context, key string, quotas ...Quota) (used []int, last *QuotaError, err error) {
	var at int64
	_, err = queryRow(ctx, a.store, []any{&at}, `SELECT `+a.store.dialect().now)
	now := time.UnixMicro(at)
	if err == nil {
		last, err = findUsedUp(ctx, a.store, key, quotas, now)
	}
	for _, q := range quotas {
		var n int
		if err == nil {
			_, err = queryRow(ctx, a.store, []any{&n}, `SELECT COUNT(*) FROM quota WHERE key = $1 AND at > $2 AND at <= $3`,
				key, now.Add(-q.Span).UnixMicro(), now.UnixMicro())
		}
		used = append(used, n)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read the use of a quota: %w", err)
	}
	return used, last, nil
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
