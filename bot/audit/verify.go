package audit

import (
	"cmp"
	"encoding/json"
	"fmt"
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
	Seq int64     `json:"seq"` // of the entry
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
	Removed  int64         `json:"removed,omitempty"`    // entries up to here were deleted, since they were too old
	Erased   int64         `json:"factsErased,omitzero"` // entries whose facts were erased
	// Missing are entries whose facts are gone too early, and FirstMissing is the first of them.
	Missing      int64 `json:"factsMissing,omitzero"`
	FirstMissing int64 `json:"firstFactsMissing,omitzero"`
	Unlinked     int   `json:"unlinked,omitempty"` // entries that are not in the chain yet
}

// IsWhole reports whether nothing is wrong.
func (r Report) IsWhole() bool { return len(r.Faults) == 0 }

// Verifier verifies a chain, entry by entry.
type Verifier struct {
	// FactsSince is the time since which entries still have their facts, but for those that an
	// operator had erased; zero where it is not known.
	FactsSince time.Time

	report  Report
	anchors []Anchor // by number; those that are not reached yet
	missed  []Anchor // whose hash the chain does not have
	removed []Head
	begin   Head // what the first entry follows
	last    Entry
	before  Hash  // of the entry before the last one
	offset  int64 // of the numbers that entries have, to those that they were linked by
	known   bool  // a fault of the last entry was told
	missing []missingFacts
	forgot  map[string]bool // requests whose facts an operator had erased
}

// missingFacts are of an entry that should have facts, and has none.
type missingFacts struct {
	seq     int64
	request string
}

// NewVerifier begins to verify a chain of which these anchors are known.
func NewVerifier(anchors []Anchor) *Verifier {
	sorted := slices.Clone(anchors)
	slices.SortStableFunc(sorted, func(a, b Anchor) int { return cmp.Compare(a.Seq, b.Seq) })
	return &Verifier{anchors: sorted, forgot: map[string]bool{}}
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
	known := v.known
	v.known = false
	if v.report.Entries == 0 {
		v.report.First, v.begin = e.Seq, Head{e.Seq - 1, e.Prev}
		v.last = Entry{Seq: e.Seq - 1, Hash: e.Prev}
	}
	v.checkOwnHash(e)
	v.checkPrevious(e, known)
	v.checkFacts(e, facts)
	v.checkAnchors(e)
	v.noteBody(e)
	v.report.Entries++
	v.before, v.last = v.last.Hash, e
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
		v.addFault(v.last.Seq+1, "entries %d to %d were removed", v.last.Seq+1, e.Seq-1)
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
	case facts != nil && facts.hash() != e.FactsHash:
		v.addFault(e.Seq, "the facts of entry %d were changed", e.Seq)
	}
}

func (v *Verifier) checkAnchors(e Entry) {
	for len(v.anchors) > 0 && v.anchors[0].Seq <= e.Seq {
		a := v.anchors[0]
		v.anchors = v.anchors[1:]
		switch {
		case a.Seq < v.begin.Seq, a.Seq == v.begin.Seq && a.Hash == v.begin.Hash: // of entries that were deleted
		case a.Seq != e.Seq, a.Hash != e.Hash:
			if !v.isExcused(a) {
				v.missed = append(v.missed, a)
			}
		case v.report.IsWhole() && len(v.missed) == 0:
			v.report.Certain, v.report.Source = a.Head, a.Source
		}
	}
}

func (v *Verifier) noteBody(e Entry) {
	switch e.Kind {
	case Restored:
		r := Restoration{Seq: e.Seq, At: e.At}
		if json.Unmarshal(e.Body, &r.RestoredBody) == nil {
			v.report.Restored = append(v.report.Restored, r)
			v.excuseMissed()
		}
	case Operator:
		var body OperatorBody
		if json.Unmarshal(e.Body, &body) == nil && body.Act == ActForget {
			v.forgot[e.Request] = true
		}
	case Removed:
		var body RemovedBody
		if json.Unmarshal(e.Body, &body) == nil {
			v.removed = append(v.removed, body.Through)
		}
	default:
	}
}

// isExcused reports whether an anchor is of the entries that were lost when the store was set back.
func (v *Verifier) isExcused(a Anchor) bool {
	return slices.ContainsFunc(v.report.Restored, func(r Restoration) bool { return r.Head.Seq < a.Seq && a.Seq <= r.Seen.Seq })
}

func (v *Verifier) excuseMissed() { v.missed = slices.DeleteFunc(v.missed, v.isExcused) }

// AddOdd notes that an entry is stored in another form than entries are written in, so that it is
// not found by what it says.
func (v *Verifier) AddOdd(seq int64) {
	v.addFault(seq, "entry %d was changed: it is stored in another form than entries are written in, and is not found by what it says", seq)
}

// Report is what was found out, once all entries were added. Unlinked are the entries that are not
// in the chain yet.
func (v *Verifier) Report(unlinked []Entry) Report {
	for _, e := range unlinked {
		v.noteBody(e)
	}
	v.report.Unlinked = len(unlinked)
	v.report.Head = v.last.Head()
	v.checkBegin()
	v.countMissing()
	v.excuseMissed()
	for _, a := range v.missed {
		v.addFault(a.Seq, "entry %d is not the one whose hash %s has: entries up to it were changed and linked anew", a.Seq, a.Source)
	}
	for _, a := range v.anchors {
		if !v.isExcused(a) {
			v.addFault(v.last.Seq+1, "entries %d to %d were cut off: %s has the hash of entry %d", v.last.Seq+1, a.Seq, a.Source, a.Seq)
		}
	}
	return v.report
}

// countMissing counts the entries whose facts are gone, though nobody had them erased.
func (v *Verifier) countMissing() {
	for _, m := range v.missing {
		if v.forgot[m.request] {
			continue
		}
		if v.report.Missing++; v.report.Missing == 1 {
			v.report.FirstMissing = m.seq
		}
	}
}

// checkBegin finds entries that are missing at the beginning. Those that were too old have left an
// entry that says so.
func (v *Verifier) checkBegin() {
	if v.begin.Seq < 1 && v.begin.Hash.IsZero() {
		return
	}
	if slices.Contains(v.removed, v.begin) {
		v.report.Removed = v.begin.Seq
		return
	}
	v.addFault(1, "entries 1 to %d were removed: no entry says that they were too old", v.begin.Seq)
}
