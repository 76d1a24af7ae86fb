package engine

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Stats is the state of the store at one moment.
type Stats struct {
	Queued  int           // waiting for a worker, for their turn in the conversation, or for another attempt
	Running int           // being carried out
	Failed  int           // failed for good, within Config.Keep
	Oldest  time.Duration // age of the oldest unfinished command, by ReceivedAt; zero when there is none
}

// Stats counts the commands.
func (e *Engine) Stats(ctx context.Context) (Stats, error) {
	running := int(e.running.Load())
	var open, failed int
	var oldest sql.NullInt64
	err := e.store.db.QueryRowContext(ctx,
		`SELECT count(*), min(received), (SELECT count(*) FROM command WHERE state = 'failed') FROM command WHERE finished IS NULL`).
		Scan(&open, &oldest, &failed)
	if err != nil {
		return Stats{}, fmt.Errorf("count commands: %w", err)
	}
	s := Stats{Queued: max(open-running, 0), Running: running, Failed: failed}
	if oldest.Valid {
		s.Oldest = max(time.Since(time.UnixMicro(oldest.Int64)), 0)
	}
	return s, nil
}
