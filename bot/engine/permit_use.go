package engine

import (
	"context"
	"fmt"
	"time"
)

// PermitUse is the permit by which a job may do something, and the entry that tells that the job
// has used it up.
type PermitUse struct {
	N     int64 // 0 where it needs none
	Entry RecordEntry
}

// usePermit is ErrPermitEnded where the permit that the job needs is good no more. One that is good
// for one job is used up by this one.
func (a *Attempt) usePermit(ctx context.Context, tx runner) error {
	if a.Permit.N == 0 {
		return nil
	}
	admin := &a.engine.jobAdmin
	_, again, err := findPermit(ctx, tx, `n = $1 AND state = 'used' AND command = $2`, a.Permit.N, a.ID)
	if err != nil || again {
		return err
	}
	used, err := tx.exec(ctx, `UPDATE permit SET state = CASE WHEN once = 1 THEN 'used' ELSE state END,
		command = CASE WHEN once = 1 THEN $1 ELSE command END
		WHERE n = $2 AND `+admin.goodPermit(), a.ID, a.Permit.N)
	switch {
	case err != nil:
		return err
	case used == 0:
		return ErrPermitEnded
	}
	p, _, err := findPermit(ctx, tx, `n = $1`, a.Permit.N)
	if err != nil || !p.Once {
		return err
	}
	return admin.storePermitEntry(ctx, tx, a.Permit.Entry)
}

// UsePermit is of a job that has no intention: it uses the permit before it does anything.
func (a *Attempt) UsePermit(ctx context.Context) error {
	if a.Permit.N == 0 {
		return nil
	}
	return a.retryDuringOutage(ctx, unlimited, func() error {
		return a.write(ctx, func(ctx context.Context, tx runner, _ time.Time) error { return a.usePermit(ctx, tx) })
	})
}

// ReleasePermit has a permit that the job has used up be good again: nothing came of the job.
func (a *Attempt) ReleasePermit(ctx context.Context, entry func(Permit) RecordEntry) error {
	p, found, err := findPermit(ctx, a.engine.store, `state = 'used' AND command = $1`, a.ID)
	if err != nil || !found {
		return err
	}
	err = a.retryDuringOutage(ctx, unlimited, func() error {
		return a.write(ctx, func(ctx context.Context, tx runner, _ time.Time) error {
			n, err := tx.exec(ctx, `UPDATE permit SET state = 'granted', command = '' WHERE n = $1 AND state = 'used' AND command = $2`, p.N, a.ID)
			if err != nil || n == 0 {
				return err
			}
			return a.engine.storePermitEntry(ctx, tx, entry(p))
		})
	})
	if err != nil {
		return fmt.Errorf("give a permit back: %w", err)
	}
	return nil
}
