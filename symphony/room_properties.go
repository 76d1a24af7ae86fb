package symphony

import (
	"encoding/json"
	"time"
)

// RoomProperties are a room's attributes as events show them.
type RoomProperties struct {
	Name             string
	Description      string
	Creator          Participant
	CreatedAt        time.Time
	External         bool
	CrossPod         bool
	Public           bool
	CopyProtected    bool
	ReadOnly         bool
	Discoverable     bool
	MembersCanInvite bool
	ViewHistory      bool
	Keywords         []Keyword
}

// wireProperties is the vendor's V4RoomProperties, which names viewHistory otherwise than REST
// does.
type wireProperties struct {
	Name             string      `json:"name"`
	Description      string      `json:"description"`
	Creator          Participant `json:"creatorUser"`
	CreatedDate      millis      `json:"createdDate"`
	External         lenientBool `json:"external"`
	CrossPod         lenientBool `json:"crossPod"`
	Public           lenientBool `json:"public"`
	CopyProtected    lenientBool `json:"copyProtected"`
	ReadOnly         lenientBool `json:"readOnly"`
	Discoverable     lenientBool `json:"discoverable"`
	MembersCanInvite lenientBool `json:"membersCanInvite"`
	Keywords         []Keyword   `json:"keywords,omitempty"`
	ViewHistory      lenientBool `json:"canViewHistory"`
}

// UnmarshalJSON reads the vendor's V4RoomProperties.
func (p *RoomProperties) UnmarshalJSON(b []byte) error {
	var w wireProperties
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*p = RoomProperties{
		Name: w.Name, Description: w.Description, Creator: w.Creator, CreatedAt: w.CreatedDate.time(),
		External: bool(w.External), CrossPod: bool(w.CrossPod), Public: bool(w.Public), CopyProtected: bool(w.CopyProtected),
		ReadOnly: bool(w.ReadOnly), Discoverable: bool(w.Discoverable), MembersCanInvite: bool(w.MembersCanInvite),
		ViewHistory: bool(w.ViewHistory), Keywords: w.Keywords,
	}
	return nil
}

// MarshalJSON writes the vendor's V4RoomProperties.
func (p RoomProperties) MarshalJSON() ([]byte, error) {
	return json.Marshal(wireProperties{
		Name: p.Name, Description: p.Description, Creator: p.Creator, CreatedDate: toMillis(p.CreatedAt),
		External: lenientBool(p.External), CrossPod: lenientBool(p.CrossPod), Public: lenientBool(p.Public), CopyProtected: lenientBool(p.CopyProtected),
		ReadOnly: lenientBool(p.ReadOnly), Discoverable: lenientBool(p.Discoverable), MembersCanInvite: lenientBool(p.MembersCanInvite),
		Keywords: p.Keywords, ViewHistory: lenientBool(p.ViewHistory),
	})
}
