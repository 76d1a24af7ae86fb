package symphony

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Keyword is one searchable pair on a room.
type Keyword struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// RoomAttributes is what a room is. All flags are always sent, because what the pod takes an
// omitted one for is not documented.
type RoomAttributes struct {
	// Name has at most 49 characters and is unique on the pod, ignoring case and blanks.
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Keywords    []Keyword `json:"keywords,omitempty"`
	// MembersCanInvite lets members who are not owners add others.
	MembersCanInvite bool `json:"membersCanInvite"`
	// Discoverable lets people who are not members find the room.
	Discoverable bool `json:"discoverable"`
	// Public lets anyone of the company join.
	Public bool `json:"public"`
	// ReadOnly lets only owners write.
	ReadOnly bool `json:"readOnly"`
	// CopyProtected cannot be taken back later.
	CopyProtected bool `json:"copyProtected"`
	// CrossPod opens the room to other companies.
	CrossPod bool `json:"crossPod"`
	// ViewHistory shows new members what was said before.
	ViewHistory bool `json:"viewHistory"`
	// MultiLateral allows more than two companies.
	MultiLateral bool `json:"multiLateralRoom"`
	// PinnedMessage is the message pinned in the room, if any.
	PinnedMessage MessageID `json:"pinnedMessageId,omitempty"`
}

// UnmarshalJSON accepts flags as text.
func (a *RoomAttributes) UnmarshalJSON(b []byte) error {
	type plain RoomAttributes
	w := struct {
		*plain
		MembersCanInvite lenientBool `json:"membersCanInvite"`
		Discoverable     lenientBool `json:"discoverable"`
		Public           lenientBool `json:"public"`
		ReadOnly         lenientBool `json:"readOnly"`
		CopyProtected    lenientBool `json:"copyProtected"`
		CrossPod         lenientBool `json:"crossPod"`
		ViewHistory      lenientBool `json:"viewHistory"`
		MultiLateral     lenientBool `json:"multiLateralRoom"`
	}{plain: (*plain)(a)}
	err := json.Unmarshal(b, &w)
	a.MembersCanInvite, a.Discoverable, a.Public = bool(w.MembersCanInvite), bool(w.Discoverable), bool(w.Public)
	a.ReadOnly, a.CopyProtected, a.CrossPod = bool(w.ReadOnly), bool(w.CopyProtected), bool(w.CrossPod)
	a.ViewHistory, a.MultiLateral = bool(w.ViewHistory), bool(w.MultiLateral)
	return err
}

// RoomUpdate holds what changes; nil fields stay as they are.
type RoomUpdate struct {
	Name             *string   `json:"name,omitempty"`
	Description      *string   `json:"description,omitempty"`
	Keywords         []Keyword `json:"keywords,omitempty"`
	MembersCanInvite *bool     `json:"membersCanInvite,omitempty"`
	Discoverable     *bool     `json:"discoverable,omitempty"`
	Public           *bool     `json:"public,omitempty"`
	ReadOnly         *bool     `json:"readOnly,omitempty"`
	CopyProtected    *bool     `json:"copyProtected,omitempty"`
	ViewHistory      *bool     `json:"viewHistory,omitempty"`
	PinnedMessage    *string   `json:"pinnedMessageId,omitempty"`
}

// Room is a room as the pod describes it.
type Room struct {
	ID         StreamID
	Attributes RoomAttributes
	CreatedAt  time.Time
	CreatedBy  UserID
	Active     bool
	// Groups are the distribution lists in the room.
	Groups []RoomGroup
}

// RoomGroup is a distribution list in a room, by its account's number.
type RoomGroup struct {
	ID      UserID `json:"id"`
	AddedBy UserID `json:"addedBy"`
}

// wireRoom is the vendor's V3RoomDetail.
type wireRoom struct {
	Attributes RoomAttributes `json:"roomAttributes"`
	System     struct {
		ID        StreamID    `json:"id"`
		CreatedAt millis      `json:"creationDate"`
		CreatedBy UserID      `json:"createdByUserId"`
		Active    lenientBool `json:"active"`
	} `json:"roomSystemInfo"`
	Groups []RoomGroup `json:"groups"`
}

func (w wireRoom) hasID() bool { return w.System.ID != "" }

func (w wireRoom) value() Room {
	return Room{
		ID: w.System.ID, Attributes: w.Attributes, CreatedAt: w.System.CreatedAt.time(),
		CreatedBy: w.System.CreatedBy, Active: bool(w.System.Active), Groups: w.Groups,
	}
}

// CreateRoom creates a room whose member and owner is the caller alone. A name in use is
// ErrBadRequest. It is never repeated blindly: on ErrOutcomeUnknown, search first.
//
//	POST /pod/v3/room/create
func (c *Client) CreateRoom(ctx context.Context, attributes RoomAttributes) (Room, error) {
	room, err := callForValue[Room, wireRoom](ctx, c, request{op: opCreateRoom, body: attributes})
	if err == nil && room.ID == "" {
		return Room{}, opCreateRoom.missingIDError()
	}
	return room, err
}

// Room describes a room. An unknown id is ErrBadRequest on most pods.
//
//	GET /pod/v3/room/{id}/info
func (c *Client) Room(ctx context.Context, id StreamID) (Room, error) {
	return callForValue[Room, wireRoom](ctx, c, request{op: opRoom, args: []string{string(id)}})
}

// UpdateRoom changes a room; owners only.
//
//	POST /pod/v3/room/{id}/update
func (c *Client) UpdateRoom(ctx context.Context, id StreamID, update RoomUpdate) (Room, error) {
	return callForValue[Room, wireRoom](ctx, c, request{op: opUpdateRoom, args: []string{string(id)}, body: update})
}

// SetRoomActive deactivates a room or brings it back.
//
//	POST /pod/v1/room/{id}/setActive
func (c *Client) SetRoomActive(ctx context.Context, id StreamID, active bool) error {
	_, err := call[ignoredAnswer](ctx, c, request{
		op: opSetRoomActive, args: []string{string(id)},
		query: url.Values{"active": {strconv.FormatBool(active)}},
	})
	return err
}

// RoomQuery says what to search rooms by. The search is fuzzy and its index lags behind by seconds:
// compare what comes back.
type RoomQuery struct {
	// Text is looked for in names, in the hashtags and cashtags of descriptions, and in the values
	// of the keywords that Labels names; or only in SearchFields.
	Text string
	// Labels are keys of keywords whose values are searched.
	Labels []string
	// SearchFields is any of name, description, keywords_key, keywords_value. Pods older than 25.10
	// pass over it: name the keywords in Labels as well.
	SearchFields []string
	// Member, Owner and Creator restrict to rooms of that user, 0 for any.
	Member, Owner, Creator UserID
	// OnlyActive leaves deactivated rooms out.
	OnlyActive bool
	// NonDiscoverable includes private rooms that the caller is entitled to see.
	NonDiscoverable bool
	// Complete makes a room that cannot be read an error, for those to whom a room that is not found
	// is one that does not exist.
	Complete bool
	// PageSize is 1 to 100, default 100.
	PageSize int
}

type idBody struct {
	ID UserID `json:"id"`
}

func optionalUser(id UserID) *idBody {
	if id == 0 {
		return nil
	}
	return &idBody{id}
}

type roomSearch struct {
	Query        string   `json:"query"`
	Labels       []string `json:"labels,omitempty"`
	SearchFields []string `json:"searchFields,omitempty"`
	Active       bool     `json:"active,omitempty"`
	Member       *idBody  `json:"member,omitempty"`
	Owner        *idBody  `json:"owner,omitempty"`
	Creator      *idBody  `json:"creator,omitempty"`
}

// SearchRooms yields the rooms that match, page by page. One that cannot be read, or that has no
// id, is left out, counted and logged; see RoomQuery.Complete.
//
//	POST /pod/v3/room/search
func (c *Client) SearchRooms(ctx context.Context, q RoomQuery) iter.Seq2[Room, error] {
	body := roomSearch{
		Query: q.Text, Labels: q.Labels, SearchFields: q.SearchFields, Active: q.OnlyActive,
		Member: optionalUser(q.Member), Owner: optionalUser(q.Owner), Creator: optionalUser(q.Creator),
	}
	size := pageSize(q.PageSize, maxPageSize)
	return yieldPages(size, func(skip int) (page[Room], error) {
		query := skipLimit(skip, size)
		if q.NonDiscoverable {
			query.Set("includeNonDiscoverable", "true")
		}
		found, err := call[struct {
			Count wholeNumber    `json:"count"`
			Rooms list[wireRoom] `json:"rooms"`
		}](ctx, c, request{op: opSearchRooms, query: query, body: body})
		c.noteUnreadable(ctx, opSearchRooms, found.Rooms.unreadable)
		if q.Complete && len(found.Rooms.unreadable) > 0 {
			err = opSearchRooms.newError(Error{Status: http.StatusOK, Err: fmt.Errorf("read a room: %w", found.Rooms.unreadable[0])})
		}
		return page[Room]{toValues[Room](found.Rooms.entries), found.Rooms.size(), int(found.Count)}, err
	})
}
