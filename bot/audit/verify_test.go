package audit_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
)

// stored is an entry with its facts, as a store has them.
type stored struct {
	audit.Entry
	facts *audit.Facts
}

// newChain is a chain of so many entries, each of which has facts.
func newChain(n int) (all []stored) {
	var head audit.Head
	for i := range n {
		e := audit.New(audit.Room, fmt.Sprintf("request-%d", i), "room", map[string]int{"n": i})
		e.Actor, e.Room, e.At = 7696581430532, "room", time.UnixMicro(1772600000000000+int64(i))
		e, facts := e.WithFacts(map[string]string{"typed": "Ärger & Söhne"})
		e = e.Link(head)
		head = e.Head()
		all = append(all, stored{e, &facts})
	}
	return all
}

func verify(chain []stored, anchors ...audit.Anchor) audit.Report {
	v := audit.NewVerifier(anchors)
	for _, s := range chain {
		v.Add(s.Entry, s.facts)
	}
	return v.Report(nil)
}

func anchorsOf(chain []stored, numbers ...int) (all []audit.Anchor) {
	for _, n := range numbers {
		all = append(all, audit.Anchor{Head: chain[n-1].Head(), Source: "log"})
	}
	return all
}

// renumber gives the entries their numbers by their places.
func renumber(chain []stored) []stored {
	for i := range chain {
		chain[i].Seq = int64(i + 1)
	}
	return chain
}

// relink links the entries from a place on anew.
func relink(chain []stored, from int) []stored {
	var head audit.Head
	for i := range chain {
		if i >= from {
			chain[i].Entry = chain[i].Link(head)
		}
		head = chain[i].Head()
	}
	return chain
}

func TestAWholeChainIsCertainUpToItsLastAnchor(t *testing.T) {
	t.Parallel()
	chain := newChain(10)
	r := verify(chain, anchorsOf(chain, 7, 3)...)
	require.True(t, r.IsWhole(), r.Faults)
	require.Equal(t, chain[6].Head(), r.Certain)
	require.Equal(t, chain[9].Head(), r.Head)
	require.Equal(t, int64(10), r.Entries)
	require.True(t, verify(nil).IsWhole())
	require.True(t, verify(chain).Certain.Hash.IsZero(), "nothing is certain without an anchor")
}

// manipulations are what somebody with access to the store may do. The anchors are of the entries 3
// and 8.
var manipulations = []struct {
	name    string
	do      func(chain []stored) []stored
	fault   string // what is told of the entry
	seq     int64
	certain int64 // the anchor up to which all is certain
}{
	{"a row is changed", func(c []stored) []stored {
		c[4].Actor = 1
		return c
	}, "entry 5 was changed", 5, 3},
	{"a row is changed and has its hash", func(c []stored) []stored {
		c[4].Actor = 1
		c[4].Entry = c[4].Link(c[3].Head())
		return c
	}, "entry 5 was changed and linked anew", 5, 3},
	{"a row is changed and all after it are linked anew", func(c []stored) []stored {
		c[4].Body = []byte(`{"n":99}`)
		return relink(c, 4)
	}, "entry 8 is not the one whose hash log has", 8, 3},
	{"a row before all anchors is changed and all after it are linked anew", func(c []stored) []stored {
		c[0].Kind = audit.Answer
		return relink(c, 0)
	}, "entry 3 is not the one whose hash log has", 3, 0},
	{"a row is deleted", func(c []stored) []stored { return slices.Delete(c, 4, 5) }, "entry 5 was removed", 5, 3},
	{"a row is deleted and the others are numbered anew", func(c []stored) []stored { return renumber(slices.Delete(c, 4, 5)) },
		"entry 5 was linked as entry 6", 5, 3},
	{"a row is deleted and all after it are linked anew", func(c []stored) []stored { return relink(slices.Delete(c, 4, 5), 4) },
		"entry 8 is not the one", 8, 3},
	{"the first rows are deleted", func(c []stored) []stored { return c[4:] }, "entries 1 to 4 were removed", 1, 8},
	{"the first rows are deleted and the others are linked anew", func(c []stored) []stored { return relink(c[4:], 0) },
		"entry 3 is not the one", 3, 0},
	{"a row is inserted", func(c []stored) []stored {
		return renumber(slices.Insert(c, 4, stored{audit.New(audit.Answer, "x", "answer", nil).Link(c[3].Head()), nil}))
	}, "entry 5 was inserted", 5, 3},
	{"a row is inserted and all after it are linked anew", func(c []stored) []stored {
		return relink(slices.Insert(c, 4, stored{audit.New(audit.Answer, "x", "answer", nil), nil}), 4)
	}, "entry 8 is not the one", 8, 3},
	{"rows are reordered", func(c []stored) []stored {
		c[4], c[5] = c[5], c[4]
		return renumber(c)
	}, "entry 5 was linked as entry 6", 5, 3},
	{"rows are reordered and linked anew", func(c []stored) []stored {
		c[4], c[5] = c[5], c[4]
		return relink(c, 4)
	}, "entry 8 is not the one", 8, 3},
	{"lines of an export are reordered", func(c []stored) []stored {
		c[4], c[5] = c[5], c[4]
		return c
	}, "entry 5 stands after entry 6", 5, 3},
	{"the tail is cut off", func(c []stored) []stored { return c[:5] }, "entries 6 to 8 were cut off", 6, 3},
	{"all is deleted", func([]stored) []stored { return nil }, "entries 1 to 8 were cut off", 1, 0},
	{"facts are changed", func(c []stored) []stored {
		c[4].facts.Text = []byte(`{"typed":"something else"}`)
		return c
	}, "the facts of entry 5 were changed", 5, 3},
	{"facts are added", func(c []stored) []stored {
		c[4].Entry = audit.New(audit.Room, "request-4", "room", nil).Link(c[3].Head())
		return c
	}, "the facts of entry 5 were changed", 5, 3},
	{"a field gets a line of its own", func(c []stored) []stored {
		c[4].Request, c[4].Part = "request-4\nroom", ""
		return c
	}, "entry 5 was changed", 5, 3},
}

func TestEveryManipulationIsFoundAndNamesTheEntry(t *testing.T) {
	t.Parallel()
	for _, m := range manipulations {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			chain := newChain(10)
			anchors := anchorsOf(chain, 3, 8)
			r := verify(m.do(chain), anchors...)
			require.False(t, r.IsWhole())
			found := slices.ContainsFunc(r.Faults, func(f audit.Fault) bool { return f.Seq == m.seq && strings.Contains(f.What, m.fault) })
			require.True(t, found, "%+v", r.Faults)
			require.LessOrEqual(t, len(r.Faults), 5, "%+v", r.Faults)
			require.Equal(t, m.certain, r.Certain.Seq)
		})
	}
}

func TestAnEntryBesideAnInsertedOneIsNotBlamed(t *testing.T) {
	t.Parallel()
	c := newChain(10)
	inserted := stored{audit.New(audit.Answer, "x", "answer", nil).Link(c[3].Head()), nil}
	r := verify(renumber(slices.Insert(c, 4, inserted)))
	for _, f := range r.Faults {
		require.NotContains(t, f.What, "changed", "%+v", r.Faults)
	}
	swapped := newChain(10)
	swapped[4], swapped[5] = swapped[5], swapped[4]
	for _, f := range verify(renumber(swapped)).Faults {
		require.NotContains(t, f.What, "was inserted", "%+v", f)
	}
}

// A store that was set back has lost entries that were anchored; an entry says so.
func TestARestoredStoreIsToldFromACutTail(t *testing.T) {
	t.Parallel()
	before := newChain(10)
	anchors := anchorsOf(before, 3, 5, 8, 10)
	back := before[:6]
	require.False(t, verify(back, anchors...).IsWhole(), "nothing says that it was restored")

	head := back[5].Head()
	e := audit.New(audit.Restored, "", "restored/1", audit.RestoredBody{Head: head, Seen: before[9].Head(), By: "file"}).Link(head)
	restored := append(slices.Clone(back), stored{e, nil})
	r := verify(restored, anchors...)
	require.True(t, r.IsWhole(), r.Faults)
	require.Equal(t, int64(5), r.Certain.Seq)
	require.Len(t, r.Restored, 1)
	require.Equal(t, int64(7), r.Restored[0].Seq)

	for range 5 {
		last := restored[len(restored)-1].Head()
		restored = append(restored, stored{audit.New(audit.Answer, fmt.Sprint(last.Seq), "answer", nil).Link(last), nil})
	}
	anchors = append(anchors, audit.Anchor{Head: restored[10].Head(), Source: "log"})
	r = verify(restored, anchors...)
	require.True(t, r.IsWhole(), r.Faults)
	require.Equal(t, int64(11), r.Certain.Seq)

	restored[1].Actor = 1
	require.False(t, verify(restored, anchors...).IsWhole(), "what was before it is no less certain")
}

func TestEntriesThatAreTooOldLeaveOneThatSaysSo(t *testing.T) {
	t.Parallel()
	chain := newChain(10)
	last := chain[9].Head()
	anchors := anchorsOf(chain, 2, 4, 9)
	e := audit.New(audit.Removed, "", "removed/4", audit.RemovedBody{Through: chain[3].Head()}).Link(last)
	kept := append(slices.Clone(chain[4:]), stored{e, nil})
	r := verify(kept, anchors...)
	require.True(t, r.IsWhole(), r.Faults)
	require.Equal(t, int64(4), r.Removed)
	require.Equal(t, int64(9), r.Certain.Seq)
	require.False(t, verify(kept[1:], anchors...).IsWhole(), "one more is missing than it says")
}

func TestErasedFactsLeaveTheChainWhole(t *testing.T) {
	t.Parallel()
	chain := newChain(4)
	chain[1].facts, chain[2].facts = nil, nil
	r := verify(chain)
	require.True(t, r.IsWhole(), r.Faults)
	require.Equal(t, int64(2), r.Erased)
}

// The salt is what keeps a few words from being guessed by their hash.
func TestTheSameFactsHaveAnotherHashEachTime(t *testing.T) {
	t.Parallel()
	one, facts := audit.New(audit.Decision, "r", "1", nil).WithFacts("kim")
	two, _ := audit.New(audit.Decision, "r", "1", nil).WithFacts("kim")
	require.NotEqual(t, one.FactsHash, two.FactsHash)
	require.Len(t, facts.Salt, 16)
}

func TestManyFaultsAreCounted(t *testing.T) {
	t.Parallel()
	chain := newChain(200)
	for i := range chain {
		chain[i].Actor = 1
	}
	r := verify(chain)
	require.Len(t, r.Faults, 50)
	require.Equal(t, 150, r.Left)
}

// The entry about an approval has the hash of what was approved in its body.
func TestTheAnchorOfAnEntryIsItsOwnHash(t *testing.T) {
	t.Parallel()
	e := audit.New(audit.Approval, "r", "1", map[string]any{"seq": 7, "hash": strings.Repeat("ab", 32)}).Link(audit.Head{})
	line, err := json.Marshal(e)
	require.NoError(t, err)
	head, found := audit.ParseHead(string(line))
	require.True(t, found)
	require.Equal(t, e.Head(), head)
}
