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
	External         bool        `json:"external"`
	CrossPod         bool        `json:"crossPod"`
	Public           bool        `json:"public"`
	CopyProtected    bool        `json:"copyProtected"`
	ReadOnly         bool        `json:"readOnly"`
	Discoverable     bool        `json:"discoverable"`
	MembersCanInvite bool        `json:"membersCanInvite"`
	Keywords         []Keyword   `json:"keywords,omitempty"`
	ViewHistory      bool        `json:"canViewHistory"`
}

// UnmarshalJSON reads the vendor's V4RoomProperties.
func (p *RoomProperties) UnmarshalJSON(b []byte) error {
	var w wireProperties
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*p = RoomProperties{
		Name: w.Name, Description: w.Description, Creator: w.Creator, CreatedAt: w.CreatedDate.time(),
		External: w.External, CrossPod: w.CrossPod, Public: w.Public, CopyProtected: w.CopyProtected,
		ReadOnly: w.ReadOnly, Discoverable: w.Discoverable, MembersCanInvite: w.MembersCanInvite,
		ViewHistory: w.ViewHistory, Keywords: w.Keywords,
	}
	return nil
}

// MarshalJSON writes the vendor's V4RoomProperties.
func (p RoomProperties) MarshalJSON() ([]byte, error) {
	return json.Marshal(wireProperties{
		Name: p.Name, Description: p.Description, Creator: p.Creator, CreatedDate: toMillis(p.CreatedAt),
		External: p.External, CrossPod: p.CrossPod, Public: p.Public, CopyProtected: p.CopyProtected,
		ReadOnly: p.ReadOnly, Discoverable: p.Discoverable, MembersCanInvite: p.MembersCanInvite,
		Keywords: p.Keywords, ViewHistory: p.ViewHistory,
	})
}
