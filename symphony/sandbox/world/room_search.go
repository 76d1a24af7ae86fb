package world

import (
	"slices"
	"strings"
)

// UserRef names a user in a search for rooms.
type UserRef struct {
	ID int64 `json:"id"`
}

// RoomQuery is what a search for rooms looks for, in the words of the service.
type RoomQuery struct {
	Query        *string  `json:"query"`
	Labels       []string `json:"labels,omitempty"`
	SearchFields []string `json:"searchFields,omitempty"`
	Active       *bool    `json:"active,omitempty"`
	Private      *bool    `json:"private,omitempty"`
	Owner        *UserRef `json:"owner,omitempty"`
	Creator      *UserRef `json:"creator,omitempty"`
	Member       *UserRef `json:"member,omitempty"`
	SortOrder    string   `json:"sortOrder,omitempty"`
	SubType      string   `json:"subType,omitempty"`
}

// Fields that a search may be restricted to.
const (
	fieldName        = "name"
	fieldDescription = "description"
	fieldKey         = "keywords_key"
	fieldValue       = "keywords_value"
)

// SearchRooms finds rooms, oldest first: somebody's own, public ones, and private ones that show
// themselves; with hidden also those that do not.
func (w *World) SearchRooms(by *Person, query RoomQuery, hidden bool) ([]*Stream, error) {
	if query.Query == nil {
		return nil, invalid("The field query is required")
	}
	for _, field := range query.SearchFields {
		if !slices.Contains([]string{fieldName, fieldDescription, fieldKey, fieldValue}, field) {
			return nil, invalid("Unknown search field: %s", field)
		}
	}
	var found []*Stream
	for _, st := range w.state.Streams {
		if st.IsRoom() && w.mayFind(by, st, hidden) && query.selects(st) && query.matches(st.Room) {
			found = append(found, st)
		}
	}
	return found, nil
}

// mayFind reports whether a search shows a room to somebody.
func (w *World) mayFind(by *Person, st *Stream, hidden bool) bool {
	if w.Now().UnixMilli() < st.Found {
		return false // the index has not seen it yet
	}
	if st.HasMember(by.ID) {
		return true
	}
	if !st.Active || st.Room.CrossPod {
		return false
	}
	return st.Room.Public || ((st.Room.Discoverable || hidden) && w.CheckBarrier(append(st.MemberIDs(), by.ID)) == nil)
}

// selects reports whether a room has the state and the people that are searched for.
func (q RoomQuery) selects(st *Stream) bool {
	return (q.Active == nil || *q.Active == st.Active) &&
		(q.Private == nil || *q.Private != st.Room.Public) &&
		(q.Owner == nil || st.IsOwner(q.Owner.ID)) &&
		(q.Creator == nil || st.Creator == q.Creator.ID) &&
		(q.Member == nil || st.HasMember(q.Member.ID))
}

// matches reports whether every word of the query is in one of the searched texts.
func (q RoomQuery) matches(a Attributes) bool {
	texts := q.searchedTexts(a)
	for word := range strings.FieldsSeq(*q.Query) {
		if !slices.ContainsFunc(texts, func(text string) bool { return containsFold(text, word) }) {
			return false
		}
	}
	return true
}

// searchedTexts are name, tags in the description and labelled values, or what SearchFields says.
func (q RoomQuery) searchedTexts(a Attributes) []string {
	wants := func(field string) bool { return len(q.SearchFields) == 0 || slices.Contains(q.SearchFields, field) }
	var texts []string
	if wants(fieldName) {
		texts = append(texts, a.Name, NameKey(a.Name))
	}
	if wants(fieldDescription) {
		texts = append(texts, tagsOf(a.Description)...)
	}
	for _, k := range a.Keywords {
		if slices.Contains(q.SearchFields, fieldKey) {
			texts = append(texts, k.Key)
		}
		if q.searchesValue(k) {
			texts = append(texts, k.Value)
		}
	}
	return texts
}

func (q RoomQuery) searchesValue(k Keyword) bool {
	labelled := slices.ContainsFunc(q.Labels, k.hasKey)
	if len(q.SearchFields) == 0 {
		return labelled
	}
	return slices.Contains(q.SearchFields, fieldValue) && (labelled || len(q.Labels) == 0)
}

func (k Keyword) hasKey(label string) bool { return strings.EqualFold(label, k.Key) }

// tagsOf gives the #hashtags and $cashtags of a description, which are all of it that is indexed.
func tagsOf(description string) []string {
	var found []string
	for word := range strings.FieldsSeq(description) {
		if strings.HasPrefix(word, "#") || strings.HasPrefix(word, "$") {
			found = append(found, word, word[1:])
		}
	}
	return found
}

// CountLabel says how many rooms have a label.
func CountLabel(rooms []*Stream, label string) int {
	n := 0
	for _, st := range rooms {
		if slices.ContainsFunc(st.Room.Keywords, func(k Keyword) bool { return k.hasKey(label) }) {
			n++
		}
	}
	return n
}
