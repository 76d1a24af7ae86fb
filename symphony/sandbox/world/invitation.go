package world

import (
	"slices"
	"time"
)

// Invitation is somebody of another company who was added to a room and is not in it yet: that
// company lets them in.
type Invitation struct {
	Stream string `json:"stream"`
	User   int64  `json:"user"`
	By     int64  `json:"by"`
	Due    int64  `json:"due"` // milliseconds since 1970: when they come in; 0 for never
}

// invitePerson has somebody come into a room later, or at once where there is no delay.
func (w *World) invitePerson(by *Person, st *Stream, who *Person) {
	delay, ever := w.cfg.Faults.OutsideDelay()
	if ever && delay <= 0 {
		w.join(by, st, who, 0)
		return
	}
	invitation := &Invitation{Stream: st.ID, User: who.ID, By: by.ID}
	if ever {
		invitation.Due = w.Now().Add(delay).UnixMilli()
	}
	w.state.Invitations = append(w.state.Invitations, invitation)
	w.noteChange()
}

// IsInvited reports whether somebody was added to a room and is not in it yet.
func (w *World) IsInvited(st *Stream, user int64) bool {
	return slices.ContainsFunc(w.state.Invitations, func(i *Invitation) bool { return i.Stream == st.ID && i.User == user })
}

// companiesWithInvited are the companies of a room's members and of those who come in later.
func (w *World) companiesWithInvited(st *Stream) []int64 {
	companies := st.companies()
	for _, i := range w.state.Invitations {
		if i.Stream == st.ID {
			companies = addOnce(companies, CompanyOf(i.User))
		}
	}
	return companies
}

// withdrawInvitation reports whether there was one.
func (w *World) withdrawInvitation(st *Stream, user int64) bool {
	before := len(w.state.Invitations)
	w.state.Invitations = slices.DeleteFunc(w.state.Invitations, func(i *Invitation) bool { return i.Stream == st.ID && i.User == user })
	return len(w.state.Invitations) < before
}

// AdmitInvited lets in whoever was invited and whose time has come.
func (w *World) AdmitInvited() {
	if w.UntilAdmission() != 0 {
		return
	}
	now := w.Now().UnixMilli()
	var due, later []*Invitation
	for _, i := range w.state.Invitations {
		if i.Due != 0 && i.Due <= now {
			due = append(due, i)
		} else {
			later = append(later, i)
		}
	}
	w.state.Invitations = later
	for _, i := range due {
		w.admitPerson(i)
	}
}

// AdmitNow lets somebody who was invited to a room in without a delay.
func (w *World) AdmitNow(st *Stream, user int64) {
	for _, i := range w.state.Invitations {
		if i.Stream == st.ID && i.User == user {
			i.Due = w.Now().UnixMilli()
		}
	}
	w.AdmitInvited()
}

// admitPerson lets somebody in, unless a rule forbids it by now.
func (w *World) admitPerson(i *Invitation) {
	st, by, who := w.streams[i.Stream], w.directory.byID[i.By], w.directory.byID[i.User]
	if st == nil || by == nil || who == nil || !st.Active || w.checkMember(by, st, who) != nil {
		w.noteChange()
		return
	}
	if m := st.Member(who.ID); m != nil { // who came with a group meanwhile
		m.Direct = true
		w.noteChange()
		return
	}
	w.join(by, st, who, 0)
}

// UntilAdmission is how long until the next of the invited comes in: 0 when one is due, less when
// none will.
func (w *World) UntilAdmission() time.Duration {
	next := int64(0)
	for _, i := range w.state.Invitations {
		if i.Due != 0 && (next == 0 || i.Due < next) {
			next = i.Due
		}
	}
	if next == 0 {
		return -1
	}
	return max(time.UnixMilli(next).Sub(w.Now()), 0)
}
