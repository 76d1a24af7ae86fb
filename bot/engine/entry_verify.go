package engine

import (
	"context"
	"fmt"
	"time"

	"roombot/bot/audit"
)

// VerifyRecord verifies the audit record, and that nothing around it in the store keeps entries
// out.
func (a *jobAdmin) VerifyRecord(ctx context.Context, v *audit.Verifier) (audit.Report, error) {
	if err := a.verifyStore(ctx, v); err != nil {
		return audit.Report{}, err
	}
	var unlinked []audit.Entry
	err := a.listEntries(ctx, EntryFilter{}, func(s StoredEntry, odd *OddEntryError) error {
		switch {
		case s.Seq == 0 && odd != nil:
			v.AddFault(odd.Error())
		case s.Seq == 0:
			unlinked = append(unlinked, s.Entry)
		case odd != nil:
			v.AddUnread(s.Entry)
		default:
			v.Add(s.Entry, s.Facts)
		}
		return nil
	})
	if err != nil {
		return audit.Report{}, err
	}
	return v.Report(unlinked), nil
}

// verifyStore notes what is wrong with the tables beside what the entries say.
func (a *jobAdmin) verifyStore(ctx context.Context, v *audit.Verifier) error {
	triggers, err := a.Triggers(ctx)
	if err != nil {
		return err
	}
	for _, t := range triggers {
		v.AddFault(t.String())
	}
	if err := a.verifyTables(ctx, v); err != nil {
		return err
	}
	if err := a.verifyPlaces(ctx, v); err != nil {
		return err
	}
	odd, err := a.oddEntries(ctx)
	if err != nil {
		return err
	}
	for _, seq := range odd {
		v.AddOdd(seq)
	}
	stray, err := a.strayFacts(ctx)
	if err != nil {
		return err
	}
	for _, of := range stray {
		v.AddStrayFacts(of[0], of[1])
	}
	first, n, err := a.factsOfAnotherTime(ctx)
	if n > 0 {
		v.AddFactsOfAnotherTime(first, n)
	}
	return err
}

// factsOfAnotherTime are facts that have not the time of their entry, by which they are erased: how
// many, and the number of the first such entry. Both are stored in one transaction.
func (a *jobAdmin) factsOfAnotherTime(ctx context.Context) (first, n int64, err error) {
	apart := (writeTimeout + time.Minute).Microseconds() // a clock may be set in between
	_, err = queryRow(ctx, a.store, []any{&n, &first}, `SELECT count(*), coalesce(min(e.seq), 0) FROM audit_facts f CROSS JOIN audit e
		WHERE e.request = f.request AND e.part = f.part AND e.facts_hash IS NOT NULL
			AND f.at NOT BETWEEN CAST(e.at AS NUMERIC) - $1 AND CAST(e.at AS NUMERIC) + $1`, apart)
	if err != nil {
		return 0, 0, fmt.Errorf("compare the times of facts: %w", err)
	}
	return first, n, nil
}

// verifyPlaces notes entries that are not linked and whose place among them is no number.
func (a *jobAdmin) verifyPlaces(ctx context.Context, v *audit.Verifier) error {
	if !a.store.dialect().isSQLite() {
		return nil
	}
	err := a.store.query(ctx, func(read scan) error {
		var odd OddEntryError
		err := read(&odd.Request, &odd.Part)
		v.AddFault(odd.Error())
		return err
	}, `SELECT CAST(request AS TEXT), CAST(part AS TEXT) FROM audit_unlinked WHERE typeof(place) <> 'integer' LIMIT 1000`)
	if err != nil {
		return fmt.Errorf("look for entries without a place: %w", err)
	}
	return nil
}

// oddEntries are the numbers of linked entries whose columns have another type than they are
// written with, which an SQLite file allows: such an entry is not found by what it says, though its
// hash is right. Numbers below 1 are odd as well.
func (a *jobAdmin) oddEntries(ctx context.Context) (seqs []int64, err error) {
	statement := `SELECT seq FROM audit WHERE seq < 1`
	if a.store.dialect().isSQLite() {
		statement += ` OR typeof(at) <> 'integer' OR typeof(actor) <> 'integer' OR typeof(kind) <> 'text' OR typeof(request) <> 'text'
			OR typeof(part) <> 'text' OR typeof(room) <> 'text' OR typeof(body) <> 'text' OR typeof(prev) <> 'blob' OR typeof(hash) <> 'blob'
			OR typeof(facts_hash) NOT IN ('blob', 'null')
			UNION SELECT e.seq FROM audit_facts f CROSS JOIN audit e ON e.request = f.request AND e.part = f.part
			WHERE typeof(f.at) <> 'integer' OR typeof(f.salt) <> 'blob' OR typeof(f.facts) <> 'text'`
	}
	err = a.store.query(ctx, func(read scan) error {
		var seq int64
		err := read(&seq)
		seqs = append(seqs, seq)
		return err
	}, statement+` ORDER BY seq LIMIT 1000`)
	if err != nil {
		return nil, fmt.Errorf("look for entries of another type: %w", err)
	}
	return seqs, nil
}

// strayFacts are facts of which no entry says that it has them: the request and the part of each.
func (a *jobAdmin) strayFacts(ctx context.Context) (all [][2]string, err error) {
	err = a.store.query(ctx, func(read scan) error {
		var of [2]string
		err := read(&of[0], &of[1])
		all = append(all, of)
		return err
	}, `SELECT f.request, f.part FROM audit_facts f WHERE NOT EXISTS (
			SELECT 1 FROM audit e WHERE e.request = f.request AND e.part = f.part AND e.facts_hash IS NOT NULL)
		AND NOT EXISTS (SELECT 1 FROM audit_unlinked e WHERE e.request = f.request AND e.part = f.part AND e.facts_hash IS NOT NULL)
		ORDER BY f.request, f.part LIMIT 1000`)
	if err != nil {
		return nil, fmt.Errorf("look for facts of no entry: %w", err)
	}
	return all, nil
}
