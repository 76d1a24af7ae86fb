package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// PermitRequest is what somebody asks to be let do.
type PermitRequest struct {
	Owner, Key   string
	Text, Detail any
	// Most is how many permits of the owner may wait for a decision.
	Most int
	// Entry is the entry about the request, of the permit with its number and how often it was asked
	// for.
	Entry func(Permit) RecordEntry
}

// AskPermit stores that somebody asks for a permit, once however often the job comes back. Where
// the same is asked for already, it is added to that, and first is false. The error is ErrHeldFull
// where as many wait for a decision as may.
func (a *Attempt) AskPermit(ctx context.Context, r PermitRequest) (p Permit, first bool, err error) {
	text, err := json.Marshal(r.Text)
	if err != nil {
		return Permit{}, false, err
	}
	detail, err := json.Marshal(r.Detail)
	if err != nil {
		return Permit{}, false, err
	}
	admin := &a.engine.jobAdmin
	err = a.retryDuringOutage(ctx, unlimited, func() error {
		return admin.changePermits(ctx, func(ctx context.Context, tx runner, now time.Time) (err error) {
			p, first, err = admin.askPermitInTx(ctx, tx, r, a.ID, string(text), string(detail), now)
			return err
		})
	})
	if err != nil {
		return Permit{}, false, fmt.Errorf("ask for a permit: %w", err)
	}
	return p, first, nil
}

func (a *jobAdmin) askPermitInTx(
	ctx context.Context, tx runner, r PermitRequest, job, text, detail string, now time.Time,
) (p Permit, first bool, err error) {
	if p, first, found, err := permitAskedBy(ctx, tx, job); err != nil || found {
		return p, first, err // of an earlier attempt
	}
	p, found, err := findPermit(ctx, tx, `owner = $1 AND key = $2 AND state = 'asked'`, r.Owner, r.Key)
	switch {
	case err != nil:
		return Permit{}, false, err
	case found:
		_, err = tx.exec(ctx, `UPDATE permit SET times = times + 1, command = $1, detail = $2 WHERE n = $3`, job, detail, p.N)
		p.Times++
	default:
		var open, last int64
		if _, err := queryRow(ctx, tx, []any{&open}, `SELECT count(*) FROM permit WHERE owner = $1 AND state = 'asked'`, r.Owner); err != nil {
			return Permit{}, false, err
		}
		if open >= int64(r.Most) {
			return Permit{}, false, ErrHeldFull
		}
		if _, err := queryRow(ctx, tx, []any{&last}, `SELECT coalesce(max(n), 0) FROM permit`); err != nil {
			return Permit{}, false, err
		}
		p = Permit{N: last + 1, Owner: r.Owner, Key: r.Key, Text: json.RawMessage(text), Asked: now, Times: 1, State: PermitAsked}
		_, err = tx.exec(ctx, `INSERT INTO permit (n, owner, key, text, detail, asked, state, command) VALUES ($1, $2, $3, $4, $5, $6, 'asked', $7)`,
			p.N, p.Owner, p.Key, text, detail, now.UnixMicro(), job)
	}
	if err != nil {
		return Permit{}, false, err
	}
	p.Detail = json.RawMessage(detail)
	if err := storePermitAsked(ctx, tx, job, askedPermit{p.N, !found}); err != nil {
		return Permit{}, false, err
	}
	return p, !found, a.storePermitEntry(ctx, tx, r.Entry(p))
}

// AskedPermit is the permit that the job has asked for in an earlier attempt, which may have ended
// before it had the result.
func (a *Attempt) AskedPermit(ctx context.Context) (p Permit, first, found bool, err error) {
	if p, first, found, err = permitAskedBy(ctx, a.engine.store, a.ID); err != nil {
		err = fmt.Errorf("read which permit was asked for: %w", err)
	}
	return p, first, found, err
}

// permitAskedBy is the permit that a job has asked for.
func permitAskedBy(ctx context.Context, tx runner, job string) (p Permit, first, found bool, err error) {
	var stored string
	found, err = queryRow(ctx, tx, []any{&stored}, `SELECT result FROM step WHERE command = $1 AND step = $2`, job, stepPermitAsked)
	if err != nil || !found {
		return Permit{}, false, false, err
	}
	var asked askedPermit
	if err := json.Unmarshal([]byte(stored), &asked); err != nil {
		return Permit{}, false, false, err
	}
	p, found, err = findPermit(ctx, tx, `n = $1`, asked.N)
	return p, asked.First, found, err
}

func storePermitAsked(ctx context.Context, tx runner, job string, asked askedPermit) error {
	text, err := json.Marshal(asked)
	if err == nil {
		_, err = tx.exec(ctx, `INSERT INTO step (command, step, result) VALUES ($1, $2, $3)`, job, stepPermitAsked, string(text))
	}
	return err
}

// SetPermitCards keeps what was shown to those who may decide about a permit, as its Cards, and
// returns the permit as it is by then.
func (e *Engine) SetPermitCards(ctx context.Context, n int64, cards any) (Permit, error) {
	text, err := json.Marshal(cards)
	if err != nil {
		return Permit{}, err
	}
	if err := e.store.writeStatement(ctx, nil, `UPDATE permit SET cards = $1 WHERE n = $2`, string(text), n); err != nil {
		return Permit{}, fmt.Errorf("keep the cards of a permit: %w", err)
	}
	p, found, err := e.Permit(ctx, n)
	if err == nil && !found {
		err = ErrUnknown
	}
	return p, err
}

// ReplacePermitCards is SetPermitCards for a permit that is still asked for, unless somebody else
// has replaced its cards since it was read. It reports whether they are replaced.
func (e *Engine) ReplacePermitCards(ctx context.Context, p Permit, cards any) (replaced bool, err error) {
	text, err := json.Marshal(cards)
	if err != nil {
		return false, err
	}
	err = e.changePermits(ctx, func(ctx context.Context, tx runner, _ time.Time) error {
		n, err := tx.exec(ctx, `UPDATE permit SET cards = $1 WHERE n = $2 AND state = 'asked' AND cards = $3`, string(text), p.N, string(p.Cards))
		replaced = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("replace the cards of a permit: %w", err)
	}
	return replaced, nil
}
