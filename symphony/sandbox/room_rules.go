package sandbox

import (
	"strings"
	"unicode/utf8"
)

// maxRoomName is the longest name of a room, in code points.
const maxRoomName = 49

// mayCreate applies the rules of new rooms.
func (p *Pod) mayCreate(a attributes) error {
	for _, check := range []error{p.checkName(a.Name, nil), checkKeywords(a.Keywords), checkFlags(a), p.checkRights(a)} {
		if check != nil {
			return check
		}
	}
	return nil
}

func (p *Pod) checkName(name string, but *stream) error {
	if utf8.RuneCountInString(name) > maxRoomName {
		return badRequest("The room name must be shorter than %d characters", maxRoomName+1)
	}
	if name != "" && p.state.roomNamed(name, but) {
		return badRequest("A room with this name already exists. Please choose another name.")
	}
	return nil
}

func checkKeywords(keywords []keyword) error {
	for _, k := range keywords {
		if k.Key == "" || k.Value == "" {
			return badRequest("A keyword must have a key and a value")
		}
		if strings.Contains(k.Key, "!") {
			return badRequest("A keyword's key must not contain '!'")
		}
	}
	return nil
}

// checkFlags refuses the combinations the service refuses.
func checkFlags(a attributes) error {
	if a.Public && (!a.ViewHistory || !a.Discoverable || !a.MembersCanInvite) {
		return badRequest("A public room must have viewHistory, discoverable and membersCanInvite set to true")
	}
	if a.CrossPod && (a.ReadOnly || a.Public || a.Discoverable) {
		return badRequest("A cross pod room must not be readOnly, public or discoverable")
	}
	if a.MultiLateral && !a.CrossPod {
		return badRequest("A multilateral room must be a cross pod room")
	}
	return nil
}

func (p *Pod) checkRights(a attributes) error {
	has := p.state.Rights
	switch {
	case a.Public && !has.CreatePublicRoom, a.CrossPod && !has.ExternalRooms, a.MultiLateral && !has.MultiLateralRooms:
		return errEntitlement
	case a.CrossPod && a.ViewHistory && !has.SharedHistoryRooms:
		return badRequest("A cross pod room must not have viewHistory set to true")
	}
	return nil
}

// mayUpdate applies the rules of changed rooms: some attributes are fixed at creation, copy protection goes one way.
func (p *Pod) mayUpdate(st *stream, body roomRequest, wanted attributes) error {
	old := st.Room
	switch {
	case !st.Active:
		return badRequest("The room is deactivated")
	case fixed(body.Public, old.Public), fixed(body.CrossPod, old.CrossPod), fixed(body.ReadOnly, old.ReadOnly),
		fixed(body.MultiLateral, old.MultiLateral), fixed(body.ScheduledMeeting, old.ScheduledMeeting):
		return badRequest("public, crossPod, readOnly, multiLateralRoom and scheduledMeeting cannot be changed")
	case old.CopyProtected && !wanted.CopyProtected:
		return badRequest("copyProtected cannot be unset")
	case old.CrossPod && wanted.Discoverable:
		return badRequest("A cross pod room must not be discoverable")
	case old.Public && (fixed(body.MembersCanInvite, old.MembersCanInvite) || fixed(body.Discoverable, old.Discoverable)):
		return badRequest("membersCanInvite and discoverable of a public room cannot be changed")
	}
	if err := checkKeywords(wanted.Keywords); err != nil {
		return err
	}
	return p.checkName(wanted.Name, st)
}

// fixed tells whether a request would change what cannot be changed.
func fixed(wanted *bool, is bool) bool { return wanted != nil && *wanted != is }
