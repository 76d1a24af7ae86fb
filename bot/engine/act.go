package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Act is what an operator did to a job from the shell.
type Act struct {
	Name     string // retry, cancel or forget; pause or resume, with the kind
	Operator string // the system's user
	Job      string // empty for a pause
	Reason   string // of a pause, as typed
	At       time.Time
}

// IsPause reports whether the act began or ended a pause.
func (a Act) IsPause() bool {
	return strings.HasPrefix(a.Name, actPause) || strings.HasPrefix(a.Name, actResume)
}

// What the names of acts about pauses begin with; the kind follows.
const (
	actPause  = "pause "
	actResume = "resume "
)

// operatorKey is the key of the operator in a context.
type operatorKey struct{}

// WithOperator says who acts: what is done with this context (Retry, Cancel, Forget) is stored as
// an Act, in the same transaction, and told to Config.ReportAct by whichever process runs.
func WithOperator(ctx context.Context, operator string) context.Context {
	return context.WithValue(ctx, operatorKey{}, operator)
}

// recordAct stores an act for which an operator is known.
func recordAct(ctx context.Context, tx runner, d *dialect, act Act) error {
	operator, known := ctx.Value(operatorKey{}).(string)
	if !known {
		return nil
	}
	_, err := tx.exec(ctx, `INSERT INTO act (at, operator, act, command, reason) VALUES (`+d.now+`, $1, $2, $3, $4)`,
		operator, act.Name, act.Job, act.Reason)
	if err != nil {
		return fmt.Errorf("record the act: %w", err)
	}
	return nil
}

// reportActs reports the acts that nobody has reported yet. They are deleted after that, so that a
// crash in between has them reported again.
func (e *Engine) reportActs(ctx context.Context) error {
	if e.config.ReportAct == nil {
		return nil
	}
	return e.store.write(ctx, func(ctx context.Context, tx runner) error {
		var acts []Act
		var entries []*newEntry
		err := tx.query(ctx, func(read scan) error {
			var act Act
			var at int64
			err := read(&at, &act.Operator, &act.Name, &act.Job, &act.Reason)
			act.At = time.UnixMicro(at)
			acts = append(acts, act)
			return err
		}, `DELETE FROM act RETURNING CAST(at AS BIGINT), CAST(operator AS TEXT), CAST(act AS TEXT), CAST(command AS TEXT), CAST(reason AS TEXT)`)
		if err != nil {
			return fmt.Errorf("read the acts: %w", err)
		}
		slices.SortStableFunc(acts, func(a, b Act) int { return a.At.Compare(b.At) })
		for _, act := range acts {
			e.config.ReportAct(ctx, act)
			if e.config.EntryOfAct != nil {
				entries = append(entries, e.newEntry(e.config.EntryOfAct(act)))
			}
		}
		return storeEntries(ctx, tx, e.store.dialect(), entries)
	})
}
