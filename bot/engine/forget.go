package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"roombot/bot/audit"
)

// Forgotten is what Forget has done.
type Forgotten struct {
	Erased int      // failed jobs; they can no longer be retried
	AtEnd  int      // unfinished jobs, which are erased when they end
	Facts  int      // entries of the audit record whose facts were erased
	Grants int      // grants, and requests for one, whose details were erased
	Jobs   []string // ids of the jobs
}

// IsNothing reports whether nothing was found to erase.
func (f Forgotten) IsNothing() bool { return len(f.Jobs)+f.Facts+f.Grants == 0 }

// Said is what a job says.
type Said struct {
	Payload json.RawMessage
	Results []json.RawMessage // of its steps
}

// Forget erases what failed jobs say, and of unfinished ones has it erased when they end, whatever
// comes of them; and erases facts of the audit record. It concerns those that choose returns of all
// that say something. What it returns is so, also where it fails after that.
func (i *Inspector) Forget(ctx context.Context, choose func(all map[string]Said) (ids []string)) (f Forgotten, err error) {
	err = i.change(func(a *jobAdmin) error {
		err := a.store.write(ctx, func(ctx context.Context, tx runner) (err error) {
			f, err = a.forgetInTx(ctx, tx, choose)
			return err
		})
		if err != nil {
			f = Forgotten{}
			return err
		}
		return eraseTracesNow(ctx, a.store)
	})
	if err != nil {
		return f, fmt.Errorf("forget: %w", err)
	}
	return f, nil
}

// errStillRead says that the files still hold what was erased.
var errStillRead = errors.New("it is erased, but another program reads the file and keeps its log; the running bot cuts that later, or repeat this")

// eraseTracesNow tries for a while, since somebody may read.
func eraseTracesNow(ctx context.Context, s store) error {
	for range 20 {
		if done, err := s.eraseTraces(ctx); done || err != nil {
			return err
		}
		if !sleep(ctx, 100*time.Millisecond) {
			return ctx.Err()
		}
	}
	return errStillRead
}

func (a *jobAdmin) forgetInTx(ctx context.Context, tx runner, choose func(map[string]Said) []string) (f Forgotten, err error) {
	all, err := readSaid(ctx, tx)
	if err != nil {
		return Forgotten{}, err
	}
	if err := addFacts(ctx, tx, all); err != nil {
		return Forgotten{}, err
	}
	if err := addPermits(ctx, tx, all); err != nil {
		return Forgotten{}, err
	}
	for _, id := range choose(all) {
		n, isFacts, err := eraseFacts(ctx, tx, a.store.dialect(), id)
		if err != nil {
			return Forgotten{}, err
		}
		if isFacts {
			f.Facts += n
			continue
		}
		if n, isPermit := strings.CutPrefix(id, permitMark); isPermit {
			erased, err := tx.exec(ctx, `UPDATE permit SET detail = 'null' WHERE n = CAST($1 AS BIGINT)`, n)
			if err != nil {
				return Forgotten{}, err
			}
			f.Grants += int(erased)
			continue
		}
		if _, err := a.lockConversationOf(ctx, tx, id); err != nil { // the job may end at this moment
			return Forgotten{}, err
		}
		marked, err := tx.exec(ctx, `UPDATE command SET forget = 1 WHERE id = $1 AND state NOT IN ('done', 'failed')`, id)
		if err != nil {
			return Forgotten{}, err
		}
		f.AtEnd += int(marked)
		if marked > 0 {
			if err := f.add(ctx, tx, a.store.dialect(), id); err != nil {
				return Forgotten{}, err
			}
			continue
		}
		found, err := summariesWhere(ctx, tx, a.store.dialect(), `c.id = $1 AND c.record = ''`, id)
		if err != nil {
			return Forgotten{}, err
		}
		f.Erased += len(found)
		if len(found) > 0 {
			if err := f.add(ctx, tx, a.store.dialect(), id); err != nil {
				return Forgotten{}, err
			}
		}
		if err := eraseAll(ctx, tx, found); err != nil {
			return Forgotten{}, err
		}
	}
	if _, err := eraseOrphanErrors(ctx, tx); err != nil {
		return Forgotten{}, err
	}
	return f, nil
}

// add notes a job, and who had it forgotten.
func (f *Forgotten) add(ctx context.Context, tx runner, d *dialect, id string) error {
	f.Jobs = append(f.Jobs, id)
	return recordAct(ctx, tx, d, Act{Name: audit.ActForget, Job: id})
}

// readSaid reads what all jobs say that are not erased.
func readSaid(ctx context.Context, r runner) (map[string]Said, error) {
	all := map[string]Said{}
	err := r.query(ctx, func(read scan) error {
		var id, payload string
		err := read(&id, &payload)
		all[id] = Said{Payload: json.RawMessage(payload)}
		return err
	}, `SELECT id, payload FROM command WHERE record = ''`)
	if err != nil {
		return nil, fmt.Errorf("read payloads: %w", err)
	}
	err = r.query(ctx, func(read scan) error {
		var id, result string
		err := read(&id, &result)
		said := all[id]
		said.Results = append(said.Results, json.RawMessage(result))
		all[id] = said
		return err
	}, `SELECT s.command, s.result FROM step s JOIN command c ON c.id = s.command WHERE c.record = ''`)
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	return all, nil
}
