package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Insert stores the jobs in one transaction, in this order. An id that any replica has inserted
// before is skipped without an error. When Insert returns nil, the jobs survive any crash.
func (e *Engine) Insert(ctx context.Context, jobs ...Job) error {
	for _, j := range jobs {
		if err := j.check(); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("insert jobs: %w", err)
	}
	if len(jobs) == 0 {
		return nil
	}
	var waiting []int64
	fetch := fetch{engine: e}
	err := e.store.write(ctx, func(ctx context.Context, tx runner) error {
		fetch.reset()
		ready, held, err := e.insertInTx(ctx, tx, jobs)
		waiting = held
		if err != nil || len(ready) == 0 {
			return err
		}
		return fetch.run(ctx, tx, ready)
	})
	fetch.end(ctx, err)
	if err != nil {
		return fmt.Errorf("insert jobs: %w", err)
	}
	e.waiting.add(time.Now().Add(e.config.WaitingAfter), waiting...)
	return nil
}

// HasJob reports whether a job of that id was ever inserted, within Config.Keep.
func (e *Engine) HasJob(ctx context.Context, id string) (bool, error) {
	var n int
	found, err := queryRow(ctx, e.store, []any{&n}, `SELECT 1 FROM command WHERE id = $1`, id)
	if err != nil {
		return false, fmt.Errorf("look for job %s: %w", id, err)
	}
	return found, nil
}

// insertInTx returns the jobs that are ready, by their ids in the queue, and those ids of the jobs
// whose users are told if they wait long: those of the main lane. What only reads waits for
// moments.
func (e *Engine) insertInTx(ctx context.Context, tx runner, jobs []Job) (ready map[int64]*Job, waiting []int64, err error) {
	if err := e.lockConversations(ctx, tx, conversations(jobs)...); err != nil {
		return nil, nil, err
	}
	added, entries, err := e.insertNewJobs(ctx, tx, jobs)
	if err != nil || len(entries) == 0 {
		return nil, nil, err
	}
	queueIDs, err := e.queue.insert(ctx, tx, entries)
	if err != nil {
		return nil, nil, err
	}
	places := make([][]any, len(queueIDs))
	var urgent [][]any
	ready = map[int64]*Job{}
	for i, queueID := range queueIDs {
		places[i] = []any{queueID, added[i].ID}
		if added[i].Urgent {
			urgent = append(urgent, []any{queueID})
		}
		switch {
		case !entries[i].waits:
			ready[queueID] = &added[i]
		case added[i].Lane == MainLane:
			waiting = append(waiting, queueID)
		}
	}
	if err := tx.execMany(ctx, nil, `UPDATE river_job SET scheduled_at = '2000-01-01 00:00:00' WHERE id = $1`, urgent); err != nil {
		return nil, nil, err
	}
	// The id in the queue is also the job's place in its conversation.
	return ready, waiting, tx.execMany(ctx, nil, `UPDATE command SET job = $1 WHERE id = $2`, places)
}

// conversations of the jobs, each once, in an order that all replicas share, so that replicas
// cannot wait for each other in a circle.
func conversations(jobs []Job) []string {
	var all []string
	for _, j := range jobs {
		all = append(all, j.Conversation)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// insertNewJobs stores the jobs that are new, and makes their entries for the queue. Those with an
// unfinished job before them in their conversation are held back.
func (e *Engine) insertNewJobs(ctx context.Context, tx runner, jobs []Job) (added []Job, entries []queuedJob, err error) {
	const insert = `INSERT INTO command (id, conversation, payload, received, journal, owner, state, finished, record, lane)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING`
	var open []Job
	var openRows, finishedRows, payloads [][]any
	apart := e.store.dialect().payloadInStep
	for _, j := range jobs {
		if j.ReceivedAt.IsZero() {
			j.ReceivedAt = time.Now()
		}
		j.Payload = json.RawMessage(j.payload())
		j.ReceivedAt = time.UnixMicro(j.ReceivedAt.UnixMicro()) // as it is stored
		row := []any{j.ID, j.Conversation, "null", j.ReceivedAt.UnixMicro(), e.config.JournalVersion, j.Owner}
		if j.Finished {
			finishedRows = append(finishedRows, append(row, stateDone, time.Now().UnixMicro(), "{}", int(j.Lane)))
			continue
		}
		if !apart {
			row[2] = j.payload()
		}
		open, openRows = append(open, j), append(openRows, append(row, stateOpen, nil, "", int(j.Lane)))
	}
	err = tx.execMany(ctx, func(n int, read scan) error {
		var before int
		if err := read(&before); err != nil {
			return err
		}
		added = append(added, open[n])
		entries = append(entries, queuedJob{open[n].ID, before > 0 && open[n].Conversation != "" && open[n].Lane != NoLane})
		payloads = append(payloads, []any{open[n].ID, payloadStep, open[n].payload()})
		return nil
	}, insert+` RETURNING `+unfinishedBefore, openRows)
	if err == nil && apart {
		err = tx.execMany(ctx, nil, `INSERT INTO step (command, step, result) VALUES ($1, $2, $3)`, payloads)
	}
	if err != nil {
		return nil, nil, err
	}
	// After the others: a job that comes twice in a batch may be a finished one the second time.
	return added, entries, tx.execMany(ctx, nil, insert, finishedRows)
}

// unfinishedBefore is 1 when lane $10 of the conversation $2 has an unfinished job other than $1,
// else 0.
const unfinishedBefore = `(SELECT count(*) FROM
	(SELECT 1 FROM command o WHERE o.conversation = $2 AND o.finished IS NULL AND o.lane = $10 AND o.held = '' AND o.id <> $1 LIMIT 1) AS first)`
