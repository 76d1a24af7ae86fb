package world

import (
	"cmp"
	"slices"
)

// Presence is what somebody's dot shows, in the words of the service.
type Presence struct {
	Category  string `json:"category"`
	UserID    int64  `json:"userId"`
	Timestamp int64  `json:"timestamp"`
}

// Available is the category of whoever is there.
const Available = "AVAILABLE"

func presenceCategories() []string {
	return []string{
		Available, "BUSY", "DO_NOT_DISTURB", "ON_THE_PHONE", "BE_RIGHT_BACK", "IN_A_MEETING", "AWAY", "OUT_OF_OFFICE",
		"OFF_WORK", "OFFLINE", "UNDEFINED",
	}
}

// PresenceOf is somebody's presence.
func (w *World) PresenceOf(user int64) Presence {
	if known, ok := w.state.Presences[user]; ok {
		return known
	}
	return Presence{Category: "UNDEFINED", UserID: user, Timestamp: w.Now().UnixMilli()}
}

// SetPresence says what somebody is doing.
func (w *World) SetPresence(who *Person, category string) error {
	if !slices.Contains(presenceCategories(), category) {
		return invalid("Unknown presence category: %q", category)
	}
	w.state.Presences[who.ID] = Presence{Category: category, UserID: who.ID, Timestamp: w.Now().UnixMilli()}
	w.noteChange()
	return nil
}

// Colleagues are the people of somebody's company with an id above this one, in the order of ids.
func (w *World) Colleagues(who *Person, after int64) []*Person {
	found := slices.DeleteFunc(slices.Clone(w.state.People), func(p *Person) bool { return p.ID <= after || !p.IsColleagueOf(who) })
	slices.SortFunc(found, func(a, b *Person) int { return cmp.Compare(a.ID, b.ID) })
	return found
}
