package world

import (
	"strings"
	"unicode/utf8"
)

// maxRoomName is the longest name of a room, in code points.
const maxRoomName = 49

// checkNewRoom applies the rules of new rooms.
func (w *World) checkNewRoom(by *Person, a Attributes) error {
	for _, err := range []error{w.checkRoomName(a.Name, nil), checkKeywords(a.Keywords), checkFlags(a), w.checkRoomRights(by, a)} {
		if err != nil {
			return err
		}
	}
	return nil
}

// checkRoomName refuses a name that is too long, or that a room other than this one has.
func (w *World) checkRoomName(name string, renamed *Stream) error {
	if utf8.RuneCountInString(name) > maxRoomName {
		return invalid("The room name must be shorter than %d characters", maxRoomName+1)
	}
	if name != "" && w.hasRoomNamed(name, renamed) {
		return invalid("A room with this name already exists. Please choose another name.")
	}
	return nil
}

func checkKeywords(keywords []Keyword) error {
	for _, k := range keywords {
		if k.Key == "" || k.Value == "" {
			return invalid("A keyword must have a key and a value")
		}
		if strings.Contains(k.Key, "!") {
			return invalid("A keyword's key must not contain '!'")
		}
	}
	return nil
}

// checkFlags refuses the combinations the service refuses.
func checkFlags(a Attributes) error {
	if a.Public && (!a.ViewHistory || !a.Discoverable || !a.MembersCanInvite) {
		return invalid("A public room must have viewHistory, discoverable and membersCanInvite set to true")
	}
	if a.CrossPod && (a.ReadOnly || a.Public || a.Discoverable) {
		return invalid("A cross pod room must not be readOnly, public or discoverable")
	}
	if a.MultiLateral && !a.CrossPod {
		return invalid("A multilateral room must be a cross pod room")
	}
	return nil
}

// checkRoomRights refuses what whoever makes the room is not entitled to.
func (w *World) checkRoomRights(by *Person, a Attributes) error {
	rights := w.state.Rights
	switch {
	case a.Public && !w.mayMakePublicRooms(by), a.CrossPod && !rights.ExternalRooms, a.MultiLateral && !rights.MultiLateralRooms:
		return ErrEntitlement
	case a.CrossPod && a.ViewHistory && !rights.SharedHistoryRooms:
		return invalid("A cross pod room must not have viewHistory set to true")
	}
	return nil
}

// checkRoomChange applies the rules of changed rooms: some attributes are fixed at creation, copy
// protection goes one way.
func (w *World) checkRoomChange(st *Stream, change RoomChange, wanted Attributes) error {
	old := st.Room
	switch {
	case !st.Active:
		return invalid("The room is deactivated")
	case differs(change.Public, old.Public), differs(change.CrossPod, old.CrossPod), differs(change.ReadOnly, old.ReadOnly),
		differs(change.MultiLateral, old.MultiLateral), differs(change.ScheduledMeeting, old.ScheduledMeeting):
		return invalid("public, crossPod, readOnly, multiLateralRoom and scheduledMeeting cannot be changed")
	case old.CopyProtected && !wanted.CopyProtected:
		return invalid("copyProtected cannot be unset")
	case old.CrossPod && wanted.Discoverable:
		return invalid("A cross pod room must not be discoverable")
	case old.Public && (differs(change.MembersCanInvite, old.MembersCanInvite) || differs(change.Discoverable, old.Discoverable)):
		return invalid("membersCanInvite and discoverable of a public room cannot be changed")
	}
	if err := checkKeywords(wanted.Keywords); err != nil {
		return err
	}
	return w.checkRoomName(wanted.Name, st)
}

// differs reports whether a flag was given and is not what it was.
func differs(given *bool, old bool) bool { return given != nil && *given != old }

// checkOwnership allows a room's owners, and administrators.
func checkOwnership(st *Stream, who *Person) error {
	if st.IsOwner(who.ID) || who.HasRole(RoleUsers) {
		return nil
	}
	return ErrEntitlement
}
