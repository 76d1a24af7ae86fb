package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
)

// ErrLost says that this replica can no longer show the others that it is alive, so that they will take its commands over.
// The process should end, or open a new engine.
var ErrLost = errors.New("lost the session with the database")

// presence keeps others from taking this process for dead.
type presence interface {
	watch(ctx context.Context) error // nil when ctx ends; an error that wraps ErrLost when the presence is lost
	sure() error                     // nil while nobody can have taken this process for dead
	leave(ctx context.Context, idle bool) error
}

// The relations that keep two replicas from working on one command:
//
//	beatEvery < beatTimeout < silence     a replica ends itself before the others miss it
//	an effect < TakeoverAfter             what a dead replica has sent has arrived, and can be found, before another goes on
//	Timeout + rescueMargin                sweepIn is the last net: an attempt and its settling are over by then
const (
	beatEvery    = time.Second
	beatTimeout  = 10 * time.Second
	silence      = 15 * time.Second // without a beat for so long, a replica counts as dead, as a frozen one is
	rescueMargin = 20 * time.Second
)

// session is a connection of its own whose advisory lock shows the other replicas that this one is alive: PostgreSQL drops the lock
// the moment the connection is gone. The beats on it cover what the lock does not: a frozen process, and a cut cable.
type session struct {
	conn     *pgx.Conn
	store    *postgresStore
	id       int32
	name     string // of this life of the replica; the jobs it has in hand bear it
	takeover time.Duration
	silence  time.Duration
	last     atomic.Int64 // when the last confirmed beat was begun, in nanoseconds since 1970

	stop    context.CancelFunc
	ended   chan struct{} // closed after the last beat
	err     error         // why they ended; set before ended is closed
	looking sync.WaitGroup
}

// join opens the session, enters this life of the replica in the list, and keeps it there until leave.
func (e *Engine) join(ctx context.Context, config *pgx.ConnConfig) (*session, error) {
	conn, err := pgx.ConnectConfig(ctx, config.Copy())
	if err != nil {
		return nil, fmt.Errorf("open the session: %w", err)
	}
	s := &session{
		conn: conn, store: e.store.(*postgresStore), id: 1 + rand.Int32N(1<<31-1),
		takeover: e.config.TakeoverAfter, silence: e.config.silence, ended: make(chan struct{}),
	}
	s.name = fmt.Sprintf("%s/%08x", e.config.Replica, s.id)
	if err := s.enter(ctx, e.config.Replica); err != nil {
		_ = conn.Close(ctx) // the first error tells more
		return nil, fmt.Errorf("open the session: %w", err)
	}
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.looking.Go(func() { s.lookAfter(ctx) })
	go func() {
		defer close(s.ended)
		defer s.stop()
		s.err = s.keep(ctx)
	}()
	return s, nil
}

func (s *session) enter(ctx context.Context, replica string) error {
	if _, err := s.conn.Exec(ctx, `SELECT pg_advisory_lock($1, $2)`, lockClass, s.id); err != nil {
		return err
	}
	_, err := s.conn.Exec(ctx, `INSERT INTO replica (id, replica, name, seen) VALUES ($1, $2, $3, `+postgresDialect().now+`)`,
		s.id, replica, s.name)
	if err != nil {
		return err
	}
	return s.beat(ctx)
}

func (s *session) watch(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-s.ended:
		return s.err
	}
}

// keep beats until ctx ends.
func (s *session) keep(ctx context.Context) error {
	for sleep(ctx, beatEvery) {
		if err := s.beat(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// lookAfter looks after the others until ctx ends. The beats do not wait for it: a table that is locked would make replicas miss each other.
func (s *session) lookAfter(ctx context.Context) {
	for {
		if err := s.others(ctx); err != nil && !errors.Is(err, ErrOutOfOrder) { // of which the store tells
			zerolog.Ctx(ctx).Warn().Err(err).Msg("other replicas could not be looked after")
		}
		if !sleep(ctx, beatEvery) {
			return
		}
	}
}

// holding is true for a replica r whose session has its lock. The backend, where it matters, is this one's own: behind a pooler that
// lends connections out for single transactions, it would change.
const holding = `EXISTS (SELECT 1 FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objid = r.id AND l.objsubid = 2
	AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`

func (s *session) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, beatTimeout)
	defer cancel()
	begun := time.Now()
	tag, err := s.conn.Exec(ctx, `UPDATE replica r SET seen = `+postgresDialect().now+`
		WHERE r.id = $2 AND r.dead IS NULL AND `+holding+` AND l.pid = pg_backend_pid())`, lockClass, s.id)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("%w: the other replicas took %s for dead, or a connection pooler is in between", ErrLost, s.name)
	}
	s.last.Store(begun.UnixNano())
	return nil
}

// sure compares wall clocks, since the monotonic one stands still while the whole machine is suspended.
func (s *session) sure() error {
	if age := time.Now().UnixNano() - s.last.Load(); age < 0 || age > int64(s.silence) {
		return &outageError{fmt.Errorf("not known to be alive for %s", time.Duration(age).Round(time.Second))}
	}
	return nil
}

// others marks replicas that have died, and once that has been known for long enough takes their commands over.
func (s *session) others(ctx context.Context) error {
	log, now := zerolog.Ctx(ctx), postgresDialect().now
	err := s.store.record(ctx, func(read scan) error {
		var name string
		err := read(&name)
		log.Warn().Str("replica", name).Dur("takeover_after", s.takeover).Msg("replica died, its commands will be taken over")
		return err
	}, `UPDATE replica r SET dead = `+now+` WHERE r.id <> $2 AND r.dead IS NULL
			AND (r.seen < `+now+` - $3 OR NOT `+holding+`)) RETURNING r.name`, lockClass, s.id, s.silence.Microseconds())
	if err != nil {
		return err
	}
	var dead []string
	var n int64
	err = s.store.write(ctx, func(ctx context.Context, tx runner) error {
		dead = nil
		err := tx.query(ctx, func(read scan) error {
			var name string
			err := read(&name)
			dead = append(dead, name)
			return err
		}, `DELETE FROM replica WHERE dead <= `+now+` - $1 RETURNING name`, s.takeover.Microseconds())
		if err != nil || len(dead) == 0 {
			return err
		}
		n, err = takeOver(ctx, tx, dead)
		return err
	})
	if err == nil && len(dead) > 0 {
		log.Info().Strs("replicas", dead).Int64("commands", n).Msg("commands of a dead replica were taken over")
	}
	return err
}

// takeOver makes ready what the replicas left running. Whoever stores a step at this moment is waited for.
func takeOver(ctx context.Context, tx runner, names []string) (int64, error) {
	return tx.exec(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running'
		AND attempted_by[array_upper(attempted_by, 1)] = ANY($1)`, names)
}

// leave gives back what is still running by the list, when nothing runs any more, and closes the session.
func (s *session) leave(ctx context.Context, idle bool) error {
	s.stop()
	<-s.ended
	s.looking.Wait()
	ctx, cancel := context.WithTimeout(ctx, beatTimeout)
	defer cancel()
	var err error
	if idle {
		err = s.store.write(ctx, func(ctx context.Context, tx runner) error {
			if _, err := takeOver(ctx, tx, []string{s.name}); err != nil {
				return err
			}
			_, err := tx.exec(ctx, `DELETE FROM replica WHERE id = $1`, s.id)
			return err
		})
	}
	return errors.Join(err, s.conn.Close(ctx))
}
