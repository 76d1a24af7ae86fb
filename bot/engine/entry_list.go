package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"roombot/bot/audit"
)

// StoredEntry is an entry of the audit record as it is stored.
type StoredEntry struct {
	audit.Entry
	Facts *audit.Facts // nil where there are none, or where they were erased
}

// EntryFilter selects entries; the zero value selects all. A request has all of its entries where
// one of them is selected by Room.
type EntryFilter struct {
	Since, Until time.Time // by Entry.At; Until is not included
	Actor        int64     // who has done it, and whom a grant is for
	Room         string
	Request      string
	Kind         audit.Kind
	After        int64 // Entry.Seq
}

// listBatch is how many entries are read at a time: whoever reads keeps the log of writes from
// being cut.
const listBatch = 5000

// ErrStop ends ListEntries without an error.
var ErrStop = errors.New("enough was read")

// ListEntries calls each with the linked entries, the oldest first, and then with those that are
// not linked, whose Seq is 0. One that is linked meanwhile comes once.
func (a *jobAdmin) ListEntries(ctx context.Context, f EntryFilter, each func(StoredEntry) error) error {
	return a.listEntries(ctx, f, func(s StoredEntry, odd *OddEntryError) error {
		if odd != nil {
			return odd
		}
		return each(s)
	})
}

// listEntries is ListEntries that goes on where an entry is odd. That one has nothing but its
// number and its hashes.
func (a *jobAdmin) listEntries(ctx context.Context, f EntryFilter, each func(StoredEntry, *OddEntryError) error) error {
	unlinked, err := a.readUnlinked(ctx, f) // first, so that none is missed between the two
	if err == nil {
		err = a.listLinked(ctx, f, func(s StoredEntry, odd *OddEntryError) error {
			unlinked = slices.DeleteFunc(unlinked, func(u readEntry) bool { return u.Request == s.Request && u.Part == s.Part && u.odd == nil })
			return each(s, odd)
		})
	}
	for _, s := range unlinked {
		if err == nil {
			err = each(s.StoredEntry, s.odd)
		}
	}
	switch {
	case errors.Is(err, ErrStop):
		return nil
	case err != nil:
		return fmt.Errorf("list the audit record: %w", err)
	}
	return nil
}

func (a *jobAdmin) listLinked(ctx context.Context, f EntryFilter, each func(StoredEntry, *OddEntryError) error) error {
	condition, args := f.condition()
	for after, n := f.After, listBatch; n == listBatch; {
		n = 0
		var batch []readEntry
		statement := fmt.Sprintf(`SELECT %s WHERE %s AND e.seq > $%d ORDER BY e.seq LIMIT %d`, linkedColumns, condition, len(args)+1, listBatch)
		err := a.store.query(ctx, func(read scan) error {
			n++
			s, err := readAnyEntry(read, true)
			batch = append(batch, s)
			return err
		}, statement, append(slices.Clip(args), after)...)
		if err != nil {
			return err
		}
		for _, s := range batch {
			if err := each(s.StoredEntry, s.odd); err != nil {
				return err
			}
			after = s.Seq
		}
	}
	return nil
}

// ListNewest calls each with the entries since a time, the newest first, those that are not linked
// before the others. Until and After do not count.
func (a *jobAdmin) ListNewest(ctx context.Context, f EntryFilter, each func(StoredEntry) error) error {
	f.Until = time.Time{}
	err := a.listNewest(ctx, f, each)
	if err != nil && !errors.Is(err, ErrStop) {
		return fmt.Errorf("list the newest of the audit record: %w", err)
	}
	return nil
}

func (a *jobAdmin) listNewest(ctx context.Context, f EntryFilter, each func(StoredEntry) error) error {
	unlinked, err := a.readUnlinked(ctx, f)
	if err != nil {
		return err
	}
	for _, s := range slices.Backward(unlinked) {
		if s.odd != nil {
			return s.odd
		}
		if err := each(s.StoredEntry); err != nil {
			return err
		}
	}
	var first int64 // entries are numbered in about the order of their times
	_, err = queryRow(ctx, a.store, []any{&first}, `SELECT seq FROM audit WHERE at >= $1 ORDER BY at LIMIT 1`, f.Since.UnixMicro())
	if err != nil {
		return err
	}
	const some = 100
	condition, args := f.condition()
	statement := fmt.Sprintf(`SELECT %s WHERE %s AND e.seq >= $%d AND e.seq < $%d ORDER BY e.seq DESC LIMIT %d`,
		linkedColumns, condition, len(args)+1, len(args)+2, some)
	before := int64(math.MaxInt64)
	for n := some; n == some; {
		var batch []StoredEntry
		err := a.store.query(ctx, func(read scan) error {
			s, err := readStoredEntry(read, true)
			batch = append(batch, s)
			return err
		}, statement, append(slices.Clip(args), max(first-some, 0), before)...)
		if err != nil {
			return err
		}
		n = len(batch)
		for _, s := range batch {
			if err := each(s); err != nil {
				return err
			}
			before = s.Seq
		}
	}
	return nil
}

// linkedColumns are what is read of linked entries, from where.
const linkedColumns = `e.seq, e.prev, e.hash, e.at, e.kind, e.request, e.part, e.actor, e.room, e.body, e.facts_hash, f.salt, f.facts
			FROM audit e ` + joinFacts

// joinFacts adds the facts to the entries e that have some.
const joinFacts = `LEFT JOIN audit_facts f ON e.facts_hash IS NOT NULL AND f.request = e.request AND f.part = e.part`

func (a *jobAdmin) readUnlinked(ctx context.Context, f EntryFilter) (all []readEntry, err error) {
	condition, args := f.condition()
	err = a.store.query(ctx, func(read scan) error {
		s, err := readAnyEntry(read, false)
		all = append(all, s)
		return err
	}, `SELECT e.at, e.kind, e.request, e.part, e.actor, e.room, e.body, e.facts_hash, f.salt, f.facts
		FROM audit_unlinked e `+joinFacts+` WHERE `+condition+` ORDER BY e.place`, args...)
	return all, err
}

func readStoredEntry(read scan, linked bool) (s StoredEntry, err error) {
	var at int64
	var body string
	var prev, hash, factsHash, salt []byte
	var facts *string
	columns := []any{&at, &s.Kind, &s.Request, &s.Part, &s.Actor, &s.Room, &body, &factsHash, &salt, &facts}
	if linked {
		columns = append([]any{&s.Seq, &prev, &hash}, columns...)
	}
	if err = read(columns...); err != nil {
		return readOddEntry(read, linked, len(columns), err)
	}
	s.At, s.Body = time.UnixMicro(at).UTC(), json.RawMessage(body)
	s.Prev, s.Hash, s.FactsHash = audit.HashOf(prev), audit.HashOf(hash), audit.HashOf(factsHash)
	if facts != nil && strings.TrimSpace(*facts) != "" {
		s.Facts = &audit.Facts{Salt: salt, Text: json.RawMessage(*facts)}
	}
	return s, err
}

// condition is what is true of the selected entries e, with its arguments in the order of their
// appearance.
func (f EntryFilter) condition() (condition string, args []any) {
	parts := []string{"TRUE"}
	add := func(part string, arg any) {
		args = append(args, arg)
		parts = append(parts, fmt.Sprintf(part, fmt.Sprintf("$%d", len(args))))
	}
	if !f.Since.IsZero() {
		add(`e.at >= %s`, f.Since.UnixMicro())
	}
	if !f.Until.IsZero() {
		add(`e.at < %s`, f.Until.UnixMicro())
	}
	if f.Actor != 0 {
		add(fmt.Sprintf(`(e.actor = %%s OR e.kind = '%s' AND e.body LIKE '%%%%"for":%d,%%%%')`, audit.Grant, f.Actor), f.Actor)
	}
	if f.Request != "" {
		add(`e.request = %s`, f.Request)
	}
	if f.Kind != "" {
		add(`e.kind = %s`, string(f.Kind))
	}
	if f.Room != "" {
		add(`e.request IN (SELECT request FROM audit WHERE room = %[1]s AND room <> '' UNION SELECT request FROM audit_unlinked WHERE room = %[1]s)`, f.Room)
		parts = append(parts, `e.request <> ''`)
	}
	return strings.Join(parts, " AND "), args
}
