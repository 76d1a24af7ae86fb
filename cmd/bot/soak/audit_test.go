package soak_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/cmd/bot/soak"
	"roombot/cmd/bot/trial"
	"roombot/commands"
	"roombot/symphony/messageml"
	"roombot/symphony/sandbox/client"
)

// correct is a request and its correct outcome.
func correct(t *testing.T) ([]*soak.Request, *soak.Outcome) {
	t.Helper()
	c := &soak.Request{
		RoomName: "Desk", As: "bob", Text: `/newroom "Desk" @alice`, Members: []string{"alice", "bob", "roombot"}, Owners: []string{"bob", "roombot"},
		MessageID: "m1", StreamID: "s1", Number: "aaaa-bbbb-cccc",
	}
	room := client.Room{StreamID: "AAAA", RoomProperties: client.RoomProperties{Name: "Desk"}}
	room.Keywords = append(room.Keywords, client.Keyword{Key: commands.RequestKeyword, Value: c.Number})
	for _, name := range c.Members {
		room.Members = append(room.Members, client.Member{Username: name, Owner: slices.Contains(c.Owners, name)})
	}
	return []*soak.Request{c}, &soak.Outcome{Rooms: []client.Room{room}, Messages: []client.Message{answer(t, "a1", c, commands.CodeDone)}}
}

func answer(t *testing.T, id string, c *soak.Request, outcome string) client.Message {
	t.Helper()
	data, err := messageml.EntityData(map[string]any{"roombot": map[string]string{"request": c.Number, "outcome": outcome}})
	require.NoError(t, err)
	link := fmt.Sprintf(`<a href="%s">Desk</a>`, messageml.Escape(messageml.RoomLink("AAAA")))
	return client.Message{ID: id, StreamID: c.StreamID, Text: "✓ Desk is open.", Markup: link, Data: data}
}

func TestACorrectOutcomeIsExact(t *testing.T) {
	t.Parallel()
	plan, outcome := correct(t)
	require.Empty(t, soak.Audit(plan, *outcome).Findings)
	require.True(t, soak.Audit(plan, *outcome).IsExact())
}

// correctRecord is a correct outcome with its audit record.
func correctRecord(t *testing.T) ([]*soak.Request, *soak.Outcome) {
	t.Helper()
	plan, outcome := correct(t)
	entry := func(kind audit.Kind, body any) audit.Entry {
		e := audit.New(kind, plan[0].Number, string(kind), body)
		e.Room = "AAAA"
		return e
	}
	outcome.Record = &soak.Record{Entries: []audit.Entry{
		audit.New(audit.Start, "", "start", nil), entry(audit.Decision, map[string]string{"outcome": "allow"}), entry(audit.Room, nil),
		entry(audit.Member, map[string]any{"added": []int{7}, "invited": []int{8, 9}}),
		entry(audit.Member, map[string]any{"added": []int{8}, "absent": []map[string]any{{"user": 9, "cause": "not-joined"}}}),
		entry(audit.Answer, map[string]string{"outcome": "done"}),
	}}
	return plan, outcome
}

func TestEachErrorOfTheAuditRecordIsFound(t *testing.T) {
	t.Parallel()
	plan, outcome := correctRecord(t)
	require.Empty(t, soak.Audit(plan, *outcome).Findings)
	for name, test := range map[string]struct {
		change func(r *soak.Record)
		found  string
	}{
		"no decision":     {func(r *soak.Record) { r.Entries = slices.Delete(r.Entries, 1, 2) }, "no decision that allows"},
		"a denial":        {func(r *soak.Record) { r.Entries[1].Body = []byte(`{"outcome":"deny"}`) }, "no decision that allows"},
		"no room":         {func(r *soak.Record) { r.Entries = slices.Delete(r.Entries, 2, 3) }, "0 entries about 1 rooms"},
		"the room twice":  {func(r *soak.Record) { r.Entries = append(r.Entries, r.Entries[2]) }, "2 entries about 1 rooms"},
		"another room":    {func(r *soak.Record) { r.Entries[2].Room = "BBBB" }, "another room"},
		"no answer":       {func(r *soak.Record) { r.Entries = r.Entries[:5] }, "0 answers"},
		"invited twice":   {func(r *soak.Record) { r.Entries = slices.Insert(r.Entries, 4, r.Entries[3]) }, "somebody was invited twice"},
		"still invited":   {func(r *soak.Record) { r.Entries = slices.Delete(r.Entries, 4, 5) }, "nothing became of 2 invitations"},
		"a room too many": {func(r *soak.Record) { r.Entries = append(r.Entries, audit.New(audit.Room, "x", "room", nil)) }, "a room of no request"},
		"out of order":    {func(r *soak.Record) { r.Entries[1], r.Entries[2] = r.Entries[2], r.Entries[1] }, "before its decision"},
		"a broken chain":  {func(r *soak.Record) { r.Faults = []audit.Fault{{Seq: 3, What: "entry 3 was changed"}} }, "entry 3 was changed"},
		"nothing":         {func(r *soak.Record) { r.Entries = nil }, "0 entries about 1 rooms"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, outcome := correctRecord(t)
			test.change(outcome.Record)
			audited := soak.Audit(plan, *outcome)
			require.False(t, audited.IsExact())
			require.Condition(t, func() bool {
				return slices.ContainsFunc(audited.Findings, func(f soak.Finding) bool { return strings.Contains(f.What, test.found) })
			}, "%+v", audited.Findings)
		})
	}
}

func TestAnEditedAnswerIsOneAnswer(t *testing.T) {
	t.Parallel()
	plan, outcome := correct(t)
	first := answer(t, "a0", plan[0], commands.CodePutOff)
	outcome.Messages[0].Replacing = first.ID
	outcome.Messages = slices.Insert(outcome.Messages, 0, first)
	require.True(t, soak.Audit(plan, *outcome).IsExact())
}

func TestAWarningOfARequestInARoomOfManyIsInTheOneToOneChat(t *testing.T) {
	t.Parallel()
	plan, outcome := correct(t)
	plan[0].Absent, plan[0].WarningIn = []string{"Ravi Shah"}, "im"
	outcome.Messages[0].Text, outcome.Messages[0].StreamID = "About your message in “Desk”:\n⚠ without Ravi Shah", "im"
	require.Empty(t, soak.Audit(plan, *outcome).Findings)
}

func TestEachErrorIsFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*testing.T, *soak.Request, *soak.Outcome)
		found  string
		count  func(soak.AuditResult) int
	}{
		"a lost request": {
			func(_ *testing.T, _ *soak.Request, w *soak.Outcome) { w.Rooms, w.Messages = nil, nil }, "lost",
			func(a soak.AuditResult) int { return a.Lost },
		},
		"a missing room": {
			func(_ *testing.T, _ *soak.Request, w *soak.Outcome) { w.Rooms = nil }, "no room",
			func(a soak.AuditResult) int { return a.Rooms.None },
		},
		"a second room": {
			func(_ *testing.T, _ *soak.Request, w *soak.Outcome) { w.Rooms = append(w.Rooms, w.Rooms[0]) }, "several rooms",
			func(a soak.AuditResult) int { return a.Rooms.Several },
		},
		"a missing answer": {
			func(_ *testing.T, _ *soak.Request, w *soak.Outcome) { w.Messages = nil }, "no answer",
			func(a soak.AuditResult) int { return a.Answers.None },
		},
		"a second answer": {
			func(t *testing.T, c *soak.Request, w *soak.Outcome) {
				w.Messages = append(w.Messages, answer(t, "a2", c, commands.CodeDone))
			}, "several answers",
			func(a soak.AuditResult) int { return a.Answers.Several },
		},
		"an interim answer beside the final one": {
			func(t *testing.T, c *soak.Request, w *soak.Outcome) {
				w.Messages = append(w.Messages, answer(t, "a2", c, commands.CodePutOff))
			}, "several answers",
			func(a soak.AuditResult) int { return a.Answers.Several },
		},
		"an answer that somebody is invited": {
			func(t *testing.T, c *soak.Request, w *soak.Outcome) {
				w.Messages[0] = answer(t, "a1", c, commands.CodeInvited)
			}, "not final",
			func(a soak.AuditResult) int { return a.Wrong },
		},
		"an answer that is not final": {
			func(t *testing.T, c *soak.Request, w *soak.Outcome) {
				w.Messages[0] = answer(t, "a1", c, commands.CodeAdding)
			}, "not final",
			func(a soak.AuditResult) int { return a.Wrong },
		},
		"an answer without the link": {
			func(_ *testing.T, _ *soak.Request, w *soak.Outcome) { w.Messages[0].Markup = "<b>Desk</b>" }, "without the link",
			func(a soak.AuditResult) int { return a.Wrong },
		},
		"an answer in another chat": {
			func(_ *testing.T, _ *soak.Request, w *soak.Outcome) { w.Messages[0].StreamID = "s2" }, "another chat",
			func(a soak.AuditResult) int { return a.Wrong },
		},
		"a warning in a room of many": {
			func(_ *testing.T, c *soak.Request, w *soak.Outcome) {
				c.Absent, c.WarningIn = []string{"Ravi Shah"}, "im"
				w.Messages[0].Text = "⚠ without Ravi Shah"
			}, "another chat",
			func(a soak.AuditResult) int { return a.Wrong },
		},
		"an answer that does not name who could not be added": {
			func(_ *testing.T, c *soak.Request, _ *soak.Outcome) { c.Absent = []string{"Ravi Shah"} }, "Ravi Shah",
			func(a soak.AuditResult) int { return a.Wrong },
		},
		"a member who is named before being in": {
			func(t *testing.T, c *soak.Request, w *soak.Outcome) {
				early := answer(t, "a0", c, commands.CodeAdding)
				early.Markup = "<ul><li><b>Owner: </b>Bob Chen (you)</li><li><b>Members: </b>Carol O'Neil, Alice Martin</li></ul>"
				w.Names = map[string]string{"alice": "Alice Martin", "bob": "Bob Chen"}
				early.Timestamp, w.Rooms[0].Members[0].Joined = 1000, 1001
				w.Messages[0].Replacing, w.Messages[0].Timestamp = early.ID, 1002
				w.Messages = slices.Insert(w.Messages, 0, early)
			}, "before being in the room: alice",
			func(a soak.AuditResult) int { return a.Wrong },
		},
		"a missing member": {
			func(_ *testing.T, _ *soak.Request, w *soak.Outcome) { w.Rooms[0].Members = w.Rooms[0].Members[1:] }, "not inside: alice",
			func(a soak.AuditResult) int { return a.Missing },
		},
		"an extra member": {
			func(_ *testing.T, _ *soak.Request, w *soak.Outcome) {
				w.Rooms[0].Members = append(w.Rooms[0].Members, client.Member{Username: "eve"})
			}, "not asked for: eve",
			func(a soak.AuditResult) int { return a.Extra },
		},
		"a requester who does not own the room": {
			func(_ *testing.T, _ *soak.Request, w *soak.Outcome) { w.Rooms[0].Members[1].Owner = false }, "wrong owners: bob",
			func(a soak.AuditResult) int { return a.Owners },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, outcome := correct(t)
			test.change(t, plan[0], outcome)
			audited := soak.Audit(plan, *outcome)
			require.False(t, audited.IsExact())
			require.Equal(t, 1, test.count(audited))
			require.NotEmpty(t, audited.Findings)
			require.Contains(t, audited.Findings[0].What, test.found)
		})
	}
}

func TestAStrayRoomAndAStrayAnswerAreFound(t *testing.T) {
	t.Parallel()
	plan, outcome := correct(t)
	outcome.Rooms = append(outcome.Rooms, client.Room{StreamID: "BBBB", RoomProperties: client.RoomProperties{Name: "Nobody asked"}})
	outcome.Messages = append(outcome.Messages, client.Message{ID: "a9", Text: "hello?"})
	audited := soak.Audit(plan, *outcome)
	require.Equal(t, 2, audited.Stray)
	require.False(t, audited.IsExact())
}

func TestAStrangersRoomIsNoRoomOfTheRequest(t *testing.T) {
	t.Parallel()
	plan, outcome := correct(t)
	decoy := client.Room{StreamID: "DDDD", RoomProperties: client.RoomProperties{Name: "Decoy"}}
	decoy.Keywords = append(decoy.Keywords, client.Keyword{Key: commands.RequestKeyword, Value: plan[0].Number})
	decoy.Members = []client.Member{{Username: "kim", Owner: true}, {Username: "roombot"}}
	outcome.Rooms, outcome.Planted = append(outcome.Rooms, decoy), map[string]bool{"DDDD": true}
	audited := soak.Audit(plan, *outcome)
	require.True(t, audited.IsExact())
	require.Equal(t, 1, audited.Planted)

	outcome.Rooms[1].Members = []client.Member{{Username: "kim", Owner: true}, {Username: "roombot"}, {Username: "alice"}}
	audited = soak.Audit(plan, *outcome)
	require.False(t, audited.IsExact())
	require.Equal(t, 1, audited.Used)
	require.Equal(t, "a stranger's room was used", audited.Findings[0].What)

	outcome.Rooms = outcome.Rooms[1:]
	outcome.Rooms[0].Members = decoy.Members
	require.Contains(t, soak.Audit(plan, *outcome).Findings[0].What, "no room", "a planted room is none")
}

func TestAnErrorInTheLogIsNotExact(t *testing.T) {
	t.Parallel()
	plan, outcome := correct(t)
	outcome.Errors = []trial.Line{{Bot: "bot-1", Text: "panic: oh"}}
	require.False(t, soak.Audit(plan, *outcome).IsExact())
}
