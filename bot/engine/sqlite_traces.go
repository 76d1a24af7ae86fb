package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"
)

// secure_delete overwrites a deleted row. Yet whenever a page of a table fills up or empties, rows
// are copied to other pages, and the places where they were stay as they are. So the texts of jobs
// stand in one table only, step, which holds unfinished and failed jobs and is therefore small: it
// is emptied, which overwrites all of its pages, and filled again. Then the log of writes
// (FILE-wal) is applied and cut to nothing.

const (
	// checkpointWait is how long a checkpoint waits for somebody who reads, and all others with it.
	checkpointWait = 100 * time.Millisecond
	vacuumPages    = 5000 // given back to the disk at a time
)

func (s *sqliteStore) eraseTraces(ctx context.Context) (done bool, err error) {
	if err := s.write(ctx, rewriteSteps); err != nil {
		return false, fmt.Errorf("rewrite the steps: %w", err)
	}
	return s.checkpoint(ctx)
}

func rewriteSteps(ctx context.Context, tx runner) error {
	var all [][]any
	err := tx.query(ctx, func(read scan) error {
		var job, step, result string
		err := read(&job, &step, &result)
		all = append(all, []any{job, step, result})
		return err
	}, `SELECT command, step, result FROM step ORDER BY rowid`)
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `DELETE FROM step`); err != nil { // without a condition, which would delete row by row
		return err
	}
	return tx.execMany(ctx, nil, `INSERT INTO step (command, step, result) VALUES ($1, $2, $3)`, all)
}

// checkpoint gives free pages back, applies the log of writes and cuts it. It is not done while
// somebody reads an older state.
func (s *sqliteStore) checkpoint(ctx context.Context) (done bool, err error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return false, sqliteError(err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	c := sqlRunner{conn}
	ignoreRow := func(scan) error { return nil }
	if err := c.query(ctx, ignoreRow, fmt.Sprintf(`PRAGMA incremental_vacuum(%d)`, vacuumPages)); err != nil {
		return false, err
	}
	var usual int64 // milliseconds
	if _, err := queryRow(ctx, c, []any{&usual}, `PRAGMA busy_timeout`); err != nil {
		return false, err
	}
	setWait := func(ctx context.Context, wait int64) error {
		return c.query(ctx, ignoreRow, fmt.Sprintf(`PRAGMA busy_timeout(%d)`, wait))
	}
	if err := setWait(ctx, min(usual, checkpointWait.Milliseconds())); err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, setWait(context.WithoutCancel(ctx), usual)) }()
	var busy, frames, applied int
	_, err = queryRow(ctx, c, []any{&busy, &frames, &applied}, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return err == nil && busy == 0, err
}

// rewriteOnce rewrites a file of an older version, which could not give pages back and did not
// overwrite what it deleted.
func (e *Engine) rewriteOnce(ctx context.Context, s *sqliteStore) error {
	var mode int
	if _, err := queryRow(ctx, s, []any{&mode}, `PRAGMA auto_vacuum`); err != nil || mode != 0 {
		return err
	}
	zerolog.Ctx(ctx).Info().Msg("store is rewritten once, without the texts of finished requests")
	for erased := purgeBatch; erased == purgeBatch; {
		err := s.write(ctx, func(ctx context.Context, tx runner) (err error) {
			erased, err = e.eraseSomeInTx(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	if _, err := s.exec(ctx, `VACUUM`); err != nil {
		return fmt.Errorf("rewrite the file, which for a while needs as much room again: %w", err)
	}
	_, err := s.checkpoint(ctx)
	return err
}
