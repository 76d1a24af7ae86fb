package world

import "slices"

// Rights are the entitlements that can be taken away to see what a bot does then.
type Rights struct {
	GroupManager       bool `json:"groupManager"`       // read and change distribution lists
	AllGroups          bool `json:"allGroups"`          // see those too whose restriction does not name the account
	CreatePublicRoom   bool `json:"createPublicRoom"`   // canCreatePublicRoom
	ExternalRooms      bool `json:"externalRooms"`      // isExternalRoomEnabled
	ExternalIMs        bool `json:"externalIMs"`        // isExternalIMEnabled
	MultiLateralRooms  bool `json:"multiLateralRooms"`  // canCreateMultiLateralRoom
	SharedHistoryRooms bool `json:"sharedHistoryRooms"` // canCreateExternalRoomSharedHistory
	UpdateMessages     bool `json:"updateMessages"`     // canUpdateMessage
}

// FirstRights are the entitlements of a new world.
func FirstRights() Rights {
	return Rights{
		GroupManager: true, AllGroups: true, CreatePublicRoom: true, ExternalRooms: true, ExternalIMs: true,
		MultiLateralRooms: true, SharedHistoryRooms: false, UpdateMessages: true,
	}
}

// Rights are the entitlements everybody has at present.
func (w *World) Rights() Rights { return w.state.Rights }

// LackPublicRooms is the entitlement to make public rooms, among those that a person lacks.
const LackPublicRooms = "canCreatePublicRoom"

// mayMakePublicRooms reports whether somebody is entitled to make public rooms, and so to own them.
func (w *World) mayMakePublicRooms(who *Person) bool {
	return w.state.Rights.CreatePublicRoom && !slices.Contains(who.Lacks, LackPublicRooms)
}

// SetRights gives and takes entitlements.
func (w *World) SetRights(rights Rights) {
	w.state.Rights = rights
	w.noteChange()
}
