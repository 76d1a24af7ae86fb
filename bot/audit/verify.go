package audit

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// maxFaults is how many faults are told; more are only counted.
const maxFaults = 50

// Fault is something that must not be.
type Fault struct {
	Seq  int64  `json:"seq"` // of the entry that it is about
	What string `json:"what"`
}

// Restoration is a time at which the store was set back, as an entry tells.
type Restoration struct {
	Seq int64     `json:"seq"` // of the entry; 0 where it is not in the chain yet, and excuses nothing
	At  time.Time `json:"at"`
	RestoredBody
}

// Report is what was found out about a chain.
type Report struct {
	Entries int64   `json:"entries"`
	First   int64   `json:"first,omitempty"`
	Head    Head    `json:"head"`
	Faults  []Fault `json:"faults,omitempty"`
	Left    int     `json:"faultsLeftOut,omitempty"`
	// Certain is the last anchor up to which all entries are as they were when it was told; zero
	// without one.
	Certain  Head          `json:"certain"`
	Source   string        `json:"certainBy,omitempty"`
	Restored []Restoration `json:"restored,omitempty"`
	Removed  int64         `json:"removed,omitempty"` // entries up to here were deleted, since they were too old
	// RemovedEarly says that the configuration keeps them, and RemovedEarlyBy is the anchor that
	// shows it; it is empty where entries are kept for ever.
	RemovedEarly   bool   `json:"removedEarly,omitempty"`
	RemovedEarlyBy string `json:"removedEarlyBy,omitempty"`
	Erased         int64  `json:"factsErased,omitzero"` // entries whose facts were erased
	// Missing are entries whose facts are gone too early, and FirstMissing is the first of them. Of
	// so many as MissingUnlinked somebody has had them erased by an entry that is not linked.
	Missing         int64 `json:"factsMissing,omitzero"`
	FirstMissing    int64 `json:"firstFactsMissing,omitzero"`
	MissingUnlinked int64 `json:"factsMissingUnlinked,omitzero"`
	Unlinked        int   `json:"unlinked,omitempty"` // entries that are not in the chain yet
	// UnlinkedSince is when the oldest of them was stored, where that is longer ago than a running bot
	// takes.
	UnlinkedSince time.Time `json:"unlinkedSince,omitzero"`
	Anchors       int       `json:"anchors"` // that were known
}

// IsWhole reports whether nothing is wrong.
func (r Report) IsWhole() bool { return len(r.Faults) == 0 }

// IsDoubtful reports whether something may have been manipulated that may also be in order.
func (r Report) IsDoubtful() bool {
	return r.Missing > 0 || r.RemovedEarly || !r.UnlinkedSince.IsZero()
}

// linkedWithin is how long after it was stored an entry is in the chain where a bot runs: a second,
// and more while the store is out of order.
const linkedWithin = time.Minute

// Verifier verifies a chain, entry by entry. What it does not know it does not compare.
type Verifier struct {
	// FactsSince is the time since which entries still have their facts, but for those that an
	// operator had erased; zero where it is not known.
	FactsSince time.Time
	// KeepEntries is how long the configuration has entries kept, or Forever; 0 where it is not
	// known.
	KeepEntries time.Duration
	Now         time.Time // zero where it is not known

	report   Report
	anchors  []Anchor // by number; those that are not reached yet
	gone     []Anchor // of entries before the first one
	missed   []Anchor // whose hash the chain does not have
	excused  []Anchor // of those, what was lost when the store was set back
	removals []removal
	restored []Restoration // that may be so
	told     []toldRestoration
	latest   timedEntry // after which no older entry may come
	begin    Head       // what the first entry follows
	last     Entry
	before   Hash  // of the entry before the last one
	offset   int64 // of the numbers that entries have, to those that they were linked by
	known    bool  // a fault of the last entry was told
	missing  []missingFacts
	odd      map[int64]bool  // entries that are stored in another form
	stray    []string        // facts of no entry
	forgot   map[string]bool // requests whose facts an operator had erased
}

// Forever is how long entries are kept that are never removed.
const Forever = time.Duration(math.MaxInt64)

// missingFacts are of an entry that should have facts, and has none.
type missingFacts struct {
	seq     int64
	request string
}

// NewVerifier begins to verify a chain of which these anchors are known.
func NewVerifier(anchors []Anchor) *Verifier {
	sorted := slices.Clone(anchors)
	slices.SortStableFunc(sorted, func(a, b Anchor) int { return cmp.Compare(a.Seq, b.Seq) })
	v := &Verifier{anchors: sorted, odd: map[int64]bool{}, forgot: map[string]bool{}}
	v.report.Anchors = len(anchors)
	for _, a := range anchors {
		if a.restored != nil {
			v.told = append(v.told, toldRestoration{Restoration{a.Seq, a.At, *a.restored}, a})
		}
	}
	return v
}

func (v *Verifier) addFault(seq int64, format string, args ...any) {
	if len(v.report.Faults) >= maxFaults {
		v.report.Left++
		return
	}
	v.report.Faults = append(v.report.Faults, Fault{seq, fmt.Sprintf(format, args...)})
}

// Add verifies the next entry, in the order of their numbers. Facts are nil where they are erased,
// or where the entry has none.
func (v *Verifier) Add(e Entry, facts *Facts) {
	known := v.beginEntry(e)
	if v.odd[e.Seq] {
		v.known = true
	} else {
		v.checkOwnHash(e)
	}
	v.checkPrevious(e, known)
	v.checkFacts(e, facts)
	v.checkOrder(e)
	v.checkAnchors(e)
	v.noteBody(e)
	v.endEntry(e)
}

// beginEntry reports whether a fault of the entry before this one was told.
func (v *Verifier) beginEntry(e Entry) (known bool) {
	known, v.known = v.known, false
	if v.report.Entries == 0 {
		v.report.First, v.begin = e.Seq, Head{e.Seq - 1, e.Prev}
		v.last = Entry{Seq: e.Seq - 1, Hash: e.Prev}
	}
	return known
}

func (v *Verifier) endEntry(e Entry) {
	v.report.Entries++
	v.before, v.last = v.last.Hash, e
}

// AddUnread goes on behind an entry that cannot be read, since it is stored in another form. It has
// only its number and its hashes.
func (v *Verifier) AddUnread(e Entry) {
	known := v.beginEntry(e)
	if !v.odd[e.Seq] {
		v.AddOdd(e.Seq)
	}
	v.known = true
	v.checkPrevious(e, known)
	v.checkAnchors(e)
	v.endEntry(e)
}

// reach is how far an entry may have been moved for its old number to be found.
const reach = 64

// checkOwnHash finds an entry that was changed, or that has another number than it was linked by.
func (v *Verifier) checkOwnHash(e Entry) {
	if h, ok := e.computeHash(e.Seq + v.offset); ok && h == e.Hash {
		return
	}
	for d := int64(0); d <= reach; d++ {
		for _, offset := range []int64{d, -d} {
			if h, ok := e.computeHash(e.Seq + offset); ok && h == e.Hash {
				v.addMoved(e, offset)
				return
			}
		}
	}
	v.known = true
	v.addFault(e.Seq, "entry %d was changed", e.Seq)
}

func (v *Verifier) addMoved(e Entry, offset int64) {
	if offset != v.offset && offset != 0 {
		v.known = true
		v.addFault(e.Seq, "entry %d was linked as entry %d: entries were reordered, inserted or removed before it", e.Seq, e.Seq+offset)
	}
	v.offset = offset
}

// checkPrevious finds entries that are missing before this one, and one before it that was inserted
// or linked anew. known says that a fault of that one was told.
func (v *Verifier) checkPrevious(e Entry, known bool) {
	switch {
	case e.Seq > v.last.Seq+1:
		v.known = true
		v.addFault(v.last.Seq+1, "%s removed", entriesWere(v.last.Seq+1, e.Seq-1))
	case e.Seq <= v.last.Seq:
		v.known = true
		v.addFault(e.Seq, "entry %d stands after entry %d", e.Seq, v.last.Seq)
	case e.Prev == v.last.Hash:
	case e.Prev == v.before && v.report.Entries > 1 && !known:
		v.addFault(v.last.Seq, "entry %d was inserted", v.last.Seq)
	case !known && !v.known:
		v.addFault(v.last.Seq, "entry %d was changed and linked anew, or is another one than before: entry %d follows a different one",
			v.last.Seq, e.Seq)
	}
}

func (v *Verifier) checkFacts(e Entry, facts *Facts) {
	switch {
	case facts == nil && !e.FactsHash.IsZero():
		v.report.Erased++
		if !v.FactsSince.IsZero() && e.At.After(v.FactsSince) {
			v.missing = append(v.missing, missingFacts{e.Seq, e.Request})
		}
	case facts != nil && !facts.haveHash(e.FactsHash):
		v.addFault(e.Seq, "the facts of entry %d were changed", e.Seq)
	}
}

// AddOdd notes that an entry is stored in another form than entries are written in, so that it is
// not found by what it says.
func (v *Verifier) AddOdd(seq int64) {
	v.odd[seq] = true
	v.addFault(seq, "entry %d was changed: it, or its facts, are stored in another form than the bot writes, and may not be found by what it says", seq)
}

// AddFactsOfAnotherTime notes that the facts of n entries, of entry first and others, have not the
// time of their entries.
func (v *Verifier) AddFactsOfAnotherTime(first, n int64) {
	more := ""
	if n > 1 {
		more = fmt.Sprintf(", and of %d other entries", n-1)
	}
	v.addFault(first, "the time of the facts of entry %d%s was changed: they are erased at another time than roombot.retention.facts says; "+
		"find out who has changed it, and set it to that of the entry", first, more)
}

// AddStrayFacts notes facts that belong to no entry.
func (v *Verifier) AddStrayFacts(request, part string) {
	v.stray = append(v.stray, fmt.Sprintf("request %s, part %s", cmp.Or(request, "none"), part))
}

func (v *Verifier) reportStray() {
	switch n := len(v.stray); {
	case n == 1:
		v.addFault(0, "there are facts of an entry that is not there: %s", v.stray[0])
	case n > 1:
		v.addFault(0, "there are facts of %d entries that are not there: %s, and others", n, v.stray[0])
	}
}

// AddFault notes what is wrong with the store around the chain.
func (v *Verifier) AddFault(what string) { v.addFault(0, "%s", what) }

// Report is what was found out, once all entries were added. Unlinked are the entries that are not
// in the chain yet; they excuse nothing.
func (v *Verifier) Report(unlinked []Entry) Report {
	waiting := readUnlinked(unlinked)
	v.report.Unlinked = len(unlinked)
	for _, e := range unlinked {
		since := v.report.UnlinkedSince
		if !v.Now.IsZero() && v.Now.Sub(e.At) > linkedWithin && (since.IsZero() || e.At.Before(since)) {
			v.report.UnlinkedSince = e.At
		}
	}
	v.report.Head = v.last.Head()
	v.checkFuture()
	v.checkBegin(waiting)
	v.countMissing(waiting)
	v.checkSeen()
	v.reportMissed()
	v.reportCut()
	v.reportStray()
	v.report.Restored = append(v.report.Restored, waiting.restored...)
	return v.report
}

// countMissing counts the entries whose facts are gone, though nobody had them erased.
func (v *Verifier) countMissing(waiting unlinkedEntries) {
	for _, m := range v.missing {
		if v.forgot[m.request] {
			continue
		}
		if v.report.Missing++; v.report.Missing == 1 {
			v.report.FirstMissing = m.seq
		}
		if waiting.forgot[m.request] {
			v.report.MissingUnlinked++
		}
	}
}

// entriesWere begins a sentence about entries of these numbers.
func entriesWere(from, to int64) string {
	if from == to {
		return fmt.Sprintf("entry %d was", from)
	}
	return fmt.Sprintf("entries %d to %d were", from, to)
}
