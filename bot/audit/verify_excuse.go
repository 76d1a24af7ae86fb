package audit

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

const (
	// clockDifference is by how much the clocks of processes and of the store may differ.
	clockDifference = time.Minute
	// tellDelay is how much later than its entry a head is told at most, with a reserve.
	tellDelay = 2 * time.Hour
	// RemoveEvery is how much older than the others the oldest entry is when entries are removed,
	// so that the entries that say so are few.
	RemoveEvery = 24 * time.Hour
)

// timedEntry is an entry whose time has to be right, since it excuses what is missing.
type timedEntry struct {
	seq int64
	at  time.Time
}

// removal is an entry that says which ones were removed.
type removal struct {
	timedEntry
	through Head
}

// toldRestoration is what an anchor tells that is itself an entry about a store that was set back.
type toldRestoration struct {
	Restoration
	anchor Anchor
}

// noteBody notes what a linked entry excuses.
func (v *Verifier) noteBody(e Entry) {
	switch e.Kind {
	case Restored:
		r := Restoration{Seq: e.Seq, At: e.At}
		if json.Unmarshal(e.Body, &r.RestoredBody) == nil {
			v.noteRestored(e, r)
		}
	case Operator:
		if isForget(e) {
			v.forgot[e.Request] = true
		}
	case Removed:
		var body RemovedBody
		if json.Unmarshal(e.Body, &body) == nil {
			v.removals = append(v.removals, removal{timedEntry{e.Seq, e.At}, body.Through})
			v.noteTimed(e)
		}
	default:
	}
}

func isForget(e Entry) bool {
	var body OperatorBody
	return json.Unmarshal(e.Body, &body) == nil && body.Act == ActForget
}

// noteRestored checks an entry that says that the store was set back. The bot links it right behind
// the last entry that the store had.
func (v *Verifier) noteRestored(e Entry, r Restoration) {
	switch {
	case r.Head != Head{e.Seq - 1, e.Prev}:
		v.addFault(e.Seq, "entry %d says that the store was set back to entry %d, which is not the one before it", e.Seq, r.Head.Seq)
	case r.Seen.Seq <= r.Head.Seq:
		v.addFault(e.Seq, "entry %d says that the store was set back to entry %d, but that nothing was lost", e.Seq, r.Head.Seq)
	default:
		v.restored = append(v.restored, r)
		v.noteTimed(e)
		v.excuseMissed()
	}
}

func (v *Verifier) noteTimed(e Entry) {
	if e.At.After(v.latest.at) {
		v.latest = timedEntry{e.Seq, e.At}
	}
}

// checkOrder finds an entry that is older than one before it which excuses what is missing. That
// one has then not the time at which it was written.
func (v *Verifier) checkOrder(e Entry) {
	if e.At.Before(v.latest.at.Add(-clockDifference)) {
		v.addFault(v.latest.seq, "entry %d is of %s, but entry %d behind it is older, of %s: the time of one is wrong",
			v.latest.seq, formatTime(v.latest.at), e.Seq, formatTime(e.At))
		v.latest = timedEntry{}
	}
}

func (v *Verifier) checkFuture() {
	if !v.Now.IsZero() && v.latest.at.After(v.Now.Add(clockDifference)) {
		v.addFault(v.latest.seq, "entry %d is of a time that is still to come, %s", v.latest.seq, formatTime(v.latest.at))
	}
}

// checkSeen compares the last entry that was lost, as an entry tells, with the anchors.
func (v *Verifier) checkSeen() {
	lost := slices.Concat(v.excused, slices.DeleteFunc(slices.Clone(v.anchors), func(a Anchor) bool { return !v.isExcused(a) }))
	for _, r := range v.restored {
		same := slices.DeleteFunc(slices.Clone(lost), func(a Anchor) bool { return a.Seq != r.Seen.Seq || isLater(a, r.At) })
		if len(same) == 0 || slices.ContainsFunc(same, func(a Anchor) bool { return a.Hash == r.Seen.Hash }) {
			v.report.Restored = append(v.report.Restored, r)
			continue
		}
		v.addFault(r.Seq, "entry %d says that the store was set back and had an entry %d, but %s has another hash of that one",
			r.Seq, r.Seen.Seq, same[0].Source)
	}
}

// unlinkedEntries are what entries say that are not in the chain yet.
type unlinkedEntries struct {
	restored []Restoration
	removed  []Head
	forgot   map[string]bool
}

func readUnlinked(entries []Entry) unlinkedEntries {
	u := unlinkedEntries{forgot: map[string]bool{}}
	for _, e := range entries {
		switch e.Kind {
		case Restored:
			r := Restoration{At: e.At}
			if json.Unmarshal(e.Body, &r.RestoredBody) == nil {
				u.restored = append(u.restored, r)
			}
		case Removed:
			var body RemovedBody
			if json.Unmarshal(e.Body, &body) == nil {
				u.removed = append(u.removed, body.Through)
			}
		case Operator:
			u.forgot[e.Request] = u.forgot[e.Request] || isForget(e)
		default:
		}
	}
	return u
}

// checkBegin finds entries that are missing at the beginning. Those that were too old have left an
// entry that says so.
func (v *Verifier) checkBegin(waiting unlinkedEntries) {
	switch {
	case v.begin.Seq < 1 && v.begin.Hash.IsZero():
	case v.begin.Seq < 1:
		v.addFault(v.report.First, "entry %d follows one that is not there", v.report.First)
	case slices.ContainsFunc(v.removals, func(r removal) bool { return r.through == v.begin }):
		v.report.Removed = v.begin.Seq
		v.checkRemoved()
	case slices.Contains(waiting.removed, v.begin):
		v.addFault(1, "%s removed, and the entry that says that they were too old is not in the chain yet: "+
			"start the bot, which links it, and verify again", entriesWere(1, v.begin.Seq))
	default:
		v.addFault(1, "%s removed: no entry says that they were too old", entriesWere(1, v.begin.Seq))
	}
	if len(v.gone) > 0 && len(v.gone) == v.report.Anchors && v.report.Removed == 0 {
		a := v.gone[len(v.gone)-1]
		v.addFault(1, "no anchor is of an entry that is there: the last one, of %s, is of entry %d, and the first entry is %d",
			a.Source, a.Seq, v.report.First)
	}
}

// checkRemoved compares when entries were removed with the anchors of these entries.
func (v *Verifier) checkRemoved() {
	v.report.RemovedEarly = v.KeepEntries == Forever
	slices.SortStableFunc(v.removals, func(a, b removal) int { return cmp.Compare(a.through.Seq, b.through.Seq) })
	first := int64(1)
	told := false
	for _, r := range v.removals {
		for _, a := range v.gone {
			if a.Seq < first || a.Seq > r.through.Seq || a.At.IsZero() {
				continue
			}
			told = told || v.checkRemovedAnchor(r, a, a.Seq == first)
		}
		first = max(first, r.through.Seq+1)
	}
}

// checkRemovedAnchor compares a removal with the anchor of an entry that was removed by it. It
// reports true where they contradict each other. Of the entries that are removed together the
// oldest one is older than the others have to be.
func (v *Verifier) checkRemovedAnchor(r removal, a Anchor, isOldest bool) (contradicts bool) {
	age := r.at.Sub(a.At)
	if age < -clockDifference || isOldest && age < RemoveEvery-tellDelay {
		v.addFault(r.seq, "entry %d says that entries up to %d were removed at %s, since they were too old, but %s has entry %d of %s",
			r.seq, r.through.Seq, formatTime(r.at), a.Source, a.Seq, formatTime(a.At))
		return true
	}
	if v.KeepEntries != 0 && v.KeepEntries != Forever && age < v.KeepEntries-tellDelay && v.report.RemovedEarlyBy == "" {
		v.report.RemovedEarly, v.report.RemovedEarlyBy = true, a.Source
	}
	return false
}

// written is a time as faults have it.
func formatTime(at time.Time) string { return at.UTC().Format(time.RFC3339) }
