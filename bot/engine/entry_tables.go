package engine

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"roombot/bot/audit"
)

// What is looked up by room or request is answered from an index. Whoever can write the store can
// have an index lack rows, so that no list and no receipt has them, while the table has them all.

// recordTables are the tables of the audit record.
func recordTables() []string { return []string{"audit", "audit_unlinked", "audit_facts"} }

// inRecordTables is true where an expression is the name of one of them.
func inRecordTables(expression string) string {
	return expression + ` IN ('` + strings.Join(recordTables(), `', '`) + `')`
}

// verifyTables notes what is wrong with the tables of the audit record and with their indexes.
func (a *jobAdmin) verifyTables(ctx context.Context, v *audit.Verifier) error {
	made, err := a.recordSchema(ctx)
	if err != nil {
		return err
	}
	for _, fault := range compareSchema(made, a.expectedSchema()) {
		v.AddFault(fault)
	}
	if !a.store.dialect().isSQLite() { // PostgreSQL has no such check of its own
		return nil
	}
	for _, table := range recordTables() {
		fault, err := a.checkRows(ctx, table)
		if err != nil {
			return err
		}
		if fault != "" {
			v.AddFault(fault)
		}
	}
	return nil
}

// checkRows compares a table of an SQLite file with each of its indexes, row by row; the fault is
// empty where they agree.
func (a *jobAdmin) checkRows(ctx context.Context, table string) (fault string, err error) {
	var found []string
	err = a.store.query(ctx, func(read scan) error {
		var line string
		err := read(&line)
		found = append(found, line)
		return err
	}, `PRAGMA integrity_check(`+table+`)`)
	switch {
	case err != nil:
		return "", fmt.Errorf("compare table %s with its indexes: %w", table, err)
	case len(found) == 0, slices.Equal(found, []string{"ok"}):
		return "", nil
	}
	more := ""
	if n := len(found) - 1; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("the table %s and its indexes contradict each other (%s%s): lists by room or request, and receipts, may lack entries. "+
		"Find out who has changed the file; where an index lacks rows, REINDEX %[1]s makes it anew", table, found[0], more), nil
}

// schemaItem is a table or an index, as the store has it.
type schemaItem struct{ what, name, table, statement string }

func (i schemaItem) String() string { return i.what + " " + i.name }

// recordSchema are the tables of the audit record and their indexes, on PostgreSQL the indexes
// alone.
func (a *jobAdmin) recordSchema(ctx context.Context) (all []schemaItem, err error) {
	err = a.store.query(ctx, func(read scan) error {
		var i schemaItem
		err := read(&i.what, &i.name, &i.table, &i.statement)
		i.statement = strings.Join(strings.Fields(i.statement), " ")
		all = append(all, i)
		return err
	}, a.store.dialect().recordSchema)
	if err != nil {
		return nil, fmt.Errorf("look at the indexes of the audit record: %w", err)
	}
	return all, nil
}

var recordStatement = regexp.MustCompile(`^CREATE (?:UNIQUE )?(TABLE|INDEX) (\w+)(?: ON (\w+))?`)

// expectedSchema is what this program makes, as the store would have it.
func (a *jobAdmin) expectedSchema() (all []schemaItem) {
	isSQLite := a.store.dialect().isSQLite()
	for _, m := range migrations() {
		for _, statement := range m.statements {
			made := recordStatement.FindStringSubmatch(statement)
			if made == nil || !slices.Contains(recordTables(), made[2]) && !slices.Contains(recordTables(), made[3]) {
				continue
			}
			i := schemaItem{strings.ToLower(made[1]), made[2], made[3], strings.Join(strings.Fields(statement), " ")}
			if isSQLite {
				all = append(all, i)
			} else if i.what == "index" {
				i.statement = strings.NewReplacer(" (", " USING btree (", "''", "''::text").Replace(i.statement)
				all = append(all, i)
			}
		}
	}
	if !isSQLite {
		for table, columns := range map[string]string{"audit": "seq", "audit_unlinked": "request, part", "audit_facts": "request, part"} {
			all = append(all, schemaItem{"index", table + "_pkey", table,
				fmt.Sprintf("CREATE UNIQUE INDEX %s_pkey ON %[1]s USING btree (%s)", table, columns)})
		}
	}
	slices.SortFunc(all, func(a, b schemaItem) int { return strings.Compare(a.name, b.name) })
	return all
}

// compareSchema says what is not as this program makes it.
func compareSchema(made, expected []schemaItem) (faults []string) {
	for _, want := range expected {
		n := slices.IndexFunc(made, func(i schemaItem) bool { return i.what == want.what && i.name == want.name })
		switch {
		case n < 0:
			faults = append(faults, fmt.Sprintf("the store has no %s, which this program makes by %s: "+
				"find out who has dropped it, then make it again", want, want.statement))
		case made[n].statement != want.statement:
			faults = append(faults, fmt.Sprintf("the %s is another one than this program makes, so that lists and receipts may lack entries: "+
				"it is %s, and should be %s. Find out who has changed it, then make it anew", want, made[n].statement, want.statement))
		}
	}
	for _, i := range made {
		if !slices.ContainsFunc(expected, func(want schemaItem) bool { return i.what == want.what && i.name == want.name }) {
			faults = append(faults, fmt.Sprintf("the %s on %s is none that this program makes: find out who has made it, then drop it", i, i.table))
		}
	}
	return faults
}
