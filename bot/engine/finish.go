package engine

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// finish closes a command and its job and lets the next one of the conversation go, all in one transaction.
// The queue would close the job itself, but up to 250 ms later and without the rest.
func (e *Engine) finish(ctx context.Context, j *Job, state string) error {
	var released bool
	err := e.store.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		now := time.Now()
		_, err := tx.ExecContext(ctx, `UPDATE command SET state = $1, finished = $2 WHERE id = $3`, state, now.UnixMicro(), j.ID)
		if err != nil {
			return err
		}
		if err := e.closeJob(ctx, tx, j.job, state, now); err != nil {
			return err
		}
		released, err = release(ctx, tx, j.Conversation)
		return err
	})
	if err != nil {
		return fmt.Errorf("finish command: %w", err)
	}
	if released {
		e.driver.bell.ring()
	}
	return nil
}

func (e *Engine) closeJob(ctx context.Context, tx *sql.Tx, job int64, state string, now time.Time) error {
	jobState := rivertype.JobStateCompleted
	if state == stateFailed {
		jobState = rivertype.JobStateDiscarded
	}
	_, err := e.driver.UnwrapExecutor(tx).JobSetStateIfRunningMany(ctx, &riverdriver.JobSetStateIfRunningManyParams{
		ID:              []int64{job},
		Attempt:         []*int{nil},
		ErrData:         [][]byte{nil},
		FinalizedAt:     []*time.Time{&now},
		MetadataDoMerge: []bool{false},
		MetadataUpdates: [][]byte{nil},
		ScheduledAt:     []*time.Time{nil},
		State:           []rivertype.JobState{jobState},
	})
	return err
}

// release makes the first unfinished command of the conversation ready, if it was held back.
func release(ctx context.Context, tx *sql.Tx, conversation string) (bool, error) {
	if conversation == "" {
		return false, nil
	}
	res, err := tx.ExecContext(ctx,
		`UPDATE river_job SET state = 'available' WHERE state = 'pending'
			AND id = (SELECT min(job) FROM command WHERE conversation = $1 AND finished IS NULL)`, conversation)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}
