package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/bot/engine"
)

// readRecord is the record in its order, and what its verification has found.
func readRecord(t testing.TB, store engine.Address) (all []engine.StoredEntry, r audit.Report) {
	t.Helper()
	i, err := engine.Inspect(silentContext(), store)
	require.NoError(t, err)
	defer func() { require.NoError(t, i.Close()) }()
	require.NoError(t, i.ListEntries(context.Background(), engine.EntryFilter{}, func(s engine.StoredEntry) error {
		all = append(all, s)
		return nil
	}))
	r, err = i.VerifyRecord(context.Background(), audit.NewVerifier(nil))
	require.NoError(t, err)
	return all, r
}

// requireRecord asserts that all entries are linked and that these are all parts, of any order.
func requireRecord(t testing.TB, e *engine.Engine, store engine.Address, parts ...string) []engine.StoredEntry {
	t.Helper()
	require.NoError(t, e.LinkEntries(context.Background()))
	all, r := readRecord(t, store)
	require.True(t, r.IsWhole(), r.Faults)
	require.Zero(t, r.Unlinked)
	var found []string
	for _, s := range all {
		found = append(found, s.Request+" "+s.Part)
	}
	require.ElementsMatch(t, parts, found)
	return all
}

// addEntries adds two entries of a job, with facts beside the first.
func addEntries(ctx context.Context, a *engine.Attempt) {
	e, facts := audit.New(audit.Decision, a.ID, "decision/1", map[string]string{"rule": "everybody"}).WithFacts(map[string]string{"typed": "typed by " + a.ID})
	e.Actor = 7
	a.AddEntry(ctx, e, &facts)
	room := audit.New(audit.Room, a.ID, "room", map[string]string{"act": "opened"})
	room.Actor, room.Room = 7, "room of "+a.ID
	a.AddEntry(ctx, room, nil)
}

func TestEntriesAreStoredWithTheNextWriteAndLinkedInTheirOrder(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		atIntention := make(chan int, 1)
		e, _ := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			addEntries(ctx, a)
			err := a.Intend(ctx, "create")
			all, _ := readRecord(t, store)
			atIntention <- len(all)
			return err
		}))
		insert(t, e, newJob("a", "s"))
		require.Equal(t, 2, next(t, atIntention), "before anything is done")
		waitIdle(t, e)
		require.Eventually(t, func() bool { _, r := readRecord(t, store); return r.Unlinked == 0 && r.Entries == 2 }, patience, 10*time.Millisecond)
		all := requireRecord(t, e, store, "a decision/1", "a room")
		require.Equal(t, []int64{1, 2}, []int64{all[0].Seq, all[1].Seq})
		require.Equal(t, "decision/1", all[0].Part)
		require.JSONEq(t, `{"typed":"typed by a"}`, string(all[0].Facts.Text))
		require.WithinDuration(t, time.Now(), all[1].At, time.Minute)
		require.Equal(t, []any{int64(7), "room of a"}, []any{all[1].Actor, all[1].Room})
		s, err := e.Stats(context.Background())
		require.NoError(t, err)
		require.Equal(t, int64(2), s.Entries)
		require.Zero(t, s.Unlinked)
	})
}

// Entries cost no transaction: they wait for one of the job's own, at the latest for its end.
func TestEntriesTakeNoCommit(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		with := false
		e, _ := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			if with {
				addEntries(ctx, a)
			}
			return nil
		}))
		least := func() int64 { // a link may fall into the time that is counted
			least := int64(100)
			for n := range 4 {
				before := e.Commits()
				insert(t, e, newJob(fmt.Sprintf("%t %d", with, n), "s"))
				waitIdle(t, e)
				least = min(least, e.Commits()-before)
			}
			return least
		}
		without := least()
		with = true
		require.LessOrEqual(t, least(), without)
	})
}

func TestAnEntryOfAJobThatComesBackIsStoredOnce(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		e, _ := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			addEntries(ctx, a)
			if a.Number == 2 { // those of the first attempt are in the chain already
				if err := a.LinkNow(ctx); err != nil {
					return err
				}
			}
			if a.Number < 4 {
				return errors.New("again")
			}
			return nil
		}))
		insert(t, e, newJob("a", "s"), newJob("b", "t"))
		waitIdle(t, e)
		requireRecord(t, e, store, "a decision/1", "a room", "b decision/1", "b room")
	})
}

// Each process is killed at a random point; no entry is missing whose effect has happened, and none
// is there twice.
func TestEntriesSurviveKills(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		e := open(t, quickConfig(store, doNothing))
		var jobs []engine.Job
		var parts []string
		for _, id := range numberedIDs("job", 12) {
			jobs = append(jobs, newJob(id, id))
			parts = append(parts, id+" decision/1", id+" room")
		}
		insert(t, e, jobs...)
		require.NoError(t, e.Close())
		for n := range 4 {
			c := childCommand(context.Background(), store, "entries")
			out, err := c.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, c.Start())
			buffer := make([]byte, 20+40*n)
			_, _ = out.Read(buffer)
			require.NoError(t, c.Process.Kill())
			_ = c.Wait()
		}
		e, _ = start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error { addEntries(ctx, a); return nil }))
		waitIdle(t, e)
		requireRecord(t, e, store, parts...)
	})
}

func TestReplicasThatAppendAtOnceMakeOneChain(t *testing.T) {
	t.Parallel()
	store := newDatabase(t)
	handle := func(ctx context.Context, a *engine.Attempt) error {
		addEntries(ctx, a)
		return a.Intend(ctx, "create")
	}
	one, _ := start(t, quickConfig(store, handle))
	two, _ := start(t, quickConfig(store, handle))
	var parts []string
	ids := numberedIDs("job", 60)
	linking := make(chan error, 2)
	for _, e := range []*engine.Engine{one, two} {
		go func() {
			var err error
			for range 30 {
				err = errors.Join(err, e.LinkEntries(context.Background()))
			}
			linking <- err
		}()
	}
	for i, id := range ids {
		insert(t, []*engine.Engine{one, two}[i%2], newJob(id, id))
		parts = append(parts, id+" decision/1", id+" room")
	}
	require.NoError(t, next(t, linking))
	require.NoError(t, next(t, linking))
	waitIdle(t, one)
	all := requireRecord(t, one, store, parts...)
	for _, id := range ids {
		decision := slices.IndexFunc(all, func(s engine.StoredEntry) bool { return s.Request == id && s.Kind == audit.Decision })
		room := slices.IndexFunc(all, func(s engine.StoredEntry) bool { return s.Request == id && s.Kind == audit.Room })
		require.Less(t, decision, room)
	}
}

func TestEntriesAreSelected(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		e, _ := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error { addEntries(ctx, a); return nil }))
		insert(t, e, newJob("a", "s"), newJob("b", "t"))
		waitIdle(t, e)
		require.NoError(t, e.LinkEntries(ctx))
		require.NoError(t, e.StoreEntries(ctx, audit.New(audit.Stop, "", "stop/1", nil))) // not linked yet, or soon
		count := func(f engine.EntryFilter) (parts []string) {
			require.NoError(t, e.ListEntries(ctx, f, func(s engine.StoredEntry) error {
				parts = append(parts, s.Request+" "+s.Part)
				return nil
			}))
			return parts
		}
		require.Len(t, count(engine.EntryFilter{}), 5)
		require.Len(t, count(engine.EntryFilter{Actor: 7}), 4)
		require.Empty(t, count(engine.EntryFilter{Actor: 8}))
		require.Equal(t, []string{"b decision/1", "b room"}, count(engine.EntryFilter{Request: "b"}))
		require.Equal(t, []string{"a decision/1", "a room"}, count(engine.EntryFilter{Room: "room of a"}), "all of the request")
		require.Equal(t, []string{"b decision/1"}, count(engine.EntryFilter{Room: "room of b", Kind: audit.Decision}))
		require.Equal(t, []string{" stop/1"}, count(engine.EntryFilter{Kind: audit.Stop}))
		require.Len(t, count(engine.EntryFilter{Since: time.Now().Add(-time.Hour), Until: time.Now().Add(time.Hour)}), 5)
		require.Empty(t, count(engine.EntryFilter{Since: time.Now().Add(time.Hour)}))
		require.Empty(t, count(engine.EntryFilter{Until: time.Now().Add(-time.Hour)}))
		n := 0
		require.NoError(t, e.ListEntries(ctx, engine.EntryFilter{}, func(engine.StoredEntry) error { n++; return engine.ErrStop }))
		require.Equal(t, 1, n)
	})
}

func TestTheActOfAnOperatorHasOneEntry(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		c := quickConfig(store, func(context.Context, *engine.Attempt) error { return engine.GiveUp(errors.New("broken")) })
		c.ReportAct = func(context.Context, engine.Act) {}
		c.EntryOfAct = func(act engine.Act) (audit.Entry, *audit.Facts) {
			return audit.New(audit.Operator, act.Job, fmt.Sprint("operator/", act.At.UnixMicro()), map[string]string{"operator": act.Operator}), nil
		}
		e, _ := start(t, c)
		insert(t, e, newJob("a", "s"))
		waitIdle(t, e)
		ctx := engine.WithOperator(context.Background(), "ann")
		i, err := engine.Inspect(ctx, store)
		require.NoError(t, err)
		require.NoError(t, i.Retry(ctx, "a"))
		require.NoError(t, i.Close())
		require.Eventually(t, func() bool { _, r := readRecord(t, store); return r.Entries == 1 }, patience, 10*time.Millisecond)
		all, _ := readRecord(t, store)
		require.Equal(t, audit.Operator, all[0].Kind)
	})
}

// Facts are erased when they are old, or when somebody is to be forgotten. The chain stays whole.
func TestErasedFactsLeaveTheFilesAndAWholeChain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := newFile(t)
	c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
		e, facts := audit.New(audit.Decision, a.ID, "decision/1", nil).WithFacts(map[string]string{"typed": strings.Repeat(marker("typed", numberOf(a.ID)), 5)})
		a.AddEntry(ctx, e, &facts)
		return nil
	})
	e, stop := start(t, c)
	for n := range 300 {
		insert(t, e, newJob(fmt.Sprint("job ", n), fmt.Sprint(n%40)))
	}
	waitIdle(t, e)
	require.NoError(t, e.LinkEntries(ctx))
	i, err := engine.Inspect(silentContext(), store)
	require.NoError(t, err)
	f, err := i.Forget(ctx, func(all map[string]engine.Said) (names []string) {
		for name, said := range all {
			if n := regexp.MustCompile(`typed-(\d{6})`).FindStringSubmatch(textOf(said)); n != nil && n[1][5] == '7' {
				names = append(names, name)
			}
		}
		return names
	})
	require.NoError(t, err)
	require.Equal(t, 30, f.Facts)
	require.NoError(t, i.Close())
	stop()
	found := markersIn(t, store)
	require.Len(t, found, 270)
	for m := range found {
		require.NotContains(t, m, "7.")
	}
	_, r := readRecord(t, store)
	require.True(t, r.IsWhole(), r.Faults)
	require.Equal(t, int64(30), r.Erased)
	require.Equal(t, 30, r.Unlinked, "who has erased them is told")

	e = open(t, c)
	e.PurgeAt(ctx, time.Now().Add(31*24*time.Hour), time.Hour)
	e.PurgeAt(ctx, time.Now().Add(62*24*time.Hour), 31*24*time.Hour+2*time.Hour)
	e.EraseTraces(ctx)
	require.NoError(t, e.Close())
	require.Empty(t, markersIn(t, store))
	_, r = readRecord(t, store)
	require.True(t, r.IsWhole(), r.Faults)
	require.Equal(t, int64(300), r.Erased)
	require.Equal(t, int64(300), r.Entries, "entries are kept")
	require.Equal(t, 30, r.Unlinked)
}

// textOf is all that is said.
func textOf(said engine.Said) string {
	text := string(said.Payload)
	for _, result := range said.Results {
		text += "\n" + string(result)
	}
	return text
}

// A request is found by an id in any of its entries, and its facts are erased together; those of
// entries that belong to no request are each found by their own.
func TestTheFactsOfARequestAreErasedTogether(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		e, _ := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			for _, n := range []int64{1, 2} {
				entry, facts := audit.New(audit.Approval, a.ID, fmt.Sprintf("approval/%d/asked", n), map[string]any{"rule": "rooms of 9009"}).
					WithFacts(map[string]string{"plan": "Kim Novak"})
				a.AddEntry(ctx, entry, &facts)
			}
			a.AddEntry(ctx, audit.New(audit.Member, a.ID, "member/a", map[string]any{"added": []int64{7000 + int64(len(a.ID))}}), nil)
			pause, facts := audit.New(audit.Pause, "", "pause/"+a.ID, nil).WithFacts(map[string]string{"reason": "x"})
			pause.Actor = 7000 + int64(len(a.ID))
			a.AddEntry(ctx, pause, &facts)
			return nil
		}))
		insert(t, e, newJob("a", "s"))
		insert(t, e, newJob("bb", "s"))
		waitIdle(t, e)
		i, err := engine.Inspect(silentContext(), store)
		require.NoError(t, err)
		defer func() { require.NoError(t, i.Close()) }()
		f, err := i.Forget(ctx, func(all map[string]engine.Said) (names []string) {
			require.Len(t, all, 4)
			for name, said := range all {
				require.NotContains(t, textOf(said), "9009", "a name of a rule")
				if strings.Contains(textOf(said), "7001") {
					names = append(names, name)
				}
			}
			return names
		})
		require.NoError(t, err)
		require.Equal(t, 3, f.Facts, "two of the request, and one of the pause")
		all, r := readRecord(t, store)
		require.True(t, r.IsWhole(), r.Faults)
		var kept []string
		for _, s := range all {
			if s.Facts != nil {
				kept = append(kept, s.Part+" "+s.Request)
			}
		}
		require.ElementsMatch(t, []string{"approval/1/asked bb", "approval/2/asked bb", "pause/bb "}, kept)
	})
}

func numberOf(id string) (n int) {
	_, _ = fmt.Sscanf(id, "job %d", &n)
	return n
}

func TestEntriesThatAreTooOldAreRemovedAndAnEntrySaysSo(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		c := quickConfig(store, doNothing)
		c.KeepEntries = 60 * 24 * time.Hour
		e := open(t, c)
		defer func() { require.NoError(t, e.Close()) }()
		now := time.Now()
		for n := range 3 {
			require.NoError(t, e.StoreEntries(ctx, audit.New(audit.Start, "", fmt.Sprint("start/", n), nil)))
		}
		require.NoError(t, e.Exec(ctx, `UPDATE audit_unlinked SET at = $1 WHERE part <> 'start/2'`, now.Add(-90*24*time.Hour).UnixMicro()))
		require.NoError(t, e.LinkEntries(ctx))
		e.PurgeAt(ctx, now, time.Hour)
		e.PurgeAt(ctx, now, 2*time.Hour)
		all, r := readRecord(t, store)
		require.True(t, r.IsWhole(), r.Faults)
		require.Equal(t, int64(2), r.Removed)
		require.Len(t, all, 2)
		require.Equal(t, audit.Removed, all[1].Kind)
		var body audit.RemovedBody
		require.NoError(t, json.Unmarshal(all[1].Body, &body))
		require.Equal(t, int64(2), body.Through.Seq)
	})
}

// What somebody does to the tables is found.
func TestManipulatedTablesAreFound(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		e := open(t, quickConfig(store, doNothing))
		defer func() { require.NoError(t, e.Close()) }()
		for n := range 9 {
			require.NoError(t, e.StoreEntries(ctx, audit.New(audit.Start, "", fmt.Sprint("start/", n), nil)))
		}
		require.NoError(t, e.LinkEntries(ctx))
		for _, m := range []struct{ statement, undo, fault string }{
			{`UPDATE audit SET actor = 5 WHERE seq = 4`, `UPDATE audit SET actor = 0 WHERE seq = 4`, "entry 4 was changed"},
			{`UPDATE audit SET at = at + 1 WHERE seq = 4`, `UPDATE audit SET at = at - 1 WHERE seq = 4`, "entry 4 was changed"},
			{`UPDATE audit SET facts_hash = hash WHERE seq = 4`, `UPDATE audit SET facts_hash = NULL WHERE seq = 4`, "entry 4 was changed"},
			{`DELETE FROM audit WHERE seq = 4`, ``, "entry 4 was removed"},
		} {
			require.NoError(t, e.Exec(ctx, m.statement))
			_, r := readRecord(t, store)
			require.Len(t, r.Faults, 1)
			require.Equal(t, m.fault, r.Faults[0].What)
			if m.undo != "" {
				require.NoError(t, e.Exec(ctx, m.undo))
			}
		}
	})
}

// entriesChild is a child process that adds the entries of its jobs, and tells of each.
func entriesChild(ctx context.Context, a *engine.Attempt) error {
	addEntries(ctx, a)
	err := a.Intend(ctx, "create")
	fmt.Fprintln(os.Stdout, a.ID)
	return err
}

// Whoever can write the file could keep the entries of others out of the chain.
func TestARowOfAnotherTypeKeepsNoEntryFromBeingLinked(t *testing.T) {
	t.Parallel()
	store := newFile(t)
	ctx := context.Background()
	c := quickConfig(store, doNothing)
	var reported atomic.Int64
	c.ReportAct = func(context.Context, engine.Act) { reported.Add(1) }
	e, _ := start(t, c)
	require.NoError(t, e.Exec(ctx, `INSERT INTO audit_unlinked (place, at, kind, request, part, actor, room, body)
		VALUES ('first', 'then', x'00', 'r', 'poison', 'nobody', '', x'7b7d')`))
	require.NoError(t, e.Exec(ctx, `INSERT INTO act (at, operator, act, command, reason) VALUES ('then', 'x', 'pause all', '', '')`))
	require.NoError(t, e.StoreEntries(ctx, audit.New(audit.Start, "", "start/1", nil)))
	require.Eventually(t, func() bool {
		acts, err := e.Count(ctx, "act")
		require.NoError(t, err)
		unlinked, err := e.Count(ctx, "audit_unlinked")
		require.NoError(t, err)
		return acts == 0 && unlinked == 0 && reported.Load() == 1
	}, patience, 10*time.Millisecond)
	all, r := readRecord(t, store)
	require.True(t, r.IsWhole(), r.Faults)
	require.Contains(t, []string{all[0].Part, all[1].Part}, "start/1")
}

// Two keys of an SQLite file that differ by their types alone are one in the chain.
func TestEntriesThatHaveOneNameKeepNoOtherFromBeingLinked(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := newFile(t)
	e := open(t, quickConfig(store, doNothing))
	defer func() { require.NoError(t, e.Close()) }()
	require.NoError(t, e.Exec(ctx, `INSERT INTO audit_unlinked (place, at, kind, request, part, actor, room, body)
		VALUES (1, 1, 'start', 'r', 'p', 0, '', '{}'), (2, 2, 'start', x'72', 'p', 0, '', '{"x":1}')`))
	require.NoError(t, e.StoreEntries(ctx, audit.New(audit.Start, "", "start/1", nil)))
	requireRecord(t, e, store, "r p", " start/1")
}

func TestAnEntryThatIsLeftOutSinceTheRecordHasAnotherIsLogged(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		var log logLines
		ctx := zerolog.New(&log).WithContext(context.Background())
		e, err := engine.Open(ctx, quickConfig(store, doNothing))
		require.NoError(t, err)
		defer func() { require.NoError(t, e.Close()) }()
		const leftOut = `"entries":1,"request":"a","message":"entry was left out of the audit record`
		first, _ := audit.New(audit.Room, "a", "room", "opened").WithFacts("x")
		again, _ := audit.New(audit.Room, "a", "room", "opened").WithFacts("x")
		require.NotEqual(t, first.FactsHash, again.FactsHash)
		for _, entry := range []audit.Entry{first, again} {
			require.NoError(t, e.StoreEntries(ctx, entry))
			require.NoError(t, e.LinkEntries(ctx))
		}
		require.Zero(t, log.count("left out"), "a job that comes back stores it again")
		require.NoError(t, e.StoreEntries(ctx, audit.New(audit.Room, "a", "room", "closed")))
		require.NoError(t, e.LinkEntries(ctx))
		require.Equal(t, 1, log.count(leftOut))
		requireRecord(t, e, store, "a room")
	})
}

// What cannot be exported would keep all later entries from the file of the record.
func TestARowThatNoExportCanHaveIsLinkedAsOneThatItCan(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		e := open(t, quickConfig(store, doNothing))
		defer func() { require.NoError(t, e.Close()) }()
		const row = `INSERT INTO audit_unlinked (place, at, kind, request, part, actor, room, body) VALUES ($1, $2, $3, $4, $5, 0, $6, $7)`
		require.NoError(t, e.Exec(ctx, row, 1, int64(math.MaxInt64), "start", "", "late", "", "{}"))
		require.NoError(t, e.Exec(ctx, row, 2, int64(math.MinInt64), "start", "", "early", "", "{}"))
		require.NoError(t, e.Exec(ctx, row, 3, 3, "a\nb", "c\nd", "e\nf", "g\nh", "{\n}"))
		require.NoError(t, e.Exec(ctx, row, 4, 4, "start", "", "no JSON", "", "none"))
		require.NoError(t, e.StoreEntries(ctx, audit.New(audit.Start, "", "start/1", nil)))
		for _, s := range requireLinked(t, e, store, 5) {
			_, err := json.Marshal(s.Entry)
			require.NoError(t, err, s.Part)
		}
	})
}

// requireLinked asserts that n entries are linked, each with its hash.
func requireLinked(t *testing.T, e *engine.Engine, store engine.Address, n int) []engine.StoredEntry {
	t.Helper()
	require.NoError(t, e.LinkEntries(context.Background()))
	all, r := readRecord(t, store)
	require.Len(t, all, n)
	for _, f := range r.Faults {
		require.NotContains(t, f.What, "was changed")
	}
	return all
}
