package soak_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/cmd/bot/soak"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// governed is a soak of three requests under two versions of the policy, with a pause of each kind:
// bob's room, one that the limit of bob refuses, and one of kim, whom a rule denies.
type governed struct {
	t       *testing.T
	plan    []*soak.Request
	outcome *soak.Outcome
	at      time.Time
}

// second is a moment of the soak.
func (g *governed) second(n int) time.Time { return g.at.Add(time.Duration(n) * time.Second) }

func newGoverned(t *testing.T) *governed {
	t.Helper()
	g := &governed{t: t, at: time.UnixMilli(1_800_000_000_000)}
	g.plan, g.outcome = correctRecord(t)
	g.outcome.Record.Entries = nil
	g.outcome.Governance = &soak.Governance{
		Periods: []soak.Period{
			{Rules: &soak.Rules{Version: "aaaa0001", EveryRule: "everybody 1", EveryPerHour: 100}, From: g.second(0), Until: g.second(11)},
			{Rules: &soak.Rules{
				Version: "aaaa0002", EveryRule: "everybody 2", EveryPerHour: 100,
				Denied: "kim", DenyRule: "away 2", Few: []string{"bob"}, FewRule: "few 2", FewPerHour: 1,
			}, From: g.second(10)},
		},
		Pauses: []soak.Pause{
			{Kind: "all", From: g.second(20), Until: g.second(23)}, {InChat: true, Kind: "newroom", From: g.second(30), Until: g.second(33)},
		},
		Chats: map[string]string{"kim": "im-kim", "ops": "im-ops"},
	}
	g.entry(1, audit.Policy, "", map[string]any{"version": "aaaa0001", "document": "everybody 1"})
	g.plan[0].Sent = g.second(2)
	g.decides(3, g.plan[0], "allow", "everybody 1", "aaaa0001")
	g.outcome.Rooms[0].Created = g.second(4).UnixMilli()
	g.entry(4, audit.Room, g.plan[0].Number, nil)
	g.entry(5, audit.Answer, g.plan[0].Number, nil)
	g.entry(10, audit.Policy, "", map[string]any{"version": "aaaa0002", "document": "everybody 2"})
	g.refuses(13, "bob", "limited", "limit", "few 2", "too-many-rooms")
	g.refuses(15, "kim", "denied", "deny", "away 2", "denied")
	for n, act := range []string{"pause all", "resume all"} {
		g.entry(20+n, audit.Operator, "", audit.OperatorBody{Act: act, Operator: "root"})
	}
	for n, act := range []string{"pause newroom", "resume newroom"} {
		g.entry(30+n, "pause", "", audit.OperatorBody{Act: act, Operator: "user 7"})
		c := &soak.Request{As: "ops", Text: act, StreamID: "im-ops", Number: "typed-" + act}
		g.outcome.Governance.Commands = append(g.outcome.Governance.Commands, c)
		g.outcome.Messages = append(g.outcome.Messages, answer(t, c.Number, c, commands.CodeDone))
	}
	g.outcome.Messages = append(g.outcome.Messages, client.Message{ID: "told", StreamID: "im-ops", Text: "The policy is version aaaa0002 now."})
	return g
}

func (g *governed) entry(at int, kind audit.Kind, request string, body any) {
	e := audit.New(kind, request, fmt.Sprint(kind, at), body)
	e.At, e.Room = g.second(at), "AAAA"
	g.outcome.Record.Entries = append(g.outcome.Record.Entries, e)
}

func (g *governed) decides(at int, c *soak.Request, outcome, rule, version string) {
	g.entry(at, audit.Decision, c.Number, map[string]string{"outcome": outcome, "rule": rule, "version": version})
}

// refuses adds a request that was refused at a moment, and sent a second before.
func (g *governed) refuses(at int, who, number, outcome, rule, code string) {
	c := &soak.Request{RoomName: number, As: who, Number: number, StreamID: "s-" + who, Sent: g.second(at - 1)}
	g.plan = append(g.plan, c)
	g.decides(at, c, outcome, rule, "aaaa0002")
	g.entry(at, audit.Answer, number, nil)
	m := answer(g.t, number, c, code)
	m.Text = "Not today. Ask ops."
	g.outcome.Messages = append(g.outcome.Messages, m)
}

// opens adds a room that is opened at a moment, and let two seconds before.
func (g *governed) opens(at int, who, number, rule, version string) {
	c := &soak.Request{RoomName: number, As: who, Number: number, StreamID: "AAAA", Sent: g.second(at - 3)}
	g.plan = append(g.plan, c)
	g.decides(at-2, c, "allow", rule, version)
	room := client.Room{StreamID: "AAAA", RoomProperties: client.RoomProperties{Name: number, Created: g.second(at).UnixMilli()}}
	g.outcome.Rooms = append(g.outcome.Rooms, room)
	g.entry(at, audit.Room, number, nil)
	g.entry(at, audit.Answer, number, nil)
	g.outcome.Messages = append(g.outcome.Messages, answer(g.t, number, c, commands.CodeDone))
}

// changes gives the entries of a kind another body.
func (g *governed) changes(kind audit.Kind, from, to string) {
	for i, e := range g.outcome.Record.Entries {
		if e.Kind == kind {
			g.outcome.Record.Entries[i].Body = json.RawMessage(strings.ReplaceAll(string(e.Body), from, to))
		}
	}
}

// drops leaves out the entries with a text.
func (g *governed) drops(kind audit.Kind, text string) {
	g.outcome.Record.Entries = slices.DeleteFunc(g.outcome.Record.Entries, func(e audit.Entry) bool {
		return e.Kind == kind && strings.Contains(string(e.Body), text)
	})
}

func TestRefusalsByThePolicyAreRightEnds(t *testing.T) {
	t.Parallel()
	g := newGoverned(t)
	audited := soak.Audit(g.plan, *g.outcome)
	require.Empty(t, audited.Findings)
	require.True(t, audited.IsExact())
	require.Equal(t, 1, audited.Denied)
	require.Equal(t, 1, audited.Limited)
	require.Equal(t, 2, audited.Pauses)

	pointer := answer(t, "pointer", g.plan[2], "elsewhere")
	g.outcome.Messages[2].StreamID, pointer.StreamID = "im-kim", g.plan[2].StreamID
	g.outcome.Messages = append(g.outcome.Messages, pointer)
	require.True(t, soak.Audit(g.plan, *g.outcome).IsExact())

	g.opens(36, "alice", "after", "everybody 2", "aaaa0002")
	g.opens(24, "alice", "kept", "everybody 2", "aaaa0002") // decided about in a pause, opened after it
	require.Empty(t, soak.Audit(g.plan, *g.outcome).Findings)
}

// The pod tells milliseconds, and the record microseconds: a room that is created at once may seem
// to be earlier than what let it.
func TestTheFirstRoomIsNotBeyondALimitThoughItIsCreatedAtOnce(t *testing.T) {
	t.Parallel()
	g := newGoverned(t)
	g.outcome.Governance.Periods[1].Few = []string{"bob", "dora"}
	g.opens(36, "dora", "at once", "few 2", "aaaa0002")
	for i, e := range g.outcome.Record.Entries {
		if e.Kind == audit.Decision && e.Request == "at once" {
			g.outcome.Record.Entries[i].At = g.second(36).Add(400 * time.Microsecond)
		}
	}
	require.Empty(t, soak.Audit(g.plan, *g.outcome).Findings)
}

func TestEachErrorUnderAChangingPolicyIsFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*governed)
		found  string
	}{
		"a version that was never valid": {
			func(g *governed) { g.changes(audit.Decision, "aaaa0001", "bad00000") }, "bad00000, which was not in force",
		},
		"a version of before": {
			func(g *governed) { g.plan[0].Sent = g.second(12); g.outcome.Record.Entries[1].At = g.second(13) }, "aaaa0001, which was not in force",
		},
		"a version to come": {
			func(g *governed) { g.changes(audit.Decision, "aaaa0001", "aaaa0002") }, "aaaa0002, which was not in force",
		},
		"the rule of another version": {
			func(g *governed) { g.changes(audit.Decision, "everybody 1", "everybody 2") }, `which says "everybody 1"`,
		},
		"denied whom no rule denies": {
			func(g *governed) { g.plan[2].As = "alice" }, `which says "everybody 2"`,
		},
		"let whom a rule denies": {
			func(g *governed) { g.opens(17, "kim", "let", "everybody 2", "aaaa0002") }, `which says "away 2"`,
		},
		"a room beyond the limit": {
			func(g *governed) { g.opens(17, "bob", "beyond", "few 2", "aaaa0002") }, "a room beyond the limit of 1 an hour",
		},
		"two at once beyond the limit": {
			func(g *governed) {
				g.outcome.Governance.Periods[1].Few = []string{"bob", "ann"}
				g.opens(17, "ann", "one", "few 2", "aaaa0002")
				g.opens(18, "ann", "two", "few 2", "aaaa0002")
			}, "a room beyond the limit of 1 an hour",
		},
		"refused by a limit that was not reached": {
			func(g *governed) { g.outcome.Governance.Periods[1].FewPerHour = 2 }, "refused by a limit of 2 an hour, after 1 rooms",
		},
		"begun in a pause": {
			func(g *governed) {
				g.opens(24, "alice", "paused", "everybody 2", "aaaa0002")
				g.outcome.Rooms[1].Created -= 1001
			},
			"began to write during pause 1",
		},
		"decided after the room": {
			func(g *governed) { g.outcome.Rooms[0].Created = g.second(2).UnixMilli() }, "after the room was created",
		},
		"decided again": {
			func(g *governed) { g.decides(9, g.plan[0], "allow", "everybody 1", "aaaa0001") }, "decided again after the room was opened",
		},
		"refused without a decision":  {func(g *governed) { g.drops(audit.Decision, "away 2") }, "refused without a decision"},
		"answered otherwise":          {func(g *governed) { g.changes(audit.Decision, `"limit"`, `"allow"`) }, "answered otherwise"},
		"an entry of a version":       {func(g *governed) { g.drops(audit.Policy, "aaaa0001") }, "by version aaaa0001 before the entry"},
		"no entry of a version":       {func(g *governed) { g.drops(audit.Policy, "aaaa0002") }, "no entry says that version aaaa0002"},
		"an entry of a faulty text":   {func(g *governed) { g.entry(9, audit.Policy, "", map[string]any{"version": "bad00000"}) }, "bad00000 of the policy was never"},
		"the rules of another one":    {func(g *governed) { g.changes(audit.Policy, "everybody 1", "nobody") }, "not the rules of version aaaa0001"},
		"no entry of a pause":         {func(g *governed) { g.drops(audit.Operator, "pause all") }, "no entry about a pause all"},
		"no entry of a typed resume":  {func(g *governed) { g.drops("pause", "resume newroom") }, "no entry about a resume newroom"},
		"a pause that nobody made":    {func(g *governed) { g.entry(40, audit.Operator, "", audit.OperatorBody{Act: "pause all"}) }, "pause all that nobody"},
		"entries of nobody":           {func(g *governed) { g.entry(40, audit.Answer, "nobody", nil) }, "entries of no request"},
		"a version that came late":    {func(g *governed) { g.outcome.Governance.Late = []string{"aaaa0002"} }, "not in force in time"},
		"a refusal told elsewhere":    {func(g *governed) { g.outcome.Messages[2].StreamID = "s-bob" }, "another chat"},
		"a typed command not done":    {func(g *governed) { g.outcome.Governance.Commands[0].Number = "lost" }, "not done: 0 answers"},
		"neither a room nor a reason": {func(g *governed) { g.outcome.Messages[1] = answer(g.t, "limited", g.plan[1], "stopped") }, "no room"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGoverned(t)
			test.change(g)
			g.requireFinding(test.found)
		})
	}
}

// requireFinding asserts that the audit finds something that says so.
func (g *governed) requireFinding(found string) {
	g.t.Helper()
	audited := soak.Audit(g.plan, *g.outcome)
	require.False(g.t, audited.IsExact())
	require.Condition(g.t, func() bool {
		return slices.ContainsFunc(audited.Findings, func(f soak.Finding) bool { return strings.Contains(f.What, found) })
	}, "%+v", audited.Findings)
}
