package engine

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"roombot/bot/audit"
)

const (
	linkBatch = 500     // entries linked in one transaction
	chainLock = "audit" // of which one replica has the chain for a transaction
)

// LinkEntries links all entries that are stored into the chain. Run does so within a second.
func (e *Engine) LinkEntries(ctx context.Context) error {
	for {
		n := 0
		err := e.store.write(ctx, func(ctx context.Context, tx runner) (err error) {
			n, err = e.linkInTx(ctx, tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("link the audit record: %w", err)
		}
		if n < linkBatch {
			return nil
		}
	}
}

// linkInTx moves entries to the end of the chain, the oldest first, and returns how many. One that
// is in the chain already was stored twice, by a transaction whose end was not known: it is
// dropped. So is one that has the request and the part of another and does not say the same, which
// the log tells: nothing else may keep the others from being linked.
func (e *Engine) linkInTx(ctx context.Context, tx runner) (n int, err error) {
	if err := e.lockConversations(ctx, tx, chainLock); err != nil {
		return 0, err
	}
	taken, err := takeUnlinked(ctx, tx)
	if err != nil || len(taken) == 0 {
		return 0, err
	}
	linked, err := findLinked(ctx, tx, taken)
	if err != nil {
		return 0, err
	}
	head, err := readHead(ctx, tx)
	if err != nil {
		return 0, err
	}
	var rows [][]any
	var other []audit.Entry
	for _, entry := range taken {
		name := entryName{entry.Request, entry.Part}
		before, isLinked := linked[name]
		if isLinked {
			if !saySame(before, entry.Entry) {
				other = append(other, entry.Entry)
			}
			continue
		}
		next := entry.Link(head)
		head, linked[name] = next.Head(), next
		rows = append(rows, linkedRow(next))
	}
	if len(other) > 0 { // logged again where the transaction is run again
		e.health.log.Warn().Int("entries", len(other)).Str("request", other[0].Request).
			Msg("entry was left out of the audit record: the record has another one of the same request and part")
	}
	if len(rows) == 0 {
		return len(taken), nil
	}
	return len(taken), tx.execMany(ctx, nil, insertLinked, rows)
}

// AddRestored has the store say that it was set back, by an entry that is linked right behind the
// last one that the store has. EntryBehind returns that entry; it reports false where the store was
// not set back.
func (e *Engine) AddRestored(ctx context.Context, entryBehind func(last audit.Head) (audit.Entry, bool)) error {
	if err := e.LinkEntries(ctx); err != nil {
		return err
	}
	err := e.store.write(ctx, func(ctx context.Context, tx runner) error {
		if _, err := e.linkInTx(ctx, tx); err != nil {
			return err
		}
		head, err := readHead(ctx, tx)
		if err != nil {
			return err
		}
		entry, wanted := entryBehind(head)
		if !wanted {
			return nil
		}
		return e.appendEntry(ctx, tx, entry)
	})
	if err != nil {
		return fmt.Errorf("say in the audit record that the store was set back: %w", err)
	}
	return nil
}

// appendEntry links an entry right behind the last one. The transaction has the chain.
func (e *Engine) appendEntry(ctx context.Context, tx runner, entry audit.Entry) error {
	head, err := readHead(ctx, tx)
	if err != nil {
		return err
	}
	var now int64
	if _, err := queryRow(ctx, tx, []any{&now}, `SELECT `+e.store.dialect().now); err != nil {
		return err
	}
	entry.At = time.UnixMicro(now).UTC()
	return tx.execMany(ctx, nil, insertLinked, [][]any{linkedRow(entry.Link(head))})
}

const insertLinked = `INSERT INTO audit (seq, at, kind, request, part, actor, room, body, facts_hash, prev, hash)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`

func linkedRow(e audit.Entry) []any {
	return []any{e.Seq, e.At.UnixMicro(), string(e.Kind), e.Request, e.Part, e.Actor, e.Room, string(e.Body), e.FactsHash.BytesOrNull(),
		e.Prev[:], e.Hash[:]}
}

// reportHead reports that the chain has grown, once for each time that it is read.
func (e *Engine) reportHead(last int64) {
	if last != e.reportedHead && e.config.ReportHead != nil {
		e.reportedHead = last
		e.config.ReportHead(last)
	}
}

// takeUnlinked removes the oldest entries that are not linked.
func takeUnlinked(ctx context.Context, tx runner) (taken []newEntry, err error) {
	err = tx.query(ctx, func(read scan) error {
		var entry newEntry
		var err error
		entry.Entry, err = readUnlinked(read, &entry.place)
		taken = append(taken, entry)
		return err
	}, `DELETE FROM audit_unlinked WHERE place <= (SELECT max(place) FROM (SELECT place FROM audit_unlinked ORDER BY place LIMIT $1) AS oldest)
		RETURNING `+unlinkedColumns, linkBatch)
	if err != nil {
		return nil, fmt.Errorf("take the entries that are not linked: %w", err)
	}
	slices.SortStableFunc(taken, func(a, b newEntry) int { return cmp.Compare(a.place, b.place) })
	return taken, nil
}

// entryName names an entry: there are no two in the chain that have the same one.
type entryName struct{ request, part string }

// findLinked finds those of the entries that are in the chain, as they are there.
func findLinked(ctx context.Context, tx runner, entries []newEntry) (linked map[entryName]audit.Entry, err error) {
	var keys [][]any
	for _, entry := range entries {
		keys = append(keys, []any{entry.Request, entry.Part})
	}
	linked = map[entryName]audit.Entry{}
	return linked, tx.execMany(ctx, func(n int, read scan) error {
		var e audit.Entry
		var body string
		err := read(&e.Kind, &e.Actor, &e.Room, &body)
		e.Body = []byte(body)
		linked[entryName{entries[n].Request, entries[n].Part}] = e
		return err
	}, `SELECT CAST(kind AS TEXT), CAST(actor AS BIGINT), CAST(room AS TEXT), CAST(body AS TEXT) FROM audit WHERE request = $1 AND part = $2`, keys)
}

// saySame reports whether two entries of one name say the same. Facts have a new salt, and so
// another hash, whenever they are made.
func saySame(a, b audit.Entry) bool {
	return a.Kind == b.Kind && a.Actor == b.Actor && a.Room == b.Room && bytes.Equal(a.Body, b.Body)
}

// unlinkedColumns are what is read of an entry that is not linked, whatever an SQLite file has in
// them: one that somebody else has stored keeps no other from being linked.
const unlinkedColumns = `CAST(place AS BIGINT), CAST(at AS BIGINT), CAST(kind AS TEXT), CAST(request AS TEXT), CAST(part AS TEXT),
	CAST(actor AS BIGINT), CAST(room AS TEXT), CAST(body AS TEXT), facts_hash`

func readUnlinked(read scan, place *int64) (e audit.Entry, err error) {
	var at int64
	var body string
	var facts []byte
	err = read(place, &at, &e.Kind, &e.Request, &e.Part, &e.Actor, &e.Room, &body, &facts)
	e.At, e.Body, e.FactsHash = time.UnixMicro(at).UTC(), []byte(body), audit.HashOf(facts)
	return e.Plain(), err
}

func readHead(ctx context.Context, r runner) (head audit.Head, err error) {
	var hash []byte
	_, err = queryRow(ctx, r, []any{&head.Seq, &hash}, `SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`)
	head.Hash = audit.HashOf(hash)
	return head, err
}

// Head is the head of the audit record; the zero Head of an empty one.
func (a *jobAdmin) Head(ctx context.Context) (audit.Head, error) {
	head, err := readHead(ctx, a.store)
	if err != nil {
		return audit.Head{}, fmt.Errorf("read the head of the audit record: %w", err)
	}
	return head, nil
}
