package world_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/markup"
	"roombot/symphony/sandbox/world"
)

func draft(text string) world.Draft {
	return world.Draft{Markup: `<div data-format="PresentationML" data-version="2.0">` + text + `</div>`, Data: "{}"}
}

// send has somebody write in a stream.
func (p *pod) send(by *world.Person, st *world.Stream, d world.Draft) *world.Message {
	p.Helper()
	m, err := p.Send(by, st, d)
	require.NoError(p, err)
	return m
}

func TestWhoMayWriteWhere(t *testing.T) {
	for name, row := range map[string]struct {
		room    world.RoomChange
		by      string
		refusal string
	}{
		"member":                       {by: "bob"},
		"stranger":                     {by: "kim", refusal: "is not a member of the stream"},
		"stranger in a public room":    {room: world.RoomChange{Public: new(true)}, by: "kim"},
		"member of a read-only room":   {room: world.RoomChange{ReadOnly: new(true)}, by: "bob", refusal: "Only owners may write"},
		"owner of a read-only room":    {room: world.RoomChange{ReadOnly: new(true)}, by: "roombot"},
		"officer who only may oversee": {by: "cora", refusal: "is not a member of the stream"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPod(t)
			st := p.room("Desk", row.room)
			p.add(st, "bob")
			_, err := p.Send(p.requirePerson(row.by), st, draft("hi"))
			requireRefusal(t, err, world.Forbidden, row.refusal)
		})
	}
}

func TestAMemberReadsFromTheirJoiningOnUnlessHistoryIsShared(t *testing.T) {
	for shared, want := range map[bool]int{true: 2, false: 1} {
		p := &pod{T: t, World: world.New(world.Config{})}
		st := p.room("Desk", world.RoomChange{ViewHistory: &shared})
		p.send(p.Bot(), st, draft("before"))
		p.Advance(time.Second)
		p.add(st, "bob")
		p.send(p.Bot(), st, draft("after"))
		found, err := p.History(p.requirePerson("bob"), st, 0, p.Now().UnixMilli())
		require.NoError(t, err)
		require.Len(t, found, want)
		_, err = p.History(p.requirePerson("kim"), st, 0, p.Now().UnixMilli())
		requireRefusal(t, err, world.Forbidden, "is not a member")
	}
}

func TestWhoMayEditAMessage(t *testing.T) {
	p := newPod(t)
	st := p.room("Desk", world.RoomChange{})
	other := p.room("Other", world.RoomChange{})
	p.add(st, "bob")
	first := p.send(p.Bot(), st, draft("one"))
	for name, row := range map[string]struct {
		by   string
		st   *world.Stream
		id   string
		kind world.RefusalKind
		text string
	}{
		"author":         {by: "roombot", st: st, id: first.ID},
		"somebody else":  {by: "bob", st: st, id: first.ID, kind: world.Forbidden, text: "entitlement"},
		"another stream": {by: "roombot", st: other, id: first.ID, text: "not found"},
		"no message":     {by: "roombot", st: st, id: "nonsense", text: "Message nonsense not found"},
	} {
		_, err := p.FindOwnMessage(p.requirePerson(row.by), row.st, row.id)
		require.Equal(t, row.text == "", err == nil, name)
		requireRefusal(t, err, row.kind, row.text)
	}
	p.SetRights(world.Rights{})
	_, err := p.FindOwnMessage(p.Bot(), st, first.ID)
	require.ErrorIs(t, err, world.ErrEntitlement)
}

func TestAnEditReplacesTheNewestVersion(t *testing.T) {
	p := newPod(t)
	st := p.room("Desk", world.RoomChange{})
	one := p.send(p.Bot(), st, draft("one"))
	two, three := draft("two"), draft("three")
	two.Replacing, three.Replacing = one, one
	second := p.send(p.Bot(), st, two)
	third := p.send(p.Bot(), st, three)
	require.Equal(t, []string{one.ID, one.ID}, []string{second.Replacing, second.Initial})
	require.Equal(t, []string{second.ID, one.ID}, []string{third.Replacing, third.Initial})
	require.Equal(t, third.ID, second.ReplacedBy)
	require.Equal(t, one.Time, third.InitialTime)
}

func TestASuppressedMessageIsBlank(t *testing.T) {
	p := newPod(t)
	st := p.room("Desk", world.RoomChange{})
	p.add(st, "bob")
	m := p.send(p.Bot(), st, world.Draft{
		Markup: "<div>secret</div>", Data: "{}", Files: []world.File{{Name: "a.txt", Content: []byte("x")}}, Forms: []markup.Form{{ID: "f"}},
	})
	_, _, err := p.Suppress(p.requirePerson("bob"), m.ID)
	require.ErrorIs(t, err, world.ErrEntitlement)
	_, _, err = p.Suppress(p.Bot(), "nonsense")
	requireRefusal(t, err, world.Invalid, "not found")
	_, date, err := p.Suppress(p.Bot(), m.ID)
	require.NoError(t, err)
	require.NotZero(t, date)
	require.NotContains(t, m.Markup+m.Text, "secret")
	require.Empty(t, m.Files)
	require.Empty(t, m.Forms)
	_, date, err = p.Suppress(p.Bot(), m.ID)
	require.NoError(t, err)
	require.Zero(t, date, "the second time")
}

func TestWhatAMessageSearchFinds(t *testing.T) {
	p := newPod(t)
	st := p.room("Desk", world.RoomChange{})
	p.add(st, "bob")
	m := p.send(p.requirePerson("bob"), st, world.Draft{Markup: "<div>Sell #fx and $eur</div>", Data: `{"0":{"id":[{"value":"7"}]}}`})
	for name, row := range map[string]struct {
		query world.MessageQuery
		found bool
	}{
		"text":                     {world.MessageQuery{Text: "sell", StreamID: st.ID}, true},
		"text, id standard base64": {world.MessageQuery{Text: "sell", StreamID: world.StandardID(st.ID)}, true},
		"other text":               {world.MessageQuery{Text: "buy", StreamID: st.ID}, false},
		"type":                     {world.MessageQuery{StreamType: "chatroom"}, true},
		"other type":               {world.MessageQuery{StreamType: "CHAT"}, false},
		"unknown type":             {world.MessageQuery{StreamType: "POST"}, false},
		"author":                   {world.MessageQuery{Author: p.requirePerson("bob").ID}, true},
		"other author":             {world.MessageQuery{Author: 1}, false},
		"hashtag":                  {world.MessageQuery{Hashtag: "fx"}, true},
		"hashtag with its mark":    {world.MessageQuery{Hashtag: "#fx"}, true},
		"cashtag":                  {world.MessageQuery{Cashtag: "fx"}, false},
		"mention":                  {world.MessageQuery{Mention: 7}, true},
		"from its time on":         {world.MessageQuery{FromDate: m.Time}, true},
		"from after it on":         {world.MessageQuery{FromDate: m.Time + 1}, false},
		"up to before its time":    {world.MessageQuery{ToDate: m.Time}, false},
	} {
		found, err := p.SearchMessages(p.Bot(), row.query)
		require.NoError(t, err, name)
		require.Equal(t, row.found, len(found) == 1, name)
	}
	found, err := p.SearchMessages(p.requirePerson("kim"), world.MessageQuery{Hashtag: "fx"})
	require.NoError(t, err)
	require.Empty(t, found, "of somebody who may not read it")
	_, err = p.SearchMessages(p.Bot(), world.MessageQuery{})
	requireRefusal(t, err, world.Invalid, "At least one search criterion")
	_, err = p.SearchMessages(p.Bot(), world.MessageQuery{Text: "sell"})
	requireRefusal(t, err, world.Invalid, "requires a streamId")
}

func TestUnreadMessagesAreThoseOfOthersSinceTheLastLook(t *testing.T) {
	p := newPod(t)
	st, bob := p.room("Desk", world.RoomChange{}), p.requirePerson("bob")
	p.add(st, "bob", "carol")
	p.send(p.Bot(), st, draft("one"))
	m := p.send(p.requirePerson("carol"), st, draft("two"))
	require.Equal(t, 2, p.CountUnread(bob.ID, st))
	require.False(t, p.HasRead(bob.ID, m))
	p.MarkRead(bob, st)
	require.Zero(t, p.CountUnread(bob.ID, st))
	require.True(t, p.HasRead(bob.ID, m))
	p.send(bob, st, draft("three"))
	require.Zero(t, p.CountUnread(bob.ID, st), "one's own")
}

func TestWhoMaySubmitAForm(t *testing.T) {
	p := newPod(t)
	st := p.room("Desk", world.RoomChange{})
	p.add(st, "bob")
	m := p.send(p.Bot(), st, world.Draft{Markup: "<div/>", Forms: []markup.Form{{ID: "vote"}}})
	_, err := p.Send(p.requirePerson("bob"), st, world.Draft{Markup: "<div/>", Forms: []markup.Form{{ID: "vote"}}})
	requireRefusal(t, err, world.Invalid, "Only service accounts may send forms")
	feed, err := p.CreateFeed(p.Bot(), "")
	require.NoError(t, err)
	good := func(markup.Form) (map[string]any, error) { return map[string]any{"why": "so"}, nil }
	bad := func(markup.Form) (map[string]any, error) { return nil, errors.New("why is required") }
	for name, row := range map[string]struct {
		who, message, form string
		encode             func(markup.Form) (map[string]any, error)
		kind               world.RefusalKind
		text               string
	}{
		"no message":     {"bob", "nonsense", "vote", good, world.NotFound, "no such message"},
		"no member":      {"kim", m.ID, "vote", good, world.Forbidden, "is not in this chat"},
		"no form":        {"bob", m.ID, "poll", good, world.NotFound, `no form "poll"`},
		"a value is bad": {"bob", m.ID, "vote", bad, world.Invalid, "why is required"},
	} {
		_, err := p.Submit(p.requirePerson(row.who), row.message, row.form, row.encode)
		require.Error(t, err, name)
		requireRefusal(t, err, row.kind, row.text)
	}
	require.False(t, m.HasSubmitted("vote", p.requirePerson("bob").ID))
	_, err = p.Submit(p.requirePerson("bob"), m.ID, "vote", good)
	require.NoError(t, err)
	require.True(t, m.HasSubmitted("vote", p.requirePerson("bob").ID))
	_, events := p.Take(feed)
	require.Len(t, events, 1)
	require.Equal(t, &world.Submission{MessageID: m.ID, FormID: "vote", Values: map[string]any{"why": "so"}}, events[0].Form)
}
