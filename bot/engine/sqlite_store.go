package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/gofrs/flock"
)

// sqliteStore writes one transaction at a time. Writes that arrive while a transaction is being flushed to disk share the next one:
// with full synchronisation the flush is what costs, not the statements. (PostgreSQL does the same by itself, across connections.)
type sqliteStore struct {
	sqlRunner
	db   *sql.DB
	lock *flock.Flock  // nil when only read
	turn chan struct{} // holds a token while somebody writes

	mu    sync.Mutex // guards queue
	queue []*pending
}

type pending struct {
	write write
	done  chan error
}

func (s *sqliteStore) exclusively(ctx context.Context, do func(context.Context) error) error {
	return do(ctx)
}

func (s *sqliteStore) dialect() dialect { return sqliteDialect() }

func (s *sqliteStore) close() error {
	err := s.db.Close()
	if s.lock != nil {
		err = errors.Join(err, s.lock.Unlock())
	}
	return err
}

func (s *sqliteStore) record(ctx context.Context, row func(scan) error, statement string, args ...any) error {
	return s.write(ctx, func(ctx context.Context, tx runner) error { return tx.query(ctx, row, statement, args...) })
}

func (s *sqliteStore) write(ctx context.Context, w write) error {
	p := &pending{write: w, done: make(chan error, 1)}
	s.mu.Lock()
	s.queue = append(s.queue, p)
	s.mu.Unlock()
	for {
		select {
		case err := <-p.done:
			return err
		case s.turn <- struct{}{}:
			s.flush(context.WithoutCancel(ctx))
			<-s.turn
		}
	}
}

// flush writes what is queued in one transaction; when that fails, each in its own, so that nobody fails for a neighbour. Where not even
// a transaction can be had, all have failed.
func (s *sqliteStore) flush(ctx context.Context) {
	s.mu.Lock()
	batch := s.queue
	s.queue = nil
	s.mu.Unlock()
	if len(batch) == 0 {
		return
	}
	err := s.commit(ctx, batch)
	if err != nil && len(batch) > 1 && !errors.Is(err, errBegin) {
		for _, p := range batch {
			p.done <- s.commit(ctx, []*pending{p})
		}
		return
	}
	for _, p := range batch {
		p.done <- err
	}
}

var errBegin = errors.New("begin")

func (s *sqliteStore) commit(ctx context.Context, batch []*pending) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return &outageError{fmt.Errorf("%w: %w", errBegin, err)}
	}
	for _, p := range batch {
		if err := p.write(ctx, sqlRunner{tx}); err != nil {
			_ = tx.Rollback() // the first error tells more
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return &outageError{fmt.Errorf("commit: %w", err)}
	}
	return nil
}
