package soak_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/cmd/bot/soak"
	"roombot/cmd/bot/trial"
	"roombot/commands"
	"roombot/symphony/messageml"
	"roombot/symphony/sandbox/client"
)

// right is a command and the world in which it was carried out as it should be.
func right(t *testing.T) ([]*soak.Command, *soak.World) {
	t.Helper()
	c := &soak.Command{
		Name: "Desk", As: "bob", Text: `/newroom "Desk" @alice`, Members: []string{"alice", "bob", "roombot"}, Owners: []string{"bob", "roombot"},
		Message: "m1", Stream: "s1", Request: "aaaa-bbbb-cccc",
	}
	room := client.Room{StreamID: "AAAA", RoomProperties: client.RoomProperties{Name: "Desk"}}
	room.Keywords = append(room.Keywords, client.Keyword{Key: commands.RequestKeyword, Value: c.Request})
	for _, name := range c.Members {
		room.Members = append(room.Members, client.Member{Username: name, Owner: slices.Contains(c.Owners, name)})
	}
	return []*soak.Command{c}, &soak.World{Rooms: []client.Room{room}, Talk: []client.Message{answer(t, "a1", c, commands.CodeDone)}}
}

func answer(t *testing.T, id string, c *soak.Command, outcome string) client.Message {
	t.Helper()
	data, err := messageml.EntityData(map[string]any{"roombot": map[string]string{"request": c.Request, "outcome": outcome}})
	require.NoError(t, err)
	link := fmt.Sprintf(`<a href="%s">Desk</a>`, messageml.Escape(messageml.RoomLink("AAAA")))
	return client.Message{ID: id, StreamID: c.Stream, Text: "✓ Desk is open.", Markup: link, Data: data}
}

func TestWhatIsRightPasses(t *testing.T) {
	t.Parallel()
	plan, world := right(t)
	require.Empty(t, soak.Audit(plan, *world).Findings)
	require.True(t, soak.Audit(plan, *world).Exact())
}

func TestAFirstAnswerThatWasReplacedIsOneAnswer(t *testing.T) {
	t.Parallel()
	plan, world := right(t)
	first := answer(t, "a0", plan[0], commands.CodePutOff)
	world.Talk[0].Replacing = first.ID
	world.Talk = slices.Insert(world.Talk, 0, first)
	require.True(t, soak.Audit(plan, *world).Exact())
}

func TestWhatIsWrongIsFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spoil func(*testing.T, *soak.Command, *soak.World)
		found string
		count func(soak.Audited) int
	}{
		"a lost command": {
			func(_ *testing.T, _ *soak.Command, w *soak.World) { w.Rooms, w.Talk = nil, nil }, "lost",
			func(a soak.Audited) int { return a.Lost },
		},
		"a missing room": {
			func(_ *testing.T, _ *soak.Command, w *soak.World) { w.Rooms = nil }, "no room",
			func(a soak.Audited) int { return a.Rooms.None },
		},
		"a second room": {
			func(_ *testing.T, _ *soak.Command, w *soak.World) { w.Rooms = append(w.Rooms, w.Rooms[0]) }, "several rooms",
			func(a soak.Audited) int { return a.Rooms.Several },
		},
		"a missing answer": {
			func(_ *testing.T, _ *soak.Command, w *soak.World) { w.Talk = nil }, "no answer",
			func(a soak.Audited) int { return a.Answers.None },
		},
		"a second answer": {
			func(t *testing.T, c *soak.Command, w *soak.World) {
				w.Talk = append(w.Talk, answer(t, "a2", c, commands.CodeDone))
			}, "several answers",
			func(a soak.Audited) int { return a.Answers.Several },
		},
		"a first answer left beside the final one": {
			func(t *testing.T, c *soak.Command, w *soak.World) {
				w.Talk = append(w.Talk, answer(t, "a2", c, commands.CodePutOff))
			}, "several answers",
			func(a soak.Audited) int { return a.Answers.Several },
		},
		"an answer that promises another one": {
			func(t *testing.T, c *soak.Command, w *soak.World) {
				w.Talk[0] = answer(t, "a1", c, commands.CodeAdding)
			}, "not brought to its end",
			func(a soak.Audited) int { return a.Wrong },
		},
		"an answer without the link": {
			func(_ *testing.T, _ *soak.Command, w *soak.World) { w.Talk[0].Markup = "<b>Desk</b>" }, "without the link",
			func(a soak.Audited) int { return a.Wrong },
		},
		"an answer in another chat": {
			func(_ *testing.T, _ *soak.Command, w *soak.World) { w.Talk[0].StreamID = "s2" }, "another chat",
			func(a soak.Audited) int { return a.Wrong },
		},
		"a gap that was not told": {
			func(_ *testing.T, c *soak.Command, _ *soak.World) { c.Absent = []string{"Dana Former"} }, "Dana Former",
			func(a soak.Audited) int { return a.Wrong },
		},
		"a missing member": {
			func(_ *testing.T, _ *soak.Command, w *soak.World) { w.Rooms[0].Members = w.Rooms[0].Members[1:] }, "not inside: alice",
			func(a soak.Audited) int { return a.Missing },
		},
		"an extra member": {
			func(_ *testing.T, _ *soak.Command, w *soak.World) {
				w.Rooms[0].Members = append(w.Rooms[0].Members, client.Member{Username: "eve"})
			}, "unasked: eve",
			func(a soak.Audited) int { return a.Extra },
		},
		"a requester who does not own the room": {
			func(_ *testing.T, _ *soak.Command, w *soak.World) { w.Rooms[0].Members[1].Owner = false }, "owner or not: bob",
			func(a soak.Audited) int { return a.Owners },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, world := right(t)
			test.spoil(t, plan[0], world)
			audited := soak.Audit(plan, *world)
			require.False(t, audited.Exact())
			require.Equal(t, 1, test.count(audited))
			require.NotEmpty(t, audited.Findings)
			require.Contains(t, audited.Findings[0].What, test.found)
		})
	}
}

func TestWhatBelongsToNoCommandIsFound(t *testing.T) {
	t.Parallel()
	plan, world := right(t)
	world.Rooms = append(world.Rooms, client.Room{StreamID: "BBBB", RoomProperties: client.RoomProperties{Name: "Nobody asked"}})
	world.Talk = append(world.Talk, client.Message{ID: "a9", Text: "hello?"})
	audited := soak.Audit(plan, *world)
	require.Equal(t, 2, audited.Stray)
	require.False(t, audited.Exact())
}

func TestAnErrorInTheLogIsNotExact(t *testing.T) {
	t.Parallel()
	plan, world := right(t)
	world.Errors = []trial.Line{{Bot: "bot-1", Text: "panic: oh"}}
	require.False(t, soak.Audit(plan, *world).Exact())
}
