package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/gofrs/flock"
)

// sqliteStore writes one transaction at a time. Writes that arrive while a transaction is being
// flushed to disk share the next one: with full synchronisation the flush is what costs, not the
// statements. (PostgreSQL does the same by itself, across connections.)
// Reads have a connection of their own, so that they need not wait for writes, and go on while
// another program keeps everybody from writing.
type sqliteStore struct {
	sqlRunner
	db   *sql.DB       // for writes
	read *sql.DB       // for reads outside of transactions; may be db
	lock *flock.Flock  // nil when only read
	turn chan struct{} // holds a token while somebody writes

	commits atomic.Int64

	mu     sync.Mutex // guards queued
	queued []*queuedWrite
}

type queuedWrite struct {
	transaction transaction
	operator    any // who acts, see WithOperator; nil for nobody
	done        chan error
}

func newSQLiteStore(db, read *sql.DB) *sqliteStore {
	return &sqliteStore{sqlRunner: sqlRunner{db}, db: db, read: read, turn: make(chan struct{}, 1)}
}

func (s *sqliteStore) query(ctx context.Context, row func(scan) error, statement string, args ...any) error {
	return sqlRunner{s.read}.query(ctx, row, statement, args...)
}

func (s *sqliteStore) runExclusively(ctx context.Context, do func(context.Context) error) error {
	return do(ctx)
}

func (s *sqliteStore) countCommits() int64 { return s.commits.Load() }

func (s *sqliteStore) dialect() *dialect { return sqliteDialect }

func (s *sqliteStore) close() error {
	err := errors.Join(s.read.Close(), s.db.Close())
	if s.lock != nil {
		err = errors.Join(err, s.lock.Unlock())
	}
	return err
}

func (s *sqliteStore) writeStatement(ctx context.Context, row func(scan) error, statement string, args ...any) error {
	return s.write(ctx, func(ctx context.Context, tx runner) error { return tx.query(ctx, row, statement, args...) })
}

func (s *sqliteStore) write(ctx context.Context, t transaction) error {
	w := &queuedWrite{transaction: t, operator: ctx.Value(operatorKey{}), done: make(chan error, 1)}
	s.mu.Lock()
	s.queued = append(s.queued, w)
	s.mu.Unlock()
	for {
		select {
		case err := <-w.done:
			return err
		case s.turn <- struct{}{}:
			s.flush(context.WithoutCancel(ctx))
			<-s.turn
		}
	}
}

// flush writes what is queued in one transaction; when that fails, each in its own, so that nobody
// fails for a neighbour. When not even a transaction can be begun, all have failed.
func (s *sqliteStore) flush(ctx context.Context) {
	s.mu.Lock()
	batch := s.queued
	s.queued = nil
	s.mu.Unlock()
	if len(batch) == 0 {
		return
	}
	err := s.commit(ctx, batch)
	if err != nil && len(batch) > 1 && !errors.Is(err, errBegin) {
		for _, w := range batch {
			w.done <- s.commit(ctx, []*queuedWrite{w})
		}
		return
	}
	for _, w := range batch {
		w.done <- err
	}
}

var errBegin = errors.New("begin")

// commit runs the transactions of a batch as one. The statements that begin and end it are kept
// like all others, and sql.Tx would start a goroutine for each query.
func (s *sqliteStore) commit(ctx context.Context, batch []*queuedWrite) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return &outageError{fmt.Errorf("%w: %w", errBegin, err)}
	}
	defer func() { _ = conn.Close() }() // gives it back
	tx := sqlRunner{conn}
	if _, err := tx.exec(ctx, `BEGIN IMMEDIATE`); err != nil {
		return &outageError{fmt.Errorf("%w: %w", errBegin, err)}
	}
	isCommitted := false
	defer func() { // also after a panic
		if !isCommitted {
			_, _ = tx.exec(context.WithoutCancel(ctx), `ROLLBACK`) // it fails only where SQLite has done so itself
		}
	}()
	if err := runAll(ctx, tx, batch); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `COMMIT`); err != nil {
		return &outageError{fmt.Errorf("commit: %w", err)}
	}
	isCommitted = true
	s.commits.Add(1)
	return nil
}

func runAll(ctx context.Context, tx sqlRunner, batch []*queuedWrite) error {
	for _, w := range batch {
		own := ctx // of whoever writes the batch
		if w.operator != ctx.Value(operatorKey{}) {
			own = context.WithValue(ctx, operatorKey{}, w.operator)
		}
		if err := w.transaction(own, tx); err != nil {
			return err
		}
	}
	return nil
}
