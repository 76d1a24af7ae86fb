package sandbox

import (
	"slices"
	"strings"
)

type userRef struct {
	ID int64 `json:"id"`
}

// roomQuery is the body of a room search; it is echoed in the answer.
type roomQuery struct {
	Query        *string  `json:"query"`
	Labels       []string `json:"labels,omitempty"`
	SearchFields []string `json:"searchFields,omitempty"`
	Active       *bool    `json:"active,omitempty"`
	Private      *bool    `json:"private,omitempty"`
	Owner        *userRef `json:"owner,omitempty"`
	Creator      *userRef `json:"creator,omitempty"`
	Member       *userRef `json:"member,omitempty"`
	SortOrder    string   `json:"sortOrder,omitempty"`
	SubType      string   `json:"subType,omitempty"`
}

// Fields a search may be restricted to.
const (
	fieldName        = "name"
	fieldDescription = "description"
	fieldKey         = "keywords_key"
	fieldValue       = "keywords_value"
)

func (p *Pod) searchRooms(c *call) (any, error) {
	var query roomQuery
	if err := c.decode(&query); err != nil {
		return nil, err
	}
	skip, limit, err := c.page(50, 100)
	if err != nil {
		return nil, err
	}
	if query.Query == nil {
		return nil, badRequest("The field query is required")
	}
	for _, field := range query.SearchFields {
		if !slices.Contains([]string{fieldName, fieldDescription, fieldKey, fieldValue}, field) {
			return nil, badRequest("Unknown search field: %s", field)
		}
	}
	rooms := []roomView{}
	for _, st := range p.state.Streams {
		if st.Type == typeRoom && p.mayFind(c, st) && query.selects(st) && query.matches(st.Room) {
			v := st.view()
			v.System.ID = standard(st.ID) // search is one of the few places that answer in this alphabet
			rooms = append(rooms, v)
		}
	}
	return map[string]any{
		"count": len(rooms), "skip": skip, "limit": limit, "query": query, "rooms": slice(rooms, skip, limit),
		"facetedMatchCount": query.facets(rooms),
	}, nil
}

// mayFind tells whether a room is in somebody's reach: their own, public ones, and private ones that show themselves.
func (p *Pod) mayFind(c *call, st *stream) bool {
	if c.now.UnixMilli() < st.Found {
		return false // the index has not seen it yet
	}
	if st.member(c.caller.ID) != nil {
		return true
	}
	if !st.Active || st.Room.CrossPod {
		return false
	}
	hidden := !st.Room.Discoverable && !c.yes("includeNonDiscoverable")
	return st.Room.Public || (!hidden && p.state.barrier(append(st.memberIDs(), c.caller.ID)) == nil)
}

func (q roomQuery) selects(st *stream) bool {
	owner := func(id int64) bool { m := st.member(id); return m != nil && m.Owner }
	return (q.Active == nil || *q.Active == st.Active) &&
		(q.Private == nil || *q.Private != st.Room.Public) &&
		(q.Owner == nil || owner(q.Owner.ID)) &&
		(q.Creator == nil || st.Creator == q.Creator.ID) &&
		(q.Member == nil || st.member(q.Member.ID) != nil)
}

// matches looks for every word of the query in one of the searched fields.
func (q roomQuery) matches(a attributes) bool {
	fields := q.fields(a)
	for word := range strings.FieldsSeq(*q.Query) {
		if !slices.ContainsFunc(fields, func(field string) bool { return containsFold(field, word) }) {
			return false
		}
	}
	return true
}

// fields are the texts that are searched: name, tags in the description and labelled values, or what searchFields says.
func (q roomQuery) fields(a attributes) []string {
	wants := func(field string) bool { return len(q.SearchFields) == 0 || slices.Contains(q.SearchFields, field) }
	var texts []string
	if wants(fieldName) {
		texts = append(texts, a.Name, nameKey(a.Name))
	}
	if wants(fieldDescription) {
		texts = append(texts, tags(a.Description)...)
	}
	for _, k := range a.Keywords {
		if slices.Contains(q.SearchFields, fieldKey) {
			texts = append(texts, k.Key)
		}
		labelled := slices.ContainsFunc(q.Labels, func(l string) bool { return strings.EqualFold(l, k.Key) })
		if slices.Contains(q.SearchFields, fieldValue) && (labelled || len(q.Labels) == 0) || len(q.SearchFields) == 0 && labelled {
			texts = append(texts, k.Value)
		}
	}
	return texts
}

// tags gives the #hashtags and $cashtags of a description, which are all of it that is indexed.
func tags(description string) []string {
	var found []string
	for word := range strings.FieldsSeq(description) {
		if strings.HasPrefix(word, "#") || strings.HasPrefix(word, "$") {
			found = append(found, word, word[1:])
		}
	}
	return found
}

type facet struct {
	Facet string `json:"facet"`
	Count int    `json:"count"`
}

func (q roomQuery) facets(rooms []roomView) []facet {
	counts := []facet{}
	for _, label := range q.Labels {
		n := 0
		for _, room := range rooms {
			if slices.ContainsFunc(room.Attributes.Keywords, func(k keyword) bool { return strings.EqualFold(k.Key, label) }) {
				n++
			}
		}
		counts = append(counts, facet{Facet: label, Count: n})
	}
	return counts
}
