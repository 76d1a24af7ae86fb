package engine_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/bot/engine"
)

// entriesOf are the entries of a usual command that opens a room, and the facts of the first.
func entriesOf(n int) (all []audit.Entry, facts *audit.Facts) {
	request := fmt.Sprintf("%04d-%04d-%04d", n%10000, n/10000%10000, n%7919)
	room := fmt.Sprintf("pLNTJ%010dAbCdEfGhIjKlMnOdA", n)
	user := int64(7696581430000 + n%500)
	decision, f := audit.New(audit.Decision, request, "decision/1", map[string]any{
		"command": "newroom", "outcome": "allow", "rule": "desk rooms", "line": 12, "version": "0a1b2c3d", "chat": room,
	}).WithFacts(map[string]any{
		"checks": []map[string]any{
			{"what": `who is one of ["set:desk"]`, "ok": true}, {"what": `where is one of ["im"]`, "ok": true},
			{"what": `command is one of ["newroom", "add"]`, "ok": true},
		},
		"from":  map[string]any{"id": user, "name": "Jane Doe", "username": "jane.doe", "email": "jane.doe@acme.test"},
		"typed": `/newroom "Q2 Earnings" @alice @carol group:"Test Group"`,
		"asked": map[string]any{
			"in": []string{"equities sales"}, "notIn": []string{"fx emea"},
			"plan": map[string]any{
				"people": 5, "owners": 1, "groups": []string{"Test Group"}, "members": []map[string]any{{"id": user + 1}, {"id": user + 2}},
			},
		},
	})
	all = []audit.Entry{
		decision,
		audit.New(audit.Room, request, "room", map[string]string{"act": "opened"}),
		audit.New(audit.Member, request, "member/requester", map[string]any{"added": []int64{user}}),
		audit.New(audit.Member, request, "member/members/0", map[string]any{"added": []int64{user + 1, user + 2, user + 3}, "owners": []int64{user}}),
		audit.New(audit.Answer, request, "answer", map[string]string{"outcome": "done"}),
	}
	for i := range all {
		all[i].Actor, all[i].At = user, time.UnixMicro(1772600000000000+int64(n)*86_400_000)
		if i > 0 {
			all[i].Room = room
		}
	}
	return all, &f
}

// addEntriesOf adds the entries of the command that a job stands for.
func addEntriesOf(ctx context.Context, a *engine.Attempt) error {
	all, facts := entriesOf(numberOf(a.ID))
	a.AddEntry(ctx, all[0], facts)
	err := a.Intend(ctx, "create")
	for _, e := range all[1:] {
		a.AddEntry(ctx, e, nil)
	}
	return err
}

// What a command leaves in the store for years, and for 30 days of them its facts.
func TestTheEntriesOfACommandTakeTwoKiBAtMost(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		e := open(t, quickConfig(store, doNothing))
		defer func() { require.NoError(t, e.Close()) }()
		const many = 1000
		before, err := engine.StoreSize(ctx, store)
		require.NoError(t, err)
		require.NoError(t, e.FillRecord(ctx, 5*many, func(n int) audit.Entry {
			all, _ := entriesOf(n / 5)
			return all[n%5]
		}))
		entries, err := engine.StoreSize(ctx, store)
		require.NoError(t, err)
		for n := range many {
			all, facts := entriesOf(n)
			require.NoError(t, e.KeepFacts(ctx, all[0], facts))
		}
		all, err := engine.StoreSize(ctx, store)
		require.NoError(t, err)
		t.Logf("%d bytes a command, its facts %d", (entries-before)/many, (all-entries)/many)
		require.Less(t, entries-before+(all-entries)*30/365, int64(many*2048))
	})
}

// BenchmarkACommand is a job with an intention, with the entries of a command and without.
func BenchmarkACommand(b *testing.B) {
	for name, h := range map[string]handler{
		"with entries":    addEntriesOf,
		"without entries": func(ctx context.Context, a *engine.Attempt) error { return a.Intend(ctx, "create") },
	} {
		b.Run(name, func(b *testing.B) {
			e, _ := start(b, quickConfig(newFile(b), h))
			for n := 0; b.Loop(); n++ {
				insert(b, e, newJob(fmt.Sprint("job ", n), fmt.Sprint(n)))
			}
			waitIdle(b, e)
		})
	}
}

// BenchmarkAYearsRecord reads a record of a year with so many rooms a day (ROOMS_A_DAY, by default
// 10): all of it for its verification, the rooms of a week, and what one person did.
func BenchmarkAYearsRecord(b *testing.B) {
	rooms, err := strconv.Atoi(os.Getenv("ROOMS_A_DAY"))
	if err != nil {
		rooms = 10
	}
	ctx := context.Background()
	e := open(b, quickConfig(newFile(b), doNothing))
	defer func() { require.NoError(b, e.Close()) }()
	commands := 365 * rooms
	spread := time.Duration(1000/rooms) * time.Duration(86_400_000) * time.Microsecond
	for from := 0; from < commands; from += 10_000 {
		require.NoError(b, e.FillRecord(ctx, 5*min(10_000, commands-from), func(n int) audit.Entry {
			all, _ := entriesOf(from + n/5)
			entry := all[n%5]
			entry.At = time.UnixMicro(1772600000000000).Add(time.Duration(from+n/5) * spread)
			return entry
		}))
	}
	last := time.UnixMicro(1772600000000000).Add(time.Duration(commands) * spread)
	for name, f := range map[string]engine.EntryFilter{
		"rooms of a week": {Kind: audit.Room, Since: last.AddDate(0, 0, -7)},
		"one person":      {Actor: 7696581430007},
		"one request":     {Request: "0007-0000-0007"},
		"one room":        {Room: "pLNTJ0000000007AbCdEfGhIjKlMnOdA"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				n := 0
				require.NoError(b, e.ListEntries(ctx, f, func(engine.StoredEntry) error { n++; return nil }))
				require.Positive(b, n)
			}
		})
	}
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			v := audit.NewVerifier(nil)
			require.NoError(b, e.ListEntries(ctx, engine.EntryFilter{}, func(s engine.StoredEntry) error {
				v.Add(s.Entry, nil)
				return nil
			}))
			require.Empty(b, v.Report(nil).Faults)
		}
	})
	b.Run("verify, with tables and indexes", func(b *testing.B) {
		for b.Loop() {
			r, err := e.VerifyRecord(ctx, audit.NewVerifier(nil))
			require.NoError(b, err)
			require.Empty(b, r.Faults)
		}
	})
}
