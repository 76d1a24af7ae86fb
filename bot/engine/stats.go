package engine

import (
	"context"
	"fmt"
	"time"
)

// Stats is the state of the store at one moment, over all replicas.
type Stats struct {
	Queued      int           // waiting for a worker, for their turn, for another attempt, or for a newer replica
	Held        int           // by a pause
	Asking      int           // waiting for the answer to a question
	Unanswered  time.Duration // age of the oldest of these questions; zero without one
	Running     int           // in an attempt
	Failed      int           // failed for good, within Config.Keep
	Oldest      time.Duration // age of the oldest unfinished job, by ReceivedAt; zero when there is none
	Failing     time.Duration // how long the attempts at an unfinished job have been failing, the longest of them
	Replicas    int           // alive; 1 on SQLite
	Commits     int64         // transactions that this process has committed
	Entries     int64         // number of the last entry of the audit record
	Unlinked    int           // entries that are stored and not linked yet
	OutageSince time.Time     // when writes began to fail, or to hang for 2 s; zero when they succeed
}

// Stats counts the jobs.
func (e *Engine) Stats(ctx context.Context) (Stats, error) {
	s := Stats{Running: e.countRunning(), Replicas: 1, Commits: e.Commits(), OutageSince: e.health.outageSince()}
	var open, running, alive int
	var oldest, failing, asked int64
	_, err := queryRow(ctx, e.store, []any{&open, &oldest, &failing, &s.Failed, &running, &alive, &s.Entries, &s.Unlinked, &s.Held, &s.Asking, &asked},
		`SELECT count(*), coalesce(min(received), 0), coalesce(min(CASE WHEN failing_since > 0 THEN failing_since END), 0),
			(SELECT count(*) FROM command WHERE state = 'failed'),
			(SELECT count(*) FROM river_job WHERE state = 'running'), (SELECT count(*) FROM replica WHERE dead IS NULL),
			(SELECT coalesce(max(seq), 0) FROM audit), (SELECT count(*) FROM audit_unlinked),
			(SELECT count(*) FROM command WHERE held <> '' AND held <> '`+heldForAnswer+`' AND finished IS NULL),
			(SELECT count(*) FROM command WHERE held = '`+heldForAnswer+`' AND finished IS NULL),
			(SELECT coalesce(min(q.asked), 0) FROM question q JOIN command c ON c.id = q.command WHERE q.answered = 0 AND c.held = '`+heldForAnswer+`')
			FROM command WHERE finished IS NULL AND held = ''`)
	if err != nil {
		return Stats{}, fmt.Errorf("count jobs: %w", err)
	}
	s.Running = max(s.Running, running) // a job that has just finished keeps its worker for a moment
	s.Queued = max(open-s.Running, 0)
	s.Replicas = max(s.Replicas, alive)
	if oldest > 0 {
		s.Oldest = max(time.Since(time.UnixMicro(oldest)), 0)
	}
	if asked > 0 {
		s.Unanswered = max(time.Since(time.UnixMicro(asked)), 0)
	}
	if failing > 0 {
		s.Failing = max(time.Since(time.UnixMicro(failing)), 0)
	}
	return s, nil
}
