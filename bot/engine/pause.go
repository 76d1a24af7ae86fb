package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A pause holds the jobs of a kind, or all, that have not written anything yet. The pauses in force
// are one note of the store. The transaction of a job's first intention reads it, and keeps it as
// it is until its end; so an intention is on disk before the pause, or sees it. A job that is held
// is in no lane and counts for no bound but its own, until the pause ends.

// EveryKind is the kind of a pause that holds jobs of all kinds.
const EveryKind = "*"

// Pause is a pause that is in force.
type Pause struct {
	Kind   string    `json:"kind"` // of the jobs that it holds; EveryKind for all
	By     string    `json:"by"`   // who asked for it, as people are told
	Reason string    `json:"reason,omitempty"`
	Drop   bool      `json:"drop,omitempty"` // jobs are to be refused rather than held
	At     time.Time `json:"at"`
}

func (p Pause) holds(kind string) bool { return p.Kind == EveryKind || p.Kind == kind }

// PausedError says that a job must not begin to write: a pause holds it.
type PausedError struct{ Pause Pause }

func (e *PausedError) Error() string { return "paused by " + e.Pause.By }

// ErrOvertaken says that a pause, or the end of one, that was asked for later has been carried out
// before.
var ErrOvertaken = errors.New("a later pause or resume has been carried out")

type askedKey struct{}

// AskedAt says when a pause, or the end of one, was asked for, where what was asked may come late
// or out of order. All such times are by one clock.
func AskedAt(ctx context.Context, at time.Time) context.Context {
	return context.WithValue(ctx, askedKey{}, at)
}

// noteNewestAsked is the note of the greatest time that was given to AskedAt, in microseconds since
// 1970.
const noteNewestAsked = "pause-asked"

// noteAsked notes when what is carried out was asked for. The error is ErrOvertaken where that was
// before what was carried out already. The caller keeps other transactions from the pauses.
func noteAsked(ctx context.Context, tx runner, at time.Time) error {
	if at.IsZero() {
		return nil
	}
	var newest string
	_, err := queryRow(ctx, tx, []any{&newest}, `SELECT value FROM note WHERE name = '`+noteNewestAsked+`'`)
	if err != nil {
		return err
	}
	last, _ := strconv.ParseInt(newest, 10, 64) // nothing was asked for before
	if at.UnixMicro() < last {
		return ErrOvertaken
	}
	_, err = tx.exec(ctx, `INSERT INTO note (name, value) VALUES ('`+noteNewestAsked+`', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
		strconv.FormatInt(at.UnixMicro(), 10))
	return err
}

// ErrHeldFull says that no more jobs may be held, of one owner or in all.
var ErrHeldFull = errors.New("too many jobs are held")

// HoldBounds are how many jobs may be held.
type HoldBounds struct{ PerOwner, Total int }

const pausesNote = `SELECT value FROM note WHERE name = 'pauses'`

// Pauses lists the pauses in force, the oldest first.
func (a *jobAdmin) Pauses(ctx context.Context) ([]Pause, error) {
	all, err := readPauses(ctx, a.store, "")
	if err != nil {
		return nil, fmt.Errorf("read the pauses: %w", err)
	}
	return all, nil
}

func readPauses(ctx context.Context, r runner, lock string) (all []Pause, err error) {
	var text string
	found, err := queryRow(ctx, r, []any{&text}, pausesNote+lock)
	if err == nil && found {
		err = json.Unmarshal([]byte(text), &all)
	}
	return all, err
}

// changeLock keeps other transactions from the selected row, where shareLock lets them read it.
func (d *dialect) changeLock() string {
	if d.shareLock == "" {
		return ""
	}
	return ` FOR UPDATE`
}

// lockPauses keeps the pauses as they are until the transaction ends.
func (a *jobAdmin) lockPauses(ctx context.Context, tx runner) error {
	_, err := readPauses(ctx, tx, a.store.dialect().shareLock)
	return err
}

// findPause is the pause that holds jobs of a kind, nil where none does. One that refuses them
// comes first.
func findPause(all []Pause, kind string) *Pause {
	var found *Pause
	for i := range all {
		if all[i].holds(kind) && (found == nil || all[i].Drop && !found.Drop) {
			found = &all[i]
		}
	}
	return found
}

// Pause has no job of a kind begin to write from now on, in no process on the store. It takes the
// place of an earlier pause of the same kind, which it returns; that one's time stays. The error is
// ErrOvertaken as AskedAt says.
func (a *jobAdmin) Pause(ctx context.Context, p Pause) (earlier *Pause, err error) {
	p.At = time.Now().Truncate(time.Millisecond)
	act := Act{Name: actPause + kindText(p.Kind), Reason: p.Reason}
	if p.Drop {
		act.Name += " drop"
	}
	err = a.changePauses(ctx, func(all []Pause) ([]Pause, *Act) {
		changed, kept := slices.Clone(all), p
		earlier = nil
		if i := slices.IndexFunc(changed, func(o Pause) bool { return o.Kind == p.Kind }); i >= 0 {
			earlier = &all[i]
			kept.At, changed = earlier.At, slices.Delete(changed, i, i+1)
		}
		return append(changed, kept), &act
	})
	if err != nil {
		return nil, fmt.Errorf("pause: %w", err)
	}
	if p.Drop {
		_, err = a.freeHeld(ctx)
	}
	return earlier, err
}

// Resume ends the pause of a kind, or all pauses where kind is empty. It returns those that it has
// ended, and is no act where there are none. What they held goes on, in the order in which it came.
func (a *jobAdmin) Resume(ctx context.Context, kind string) (ended []Pause, freed int, err error) {
	err = a.changePauses(ctx, func(all []Pause) ([]Pause, *Act) {
		ended = nil
		left := slices.DeleteFunc(all, func(p Pause) bool {
			ends := kind == "" || p.Kind == kind
			if ends {
				ended = append(ended, p)
			}
			return ends
		})
		if len(ended) == 0 {
			return left, nil
		}
		return left, &Act{Name: NameResume(ended)}
	})
	if err != nil {
		return nil, 0, fmt.Errorf("resume: %w", err)
	}
	freed, err = a.freeHeld(ctx)
	return ended, freed, err
}

// NameResume is the name of the act that ends pauses: with their kinds, or "all" where one of all
// ends.
func NameResume(ended []Pause) string {
	var kinds []string
	for _, p := range ended {
		if p.Kind == EveryKind {
			return actResume + kindText(p.Kind)
		}
		kinds = append(kinds, p.Kind)
	}
	return actResume + strings.Join(kinds, ", ")
}

func kindText(kind string) string {
	if kind == EveryKind || kind == "" {
		return "all"
	}
	return kind
}

// changePauses stores what change makes of the pauses, and the act. Where it gives no act, nothing
// is stored but when it was asked for.
func (a *jobAdmin) changePauses(ctx context.Context, change func([]Pause) (changed []Pause, act *Act)) error {
	asked, _ := ctx.Value(askedKey{}).(time.Time) // a transaction may be run with others, by a context of theirs
	return a.store.write(ctx, func(ctx context.Context, tx runner) error {
		all, err := readPauses(ctx, tx, a.store.dialect().changeLock())
		if err == nil {
			err = noteAsked(ctx, tx, asked)
		}
		if err != nil {
			return err
		}
		changed, act := change(all)
		switch {
		case act == nil:
			return nil
		case changed == nil:
			changed = []Pause{}
		}
		text, err := json.Marshal(changed)
		if err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE note SET value = $1 WHERE name = 'pauses'`, string(text)); err != nil {
			return err
		}
		return recordAct(ctx, tx, a.store.dialect(), *act)
	})
}

// IntendFirst is Intend for the first effect of a job. The error is a *PausedError where a pause
// holds jobs of its Kind, and then nothing is stored.
func (a *Attempt) IntendFirst(ctx context.Context, step string) error {
	return a.intend(ctx, step, func(ctx context.Context, step string, n *int) error {
		return a.write(ctx, func(ctx context.Context, tx runner, _ time.Time) error {
			if err := a.checkPause(ctx, tx); err != nil {
				return err
			}
			if err := a.usePermit(ctx, tx); err != nil {
				return err
			}
			return a.insertIntentionInTx(ctx, tx, step, n)
		})
	})
}

// checkPause is a *PausedError where a pause holds the job. Until the transaction ends, none
// begins.
func (a *Attempt) checkPause(ctx context.Context, tx runner) error {
	all, err := readPauses(ctx, tx, a.engine.store.dialect().shareLock)
	if err != nil {
		return err
	}
	if p := findPause(all, a.Kind); p != nil {
		return &PausedError{*p}
	}
	return nil
}

// Hold notes that a pause holds the job; Handle returns WaitForResume then. From now on the job
// counts among those that are held. The error is ErrHeldFull where there are as many as may be.
func (a *Attempt) Hold(ctx context.Context, most HoldBounds) error {
	err := a.retryDuringOutage(ctx, unlimited, func() error {
		return a.write(ctx, func(ctx context.Context, tx runner, _ time.Time) error { return a.noteHeld(ctx, tx, most) })
	})
	if err != nil {
		return fmt.Errorf("hold the job: %w", err)
	}
	return nil
}

func (a *Attempt) noteHeld(ctx context.Context, tx runner, most HoldBounds) error {
	all, err := readPauses(ctx, tx, a.engine.store.dialect().changeLock())
	if err != nil || findPause(all, a.Kind) == nil { // it goes on at once
		return err
	}
	var own, total int
	_, err = queryRow(ctx, tx, []any{&own, &total}, `SELECT coalesce(sum(CASE WHEN o.owner = c.owner AND c.owner <> '' THEN 1 ELSE 0 END), 0), count(o.id)
		FROM command c LEFT JOIN command o ON o.held <> '' AND o.finished IS NULL AND o.id <> c.id WHERE c.id = $1`, a.ID)
	switch {
	case err != nil:
		return err
	case own >= most.PerOwner || total >= most.Total:
		return ErrHeldFull
	}
	_, err = tx.exec(ctx, `UPDATE command SET held = $1 WHERE id = $2`, a.Kind, a.ID)
	return err
}

// holdInTx takes a held job out of its lane, and reports whether the next one of that is ready, or
// this one again.
func (e *Engine) holdInTx(ctx context.Context, tx runner, a *Attempt) (ready bool, err error) {
	n, err := tx.exec(ctx, `UPDATE river_job SET state = 'pending' WHERE id = $1
		AND EXISTS (SELECT 1 FROM command WHERE id = $2 AND held <> '' AND state = 'open')`, a.delivery.queueID, a.ID)
	if err != nil {
		return false, err
	}
	if _, err := tx.exec(ctx, `UPDATE command SET failing_since = 0 WHERE id = $1 AND failing_since > 0`, a.ID); err != nil {
		return false, err
	}
	next, err := e.releaseNext(ctx, tx, a.Conversation, a.lane)
	return n == 0 || next, err
}

// freeBatch is how many jobs one transaction frees.
const freeBatch = 200

// freeHeld frees the jobs that no pause holds any more, the oldest first.
func (a *jobAdmin) freeHeld(ctx context.Context) (freed int, err error) {
	for {
		n := 0
		err := a.store.write(ctx, func(ctx context.Context, tx runner) (err error) {
			n, err = a.freeHeldInTx(ctx, tx)
			return err
		})
		freed += n
		if n > 0 && a.notify != nil {
			a.notify()
		}
		if err != nil {
			return freed, fmt.Errorf("free what was held: %w", err)
		}
		if n < freeBatch {
			return freed, nil
		}
	}
}

// freeLeftHeld frees what the process that has ended a pause has not come to.
func (e *Engine) freeLeftHeld(ctx context.Context) error {
	all, err := e.Pauses(ctx)
	if err != nil {
		return err
	}
	jobs, err := listFreed(ctx, e.store, all)
	if err == nil && len(jobs) > 0 {
		_, err = e.freeHeld(ctx)
	}
	return err
}

// heldJob is a job that is held.
type heldJob struct {
	id, conversation string
	queueID          int64
	lane             Lane
}

func (a *jobAdmin) freeHeldInTx(ctx context.Context, tx runner) (freed int, err error) {
	all, err := readPauses(ctx, tx, a.store.dialect().changeLock())
	if err != nil {
		return 0, err
	}
	jobs, err := listFreed(ctx, tx, all)
	if err != nil || len(jobs) == 0 {
		return 0, err
	}
	var names, ids, alone, lanes [][]any
	for _, job := range jobs {
		names, ids = append(names, []any{job.conversation}), append(ids, []any{job.id})
		if job.conversation == "" || job.lane == NoLane {
			alone = append(alone, []any{job.queueID})
		} else {
			lanes = append(lanes, []any{job.conversation, int(job.lane)})
		}
	}
	if err := a.lockConversations(ctx, tx, sortedTexts(names)...); err != nil {
		return 0, err
	}
	if err := tx.execMany(ctx, nil, `UPDATE command SET held = '' WHERE id = $1`, ids); err != nil {
		return 0, err
	}
	ready := `UPDATE river_job SET state = 'available', scheduled_at = ` + a.store.dialect().stamp + ` WHERE state = 'pending' AND id = `
	if err := tx.execMany(ctx, nil, ready+`$1`, alone); err != nil {
		return 0, err
	}
	return len(jobs), tx.execMany(ctx, nil, ready+firstOfLane, lanes)
}

func sortedTexts(rows [][]any) (texts []string) {
	for _, row := range rows {
		texts = append(texts, row[0].(string))
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// listFreed lists jobs that are held without a pause that does so. One that refuses jobs holds
// none.
func listFreed(ctx context.Context, tx runner, pauses []Pause) (jobs []heldJob, err error) {
	var kinds []string
	err = tx.query(ctx, func(read scan) error {
		var kind string
		err := read(&kind)
		if p := findPause(pauses, kind); p == nil || p.Drop {
			kinds = append(kinds, kind)
		}
		return err
	}, `SELECT DISTINCT held FROM command WHERE held <> '' AND held <> '`+heldForAnswer+`' AND finished IS NULL`)
	if err != nil {
		return nil, err
	}
	for _, kind := range kinds {
		err := tx.query(ctx, func(read scan) error {
			var job heldJob
			err := read(&job.id, &job.conversation, &job.queueID, &job.lane)
			jobs = append(jobs, job)
			return err
		}, `SELECT id, conversation, job, lane FROM command WHERE held = $1 AND held <> '' AND finished IS NULL ORDER BY job LIMIT $2`, kind, freeBatch)
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(jobs, func(x, y heldJob) int { return int(x.queueID - y.queueID) })
	return jobs[:min(len(jobs), freeBatch)], nil
}
