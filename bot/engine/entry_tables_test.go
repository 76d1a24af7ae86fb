package engine_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/bot/engine"
)

// An index that lacks rows hides them from all who look something up by it, and the definition can
// be put right again behind it.
func TestAnIndexThatLacksEntriesIsAFaultOnSQLite(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := newFile(t)
	e := withRecord(t, store)
	room := audit.New(audit.Room, "a", "room", map[string]string{"act": "opened"})
	room.Room = "r"
	require.NoError(t, e.StoreEntries(ctx, room))
	require.NoError(t, e.LinkEntries(ctx))
	require.Empty(t, faultsOf(t, store))

	other, err := e.OtherConnection(ctx)
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	for _, statement := range []string{
		`DROP INDEX audit_room`, `CREATE INDEX audit_room ON audit (room) WHERE room <> '' AND request <> 'a'`,
	} {
		_, err := other.Exec(statement)
		require.NoError(t, err)
	}
	const asMade = "CREATE INDEX audit_room ON audit (room) WHERE room <> ''"
	require.Equal(t, []string{"the index audit_room is another one than this program makes, so that lists and receipts may lack entries: " +
		"it is " + asMade + " AND request <> 'a', and should be " + asMade + ". Find out who has changed it, then make it anew"}, faultsOf(t, store))

	for _, statement := range []string{
		`PRAGMA writable_schema = ON`,
		`UPDATE sqlite_schema SET sql = 'CREATE INDEX audit_room ON audit (room) WHERE room <> ''''' WHERE name = 'audit_room'`,
	} {
		_, err := other.Exec(statement)
		require.NoError(t, err)
	}
	faults := faultsOf(t, store)
	require.Len(t, faults, 1)
	require.Regexp(t, `^the table audit and its indexes contradict each other \(row 5 missing from index audit_room.*\): `+
		`lists by room or request, and receipts, may lack entries\. Find out .* REINDEX audit makes it anew$`, faults[0])
}

func TestIndexesThatThisProgramDoesNotMakeAreAFault(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		e := withRecord(t, store)
		require.Empty(t, faultsOf(t, store), "what a new store has")
		require.NoError(t, e.Exec(ctx, `DROP INDEX audit_at`))
		require.NoError(t, e.Exec(ctx, `CREATE UNIQUE INDEX one_room ON audit_unlinked (room)`))
		faults := faultsOf(t, store)
		require.Len(t, faults, 2)
		require.Regexp(t, `^the store has no index audit_at, which this program makes by CREATE INDEX audit_at ON audit .*\(at\): `+
			`find out who has dropped it, then make it again$`, faults[0])
		require.Equal(t, "the index one_room on audit_unlinked is none that this program makes: find out who has made it, then drop it", faults[1])

		require.NoError(t, e.Exec(ctx, `DROP INDEX one_room`))
		require.NoError(t, e.Exec(ctx, `CREATE INDEX audit_at ON audit (at) WHERE at > 5`))
		faults = faultsOf(t, store)
		require.Len(t, faults, 1)
		require.Contains(t, faults[0], "the index audit_at is another one than this program makes")
	})
}

// An SQLite file takes a value of any type in any column.
func TestEntriesOfAnotherTypeAreNamedAndTheOthersVerified(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	const odd = "entry %d was changed: it, or its facts, are stored in another form than the bot writes, and may not be found by what it says"
	for _, change := range []string{`at = at + 0.4`, `actor = 'somebody'`, `at = 'yesterday'`, `actor = 7.5`} {
		store := newFile(t)
		e := withRecord(t, store)
		require.NoError(t, e.Exec(ctx, `UPDATE audit SET `+change+` WHERE seq = 2`))
		require.NoError(t, e.Exec(ctx, `UPDATE audit SET body = '{"x":1}' WHERE seq = 4`))
		i, err := engine.Inspect(silentContext(), store)
		require.NoError(t, err)
		r, err := i.VerifyRecord(ctx, audit.NewVerifier(nil))
		require.NoError(t, err)
		require.Equal(t, []audit.Fault{{Seq: 2, What: fmt.Sprintf(odd, 2)}, {Seq: 4, What: "entry 4 was changed"}}, r.Faults, change)
		require.Equal(t, int64(4), r.Entries)
		err = i.ListEntries(ctx, engine.EntryFilter{}, func(engine.StoredEntry) error { return nil })
		require.EqualError(t, err, "list the audit record: entry 2 is stored in another form than entries are written in", change)
		require.NoError(t, i.Close())
	}
}

func TestAnEntryOfAnotherTypeThatIsNotInTheChainIsNamed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := newFile(t)
	e := withRecord(t, store)
	require.NoError(t, e.StoreEntries(ctx, audit.New(audit.Room, "b", "room", nil)))
	require.NoError(t, e.Exec(ctx, `UPDATE audit_unlinked SET at = 'x'`))
	i, err := engine.Inspect(silentContext(), store)
	require.NoError(t, err)
	defer func() { require.NoError(t, i.Close()) }()
	r, err := i.VerifyRecord(ctx, audit.NewVerifier(nil))
	require.NoError(t, err)
	require.Equal(t, []audit.Fault{{What: "an entry that is not in the chain yet (request b, part room) " +
		"is stored in another form than entries are written in"}}, r.Faults)
}

// Facts are erased by their own time, which no hash protects.
func TestFactsThatWouldBeKeptLongerThanTheirEntrySaysAreAFault(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		e := withRecord(t, store)
		require.Empty(t, faultsOf(t, store))
		days := (40 * 24 * time.Hour).Microseconds()
		require.NoError(t, e.Exec(ctx, `UPDATE audit_facts SET at = at + $1`, days))
		want := "the time of the facts of entry 1 was changed: they are erased at another time than roombot.retention.facts says; " +
			"find out who has changed it, and set it to that of the entry"
		require.Equal(t, []string{want}, faultsOf(t, store))
		require.NoError(t, e.Exec(ctx, `UPDATE audit_facts SET at = $1`, int64(-1<<63)))
		require.Equal(t, []string{want}, faultsOf(t, store))
	})
}

// What the bot stores itself has times that agree.
func TestFactsHaveTheTimeOfTheirEntry(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		e, _ := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			addEntries(ctx, a)
			return nil
		}))
		insert(t, e, newJob("a", "s"))
		waitIdle(t, e)
		requireRecord(t, e, store, "a decision/1", "a room")
	})
}
