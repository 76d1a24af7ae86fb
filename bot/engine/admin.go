package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// ErrUnknown says that there is no job with this id, or none any more.
var ErrUnknown = errors.New("no such job")

// ErrCancelled is the cause of the failure of a job that an operator has cancelled.
var ErrCancelled = errors.New(causeCancelled)

// ErrStopped is the cause of the failure of a job that was stopped by whoever asked for it.
var ErrStopped = errors.New(causeStopped)

// ErrEnded says that there is nothing to end any more.
var ErrEnded = errors.New("it has ended already")

// JobState says how far a job is.
type JobState string

// The states.
const (
	Waiting   JobState = "waiting"   // for an earlier job of its conversation
	Ready     JobState = "ready"     // for a worker, or for the end of its pause
	Held      JobState = "held"      // until the end of a pause, or an answer
	Running   JobState = "running"   // an attempt is under way
	Reporting JobState = "reporting" // failed, and about to be reported to the user
	Done      JobState = "done"
	Failed    JobState = "failed"
)

// Summary is a job as operators see it, without its content.
type Summary struct {
	ID           string    `json:"id"`
	Conversation string    `json:"conversation,omitempty"`
	State        JobState  `json:"state"`
	Attempts     int       `json:"attempts"` // failed ones, and the one that is running; of this series
	Series       int       `json:"series"`   // 1, and one more for each Retry
	Journal      int       `json:"journal"`  // newest version of the journal that has worked on it
	Received     time.Time `json:"received"`
	Finished     time.Time `json:"finished,omitzero"`
	Replica      string    `json:"replica,omitempty"`   // of the last attempt
	LastError    string    `json:"lastError,omitempty"` // without what looks like a secret; of a done job soon gone

	erased []Step // of a done job, whose results were erased
	held   string // as in the store
}

// PausedKind is the kind of a job that waits for the end of a pause; empty of others.
func (s Summary) PausedKind() string {
	if s.held == heldForAnswer || !s.Finished.IsZero() {
		return ""
	}
	return s.held
}

// Filter selects jobs; the zero value selects all.
type Filter struct {
	State        JobState
	Conversation string
	Owner        string    // see Job; of a done job it is not known any more
	Since        time.Time // by Summary.Received
	Limit        int       // the newest; default 100
}

// jobAdmin lists and changes the jobs of a store; any process may do so.
type jobAdmin struct {
	store  store
	queue  queue
	notify func() // called when a job may be ready; nil where the process works on none
}

// List returns jobs, the newest first.
func (a *jobAdmin) List(ctx context.Context, f Filter) ([]Summary, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	condition, ok := stateConditions()[f.State]
	if !ok {
		return nil, fmt.Errorf("list jobs: no state %q", f.State)
	}
	since := int64(0)
	if !f.Since.IsZero() {
		since = f.Since.UnixMicro()
	}
	all, err := summariesWhere(ctx, a.store, a.store.dialect(), condition+` AND ($1 = '' OR c.conversation = $1)
		AND ($2 = '' OR c.owner = $2) AND c.received >= $3 ORDER BY c.received DESC, c.job DESC LIMIT $4`,
		f.Conversation, f.Owner, since, f.Limit)
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	return all, nil
}

func stateConditions() map[JobState]string {
	return map[JobState]string{
		"":        `TRUE`,
		Waiting:   `c.state = 'open' AND j.state = 'pending' AND c.held = ''`,
		Ready:     `c.state = 'open' AND j.state NOT IN ('pending', 'running')`,
		Held:      `c.state = 'open' AND j.state = 'pending' AND c.held <> ''`,
		Running:   `c.state = 'open' AND j.state = 'running'`,
		Reporting: `c.state = 'failing'`,
		Done:      `c.state = 'done'`,
		Failed:    `c.state = 'failed'`,
	}
}

func summariesWhere(ctx context.Context, r runner, d *dialect, condition string, args ...any) (all []Summary, err error) {
	err = r.query(ctx, func(read scan) error {
		s, err := readSummary(read)
		all = append(all, s)
		return err
	}, `SELECT c.id, c.conversation, c.state, coalesce(CAST(j.state AS TEXT), ''), `+d.failures+`, c.retries, c.journal, c.received,
		coalesce(c.finished, 0), `+d.lastReplica+`, c.cause, `+d.lastError+`, c.record, c.held
		FROM command c LEFT JOIN river_job j ON j.id = c.job WHERE `+condition, args...)
	return all, err
}

func readSummary(read scan) (Summary, error) {
	var s Summary
	var state, queueState, cause, lastError, erased string
	var received, finished int64
	err := read(&s.ID, &s.Conversation, &state, &queueState, &s.Attempts, &s.Series, &s.Journal, &received, &finished,
		&s.Replica, &cause, &lastError, &erased, &s.held)
	if err == nil && erased != "" {
		err = s.readRecord(erased)
	}
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
		s.State = JobState(state)
	case state == stateFailing:
		s.State = Reporting
	case queueState == "pending" && s.held != "":
		s.State = Held
	case queueState == "pending":
		s.State = Waiting
	case queueState == "running":
		s.State = Running
		s.Attempts++
	default:
		s.State = Ready
	}
	if cause == "" {
		cause = lastError
	}
	s.LastError = redactSecrets(cause)
	return s, nil
}

var (
	webToken = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]*`)
	password = regexp.MustCompile(`//[^/\s@]+:[^/\s@]+@`) // in an address, with the name before it
)

// redactSecrets is the last resort: errors are not made with secrets in them.
func redactSecrets(text string) string {
	const longest = 500
	text = webToken.ReplaceAllString(text, "[redacted]")
	text = password.ReplaceAllString(text, "//[redacted]@")
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return text
}

// readRecord takes what is left of a done job from its record; the queue forgets it sooner.
func (s *Summary) readRecord(text string) error {
	var r record
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return fmt.Errorf("record of job %s: %w", s.ID, err)
	}
	s.Attempts, s.Replica = r.Attempts, r.Replica
	for _, name := range slices.Sorted(maps.Keys(r.Steps)) {
		s.erased = append(s.erased, Step{Name: name, Intended: r.Steps[name][0], Done: r.Steps[name][1] > 0})
	}
	return nil
}

// Detail is a job with its steps so far.
type Detail struct {
	Summary
	Steps []Step `json:"steps,omitempty"`
}

// Step is what is known of one step of a job.
type Step struct {
	Name     string `json:"name"`
	Intended int    `json:"intended,omitempty"` // how many intentions are stored
	Done     bool   `json:"done"`               // its result is stored
}

// Show returns one job; ErrUnknown when there is none.
func (a *jobAdmin) Show(ctx context.Context, id string) (Detail, error) {
	found, err := summariesWhere(ctx, a.store, a.store.dialect(), `c.id = $1`, id)
	if err == nil && len(found) == 0 {
		err = ErrUnknown
	}
	if err != nil {
		return Detail{}, fmt.Errorf("show job %s: %w", id, err)
	}
	d := Detail{Summary: found[0], Steps: found[0].erased}
	if d.Steps != nil {
		return d, nil
	}
	if d.Steps, err = readSteps(ctx, a.store, id); err != nil {
		return Detail{}, fmt.Errorf("show job %s: %w", id, err)
	}
	return d, nil
}

// readSteps reads the steps of a job that is not erased.
func readSteps(ctx context.Context, r runner, id string) (steps []Step, err error) {
	err = r.query(ctx, func(read scan) error {
		var s Step
		err := read(&s.Name, &s.Intended, &s.Done)
		steps = append(steps, s)
		return err
	}, `SELECT step, sum(intended), sum(done) > 0 FROM (
			SELECT step, 0 AS intended, 1 AS done FROM step WHERE command = $1 AND step <> '`+payloadStep+`'
			UNION ALL SELECT step, 1, 0 FROM intent WHERE command = $1) AS both_tables GROUP BY step ORDER BY step`, id)
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	return steps, nil
}

// Retry lets a failed job run again, in a fresh series of attempts and behind the unfinished jobs
// of its conversation, unless whoever asked for it has stopped it. What its steps have stored
// stays, so no effect happens twice.
func (a *jobAdmin) Retry(ctx context.Context, id string) error {
	return a.change(ctx, "retry", id, a.retryInTx)
}

// Cancel ends a job that is not finished: its running attempt is interrupted, what its steps have
// stored stays, and Config.ReportFailure tells the user. A job that waits for its turn ends when
// its turn comes.
func (a *jobAdmin) Cancel(ctx context.Context, id string) error {
	return a.change(ctx, "cancel", id, a.cancelInTx)
}

func (a *jobAdmin) change(ctx context.Context, verb, id string, change func(ctx context.Context, tx runner, id string) error) error {
	err := a.store.write(ctx, func(ctx context.Context, tx runner) error {
		if err := change(ctx, tx, id); err != nil {
			return err
		}
		return recordAct(ctx, tx, a.store.dialect(), Act{Name: verb, Job: id})
	})
	if err != nil {
		return fmt.Errorf("%s job: %w", verb, err)
	}
	if a.notify != nil {
		a.notify()
	}
	return nil
}

func (a *jobAdmin) retryInTx(ctx context.Context, tx runner, id string) error {
	if _, err := a.lockConversationOf(ctx, tx, id); err != nil {
		return err
	}
	var before int
	if _, err := queryRow(ctx, tx, []any{&before}, `SELECT count(*) FROM command c JOIN command o ON `+sameLane+` AND o.id <> c.id
		WHERE c.id = $1`, id); err != nil {
		return err
	}
	queueIDs, err := a.queue.insert(ctx, tx, []queuedJob{{id, before > 0}})
	if err != nil {
		return err
	}
	// After this no job leads to the row of the series that failed, and nobody could erase it.
	if err := eraseQueueErrors(ctx, tx, id); err != nil {
		return err
	}
	n, err := tx.exec(ctx, `UPDATE command SET state = $1, job = $2, retries = retries + 1, failing = 0, failing_since = 0, cause = '', finished = NULL
		WHERE id = $3 AND state = 'failed' AND cause <> $4 AND record = '' AND forget = 0`, stateOpen, queueIDs[0], id, causeStopped)
	if err != nil || n > 0 {
		return err
	}
	return whyNoRetry(ctx, tx, id)
}

// whyNoRetry says why a job cannot run again.
func whyNoRetry(ctx context.Context, tx runner, id string) error {
	var failed, stopped bool
	_, err := queryRow(ctx, tx, []any{&failed, &stopped}, `SELECT state = 'failed', cause = $2 FROM command WHERE id = $1`, id, causeStopped)
	switch {
	case err != nil:
		return err
	case !failed:
		return errors.New("it has not failed")
	case stopped:
		return errors.New("whoever asked for it has stopped it, and sends it again if it is wanted after all")
	}
	return errors.New("it was forgotten: what it asked for is not known any more")
}

func (a *jobAdmin) cancelInTx(ctx context.Context, tx runner, id string) error {
	return a.endInTx(ctx, tx, id, causeCancelled)
}

// endInTx has a job fail with a cause, whatever its attempts come to.
func (a *jobAdmin) endInTx(ctx context.Context, tx runner, id, cause string) error {
	if _, err := a.lockConversationOf(ctx, tx, id); err != nil {
		return err
	}
	// failing is what the queue will have counted at the next delivery; a running one takes its own
	// back.
	n, err := tx.exec(ctx, `UPDATE command SET state = $1, cause = $2, failing =
			(SELECT CASE WHEN j.state = 'running' THEN j.attempt ELSE j.attempt + 1 END FROM river_job j WHERE j.id = command.job)
		WHERE id = $3 AND state = 'open'`, stateFailing, cause, id)
	if err == nil && n == 0 {
		err = ErrEnded
	}
	if err != nil {
		return err
	}
	if err := freeEnded(ctx, tx, id); err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE river_job SET state = 'available', scheduled_at = created_at
		WHERE id = (SELECT job FROM command WHERE id = $1) AND state IN ('available', 'scheduled', 'retryable')`, id)
	return err
}

// freeEnded has a held job wait for nothing any more: it is to be reported.
func freeEnded(ctx context.Context, tx runner, id string) error {
	_, err := tx.exec(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'pending'
		AND id = (SELECT job FROM command WHERE id = $1 AND held <> '')`, id)
	if err == nil {
		_, err = tx.exec(ctx, `UPDATE command SET held = '', lane = 2 WHERE id = $1 AND held <> ''`, id)
	}
	return err
}

// lockConversationOf keeps other transactions from the conversation of a job.
func (a *jobAdmin) lockConversationOf(ctx context.Context, tx runner, id string) (conversation string, err error) {
	found, err := queryRow(ctx, tx, []any{&conversation}, `SELECT conversation FROM command WHERE id = $1`, id)
	if err != nil {
		return "", err
	}
	if !found {
		return "", ErrUnknown
	}
	return conversation, a.lockConversations(ctx, tx, conversation)
}

// lockConversations keeps other replicas from inserting into, or finishing a job of, the
// conversations until the transaction ends. So the order of ids in the queue is the order of
// commits within a conversation, and an insert sees either an unfinished job or its end.
func (a *jobAdmin) lockConversations(ctx context.Context, tx runner, conversations ...string) error {
	lock := a.store.dialect().lockText
	if lock == "" {
		return nil
	}
	var args [][]any
	for _, c := range conversations {
		if c != "" {
			args = append(args, []any{c})
		}
	}
	return tx.execMany(ctx, func(int, scan) error { return nil }, lock, args)
}
