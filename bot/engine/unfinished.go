package engine

import (
	"context"
	"fmt"
)

// UnfinishedJob is an unfinished job of a conversation.
type UnfinishedJob struct{ ID, Owner string }

// UnfinishedJobs lists the unfinished jobs of a conversation in the order in which they run. Those
// that a pause holds are left out.
func (e *Engine) UnfinishedJobs(ctx context.Context, conversation string) ([]UnfinishedJob, error) {
	var all []UnfinishedJob
	err := e.store.query(ctx, func(read scan) error {
		var job UnfinishedJob
		err := read(&job.ID, &job.Owner)
		all = append(all, job)
		return err
	}, `SELECT id, owner FROM command WHERE conversation = $1 AND finished IS NULL AND held = '' ORDER BY job`, conversation)
	if err != nil {
		return nil, fmt.Errorf("list the jobs of a conversation: %w", err)
	}
	return all, nil
}

// IsFinished reports whether a job has ended. One that the store does not have is not finished.
func (e *Engine) IsFinished(ctx context.Context, id string) (bool, error) {
	var n int
	finished, err := queryRow(ctx, e.store, []any{&n}, `SELECT 1 FROM command WHERE id = $1 AND finished IS NOT NULL`, id)
	if err != nil {
		return false, fmt.Errorf("look whether job %s has ended: %w", id, err)
	}
	return finished, nil
}

// ResultOf reads into value what a step of any job has stored, like Attempt.Result. It reports
// false while the step has not been done, and once it is erased.
func (e *Engine) ResultOf(ctx context.Context, job, step string, into any) (bool, error) {
	var stored string
	found, err := queryRow(ctx, e.store, []any{&stored}, `SELECT result FROM step WHERE command = $1 AND step = $2`, job, step)
	if err != nil {
		return false, fmt.Errorf("read what a step has stored: %w", err)
	}
	if !found {
		return false, nil
	}
	err = readResult(step, []byte(stored), into)
	return err == nil, err
}

// ClaimOwner returns the job that has claimed key, empty when none has.
func (e *Engine) ClaimOwner(ctx context.Context, key string) (owner string, err error) {
	_, err = queryRow(ctx, e.store, []any{&owner}, `SELECT command FROM claim WHERE key = $1`, key)
	if err != nil {
		return "", fmt.Errorf("look for the claim %s: %w", key, err)
	}
	return owner, nil
}

// ClaimFor is Attempt.Claim for a job that is about to be inserted.
func (e *Engine) ClaimFor(ctx context.Context, key, job string) (owner string, err error) {
	err = e.store.write(ctx, func(ctx context.Context, tx runner) (err error) {
		owner, err = claimInTx(ctx, tx, key, job)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("claim %s: %w", key, err)
	}
	return owner, nil
}
