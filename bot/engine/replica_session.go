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

// replicaSession is the membership on PostgreSQL: a connection of its own whose advisory lock shows
// the other replicas that this one is alive. PostgreSQL drops the lock the moment the connection is
// gone. The heartbeats on it cover what the lock does not: a frozen process, and a cut cable.
type replicaSession struct {
	conn       *pgx.Conn
	store      *postgresStore
	id         int32
	name       string // of this life of the replica; its running jobs bear it
	takeover   time.Duration
	maxSilence time.Duration
	crashPause time.Duration // see takeBack
	last       atomic.Int64  // when the last confirmed heartbeat was begun, in nanoseconds since 1970

	label atomic.Pointer[string] // what the next heartbeat says about this replica; nil for nothing

	stop    context.CancelFunc
	dead    chan struct{} // holds a token when a heartbeat has found a replica to be marked or taken over
	ended   chan struct{} // closed after the last heartbeat
	err     error         // why they ended; set before ended is closed
	reaping sync.WaitGroup
}

// openSession enters this life of the replica in the list of replicas, and keeps it there until
// leave.
func (e *Engine) openSession(ctx context.Context, config *pgx.ConnConfig) (*replicaSession, error) {
	conn, err := pgx.ConnectConfig(ctx, config.Copy())
	if err != nil {
		return nil, fmt.Errorf("open the session: %w", err)
	}
	s := &replicaSession{
		conn: conn, store: e.store.(*postgresStore), id: 1 + rand.Int32N(1<<31-1),
		takeover: e.config.TakeoverAfter, maxSilence: e.config.maxSilence, crashPause: e.config.BackoffFloor,
		dead: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	s.name = fmt.Sprintf("%s/%08x", e.config.Replica, s.id)
	if err := s.register(ctx, e.config.Replica); err != nil {
		_ = conn.Close(ctx) // the first error tells more
		return nil, fmt.Errorf("open the session: %w", err)
	}
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.reaping.Go(func() { s.watchReplicas(ctx) })
	go func() {
		defer close(s.ended)
		defer s.stop()
		s.err = s.sendHeartbeats(ctx)
	}()
	return s, nil
}

func (s *replicaSession) register(ctx context.Context, replica string) error {
	if _, err := s.conn.Exec(ctx, `SELECT pg_advisory_lock($1, $2)`, lockClass, s.id); err != nil {
		return err
	}
	_, err := s.conn.Exec(ctx, `INSERT INTO replica (id, replica, name, seen) VALUES ($1, $2, $3, `+postgresDialect.now+`)`,
		s.id, replica, s.name)
	if err != nil {
		return err
	}
	return s.sendHeartbeat(ctx)
}

func (s *replicaSession) waitForLoss(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-s.ended:
		return s.err
	}
}

func (s *replicaSession) sendHeartbeats(ctx context.Context) error {
	for sleep(ctx, heartbeatEvery) {
		if err := s.sendHeartbeat(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// hasSessionLock is true for a replica r whose session has its lock; a closing parenthesis follows.
// The backend, where it matters, is this one's own: behind a pooler that lends connections out for
// single transactions, it would change.
const hasSessionLock = `EXISTS (SELECT 1 FROM pg_locks l
	WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objid = r.id AND l.objsubid = 2 AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`

// hasDeadReplica is true where a replica beside this one, $2, is to be marked or taken over.
var hasDeadReplica = `EXISTS (SELECT 1 FROM replica r WHERE r.id <> $2 AND (r.dead <= ` + postgresDialect.now + ` - $5
	OR r.dead IS NULL AND (r.seen < ` + postgresDialect.now + ` - $4 OR NOT ` + hasSessionLock + `))))`

func (s *replicaSession) sendHeartbeat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, heartbeatTimeout)
	defer cancel()
	begun := time.Now()
	var othersDead bool
	err := s.conn.QueryRow(ctx, `UPDATE replica r SET seen = `+postgresDialect.now+`, label = $3
		WHERE r.id = $2 AND r.dead IS NULL AND `+hasSessionLock+` AND l.pid = pg_backend_pid()) RETURNING `+hasDeadReplica,
		lockClass, s.id, s.labelText(), s.maxSilence.Microseconds(), s.takeover.Microseconds()).Scan(&othersDead)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("%w: the other replicas took %s for dead, or a connection pooler is in between", ErrLost, s.name)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	s.last.Store(begun.UnixNano())
	if othersDead {
		s.noteDead()
	}
	return nil
}

func (s *replicaSession) noteDead() {
	select {
	case s.dead <- struct{}{}:
	default:
	}
}

// checkAlive compares wall clocks, since the monotonic one stands still while the whole machine is
// suspended.
func (s *replicaSession) checkAlive() error {
	if age := time.Now().UnixNano() - s.last.Load(); age < 0 || age > int64(s.maxSilence) {
		return &outageError{fmt.Errorf("not known to be alive for %s", time.Duration(age).Round(time.Second))}
	}
	return nil
}

// watchReplicas reaps dead replicas until ctx ends. The heartbeats find them, and do not wait for
// it: a table that is locked would make replicas miss each other.
func (s *replicaSession) watchReplicas(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.dead:
		}
		if err := s.reapDeadReplicas(ctx); err != nil && !errors.Is(err, ErrOutOfOrder) { // which the store logs
			zerolog.Ctx(ctx).Warn().Err(err).Msg("dead replicas could not be taken over, will retry")
		}
	}
}

// reapDeadReplicas marks replicas that have died, and once that has been known for long enough
// takes their jobs over.
func (s *replicaSession) reapDeadReplicas(ctx context.Context) error {
	if err := s.markDeadReplicas(ctx); err != nil {
		return err
	}
	var dead []string
	var jobs int64
	err := s.store.write(ctx, func(ctx context.Context, tx runner) error {
		dead, jobs = nil, 0
		err := tx.query(ctx, func(read scan) error {
			var name string
			err := read(&name)
			dead = append(dead, name)
			return err
		}, `DELETE FROM replica WHERE dead <= `+postgresDialect.now+` - $1 RETURNING name`, s.takeover.Microseconds())
		if err != nil || len(dead) == 0 {
			return err
		}
		jobs, err = s.takeOverJobs(ctx, tx, dead)
		return err
	})
	if err == nil && jobs > 0 {
		zerolog.Ctx(ctx).Info().Strs("replicas", dead).Int64("jobs", jobs).Msg("jobs of a dead replica were taken over")
	}
	return err
}

func (s *replicaSession) markDeadReplicas(ctx context.Context) error {
	log, now := zerolog.Ctx(ctx), postgresDialect.now
	return s.store.writeStatement(ctx, func(read scan) error {
		var name string
		err := read(&name)
		log.Warn().Str("replica", name).Dur("takeover_after", s.takeover).Msg("replica died, its jobs will be taken over")
		return err
	}, `UPDATE replica r SET dead = `+now+` WHERE r.id <> $2 AND r.dead IS NULL
			AND (r.seen < `+now+` - $3 OR NOT `+hasSessionLock+`)) RETURNING r.name`, lockClass, s.id, s.maxSilence.Microseconds())
}

// takeOverJobs makes ready what the replicas left running. It waits for whoever stores a step at
// this moment.
func (s *replicaSession) takeOverJobs(ctx context.Context, tx runner, replicas []string) (int64, error) {
	return tx.exec(ctx, takeBack(s.store.dialect(), s.crashPause)+` WHERE state = 'running'
		AND attempted_by[array_upper(attempted_by, 1)] = ANY($1)`, replicas)
}

// leave closes the session. A replica that is idle first gives back what the queue still counts as
// its running jobs.
func (s *replicaSession) leave(ctx context.Context, idle bool) error {
	s.stop()
	<-s.ended
	s.reaping.Wait()
	ctx, cancel := context.WithTimeout(ctx, heartbeatTimeout)
	defer cancel()
	var err error
	if idle {
		err = s.store.write(ctx, func(ctx context.Context, tx runner) error {
			if _, err := s.takeOverJobs(ctx, tx, []string{s.name}); err != nil {
				return err
			}
			_, err := tx.exec(ctx, `DELETE FROM replica WHERE id = $1`, s.id)
			return err
		})
	}
	return errors.Join(err, s.conn.Close(ctx))
}
