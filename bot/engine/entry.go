package engine

import (
	"context"
	"fmt"
	"time"

	"roombot/bot/audit"
)

// newEntry is an entry of the audit record that is about to be stored.
type newEntry struct {
	audit.Entry
	facts *audit.Facts // nil for none
	place int64        // among the entries that are linked together
}

// RecordEntry is the entry of the audit record about a change, with its facts, nil for none.
type RecordEntry struct {
	audit.Entry
	Facts *audit.Facts
}

// AddEntry has the next write of the attempt store an entry of the audit record, in its order among
// results and claims. An entry with the same Request and Part is stored once, however often the job
// comes back.
func (a *Attempt) AddEntry(ctx context.Context, e audit.Entry, facts *audit.Facts) {
	a.keepPending(ctx, &pendingWrite{entry: a.engine.newEntry(e, facts)})
}

// StoreEntries stores entries of the audit record that belong to no job.
func (e *Engine) StoreEntries(ctx context.Context, entries ...audit.Entry) error {
	var all []*newEntry
	for _, entry := range entries {
		all = append(all, e.newEntry(entry, nil))
	}
	err := e.store.write(ctx, func(ctx context.Context, tx runner) error { return storeEntries(ctx, tx, e.store.dialect(), all) })
	if err != nil {
		return fmt.Errorf("store entries of the audit record: %w", err)
	}
	return nil
}

// newEntry gives an entry its place: after those of this process, and by the clock after those of
// the others.
func (e *Engine) newEntry(entry audit.Entry, facts *audit.Facts) *newEntry {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lastPlace = max(e.lastPlace+1, time.Now().UnixMicro())
	return &newEntry{entry, facts, e.lastPlace}
}

// storeEntries stores entries that are to be linked, with the time of the database's clock. Facts
// are added to their table's end only, so that what is erased there has no copies elsewhere.
func storeEntries(ctx context.Context, tx runner, d *dialect, entries []*newEntry) error {
	var rows, facts [][]any
	for _, e := range entries {
		rows = append(rows, []any{e.Request, e.Part, e.place, string(e.Kind), e.Actor, e.Room, string(e.Body), e.FactsHash.BytesOrNull()})
		if e.facts != nil {
			facts = append(facts, []any{e.Request, e.Part, e.facts.Salt, string(e.facts.Text)})
		}
	}
	if len(rows) > 0 {
		err := tx.execMany(ctx, nil, `INSERT INTO audit_unlinked (request, part, place, kind, actor, room, body, facts_hash, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, `+d.now+`) ON CONFLICT (request, part) DO NOTHING`, rows)
		if err != nil {
			return err
		}
	}
	if len(facts) == 0 {
		return nil
	}
	return tx.execMany(ctx, nil, `INSERT INTO audit_facts (request, part, salt, facts, at)
		VALUES ($1, $2, $3, $4, `+d.now+`) ON CONFLICT (request, part) DO NOTHING`, facts)
}

// storeRecordEntries stores entries in the transaction of the change that they tell of.
func (e *Engine) storeRecordEntries(ctx context.Context, tx runner, entries []RecordEntry) error {
	var all []*newEntry
	for _, entry := range entries {
		all = append(all, e.newEntry(entry.Entry, entry.Facts))
	}
	return storeEntries(ctx, tx, e.store.dialect(), all)
}
