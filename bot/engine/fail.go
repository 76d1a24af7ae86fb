package engine

import (
	"context"
	"database/sql"
	"fmt"
)

// fail records, before anybody is told, that the command has no attempts left, so that a crash in the telling does not bring Handle back.
func (e *Engine) fail(ctx context.Context, j *Job, cause error) error {
	err := e.store.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE command SET state = $1, failing = $2, cause = $3 WHERE id = $4`,
			stateFailing, j.begun, cause.Error(), j.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("record failure: %w", err)
	}
	j.failing, j.cause = j.begun, cause
	return nil
}
