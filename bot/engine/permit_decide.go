package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// PermitDecision is what somebody decides about a permit: it is granted for a time, or refused.
type PermitDecision struct {
	Decider string
	Click   string        // the job that decides: it may come back
	For     time.Duration // 0: it is refused
	Once    bool
	// Entry is the entry about the decision, of the permit as it is then.
	Entry func(Permit) RecordEntry
}

// DecidePermit decides about a permit, unless somebody has: the first decision counts. It returns
// the permit, and whether this decision counts. The error is ErrUnknown where there is no such
// permit.
func (a *jobAdmin) DecidePermit(ctx context.Context, n int64, d PermitDecision) (p Permit, first bool, err error) {
	err = a.changePermits(ctx, func(ctx context.Context, tx runner, now time.Time) error {
		stored, found, err := findPermit(ctx, tx, `n = $1`, n)
		if err != nil {
			return err
		}
		p = stored
		switch first = found && p.State == PermitAsked; {
		case !found:
			return ErrUnknown
		case !first:
			first, err = hasDecided(ctx, tx, n, d.Click)
			return err
		}
		p.State, p.Decided, p.Decider, p.Once = PermitRefused, now, d.Decider, d.Once
		var until int64
		if d.For > 0 {
			p.State, p.Until = PermitGranted, now.Add(d.For)
			until = p.Until.UnixMicro()
		}
		return a.storeDecision(ctx, tx, p, until, d)
	})
	if err != nil {
		return Permit{}, false, fmt.Errorf("decide about a permit: %w", err)
	}
	return p, first, nil
}

// hasDecided reports whether the decision about a permit is that of this click.
func hasDecided(ctx context.Context, tx runner, n int64, click string) (has bool, err error) {
	var last string
	if _, err := queryRow(ctx, tx, []any{&last}, `SELECT command FROM permit WHERE n = $1`, n); err != nil || last == click {
		return err == nil, err
	}
	var of string
	_, err = queryRow(ctx, tx, []any{&of}, `SELECT result FROM step WHERE command = $1 AND step = $2`, click, stepPermitDecided)
	return of == fmt.Sprint(n), err
}

func (a *jobAdmin) storeDecision(ctx context.Context, tx runner, p Permit, until int64, d PermitDecision) error {
	once := 0
	if p.Once {
		once = 1
	}
	_, err := tx.exec(ctx, `UPDATE permit SET state = $1, decided = $2, decider = $3, until = $4, once = $5, command = $6 WHERE n = $7`,
		string(p.State), p.Decided.UnixMicro(), p.Decider, until, once, d.Click, p.N)
	if err == nil { // unless it is no job's
		_, err = tx.exec(ctx, `INSERT INTO step (command, step, result) SELECT id, $1, $2 FROM command WHERE id = $3 ON CONFLICT (command, step) DO NOTHING`,
			stepPermitDecided, fmt.Sprint(p.N), d.Click)
	}
	if err != nil {
		return err
	}
	return a.storePermitEntry(ctx, tx, d.Entry(p))
}

// ErasePermitDetail erases what nobody needs any more once it was told what was decided.
func (e *Engine) ErasePermitDetail(ctx context.Context, n int64) error {
	if err := e.store.writeStatement(ctx, nil, `UPDATE permit SET detail = 'null' WHERE n = $1`, n); err != nil {
		return fmt.Errorf("erase what a permit says: %w", err)
	}
	return nil
}

// RevokePermit ends a permit that is good. It reports false where it is not, unless the job has
// ended it: that may come back. job is empty for who is none. Where the context says that an
// operator does it (WithOperator), TakeRevokedPermits returns the permit once.
func (a *jobAdmin) RevokePermit(
	ctx context.Context, n int64, job string, entry func(Permit) RecordEntry,
) (p Permit, revoked bool, err error) {
	err = a.changePermits(ctx, func(ctx context.Context, tx runner, _ time.Time) (err error) {
		p, revoked, err = findPermit(ctx, tx, `n = $1 AND `+a.goodPermit(), n)
		switch {
		case err != nil:
			return err
		case !revoked && job != "":
			p, revoked, err = findPermit(ctx, tx, `n = $1 AND state = 'revoked' AND command = $2`, n, job)
			return err
		case !revoked:
			return nil
		}
		p.State = PermitRevoked
		if _, err := tx.exec(ctx, `UPDATE permit SET state = 'revoked', detail = 'null', command = $1 WHERE n = $2`, job, n); err != nil {
			return err
		}
		if err := untoldRevocation(ctx, tx, n); err != nil {
			return err
		}
		return a.storePermitEntry(ctx, tx, entry(p))
	})
	if err != nil {
		return Permit{}, false, fmt.Errorf("revoke a permit: %w", err)
	}
	return p, revoked, nil
}

// untoldMark is what a permit has in told while nobody was told that an operator has revoked it:
// its detail is the operator's name.
const untoldMark = `-1`

func untoldRevocation(ctx context.Context, tx runner, n int64) error {
	operator, known := ctx.Value(operatorKey{}).(string)
	if !known {
		return nil
	}
	name, err := json.Marshal(operator)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE permit SET told = `+untoldMark+`, detail = $1 WHERE n = $2`, string(name), n)
	return err
}

// TakeRevokedPermits returns the permits that operators have revoked, by the operator's name, each
// once over all processes.
func (e *Engine) TakeRevokedPermits(ctx context.Context) (revoked []Permit, operators []string, err error) {
	const due = `state = 'revoked' AND told = ` + untoldMark
	if all, err := listPermits(ctx, e.store, due); err != nil || len(all) == 0 {
		return nil, nil, err
	}
	err = e.changePermits(ctx, func(ctx context.Context, tx runner, _ time.Time) (err error) {
		operators = nil
		if revoked, err = listPermits(ctx, tx, due); err != nil {
			return err
		}
		for _, p := range revoked {
			var operator string
			if err := json.Unmarshal(p.Detail, &operator); err != nil {
				return err
			}
			operators = append(operators, operator)
		}
		_, err = tx.exec(ctx, `UPDATE permit SET told = 1, detail = 'null' WHERE `+due)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list the permits that operators have revoked: %w", err)
	}
	return revoked, operators, nil
}

// ExpirePermits notes of permits whose time has passed that they have expired, and returns them.
func (e *Engine) ExpirePermits(ctx context.Context, entry func(Permit) RecordEntry) (expired []Permit, err error) {
	due := `state = 'granted' AND until <= ` + e.store.dialect().now
	if all, err := listPermits(ctx, e.store, due); err != nil || len(all) == 0 {
		return nil, err
	}
	err = e.changePermits(ctx, func(ctx context.Context, tx runner, _ time.Time) (err error) {
		if expired, err = listPermits(ctx, tx, due); err != nil {
			return err
		}
		for i := range expired {
			expired[i].State = PermitExpired
			if _, err := tx.exec(ctx, `UPDATE permit SET state = 'expired', detail = 'null' WHERE n = $1`, expired[i].N); err != nil {
				return err
			}
			if err := e.storePermitEntry(ctx, tx, entry(expired[i])); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("end permits whose time has passed: %w", err)
	}
	return expired, nil
}

// TakeEndingPermits returns the permits that end within a time and were good for longer, each once
// over all processes.
func (e *Engine) TakeEndingPermits(ctx context.Context, within time.Duration) (ending []Permit, err error) {
	due := e.goodPermit() + ` AND told = 0 AND once = 0 AND until - decided > $1 AND until <= ` + e.store.dialect().now + ` + $2`
	args := []any{2 * within.Microseconds(), within.Microseconds()}
	if all, err := listPermits(ctx, e.store, due, args...); err != nil || len(all) == 0 {
		return nil, err
	}
	err = e.changePermits(ctx, func(ctx context.Context, tx runner, _ time.Time) (err error) {
		if ending, err = listPermits(ctx, tx, due, args...); err != nil {
			return err
		}
		for _, p := range ending {
			if _, err := tx.exec(ctx, `UPDATE permit SET told = 1 WHERE n = $1`, p.N); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list permits that end: %w", err)
	}
	return ending, nil
}

// permitMark begins the names of permits among those of what jobs say.
const permitMark = "permit\n"

// addPermits adds the details of permits to what is said, under names of their own.
func addPermits(ctx context.Context, r runner, all map[string]Said) error {
	permits, err := listPermits(ctx, r, `detail <> 'null'`)
	for _, p := range permits {
		all[fmt.Sprintf("%s%d", permitMark, p.N)] = Said{Payload: p.Detail}
	}
	if err != nil {
		return fmt.Errorf("read permits: %w", err)
	}
	return nil
}
