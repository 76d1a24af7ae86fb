package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"roombot/bot/audit"
)

// Facts are erased in place: secure_delete overwrites a deleted row, but not the copies of the rows
// beside it that are made when the pages of a table are filled or joined. A table to whose end rows
// are added, and from whose beginning they are deleted, has no such copies for long.

// purgeRecord deletes facts that are older than Config.KeepFacts, and entries that are older than
// Config.KeepEntries.
func (e *Engine) purgeRecord(ctx context.Context, now time.Time) error {
	for _, purge := range []func(context.Context, time.Time) (more bool, err error){e.purgeFacts, e.purgeEntries} {
		for {
			more, err := purge(ctx, now)
			if err != nil {
				return fmt.Errorf("purge the audit record: %w", err)
			}
			if !more || !sleep(ctx, purgePause) {
				break
			}
		}
	}
	return nil
}

func (e *Engine) purgeFacts(ctx context.Context, now time.Time) (more bool, err error) {
	horizon := now.Add(-e.config.KeepFacts).UnixMicro()
	var old bool
	_, err = queryRow(ctx, e.store, []any{&old}, `SELECT EXISTS (SELECT 1 FROM audit_facts WHERE at < $1)`, horizon)
	if err != nil || !old {
		return false, err
	}
	var n int64
	err = e.store.write(ctx, func(ctx context.Context, tx runner) (err error) {
		n, err = tx.exec(ctx, `DELETE FROM audit_facts WHERE at <= (
			SELECT max(at) FROM (SELECT at FROM audit_facts WHERE at < $1 ORDER BY at LIMIT $2) AS oldest)`, horizon, purgeBatch)
		return err
	})
	if n > 0 && err == nil {
		e.erasures.Add(1)
	}
	return n >= purgeBatch, err
}

// purgeEntries deletes the oldest entries with their facts, and links one that says so in the same
// transaction.
func (e *Engine) purgeEntries(ctx context.Context, now time.Time) (more bool, err error) {
	if e.config.KeepEntries <= 0 {
		return false, nil
	}
	horizon := now.Add(-e.config.KeepEntries)
	var oldest int64
	found, err := queryRow(ctx, e.store, []any{&oldest}, `SELECT at FROM audit ORDER BY seq LIMIT 1`)
	if err != nil || !found || !time.UnixMicro(oldest).Before(horizon.Add(-audit.RemoveEvery)) {
		return false, err
	}
	through, err := e.findThrough(ctx, horizon)
	if err != nil || through.Seq == 0 {
		return false, err
	}
	removed := audit.New(audit.Removed, "", fmt.Sprintf("removed/%d", through.Seq), audit.RemovedBody{Through: through})
	if err := e.LinkEntries(ctx); err != nil { // none that is older comes behind the one that says so
		return false, err
	}
	var facts int64
	err = e.store.write(ctx, func(ctx context.Context, tx runner) (err error) {
		if _, err := e.linkInTx(ctx, tx); err != nil {
			return err
		}
		if facts, err = deleteThrough(ctx, tx, through.Seq); err != nil {
			return err
		}
		return e.appendEntry(ctx, tx, removed)
	})
	if facts > 0 && err == nil {
		e.erasures.Add(1)
	}
	return err == nil, err
}

// deleteThrough deletes entries up to a number, with their facts, and returns how many of them had
// facts.
func deleteThrough(ctx context.Context, tx runner, through int64) (facts int64, err error) {
	facts, err = tx.exec(ctx, `DELETE FROM audit_facts WHERE (request, part) IN (
		SELECT request, part FROM audit WHERE seq <= $1 AND facts_hash IS NOT NULL)`, through)
	if err != nil {
		return 0, err
	}
	_, err = tx.exec(ctx, `DELETE FROM audit WHERE seq <= $1`, through)
	return facts, err
}

// findThrough is the last of the oldest entries, of which each is older than the horizon. The head
// stays, since the next entry follows it.
func (e *Engine) findThrough(ctx context.Context, horizon time.Time) (through audit.Head, err error) {
	young := false
	err = e.store.query(ctx, func(read scan) error {
		var seq, at int64
		var hash []byte
		err := read(&seq, &at, &hash)
		if young = young || at >= horizon.UnixMicro(); !young {
			through = audit.Head{Seq: seq, Hash: audit.HashOf(hash)}
		}
		return err
	}, `SELECT seq, at, hash FROM audit WHERE seq < (SELECT max(seq) FROM audit) ORDER BY seq LIMIT $1`, listBatch)
	return through, err
}

// factsMark begins the names of facts among those of what jobs say.
const factsMark = "facts\n"

// nameFacts is the name of the facts of a request, or where an entry belongs to none, of its own.
func nameFacts(request, part string) string {
	if request != "" {
		part = ""
	}
	return factsMark + request + "\n" + part
}

// addFacts adds the facts of the audit record to what is said, under names of their own: those of a
// request together, with the numbers in its entries. So all of them are found by an id in one.
func addFacts(ctx context.Context, r runner, all map[string]Said) error {
	err := r.query(ctx, func(read scan) error {
		var request, part, facts string
		err := read(&request, &part, &facts)
		if strings.TrimSpace(facts) != "" {
			addSaid(all, nameFacts(request, part), json.RawMessage(facts))
		}
		return err
	}, `SELECT request, part, facts FROM audit_facts`)
	if err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	// One statement, since an entry is linked (moved from one table to the other) at any time.
	const entries = `(SELECT request, part, actor, body FROM audit UNION ALL SELECT request, part, actor, body FROM audit_unlinked)`
	err = r.query(ctx, func(read scan) error {
		var request, part, actor, body string
		err := read(&request, &part, &actor, &body)
		if name := nameFacts(request, part); all[name].Payload != nil {
			addSaid(all, name, json.RawMessage(actor), numbersIn(body))
		}
		return err
	}, `SELECT e.request, e.part, CAST(e.actor AS TEXT), e.body FROM `+entries+` e
			WHERE e.request <> '' AND e.request IN (SELECT request FROM audit_facts)
		UNION ALL SELECT e.request, e.part, CAST(e.actor AS TEXT), e.body FROM `+entries+` e
			JOIN audit_facts f ON f.request = '' AND e.request = '' AND e.part = f.part`)
	if err != nil {
		return fmt.Errorf("read the entries that have facts: %w", err)
	}
	return nil
}

func addSaid(all map[string]Said, name string, values ...json.RawMessage) {
	said := all[name]
	if said.Payload == nil {
		said.Payload = json.RawMessage("null")
	}
	said.Results = append(said.Results, values...)
	all[name] = said
}

// numbersIn is a body without its texts, among which are the names of rules.
func numbersIn(body string) json.RawMessage {
	var value any
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return json.RawMessage("null")
	}
	text, err := json.Marshal(withoutTexts(value))
	if err != nil {
		return json.RawMessage("null")
	}
	return text
}

func withoutTexts(value any) any {
	switch value := value.(type) {
	case string:
		return nil
	case []any:
		for i := range value {
			value[i] = withoutTexts(value[i])
		}
	case map[string]any:
		for key := range value {
			value[key] = withoutTexts(value[key])
		}
	}
	return value
}

// eraseFacts overwrites the facts of this name, of n entries; it reports false where the name is
// that of a job.
func eraseFacts(ctx context.Context, tx runner, d *dialect, name string) (n int, isFacts bool, err error) {
	key, isFacts := strings.CutPrefix(name, factsMark)
	if !isFacts {
		return 0, false, nil
	}
	request, own, _ := strings.Cut(key, "\n")
	blanks := map[string]string{}
	err = tx.query(ctx, func(read scan) error {
		var part, facts string
		err := read(&part, &facts)
		if strings.TrimSpace(facts) != "" && (request != "" || part == own) {
			blanks[part] = strings.Repeat(" ", len(facts))
		}
		return err
	}, `SELECT part, facts FROM audit_facts WHERE request = $1`, request)
	for _, part := range slices.Sorted(maps.Keys(blanks)) {
		if err == nil {
			_, err = tx.exec(ctx, `UPDATE audit_facts SET facts = $1, salt = $2 WHERE request = $3 AND part = $4`,
				blanks[part], make([]byte, 16), request, part)
		}
		if err == nil {
			err = recordErasure(ctx, tx, d, request, part)
		}
	}
	if err != nil {
		return 0, true, fmt.Errorf("erase facts: %w", err)
	}
	return len(blanks), true, nil
}

// recordErasure adds an entry about facts that were erased, and by whom.
func recordErasure(ctx context.Context, tx runner, d *dialect, request, part string) error {
	operator, _ := ctx.Value(operatorKey{}).(string)
	place := time.Now().UnixMicro()
	e := audit.New(audit.Operator, request, fmt.Sprintf("operator/%d/%s", place, part), audit.OperatorBody{Act: audit.ActForget, Operator: operator})
	return storeEntries(ctx, tx, d, []*newEntry{{e, nil, place}})
}
