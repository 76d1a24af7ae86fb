package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/bot/engine"
)

// withRecord is an engine with a record of three starts, and one decision that has facts.
func withRecord(t *testing.T, store engine.Address) *engine.Engine {
	t.Helper()
	ctx := context.Background()
	e := open(t, quickConfig(store, doNothing))
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	decision, facts := audit.New(audit.Decision, "a", "decision/1", nil).WithFacts(map[string]string{"typed": "Ärger & Söhne"})
	require.NoError(t, e.FillRecord(ctx, 1, func(int) audit.Entry { return decision }))
	require.NoError(t, e.KeepFacts(ctx, decision, &facts))
	for n := range 3 {
		require.NoError(t, e.StoreEntries(ctx, audit.New(audit.Start, "", fmt.Sprint("start/", n), nil)))
	}
	require.NoError(t, e.LinkEntries(ctx))
	return e
}

func faultsOf(t *testing.T, store engine.Address) (all []string) {
	t.Helper()
	_, r := readRecord(t, store)
	for _, f := range r.Faults {
		all = append(all, f.What)
	}
	return all
}

func TestATriggerOnTheStoreIsNamed(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		e := withRecord(t, store)
		require.Empty(t, faultsOf(t, store))
		if !store.IsPostgres() {
			require.NoError(t, e.Exec(ctx, `CREATE TRIGGER y AFTER INSERT ON audit_unlinked WHEN new.actor = 7
				BEGIN DELETE FROM audit_unlinked WHERE request = new.request AND part = new.part; END`))
			require.Equal(t, []string{"the store has a trigger y on audit_unlinked, which this program does not make"}, faultsOf(t, store))
			return
		}
		require.NoError(t, e.Exec(ctx, `CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`))
		require.NoError(t, e.Exec(ctx, `CREATE TRIGGER y BEFORE INSERT ON audit_unlinked FOR EACH ROW WHEN (new.actor = 7) EXECUTE FUNCTION nothing()`))
		require.NoError(t, e.Exec(ctx, `CREATE RULE z AS ON INSERT TO river_job WHERE new.attempt = 77 DO INSTEAD NOTHING`))
		require.NoError(t, e.Exec(ctx, `CREATE TABLE other (n BIGINT)`))
		require.NoError(t, e.Exec(ctx, `CREATE TRIGGER x BEFORE INSERT ON other FOR EACH ROW EXECUTE FUNCTION nothing()`))
		require.Equal(t, []string{"the store has a trigger y on audit_unlinked, which this program does not make",
			"the store has a rule z on river_job, which this program does not make"}, faultsOf(t, store), "other tables are not the bot's")
	})
}

// A table that the list of tables lacks would not be looked at.
func TestAllTablesOfTheStoreAreLookedAt(t *testing.T) {
	t.Parallel()
	store := newDatabase(t)
	e := open(t, quickConfig(store, doNothing))
	defer func() { require.NoError(t, e.Close()) }()
	require.ElementsMatch(t, engine.TableNames(), e.TablesOfDatabase(t.Context()))
}

func TestFactsOfNoEntryAreAFault(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		e := withRecord(t, store)
		stray, facts := audit.New(audit.Decision, "b", "decision/1", nil).WithFacts(map[string]string{"typed": "x"})
		require.NoError(t, e.KeepFacts(ctx, stray, &facts))
		require.Equal(t, []string{"there are facts of an entry that is not there: request b, part decision/1"}, faultsOf(t, store))
		without := audit.New(audit.Start, "", "start/1", nil) // an entry that has no facts
		require.NoError(t, e.KeepFacts(ctx, without, &facts))
		require.Equal(t, []string{"there are facts of 2 entries that are not there: request none, part start/1, and others"}, faultsOf(t, store))
	})
}

func TestFactsThatWereMovedToTheirSaltAreFound(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		e := withRecord(t, store)
		all, _ := readRecord(t, store)
		f := all[0].Facts
		require.NoError(t, e.Exec(context.Background(), `UPDATE audit_facts SET salt = $1, facts = '}'`,
			append(f.Salt, f.Text[:len(f.Text)-1]...)))
		require.Equal(t, []string{"the facts of entry 1 were changed"}, faultsOf(t, store))
	})
}

func TestARowThatSaysThatEntriesWereRemovedExcusesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		e := withRecord(t, store)
		all, _ := readRecord(t, store)
		require.NoError(t, e.Exec(ctx, `DELETE FROM audit WHERE seq <= 2`))
		require.NoError(t, e.Exec(ctx, `DELETE FROM audit_facts`))
		require.NoError(t, e.StoreEntries(ctx, audit.New(audit.Removed, "", "removed/x", audit.RemovedBody{Through: all[1].Head()})))
		require.Equal(t, []string{"entries 1 to 2 were removed, and the entry that says that they were too old is not in the chain yet: " +
			"start the bot, which links it, and verify again"}, faultsOf(t, store))

		require.NoError(t, e.LinkEntries(ctx))
		i, err := engine.Inspect(silentContext(), store)
		require.NoError(t, err)
		defer func() { require.NoError(t, i.Close()) }()
		v := audit.NewVerifier([]audit.Anchor{{Head: all[1].Head(), At: all[1].At, Source: "file"}, {Head: all[3].Head(), Source: "log"}})
		v.KeepEntries, v.Now = audit.Forever, time.Now()
		r, err := i.VerifyRecord(ctx, v)
		require.NoError(t, err)
		require.True(t, r.IsWhole(), r.Faults)
		require.True(t, r.RemovedEarly)
	})
}

// What the bot has not linked when its store is set back comes before the entry that says so.
func TestAnEntryThatTheStoreWasSetBackFollowsTheLastOne(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		e := withRecord(t, store)
		require.NoError(t, e.StoreEntries(ctx, audit.New(audit.Stop, "", "stop/1", nil)))
		seen := audit.Head{Seq: 9, Hash: audit.Hash{1}}
		require.NoError(t, e.AddRestored(ctx, func(last audit.Head) (audit.Entry, bool) {
			return audit.New(audit.Restored, "", "restored/1", audit.RestoredBody{Head: last, Seen: seen, By: "file"}), true
		}))
		require.NoError(t, e.AddRestored(ctx, func(last audit.Head) (audit.Entry, bool) { return audit.Entry{}, last.Seq != 6 }))
		all, r := readRecord(t, store)
		require.True(t, r.IsWhole(), r.Faults)
		require.Len(t, all, 6)
		require.Equal(t, "stop/1", all[4].Part)
		require.WithinDuration(t, time.Now(), all[5].At, time.Minute)
		require.Len(t, r.Restored, 1)
		require.Equal(t, int64(6), r.Restored[0].Seq)
		require.Equal(t, all[4].Head(), r.Restored[0].Head)
	})
}

func TestTheFactsOfEntriesThatAreRemovedGoWithThem(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		c := quickConfig(store, doNothing)
		c.KeepEntries = 10 * 24 * time.Hour
		e := open(t, c)
		defer func() { require.NoError(t, e.Close()) }()
		now := time.Now()
		old, facts := audit.New(audit.Decision, "a", "decision/1", nil).WithFacts("x")
		old.At = now.Add(-20 * 24 * time.Hour)
		require.NoError(t, e.FillRecord(ctx, 1, func(int) audit.Entry { return old }))
		require.NoError(t, e.KeepFacts(ctx, old, &facts))
		require.NoError(t, e.Exec(ctx, `UPDATE audit_facts SET at = $1`, old.At.UnixMicro()))
		require.NoError(t, e.StoreEntries(ctx, audit.New(audit.Start, "", "start/1", nil)))
		require.NoError(t, e.LinkEntries(ctx))
		require.NoError(t, e.StoreEntries(ctx, audit.New(audit.Stop, "", "stop/1", nil)))
		e.PurgeAt(ctx, now, time.Hour)
		all, r := readRecord(t, store)
		require.True(t, r.IsWhole(), r.Faults)
		require.Equal(t, int64(1), r.Removed)
		require.True(t, strings.HasPrefix(all[len(all)-1].Part, "removed/"), "behind what was not linked")
		n, err := e.Count(ctx, "audit_facts")
		require.NoError(t, err)
		require.Zero(t, n)
	})
}
