package engine

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/riverqueue/river"
)

// ErrUnknown says that there is no command with this id, or none any more.
var ErrUnknown = errors.New("no such command")

// ErrCancelled is the cause of the failure of a command that an operator has cancelled.
var ErrCancelled = errors.New("cancelled by an operator")

// State is where a command is on its way.
type State string

// The states.
const (
	Waiting   State = "waiting"   // for an earlier command of its conversation
	Ready     State = "ready"     // for a worker, or for the end of its pause
	Running   State = "running"   // being carried out
	Reporting State = "reporting" // failed, and about to be reported to the user
	Done      State = "done"
	Failed    State = "failed"
)

// Summary is a command as operators see it, without its content.
type Summary struct {
	ID           string    `json:"id"`
	Conversation string    `json:"conversation,omitempty"`
	State        State     `json:"state"`
	Attempts     int       `json:"attempts"` // failed ones, and the one that is running; of this series
	Series       int       `json:"series"`   // 1, and one more for each Retry
	Received     time.Time `json:"received"`
	Finished     time.Time `json:"finished,omitzero"`
	Replica      string    `json:"replica,omitempty"`   // which carries it out, or did last
	LastError    string    `json:"lastError,omitempty"` // without what looks like a secret
}

// Filter selects commands; the zero value selects all.
type Filter struct {
	State        State
	Conversation string
	Limit        int // the newest; default 100
}

// ledger is the books of a store: it can be read and corrected by any process.
type ledger struct {
	store store
	queue queue
}

// List returns commands, the newest first.
func (l *ledger) List(ctx context.Context, f Filter) ([]Summary, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	condition, ok := conditions()[f.State]
	if !ok {
		return nil, fmt.Errorf("list commands: no state %q", f.State)
	}
	all, err := l.summaries(ctx, condition+` AND ($1 = '' OR c.conversation = $1) ORDER BY c.received DESC, c.job DESC LIMIT $2`,
		f.Conversation, f.Limit)
	if err != nil {
		return nil, fmt.Errorf("list commands: %w", err)
	}
	return all, nil
}

func conditions() map[State]string {
	return map[State]string{
		"":        `TRUE`,
		Waiting:   `c.state = 'open' AND j.state = 'pending'`,
		Ready:     `c.state = 'open' AND j.state NOT IN ('pending', 'running')`,
		Running:   `c.state = 'open' AND j.state = 'running'`,
		Reporting: `c.state = 'failing'`,
		Done:      `c.state = 'done'`,
		Failed:    `c.state = 'failed'`,
	}
}

func (l *ledger) summaries(ctx context.Context, condition string, args ...any) (all []Summary, err error) {
	d := l.store.dialect()
	err = l.store.query(ctx, func(read scan) error {
		s, err := summary(read)
		all = append(all, s)
		return err
	}, `SELECT c.id, c.conversation, c.state, coalesce(CAST(j.state AS TEXT), ''), `+d.failures+`, c.retries, c.received,
		coalesce(c.finished, 0), `+d.holder+`, c.cause, `+d.lastError+`
		FROM command c LEFT JOIN river_job j ON j.id = c.job WHERE `+condition, args...)
	return all, err
}

func summary(read scan) (Summary, error) {
	var s Summary
	var state, job, cause, last string
	var received, finished int64
	err := read(&s.ID, &s.Conversation, &state, &job, &s.Attempts, &s.Series, &received, &finished, &s.Replica, &cause, &last)
	if err != nil {
		return Summary{}, err
	}
	s.Series++
	s.Received = time.UnixMicro(received)
	if finished > 0 {
		s.Finished = time.UnixMicro(finished)
	}
	switch {
	case state == stateDone, state == stateFailed:
		s.State = State(state)
	case state == stateFailing:
		s.State = Reporting
	case job == "pending":
		s.State = Waiting
	case job == "running":
		s.State = Running
		s.Attempts++
	default:
		s.State = Ready
	}
	if cause == "" {
		cause = last
	}
	s.LastError = withoutSecrets(cause)
	return s, nil
}

var (
	webToken = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]*`)
	password = regexp.MustCompile(`//[^/\s@]+:[^/\s@]+@`) // in an address, with the name before it
)

// withoutSecrets is the last resort: errors are not made with secrets in them.
func withoutSecrets(text string) string {
	const longest = 500
	text = webToken.ReplaceAllString(text, "[redacted]")
	text = password.ReplaceAllString(text, "//[redacted]@")
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return text
}

// Detail is a command with what it has done so far.
type Detail struct {
	Summary
	Steps []Step `json:"steps,omitempty"`
}

// Step is what is known of one step of a command.
type Step struct {
	Name     string `json:"name"`
	Intended int    `json:"intended,omitempty"` // how often its effect was announced
	Done     bool   `json:"done"`               // its result is stored
}

// Show returns one command; ErrUnknown when there is none.
func (l *ledger) Show(ctx context.Context, id string) (Detail, error) {
	found, err := l.summaries(ctx, `c.id = $1`, id)
	if err == nil && len(found) == 0 {
		err = ErrUnknown
	}
	if err != nil {
		return Detail{}, fmt.Errorf("show command %s: %w", id, err)
	}
	d := Detail{Summary: found[0]}
	err = l.store.query(ctx, func(read scan) error {
		var s Step
		err := read(&s.Name, &s.Intended, &s.Done)
		d.Steps = append(d.Steps, s)
		return err
	}, `SELECT step, sum(intended), sum(done) > 0 FROM (
			SELECT step, 0 AS intended, 1 AS done FROM step WHERE command = $1
			UNION ALL SELECT step, 1, 0 FROM intent WHERE command = $1) AS both_tables GROUP BY step ORDER BY step`, id)
	if err != nil {
		return Detail{}, fmt.Errorf("show command %s: %w", id, err)
	}
	return d, nil
}

// Retry lets a failed command run again, in a fresh series of attempts and behind the unfinished commands of its conversation. What
// its steps have stored stays, so no effect happens twice.
func (l *ledger) Retry(ctx context.Context, id string) error {
	err := l.store.write(ctx, func(ctx context.Context, tx runner) error { return l.retry(ctx, tx, id) })
	if err != nil {
		return fmt.Errorf("retry command: %w", err)
	}
	l.queue.ring()
	return nil
}

func (l *ledger) retry(ctx context.Context, tx runner, id string) error {
	conversation, err := l.lockCommand(ctx, tx, id)
	if err != nil {
		return err
	}
	var before int
	if _, err := one(ctx, tx, []any{&before}, `SELECT n FROM (SELECT CAST($1 AS TEXT) AS id, CAST($2 AS TEXT) AS conversation, `+
		unfinishedBefore+` AS n) AS found`, id, conversation); err != nil {
		return err
	}
	jobs, err := l.queue.insert(ctx, tx, []river.InsertManyParams{{
		Args: task{Command: id}, InsertOpts: &river.InsertOpts{Pending: before > 0 && conversation != ""},
	}})
	if err != nil {
		return err
	}
	n, err := tx.exec(ctx, `UPDATE command SET state = $1, job = $2, retries = retries + 1, failing = 0, cause = '', finished = NULL
		WHERE id = $3 AND state = 'failed'`, stateOpen, jobs[0], id)
	if err == nil && n == 0 {
		err = errors.New("it has not failed")
	}
	return err
}

// Cancel ends a command that is not finished: what it does at the moment is interrupted, what it has done stays, and the user is told
// by Config.Failed. One that waits for its turn ends when its turn comes.
func (l *ledger) Cancel(ctx context.Context, id string) error {
	err := l.store.write(ctx, func(ctx context.Context, tx runner) error { return l.cancel(ctx, tx, id) })
	if err != nil {
		return fmt.Errorf("cancel command: %w", err)
	}
	l.queue.ring()
	return nil
}

func (l *ledger) cancel(ctx context.Context, tx runner, id string) error {
	if _, err := l.lockCommand(ctx, tx, id); err != nil {
		return err
	}
	// What the queue has counted at the next hand-out: a running one takes its own back.
	n, err := tx.exec(ctx, `UPDATE command SET state = $1, cause = $2, failing =
			(SELECT CASE WHEN j.state = 'running' THEN j.attempt ELSE j.attempt + 1 END FROM river_job j WHERE j.id = command.job)
		WHERE id = $3 AND state = 'open'`, stateFailing, ErrCancelled.Error(), id)
	if err == nil && n == 0 {
		err = errors.New("it has ended already")
	}
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE river_job SET state = 'available', scheduled_at = created_at
		WHERE id = (SELECT job FROM command WHERE id = $1) AND state IN ('available', 'scheduled', 'retryable')`, id)
	return err
}

// lockCommand keeps others from the conversation of a command.
func (l *ledger) lockCommand(ctx context.Context, tx runner, id string) (conversation string, err error) {
	found, err := one(ctx, tx, []any{&conversation}, `SELECT conversation FROM command WHERE id = $1`, id)
	if err != nil {
		return "", err
	}
	if !found {
		return "", ErrUnknown
	}
	return conversation, l.lockConversations(ctx, tx, conversation)
}
