package engine

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"sync"
	"time"

	"modernc.org/sqlite"
)

// writeTimeout bounds one transaction, so that a full or hanging disk becomes an error.
const writeTimeout = 15 * time.Second

// write is what a caller wants done within a transaction. It may be run twice when a neighbour in the same transaction failed,
// so it must not keep anything from its first run.
type write func(ctx context.Context, tx *sql.Tx) error

// store is the database. Writes that arrive while a transaction is being flushed to disk share the next one: with full
// synchronisation the flush is what costs, not the statements.
type store struct {
	db   *sql.DB
	turn chan struct{} // holds a token while somebody writes

	mu    sync.Mutex // guards queue
	queue []*pending
}

type pending struct {
	write write
	done  chan error
}

func openStore(file string) (*store, error) {
	if err := create(file); err != nil {
		return nil, err
	}
	query := url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)"},
	}
	plain, err := sqlite.NewConnector("file:" + (&url.URL{Path: file}).EscapedPath() + "?" + query.Encode())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector{plain})
	db.SetMaxOpenConns(1) // one writer is all the database has; more connections only wait for each other
	return &store{db: db, turn: make(chan struct{}, 1)}, nil
}

// write returns once w is on disk. It does not stop when ctx ends: what is written here has often happened already.
func (s *store) write(ctx context.Context, w write) error {
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

// flush writes what is queued in one transaction; when that fails, each in its own, so that nobody fails for a neighbour.
func (s *store) flush(ctx context.Context) {
	s.mu.Lock()
	batch := s.queue
	s.queue = nil
	s.mu.Unlock()
	if len(batch) == 0 {
		return
	}
	err := s.commit(ctx, batch)
	if err != nil && len(batch) > 1 {
		for _, p := range batch {
			p.done <- s.commit(ctx, []*pending{p})
		}
		return
	}
	for _, p := range batch {
		p.done <- err
	}
}

func (s *store) commit(ctx context.Context, batch []*pending) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return &outageError{fmt.Errorf("begin: %w", err)}
	}
	for _, p := range batch {
		if err := p.write(ctx, tx); err != nil {
			_ = tx.Rollback() // the first error tells more
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return &outageError{fmt.Errorf("commit: %w", err)}
	}
	return nil
}

// outageError says that nothing can be written at all, so that it is nobody's fault.
type outageError struct{ cause error }

func (e *outageError) Error() string { return e.cause.Error() }
func (e *outageError) Unwrap() error { return e.cause }

func (s *store) close() error { return s.db.Close() }
