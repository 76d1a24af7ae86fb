package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rs/zerolog"
)

// purgeClock is the time by which old jobs are purged. It follows the database's clock, but no more
// than purgeSpeed times as fast as time passes for the running process: a clock that jumps forward
// does not end the protection against duplicates of what finished lately. It never goes back. After
// the process was down for a while, it catches up in as long a while.
//
// How far it has come is a note, which all replicas share. The replica that wrote the note last
// goes on with it, so that several do not make it run faster; when that one stops, another does.
//
// Only the goroutine of the maintenance uses it.
type purgeClock struct {
	database func(ctx context.Context, tx runner) (time.Time, error)
	steady   func() time.Duration // time that has passed, whatever becomes of the machine's clock

	note     string        // as this process has seen it last
	noted    time.Duration // when that was, by steady
	isWarned bool          // of a clock that is far ahead
}

const (
	purgeSpeed = 2
	// purgeFarBehind is how far the purge's time may be behind the clock before a line says so.
	purgeFarBehind = 24 * time.Hour
)

func newPurgeClock(now string) purgeClock {
	begin := time.Now()
	return purgeClock{
		database: func(ctx context.Context, tx runner) (time.Time, error) {
			var micros int64
			_, err := queryRow(ctx, tx, []any{&micros}, `SELECT `+now)
			return time.UnixMicro(micros), err
		},
		steady: func() time.Duration { return time.Since(begin) }, // by its monotonic part
	}
}

// purgeTime is the time by which jobs are old or not.
func (e *Engine) purgeTime(ctx context.Context) (time.Time, error) {
	var moved purgeMove
	err := e.store.write(ctx, func(ctx context.Context, tx runner) (err error) {
		moved, err = e.purging.move(ctx, tx)
		return err
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("how far the purge has come: %w", err)
	}
	c := &e.purging
	if moved.note != c.note {
		c.note, c.noted = moved.note, moved.at
	}
	behind := moved.clock.Sub(moved.to)
	if behind > purgeFarBehind && !c.isWarned {
		zerolog.Ctx(ctx).Warn().Dur("behind", behind).Msg("clock went further than time has passed here, old jobs are kept longer")
	}
	c.isWarned = behind > purgeFarBehind
	if behind < 0 { // the clock was set back
		return moved.clock, nil
	}
	return moved.to, nil
}

// purgeMove is how the purge's clock was moved.
type purgeMove struct {
	clock, to time.Time     // the database's clock; the purge's
	note      string        // as it is stored now
	at        time.Duration // by purgeClock.steady
}

// move stores how far the clock has come. Without a note it begins with the newest finished job, or
// with the database's clock in a store that has none.
func (c *purgeClock) move(ctx context.Context, tx runner) (purgeMove, error) {
	m := purgeMove{at: c.steady()}
	var err error
	if m.clock, err = c.database(ctx, tx); err != nil {
		return purgeMove{}, err
	}
	found, err := queryRow(ctx, tx, []any{&m.note}, `SELECT value FROM note WHERE name = $1`, notePurge)
	if err != nil {
		return purgeMove{}, err
	}
	if !found {
		if m.to, err = firstPurgeTime(ctx, tx, m.clock); err != nil {
			return purgeMove{}, err
		}
		return m, m.store(ctx, tx)
	}
	var last purgeProgress
	if err := json.Unmarshal([]byte(m.note), &last); err != nil {
		return purgeMove{}, err
	}
	m.to = last.Until
	if m.note != c.note { // somebody else has moved it
		return m, nil
	}
	limit := last.Until.Add(purgeSpeed * (m.at - c.noted))
	if m.clock.Before(limit) {
		limit = m.clock
	}
	if !limit.After(last.Until) {
		return m, nil
	}
	m.to = limit
	return m, m.store(ctx, tx)
}

// store stores the note, unless another process has done so meanwhile.
func (m *purgeMove) store(ctx context.Context, tx runner) error {
	text, err := json.Marshal(purgeProgress{Until: m.to.UTC()})
	if err != nil {
		return err
	}
	changed, err := tx.exec(ctx, `INSERT INTO note (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE note.value = $3`, notePurge, string(text), m.note)
	if changed > 0 {
		m.note = string(text)
	}
	return err
}

func firstPurgeTime(ctx context.Context, tx runner, clock time.Time) (time.Time, error) {
	var newest int64
	_, err := queryRow(ctx, tx, []any{&newest}, `SELECT coalesce(max(finished), 0) FROM command WHERE finished IS NOT NULL`)
	if newest == 0 || newest > clock.UnixMicro() {
		return clock, err
	}
	return time.UnixMicro(newest), err
}
