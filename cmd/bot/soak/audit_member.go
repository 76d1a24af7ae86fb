package soak

import (
	"encoding/json"

	"roombot/bot/audit"
	"roombot/commands"
)

// invitationHistory is what a record says of the people of other companies whom a request has
// invited.
type invitationHistory struct {
	isOpen map[int64]bool // false for who was told to be in, or not to be
	again  bool           // somebody was invited again
}

// note notes an entry of the kind member.
func (h *invitationHistory) note(e audit.Entry) {
	var body struct {
		Added, Invited []int64
		Absent         []struct{ User int64 }
	}
	_ = json.Unmarshal(e.Body, &body) // a body that cannot be read tells nothing
	if h.isOpen == nil {
		h.isOpen = map[int64]bool{}
	}
	for _, who := range body.Invited {
		_, known := h.isOpen[who]
		h.again = h.again || known
		h.isOpen[who] = true
	}
	ended := body.Added
	for _, a := range body.Absent {
		ended = append(ended, a.User)
	}
	for _, who := range ended {
		if h.isOpen[who] {
			h.isOpen[who] = false
		}
	}
}

// countOpen counts those of whom the record does not say what became of them.
func (h *invitationHistory) countOpen() (n int) {
	for _, isOpen := range h.isOpen {
		if isOpen {
			n++
		}
	}
	return n
}

// isFinishing reports whether an entry tells of the answer of a request that was carried out to its
// end.
func isFinishing(e audit.Entry) bool {
	var body struct{ Outcome string }
	return json.Unmarshal(e.Body, &body) == nil && (body.Outcome == commands.CodeDone || body.Outcome == commands.CodePartial)
}
