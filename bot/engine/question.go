package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"roombot/bot/audit"
)

// A job may ask people something and wait for one answer, for as long as that may take. Meanwhile
// it is held like by a pause: it is in no lane and counts for no bound but its own. The first
// answer counts, in one transaction with its entry of the audit record, and the job goes on. Where
// the time passes without one, the job goes on as well.
//
// Whoever changes what holds a job keeps the note of the pauses from others until the transaction
// ends, so that an answer and the settlement of the attempt that has asked come one after the
// other.

// heldForAnswer is the kind of a job that is held until its question is answered. No pause has it.
const heldForAnswer = "?"

// Question is a question of a job.
type Question struct {
	Job          string
	N            int    // of the job, from 1
	Owner        string // whom it counts for
	Asked, Until time.Time
	Text         json.RawMessage
	Answer       json.RawMessage // nil while it is open
	Answered     time.Time       // zero while it is open
	Detail       json.RawMessage // of the answer; nil while it is open, and where it was erased
}

// IsOpen reports whether nobody has answered.
func (q Question) IsOpen() bool { return q.Answered.IsZero() }

// ErrLate says that the time for an answer has passed.
var ErrLate = errors.New("it is too late to answer")

const questionColumns = `q.command, q.n, q.owner, q.asked, q.until, q.text, q.answer, q.answered`

func readQuestion(read scan) (q Question, err error) {
	var asked, until, answered int64
	var text, answer string
	err = read(&q.Job, &q.N, &q.Owner, &asked, &until, &text, &answer, &answered)
	q.Asked, q.Until, q.Text = time.UnixMicro(asked), time.UnixMicro(until), json.RawMessage(text)
	if answered > 0 {
		q.Answered, q.Answer = time.UnixMicro(answered), json.RawMessage(answer)
	}
	return q, err
}

// Question is the n-th question of a job.
func (e *Engine) Question(ctx context.Context, job string, n int) (q Question, found bool, err error) {
	q, found, err = findQuestion(ctx, e.store, job, n)
	if err != nil {
		return Question{}, false, fmt.Errorf("read a question: %w", err)
	}
	return q, found, nil
}

func findQuestion(ctx context.Context, r runner, job string, n int) (q Question, found bool, err error) {
	err = r.query(ctx, func(read scan) (err error) {
		found = true
		q, err = readQuestion(read)
		return err
	}, `SELECT `+questionColumns+` FROM question q WHERE q.command = $1 AND q.n = $2`, job, n)
	var detail string
	if err != nil || q.IsOpen() {
		return q, found, err
	}
	known, err := queryRow(ctx, r, []any{&detail}, `SELECT result FROM step WHERE command = $1 AND step = $2`, job, answerStep(n))
	if known {
		q.Detail = json.RawMessage(detail)
	}
	return q, found, err
}

// ofUnfinished is true of a question q of a job that has not ended, and openQuestion of one of them
// that may still be answered, were it not for its time.
const (
	ofUnfinished = `EXISTS (SELECT 1 FROM command c WHERE c.id = q.command AND c.state = 'open')`
	openQuestion = `q.answered = 0 AND ` + ofUnfinished
)

// Ask stores the n-th question of the job, and has the job wait for its answer once Handle returns
// WaitForAnswer. Where the question was asked already, it gets another text while it is open, and
// keeps its time. The error is ErrHeldFull where as many questions are open as may be. The entries
// of the audit record are stored with the question, unless it is answered already.
func (a *Attempt) Ask(ctx context.Context, n int, text any, within time.Duration, most HoldBounds, entries ...RecordEntry) error {
	encoded, err := json.Marshal(text)
	if err != nil {
		return err
	}
	err = a.retryDuringOutage(ctx, unlimited, func() error {
		return a.write(ctx, func(ctx context.Context, tx runner, now time.Time) error {
			isOpen, err := a.askInTx(ctx, tx, n, string(encoded), now, now.Add(within), most)
			if err != nil || !isOpen {
				return err
			}
			return a.engine.storeRecordEntries(ctx, tx, entries)
		})
	})
	if err != nil {
		return fmt.Errorf("ask a question: %w", err)
	}
	return nil
}

func (a *Attempt) askInTx(
	ctx context.Context, tx runner, n int, text string, now, until time.Time, most HoldBounds,
) (isOpen bool, err error) {
	if _, err := readPauses(ctx, tx, a.engine.store.dialect().changeLock()); err != nil {
		return false, err
	}
	q, asked, err := findQuestion(ctx, tx, a.ID, n)
	switch {
	case err != nil:
		return false, err
	case asked && !q.IsOpen(): // it goes on at once
		return false, nil
	case asked:
		_, err = tx.exec(ctx, `UPDATE question SET text = $1 WHERE command = $2 AND n = $3`, text, a.ID, n)
	default:
		err = a.insertQuestion(ctx, tx, n, text, now, until, most)
	}
	if err == nil {
		_, err = tx.exec(ctx, `UPDATE command SET held = '`+heldForAnswer+`' WHERE id = $1`, a.ID)
	}
	return err == nil, err
}

func (a *Attempt) insertQuestion(ctx context.Context, tx runner, n int, text string, now, until time.Time, most HoldBounds) error {
	if err := checkOpenQuestions(ctx, tx, a.ID, most); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `INSERT INTO question (command, n, owner, asked, until, text)
		SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT), owner, CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS TEXT) FROM command WHERE id = $1`,
		a.ID, n, now.UnixMicro(), until.UnixMicro(), text)
	return err
}

// checkOpenQuestions is ErrHeldFull where as many questions are open as may be, of the job's owner
// or in all.
func checkOpenQuestions(ctx context.Context, tx runner, job string, most HoldBounds) error {
	var own, total int
	_, err := queryRow(ctx, tx, []any{&own, &total}, `SELECT coalesce(sum(CASE WHEN q.owner = me.owner AND q.owner <> '' THEN 1 ELSE 0 END), 0),
		count(q.command) FROM command me LEFT JOIN question q ON q.command <> me.id AND `+openQuestion+` WHERE me.id = $1`, job)
	if err == nil && (own >= most.PerOwner || total >= most.Total) {
		err = ErrHeldFull
	}
	return err
}

// Answer is what somebody says to a question.
type Answer struct {
	Text   any         // is kept as Question.Answer
	Detail any         // is kept as Question.Detail, until the job has ended
	Entry  audit.Entry // of the audit record
	Facts  *audit.Facts
	// Late is set where the time has passed, by the job itself.
	Late bool
}

// answerStep is the step of the job whose result is the Detail of the answer to its n-th question:
// it is erased with the other results.
func answerStep(n int) string { return fmt.Sprintf("answer/%d", n) }

// Answer answers a question, unless somebody has done that: the first answer counts, over all
// processes. It returns the question with the answer that counts, and whether that is this one. The
// error is ErrUnknown where there is no such question, ErrEnded where the job has ended, and
// ErrLate where the time has passed.
func (e *Engine) Answer(ctx context.Context, job string, n int, answer Answer) (q Question, first bool, err error) {
	text, err := json.Marshal(answer.Text)
	if err != nil {
		return Question{}, false, err
	}
	detail, err := json.Marshal(answer.Detail)
	if err != nil {
		return Question{}, false, err
	}
	entry := e.newEntry(answer.Entry, answer.Facts)
	err = e.store.write(ctx, func(ctx context.Context, tx runner) (err error) {
		if q, first, err = e.answerInTx(ctx, tx, job, n, string(text), answer.Late); err != nil || !first {
			return err
		}
		_, err = tx.exec(ctx, `INSERT INTO step (command, step, result) VALUES ($1, $2, $3) ON CONFLICT (command, step) DO NOTHING`,
			job, answerStep(n), string(detail))
		if err == nil {
			err = storeEntries(ctx, tx, e.store.dialect(), []*newEntry{entry})
		}
		if err == nil {
			err = freeAnswered(ctx, tx, e.store.dialect(), job)
		}
		return err
	})
	if err != nil {
		return q, false, fmt.Errorf("answer a question: %w", err)
	}
	e.dispatcher.notify()
	return q, first, nil
}

func (e *Engine) answerInTx(ctx context.Context, tx runner, job string, n int, text string, late bool) (q Question, first bool, err error) {
	if _, err := readPauses(ctx, tx, e.store.dialect().changeLock()); err != nil {
		return Question{}, false, err
	}
	q, found, err := findQuestion(ctx, tx, job, n)
	switch {
	case err != nil:
		return q, false, err
	case !found:
		return q, false, ErrUnknown
	case !q.IsOpen():
		return q, false, nil
	}
	var now, open int64
	_, err = queryRow(ctx, tx, []any{&now, &open}, `SELECT `+e.store.dialect().now+`, (SELECT count(*) FROM command WHERE id = $1 AND state = 'open')`, job)
	switch {
	case err != nil:
		return q, false, err
	case open == 0 && !late:
		return q, false, ErrEnded
	case now >= q.Until.UnixMicro() && !late:
		return q, false, ErrLate
	}
	_, err = tx.exec(ctx, `UPDATE question SET answer = $1, answered = $2 WHERE command = $3 AND n = $4 AND answered = 0`, text, now, job, n)
	q.Answer, q.Answered = json.RawMessage(text), time.UnixMicro(now)
	return q, err == nil, err
}

// freeAnswered has a job wait for no answer any more. It takes no turns: it was asked for long ago.
func freeAnswered(ctx context.Context, tx runner, d *dialect, job string) error {
	_, err := tx.exec(ctx, `UPDATE river_job SET state = 'available', scheduled_at = `+d.stamp+` WHERE state = 'pending'
		AND id = (SELECT job FROM command WHERE id = $1 AND held = '`+heldForAnswer+`')`, job)
	if err == nil {
		_, err = tx.exec(ctx, `UPDATE command SET held = '', lane = 2 WHERE id = $1 AND held = '`+heldForAnswer+`'`, job)
	}
	return err
}
