package symphony

import "encoding/json"

// Participant is a person as events and messages show one. Only ID is always there.
type Participant struct {
	ID          UserID `json:"userId"`
	FirstName   string `json:"firstName,omitempty"`
	LastName    string `json:"lastName,omitempty"`
	DisplayName string `json:"displayName,omitempty"`
	Email       string `json:"email,omitempty"`
	// Username is known only within the caller's own company.
	Username string `json:"username,omitempty"`
}

// Conversation is where a message or an event belongs, as those show it.
type Conversation struct {
	ID   StreamID   `json:"streamId"`
	Type StreamType `json:"streamType,omitempty"`
	// Name is a room's name; many events leave it out.
	Name string `json:"roomName,omitempty"`
	// Members are known only when an IM was created.
	Members []Participant `json:"members,omitempty"`
	// External says that other companies take part.
	External bool `json:"external,omitempty"`
	CrossPod bool `json:"crossPod,omitempty"`
	// Tenants are the numbers of the companies that receive it.
	Tenants []int64 `json:"recipientTenantIds,omitempty"`
}

// UnmarshalJSON accepts flags and numbers as text.
func (s *Conversation) UnmarshalJSON(b []byte) error {
	type plain Conversation
	w := struct {
		*plain
		External lenientBool   `json:"external"`
		CrossPod lenientBool   `json:"crossPod"`
		Tenants  []wholeNumber `json:"recipientTenantIds"`
	}{plain: (*plain)(s)}
	err := json.Unmarshal(b, &w)
	s.External, s.CrossPod, s.Tenants = bool(w.External), bool(w.CrossPod), toInt64s(w.Tenants)
	return err
}
