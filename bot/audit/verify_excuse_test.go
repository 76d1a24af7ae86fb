package audit_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
)

// timedChain is a chain of so many entries, an hour apart, from a time on.
func timedChain(n int, from time.Time) []stored {
	c := newChain(n)
	for i := range c {
		c[i].At = from.Add(time.Duration(i) * time.Hour)
	}
	return relink(c, 0)
}

// timedAnchors are anchors of all entries, with their times, as in a file for collectors.
func timedAnchors(chain []stored) (all []audit.Anchor) {
	for _, s := range chain {
		all = append(all, audit.Anchor{Head: s.Head(), At: s.At, Source: "file"})
	}
	return all
}

var day0 = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// add links an entry to the end of a chain.
func add(chain []stored, kind audit.Kind, at time.Time, body any) []stored {
	last := chain[len(chain)-1].Head()
	e := audit.New(kind, "", fmt.Sprint(kind, last.Seq), body)
	e.At = at
	return append(slices.Clone(chain), stored{e.Link(last), nil})
}

func whatOf(r audit.Report) (all []string) {
	for _, f := range r.Faults {
		all = append(all, f.What)
	}
	return all
}

func TestARemovalExcusesOnlyOnceItIsLinked(t *testing.T) {
	t.Parallel()
	chain := timedChain(72, day0)
	removed := audit.New(audit.Removed, "", "removed/10", audit.RemovedBody{Through: chain[9].Head()})
	v := audit.NewVerifier(timedAnchors(chain))
	for _, s := range chain[10:] {
		v.Add(s.Entry, s.facts)
	}
	r := v.Report([]audit.Entry{removed})
	require.Equal(t, []string{"entries 1 to 10 were removed, and the entry that says that they were too old is not in the chain yet: " +
		"start the bot, which links it, and verify again"}, whatOf(r))
	require.Equal(t, int64(72), r.Certain.Seq)
	require.Zero(t, r.Removed)
}

func TestEntriesThatWereTooYoungCannotHaveBeenRemoved(t *testing.T) {
	t.Parallel()
	chain := timedChain(10, day0)
	check := func(at time.Time, keep time.Duration, anchors ...audit.Anchor) audit.Report {
		v := audit.NewVerifier(anchors)
		v.KeepEntries = keep
		for _, s := range add(chain[4:], audit.Removed, at, audit.RemovedBody{Through: chain[3].Head()}) {
			v.Add(s.Entry, s.facts)
		}
		return v.Report(nil)
	}
	all := timedAnchors(chain)
	const month = 30 * 24 * time.Hour
	r := check(day0.Add(12*time.Hour), month, all...)
	require.Equal(t, []string{"entry 11 says that entries up to 4 were removed at 2026-03-01T12:00:00Z, since they were too old, " +
		"but file has entry 1 of 2026-03-01T00:00:00Z"}, whatOf(r), "no entry is removed on its first day")
	r = check(day0.Add(10*time.Hour), 0, audit.Anchor{Head: chain[2].Head(), At: day0.Add(20 * time.Hour), Source: "log"})
	require.Contains(t, whatOf(r)[0], "but log has entry 3 of 2026-03-01T20:00:00Z", "it was told after its removal")

	r = check(day0.Add(10*24*time.Hour), month, all...)
	require.True(t, r.IsWhole(), r.Faults)
	require.True(t, r.IsDoubtful())
	require.Equal(t, "file", r.RemovedEarlyBy)
	r = check(day0.Add(10*24*time.Hour), audit.Forever)
	require.True(t, r.IsWhole() && r.RemovedEarly, "no anchor is needed where entries are kept for ever")
	for _, keep := range []time.Duration{0, 9 * 24 * time.Hour} {
		r = check(day0.Add(10*24*time.Hour), keep, all...)
		require.True(t, r.IsWhole(), r.Faults)
		require.False(t, r.IsDoubtful())
		require.Equal(t, int64(10), r.Certain.Seq)
	}
}

// A chain may be made anew with numbers behind the last anchor.
func TestAChainThatBeginsBehindAllAnchorsIsAFault(t *testing.T) {
	t.Parallel()
	chain := newChain(10)
	var later []stored
	head := audit.Head{Seq: 10, Hash: chain[0].Hash}
	for _, s := range chain[2:] {
		s.Entry = s.Link(head)
		head = s.Head()
		later = append(later, s)
	}
	r := verify(later, anchorsOf(chain, 3, 9)...)
	require.Equal(t, []string{"entries 1 to 10 were removed: no entry says that they were too old",
		"no anchor is of an entry that is there: the last one, of log, is of entry 9, and the first entry is 11"}, whatOf(r))
}

// cut is a chain of ten entries of which the last four are lost, with an entry that says so.
func cut(at time.Time, change func(*audit.RestoredBody)) (chain, back []stored) {
	chain = timedChain(10, day0)
	body := audit.RestoredBody{Head: chain[5].Head(), Seen: chain[9].Head(), By: "file"}
	if change != nil {
		change(&body)
	}
	return chain, add(chain[:6], audit.Restored, at, body)
}

func TestARestorationThatCannotBeIsAFault(t *testing.T) {
	t.Parallel()
	now := day0.Add(20 * time.Hour)
	for _, c := range []struct {
		name   string
		at     time.Time
		change func(*audit.RestoredBody)
		behind []time.Duration // entries behind it, so long after it
		fault  string
	}{
		{"it does not follow the entry to which the store was set back", now, func(b *audit.RestoredBody) { b.Head.Seq-- }, nil,
			"entry 7 says that the store was set back to entry 5, which is not the one before it"},
		{"it follows another entry of that number", now, func(b *audit.RestoredBody) { b.Head.Hash[0]++ }, nil,
			"entry 7 says that the store was set back to entry 6, which is not the one before it"},
		{"nothing was lost", now, func(b *audit.RestoredBody) { b.Seen.Seq = 6 }, nil,
			"entry 7 says that the store was set back to entry 6, but that nothing was lost"},
		{"the last entry that was lost is another one", now, func(b *audit.RestoredBody) { b.Seen.Hash[0]++ }, nil,
			"entry 7 says that the store was set back and had an entry 10, but file has another hash of that one"},
		{"an entry is lost that is younger than it", day0.Add(7 * time.Hour), nil, nil,
			"entry 7 says that the store was set back to entry 6 at 2026-03-01T07:00:00Z, but file has the hash of entry 10 from later, 2026-03-01T09:00:00Z"},
		{"an entry behind it is older", now, nil, []time.Duration{time.Minute, -time.Hour},
			"entry 7 is of 2026-03-01T20:00:00Z, but entry 9 behind it is older, of 2026-03-01T19:00:00Z: the time of one is wrong"},
		{"it is of a time to come", now.Add(5 * time.Hour), nil, nil, "entry 7 is of a time that is still to come, 2026-03-02T01:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			chain, back := cut(c.at, c.change)
			for _, after := range c.behind {
				back = add(back, audit.Answer, c.at.Add(after), nil)
			}
			v := audit.NewVerifier(timedAnchors(chain))
			v.Now = now.Add(time.Hour)
			for _, s := range back {
				v.Add(s.Entry, s.facts)
			}
			require.Contains(t, whatOf(v.Report(nil)), c.fault)
		})
	}
}

// Somebody removes an entry in the middle, links all behind it anew, and adds an entry that says
// that the store was set back.
func TestARestorationExcusesNoDeletionInTheMiddle(t *testing.T) {
	t.Parallel()
	chain := timedChain(20, day0)
	anchors := timedAnchors(chain)
	body := audit.RestoredBody{Head: chain[4].Head(), Seen: audit.Head{Seq: 1_000_000}}
	left := relink(slices.Delete(slices.Clone(chain), 5, 6), 5)
	atEnd := add(left, audit.Restored, day0.Add(30*time.Hour), body)
	require.False(t, verify(atEnd, anchors...).IsWhole())

	e := audit.New(audit.Restored, "", "restored/1", body)
	for _, at := range []time.Duration{4 * time.Hour, 30 * time.Hour} {
		e.At = day0.Add(at)
		inPlace := relink(slices.Insert(slices.Clone(left), 5, stored{e, nil}), 5)
		require.False(t, verify(inPlace, anchors...).IsWhole(), at)
	}
}

func TestARestorationThatIsNotLinkedExcusesNothing(t *testing.T) {
	t.Parallel()
	chain, back := cut(day0.Add(20*time.Hour), nil)
	v := audit.NewVerifier(timedAnchors(chain))
	for _, s := range back[:6] {
		v.Add(s.Entry, s.facts)
	}
	waiting := back[6].Entry
	waiting.Seq = 0
	r := v.Report([]audit.Entry{waiting})
	require.Equal(t, []string{"entries 7 to 10 were cut off: file has the hash of entry 10"}, whatOf(r), "told once")
	require.Len(t, r.Restored, 1)
	require.Zero(t, r.Restored[0].Seq)
}

// A store may be set back to before the entry that says that it was set back.
func TestAStoreThatWasSetBackTwiceIsWhole(t *testing.T) {
	t.Parallel()
	first, back := cut(day0.Add(20*time.Hour), nil)
	back = add(back, audit.Start, day0.Add(20*time.Hour), nil)
	file := ""
	for _, s := range slices.Concat(first, back[6:]) {
		line, err := json.Marshal(s.Entry)
		require.NoError(t, err)
		file += string(line) + "\n"
	}
	anchors := anchorsIn(t, file)
	body := audit.RestoredBody{Head: first[3].Head(), Seen: back[7].Head(), By: "file"}
	twice := add(first[:4], audit.Restored, day0.Add(30*time.Hour), body)
	r := verify(twice, anchors...)
	require.True(t, r.IsWhole(), r.Faults)
	require.Len(t, r.Restored, 1)

	behind := add(back, audit.Restored, day0.Add(30*time.Hour), audit.RestoredBody{Head: back[7].Head(), Seen: audit.Head{Seq: 30}, By: "room"})
	r = verify(behind, anchors...)
	require.True(t, r.IsWhole(), r.Faults)
	require.Len(t, r.Restored, 2)
	require.Equal(t, int64(8), r.Certain.Seq)
}

func TestFactsAreExcusedByALinkedEntryOnly(t *testing.T) {
	t.Parallel()
	chain := newChain(4)
	chain[1].facts, chain[2].facts = nil, nil
	forget := audit.New(audit.Operator, "request-1", "operator/1/room", audit.OperatorBody{Act: audit.ActForget, Operator: "ann"})
	check := func(linked bool) audit.Report {
		v := audit.NewVerifier(nil)
		v.FactsSince = time.UnixMicro(1)
		for _, s := range chain {
			v.Add(s.Entry, s.facts)
		}
		if linked {
			v.Add(forget.Link(chain[3].Head()), nil)
			return v.Report(nil)
		}
		return v.Report([]audit.Entry{forget})
	}
	r := check(false)
	require.True(t, r.IsWhole() && r.IsDoubtful())
	require.Equal(t, []int64{2, 2, 1}, []int64{r.Missing, r.FirstMissing, r.MissingUnlinked})
	r = check(true)
	require.Equal(t, []int64{1, 3, 0}, []int64{r.Missing, r.FirstMissing, r.MissingUnlinked})
}

// The hash does not tell the salt from the text behind it.
func TestFactsThatWereMovedToTheSaltWereChanged(t *testing.T) {
	t.Parallel()
	chain := newChain(3)
	f := chain[1].facts
	f.Salt, f.Text = append(f.Salt, f.Text[:len(f.Text)-1]...), f.Text[len(f.Text)-1:]
	require.Equal(t, []string{"the facts of entry 2 were changed"}, whatOf(verify(chain)))
}
