package world_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/world"
)

const (
	needsTrue  = "A public room must have viewHistory, discoverable and membersCanInvite set to true"
	noCrossPod = "A cross pod room must not be"
)

func TestRulesOfNewRooms(t *testing.T) {
	for name, row := range map[string]struct {
		change  world.RoomChange
		refusal string // "" is none
	}{
		"no attribute at all":                {},
		"name of 49 characters":              {change: world.RoomChange{Name: new(strings.Repeat("é", 49))}},
		"name of 50 characters":              {change: world.RoomChange{Name: new(strings.Repeat("é", 50))}, refusal: "shorter than 50 characters"},
		"name that is taken":                 {change: world.RoomChange{Name: new("t A ken")}, refusal: "Please choose another name."},
		"keyword without a value":            {change: keywords("key", ""), refusal: "must have a key and a value"},
		"keyword without a key":              {change: keywords("", "value"), refusal: "must have a key and a value"},
		"keyword with an exclamation mark":   {change: keywords("k!", "value"), refusal: "must not contain '!'"},
		"public, the other flags omitted":    {change: world.RoomChange{Public: new(true)}},
		"public, history shared":             {change: world.RoomChange{Public: new(true), ViewHistory: new(true)}},
		"public, history explicitly hidden":  {change: world.RoomChange{Public: new(true), ViewHistory: new(false)}, refusal: needsTrue},
		"public, explicitly undiscoverable":  {change: world.RoomChange{Public: new(true), Discoverable: new(false)}, refusal: needsTrue},
		"public, inviting explicitly closed": {change: world.RoomChange{Public: new(true), MembersCanInvite: new(false)}, refusal: needsTrue},
		"external":                           {change: world.RoomChange{CrossPod: new(true)}},
		"external and read-only":             {change: world.RoomChange{CrossPod: new(true), ReadOnly: new(true)}, refusal: noCrossPod},
		"external and public":                {change: world.RoomChange{CrossPod: new(true), Public: new(true)}, refusal: noCrossPod},
		"external and discoverable":          {change: world.RoomChange{CrossPod: new(true), Discoverable: new(true)}, refusal: noCrossPod},
		"external with shared history":       {change: world.RoomChange{CrossPod: new(true), ViewHistory: new(true)}, refusal: "viewHistory"},
		"multilateral and external":          {change: world.RoomChange{CrossPod: new(true), MultiLateral: new(true)}},
		"multilateral and internal":          {change: world.RoomChange{MultiLateral: new(true)}, refusal: "must be a cross pod room"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPod(t)
			p.room("Taken", world.RoomChange{})
			_, err := p.CreateRoom(p.Bot(), row.change)
			requireRefusal(t, err, world.Invalid, row.refusal)
		})
	}
}

func keywords(key, value string) world.RoomChange {
	return world.RoomChange{Keywords: &[]world.Keyword{{Key: key, Value: value}}}
}

func TestAPublicRoomHasTheFlagsThatItCannotBeWithout(t *testing.T) {
	p := newPod(t)
	public := p.room("Public", world.RoomChange{Public: new(true)}).Room
	require.True(t, public.ViewHistory && public.Discoverable && public.MembersCanInvite)
	private := p.room("Private", world.RoomChange{}).Room
	require.False(t, private.ViewHistory || private.Discoverable || private.MembersCanInvite)
}

func TestRoomsThatRightsAreMissingFor(t *testing.T) {
	p := newPod(t)
	p.SetRights(world.Rights{})
	for name, change := range map[string]world.RoomChange{
		"public":       {Public: new(true)},
		"external":     {CrossPod: new(true)},
		"multilateral": {CrossPod: new(true), MultiLateral: new(true)},
	} {
		_, err := p.CreateRoom(p.Bot(), change)
		require.ErrorIs(t, err, world.ErrEntitlement, name)
	}
	p.SetRights(world.Rights{ExternalRooms: true, SharedHistoryRooms: true})
	_, err := p.CreateRoom(p.Bot(), world.RoomChange{CrossPod: new(true), ViewHistory: new(true)})
	require.NoError(t, err)
}

func TestRulesOfChangedRooms(t *testing.T) {
	fixed := "cannot be changed"
	for name, row := range map[string]struct {
		room, change world.RoomChange
		refusal      string
	}{
		"nothing at all":                  {refusal: "At least one attribute"},
		"own name in another spelling":    {change: world.RoomChange{Name: new("d e s k")}},
		"name of another room":            {change: world.RoomChange{Name: new("other")}, refusal: "another name"},
		"made public":                     {change: world.RoomChange{Public: new(true)}, refusal: fixed},
		"said to be private as it is":     {change: world.RoomChange{Public: new(false), Description: new("x")}},
		"made external":                   {change: world.RoomChange{CrossPod: new(true)}, refusal: fixed},
		"made read-only":                  {change: world.RoomChange{ReadOnly: new(true)}, refusal: fixed},
		"made multilateral":               {change: world.RoomChange{MultiLateral: new(true)}, refusal: fixed},
		"made a scheduled meeting":        {change: world.RoomChange{ScheduledMeeting: new(true)}, refusal: fixed},
		"copy protection set":             {change: world.RoomChange{CopyProtected: new(true)}},
		"copy protection unset":           {room: world.RoomChange{CopyProtected: new(true)}, change: world.RoomChange{CopyProtected: new(false)}, refusal: "cannot be unset"},
		"external and now discoverable":   {room: world.RoomChange{CrossPod: new(true)}, change: world.RoomChange{Discoverable: new(true)}, refusal: "discoverable"},
		"public and now undiscoverable":   {room: world.RoomChange{Public: new(true)}, change: world.RoomChange{Discoverable: new(false)}, refusal: fixed},
		"public and now closed to guests": {room: world.RoomChange{Public: new(true)}, change: world.RoomChange{MembersCanInvite: new(false)}, refusal: fixed},
		"keyword without a value":         {change: keywords("k", ""), refusal: "a key and a value"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPod(t)
			p.room("Other", world.RoomChange{})
			st := p.room("Desk", row.room)
			requireRefusal(t, p.UpdateRoom(p.Bot(), st, row.change), world.Invalid, row.refusal)
		})
	}
}

func TestWhoChangesARoom(t *testing.T) {
	p := newPod(t)
	st := p.room("Desk", world.RoomChange{})
	p.add(st, "bob")
	for username, may := range map[string]bool{"roombot": true, "ops": true, "bob": false, "cora": false, "carol": false} {
		err := p.UpdateRoom(p.requirePerson(username), st, world.RoomChange{Description: new("by " + username)})
		require.Equal(t, may, err == nil, username)
	}
	for username, may := range map[string]bool{"cora": true, "bob": false, "roombot": true} {
		require.Equal(t, may, p.SetActive(p.requirePerson(username), st, true) == nil, username)
	}
}

func TestADeactivatedRoomTakesNoChange(t *testing.T) {
	p := newPod(t)
	st := p.room("Desk", world.RoomChange{})
	p.add(st, "bob")
	bot, bob := p.Bot(), p.requirePerson("bob")
	require.NoError(t, p.SetActive(bot, st, false))
	locked := "The room is deactivated"
	requireRefusal(t, p.UpdateRoom(bot, st, world.RoomChange{Name: new("x")}), world.Invalid, locked)
	requireRefusal(t, p.AddMember(bot, st, p.requirePerson("carol").ID), world.Invalid, locked)
	requireRefusal(t, p.RemoveMember(bot, st, bob.ID), world.Invalid, locked)
	requireRefusal(t, p.Promote(bot, st, bob.ID), world.Invalid, locked)
	requireRefusal(t, p.Demote(bot, st, bob.ID), world.Invalid, locked)
	_, err := p.Send(bob, st, world.Draft{Markup: "<div>hi</div>"})
	requireRefusal(t, err, world.Forbidden, locked)
	require.NoError(t, p.SetActive(bot, st, true))
	p.add(st, "carol")
}

func TestWhatASearchShows(t *testing.T) {
	p := newPod(t)
	p.room("Private desk", world.RoomChange{})
	p.room("Shown desk", world.RoomChange{Discoverable: new(true)})
	p.room("Public desk", world.RoomChange{Public: new(true)})
	p.room("External desk", world.RoomChange{CrossPod: new(true)})
	sales := p.room("Sales desk", world.RoomChange{Discoverable: new(true)})
	p.add(sales, "alice")
	for name, row := range map[string]struct {
		who    string
		hidden bool
		want   []string
	}{
		"member sees all":            {who: "roombot", want: []string{"Private desk", "Shown desk", "Public desk", "External desk", "Sales desk"}},
		"colleague":                  {who: "kim", want: []string{"Shown desk", "Public desk", "Sales desk"}},
		"colleague, hidden ones too": {who: "kim", hidden: true, want: []string{"Private desk", "Shown desk", "Public desk", "Sales desk"}},
		"behind the barrier":         {who: "ravi", want: []string{"Shown desk", "Public desk"}},
	} {
		found, err := p.SearchRooms(p.requirePerson(row.who), world.RoomQuery{Query: new("desk")}, row.hidden)
		require.NoError(t, err)
		names := []string{}
		for _, st := range found {
			names = append(names, st.Room.Name)
		}
		require.Equal(t, row.want, names, name)
	}
	_, err := p.SearchRooms(p.Bot(), world.RoomQuery{}, false)
	requireRefusal(t, err, world.Invalid, "query is required")
	_, err = p.SearchRooms(p.Bot(), world.RoomQuery{Query: new("x"), SearchFields: []string{"colour"}}, false)
	requireRefusal(t, err, world.Invalid, "Unknown search field: colour")
}

func TestWhereASearchLooks(t *testing.T) {
	p := newPod(t)
	p.room("Alpha", world.RoomChange{Description: new("plans for #q3"), Keywords: &[]world.Keyword{{Key: "Team", Value: "fx"}}})
	for _, row := range []struct {
		query          string
		labels, fields []string
		found          bool
	}{
		{query: "alpha", found: true},
		{query: "al pha", found: true}, // each word somewhere
		{query: "alpha q3", found: true},
		{query: "plans"}, // only tags of the description are indexed
		{query: "fx"},
		{query: "fx", labels: []string{"team"}, found: true},
		{query: "alpha fx", labels: []string{"team"}, found: true},
		{query: "fx", fields: []string{"keywords_value"}, found: true},
		{query: "fx", fields: []string{"keywords_value"}, labels: []string{"else"}},
		{query: "team", fields: []string{"keywords_key"}, found: true},
		{query: "alpha", fields: []string{"description"}},
	} {
		found, err := p.SearchRooms(p.Bot(), world.RoomQuery{Query: &row.query, Labels: row.labels, SearchFields: row.fields}, false)
		require.NoError(t, err)
		require.Equal(t, row.found, len(found) == 1, "%+v", row)
	}
}
