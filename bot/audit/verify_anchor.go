package audit

import (
	"slices"
	"strconv"
	"time"
)

// checkAnchors compares the anchors up to this entry with the chain.
func (v *Verifier) checkAnchors(e Entry) {
	for len(v.anchors) > 0 && v.anchors[0].Seq <= e.Seq {
		a := v.anchors[0]
		v.anchors = v.anchors[1:]
		switch {
		case a.Seq < v.begin.Seq, a.Seq == v.begin.Seq && a.Hash == v.begin.Hash:
			v.gone = append(v.gone, a)
		case (a.Seq != e.Seq || a.Hash != e.Hash) && v.isExcused(a):
			v.excused = append(v.excused, a)
		case a.Seq != e.Seq, a.Hash != e.Hash:
			v.missed = append(v.missed, a)
		case v.report.IsWhole() && len(v.missed) == 0:
			v.report.Certain, v.report.Source = a.Head, a.Source
		}
	}
}

// excuseMissed sorts out the anchors of entries that were lost when the store was set back.
func (v *Verifier) excuseMissed() {
	v.missed = slices.DeleteFunc(v.missed, func(a Anchor) bool {
		if !v.isExcused(a) {
			return false
		}
		v.excused = append(v.excused, a)
		return true
	})
}

// isExcused reports whether an anchor is of an entry that was lost when the store was set back.
func (v *Verifier) isExcused(a Anchor) bool {
	return slices.ContainsFunc(v.restored, func(r Restoration) bool { return r.covers(a) && !isLater(a, r.At) }) ||
		slices.ContainsFunc(v.told, func(t toldRestoration) bool {
			return t.covers(a) && !isLater(a, t.At) && slices.ContainsFunc(v.restored, func(r Restoration) bool {
				return r.covers(t.anchor) && !isLater(t.anchor, r.At)
			})
		})
}

// covers reports whether an anchor has the number of an entry that was lost.
func (r Restoration) covers(a Anchor) bool { return r.Head.Seq < a.Seq && a.Seq <= r.Seen.Seq }

// isLater reports whether an anchor is certainly of a later time.
func isLater(a Anchor, than time.Time) bool { return a.At.After(than.Add(clockDifference)) }

// reportMissed tells of the first anchor whose hash the chain does not have: it follows that the
// hashes behind it are others as well.
func (v *Verifier) reportMissed() {
	if len(v.missed) == 0 {
		return
	}
	a := v.missed[0]
	more := ""
	if n := len(v.missed) - 1; n == 1 {
		more = ", and that of another anchor"
	} else if n > 1 {
		more = ", and those of " + strconv.Itoa(n) + " other anchors"
	}
	v.addFault(a.Seq, "entry %d is not the one whose hash %s has%s: entries up to it were changed and linked anew", a.Seq, a.Source, more)
	v.reportLater(a)
}

// reportLater tells of an entry that would excuse an anchor, were the anchor not younger.
func (v *Verifier) reportLater(a Anchor) {
	for _, r := range v.restored {
		if r.covers(a) {
			v.addFault(r.Seq, "entry %d says that the store was set back to entry %d at %s, but %s has the hash of entry %d from later, %s",
				r.Seq, r.Head.Seq, formatTime(r.At), a.Source, a.Seq, formatTime(a.At))
			return
		}
	}
}

// reportCut tells of entries that are missing at the end.
func (v *Verifier) reportCut() {
	var cut []Anchor
	for _, a := range v.anchors {
		if !v.isExcused(a) {
			cut = append(cut, a)
		}
	}
	if len(cut) == 0 {
		return
	}
	a := cut[len(cut)-1]
	v.addFault(v.last.Seq+1, "%s cut off: %s has the hash of entry %d", entriesWere(v.last.Seq+1, a.Seq), a.Source, a.Seq)
	v.reportLater(a)
}
