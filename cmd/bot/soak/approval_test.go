package soak_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/approval"
	"roombot/bot/audit"
	"roombot/cmd/bot/soak"
	"roombot/commands"
	"roombot/symphony/messageml"
	"roombot/symphony/sandbox/client"
)

// withApprovals is a governed soak with four requests that need an approval by cora or kim: of
// dora, approved, of erin, rejected, of fred, about which nobody has decided, and of gina,
// withdrawn.
func withApprovals(t *testing.T) *governed {
	t.Helper()
	g := newGoverned(t)
	government := g.outcome.Governance
	government.People = map[string]int64{"dora": 1, "erin": 2, "fred": 3, "gina": 4, "cora": 5, "kim": 6, "max": 7}
	government.Periods[1].Approval = &soak.ApprovalRule{
		Rule: "four eyes", People: []string{"dora", "erin", "fred", "gina"}, Approvers: []string{"cora", "kim"},
	}
	g.outcome.Names = map[string]string{"cora": "Cora Lind", "kim": "Kim Novak"}

	dora := g.asks(40, "dora")
	g.ends(43, dora, "approved", "cora", commands.ButtonApprove)
	g.entry(43, audit.Decision, "dora", map[string]any{
		"outcome": "allow", "rule": "four eyes", "version": "aaaa0002", "approval": map[string]any{"n": 1, "by": 5, "hash": "h-dora"},
	})
	g.outcome.Rooms = append(g.outcome.Rooms, client.Room{StreamID: "AAAA", RoomProperties: client.RoomProperties{
		Name: "dora", Created: g.second(45).UnixMilli(),
	}})
	g.entry(45, audit.Room, "dora", nil)
	g.answers(46, dora, commands.CodeDone, "✓ dora is open.")

	erin := g.asks(50, "erin")
	g.ends(53, erin, "rejected", "kim", commands.ButtonReject)
	g.answers(54, erin, "not-approved", "Kim Novak has not approved this: “not this week”.")

	fred := g.asks(60, "fred")
	g.ends(120, fred, "expired", "fred", "")
	g.answers(121, fred, "not-approved", "Nobody has approved this in time.")

	gina := g.asks(70, "gina")
	g.ends(73, gina, "withdrawn", "gina", "stop")
	g.answers(74, gina, commands.CodeStopped, "You have stopped this.")
	return g
}

// asks adds a request that is asked about at a moment.
func (g *governed) asks(at int, who string) *soak.Request {
	c := &soak.Request{RoomName: who, As: who, Number: who, StreamID: "s-" + who, Sent: g.second(at - 1)}
	g.plan = append(g.plan, c)
	g.decides(at, c, "approve", "four eyes", "aaaa0002")
	g.entry(at, audit.Approval, who, g.body(c, "asked"))
	return c
}

func (g *governed) body(c *soak.Request, act string) map[string]any {
	return map[string]any{"act": act, "n": 1, "rule": "four eyes", "version": "aaaa0002", "hash": "h-" + c.As, "approvers": []int64{5, 6}}
}

// ends adds the end of the question about a request, with the click that has brought it about, the
// answer to that, and the cards.
func (g *governed) ends(at int, c *soak.Request, act, by, button string) {
	o, id := g.outcome, g.outcome.Governance.People[by]
	g.entry(at, audit.Approval, c.Number, g.body(c, act))
	o.Record.Entries[len(o.Record.Entries)-1].Actor = id
	answer := approval.Answer{Outcome: approval.Outcome(act)}
	click := soak.Click{As: by, Request: c.Number, N: 1, Button: button, At: g.second(at - 1)}
	switch button {
	case "":
	case "stop":
		click.N = 0
		o.Governance.Clicks = append(o.Governance.Clicks, click)
	default:
		answer.By, answer.Click = id, "click of "+by
		o.Governance.Clicks = append(o.Governance.Clicks, click)
		o.Messages = append(o.Messages, g.stampMessage("click of "+by, map[string]any{"request": "click of " + by, "outcome": "done", "for": id}, ""))
	}
	asked := g.second(at - 3)
	if act == "expired" {
		asked = g.second(at - 60)
	}
	o.Record.Questions = append(o.Record.Questions, soak.Question{
		Request: c.Number, N: 1, Asked: asked, Until: asked.Add(time.Minute), Answered: g.second(at),
		Text:   approval.Asked{Rule: "four eyes", Hash: "h-" + c.As, Requester: o.Governance.People[c.As], Approvers: []int64{5, 6}},
		Answer: answer,
	})
	says := map[string]string{
		"approved": "✓ approved by Cora Lind", "rejected": "✗ rejected by Kim Novak", "expired": "✗ nobody has decided in time.",
		"withdrawn": "✗ withdrawn by who asked for it.",
	}
	for _, who := range []int64{5, 6} {
		o.Messages = append(o.Messages, g.card(c.Number, who, says[act]))
	}
}

func (g *governed) card(request string, who int64, text string) client.Message {
	part := fmt.Sprintf("card/1/%d", who)
	return g.stampMessage(request+part, map[string]any{"request": request, "part": part, "outcome": commands.CodePutOff, "for": who}, text)
}

func (g *governed) stampMessage(id string, stamp map[string]any, text string) client.Message {
	data, err := messageml.EntityData(map[string]any{"roombot": stamp})
	require.NoError(g.t, err)
	return client.Message{ID: id, Data: data, Text: text}
}

// answers adds the answer to a request.
func (g *governed) answers(at int, c *soak.Request, code, text string) {
	g.entry(at, audit.Answer, c.Number, nil)
	m := answer(g.t, "answer to "+c.Number, c, code)
	m.Text = text
	g.outcome.Messages = append(g.outcome.Messages, m)
}

// of is where the entry of a request about an act stands in the record.
func (g *governed) of(request, act string) int {
	at := slices.IndexFunc(g.outcome.Record.Entries, func(e audit.Entry) bool {
		return e.Request == request && strings.Contains(string(e.Body), `"`+act+`"`)
	})
	require.GreaterOrEqual(g.t, at, 0)
	return at
}

func (g *governed) entryOf(request, act string) *audit.Entry {
	return &g.outcome.Record.Entries[g.of(request, act)]
}

// rewrites changes the body of an entry.
func (g *governed) rewrites(request, act, from, to string) {
	e := g.entryOf(request, act)
	require.Contains(g.t, string(e.Body), from)
	e.Body = json.RawMessage(strings.ReplaceAll(string(e.Body), from, to))
}

// says replaces the text of a message.
func (g *governed) says(id, text string) *client.Message {
	at := slices.IndexFunc(g.outcome.Messages, func(m client.Message) bool { return m.ID == id })
	require.GreaterOrEqual(g.t, at, 0)
	g.outcome.Messages[at].Text = text
	return &g.outcome.Messages[at]
}

func (g *governed) approvers() *[]string { return &g.outcome.Governance.Periods[1].Approval.Approvers }

func TestRequestsThatNeedAnApprovalHaveRightEnds(t *testing.T) {
	t.Parallel()
	g := withApprovals(t)
	late := g.body(g.plan[0], "clicked")
	late["wanted"], late["reason"] = "rejected", "late"
	g.entry(47, audit.Approval, "dora", late)
	audited := soak.Audit(g.plan, *g.outcome)
	require.Empty(t, audited.Findings)
	require.True(t, audited.IsExact())
	require.Equal(t, 2, audited.NotApproved)
	require.Equal(t, 1, audited.Withdrawn)
	require.Equal(t, map[string]int{"asked": 4, "approved": 1, "rejected": 1, "expired": 1, "withdrawn": 1, "clicked": 1}, audited.Questions)
	require.Equal(t, 8, audited.Cards)
	require.Equal(t, 3, audited.Clicks)
}

func TestARequestThatItsSenderStopsHalfwayLeavesPeopleOut(t *testing.T) {
	t.Parallel()
	g := withApprovals(t)
	dora := g.plan[slices.IndexFunc(g.plan, func(c *soak.Request) bool { return c.As == "dora" })]
	dora.Members = []string{"ada"}
	for i, m := range g.outcome.Messages {
		if m.Text == "✓ dora is open." {
			g.outcome.Messages[i] = answer(t, m.ID, dora, commands.CodeStopped)
		}
	}
	audited := soak.Audit(g.plan, *g.outcome)
	require.Len(t, audited.Findings, 1)
	require.Equal(t, "not inside: ada", audited.Findings[0].What)

	g.outcome.Governance.Clicks = append(g.outcome.Governance.Clicks, soak.Click{As: "dora", Request: "dora", Button: "stop", At: g.second(46)})
	require.True(t, soak.Audit(g.plan, *g.outcome).IsExact())
}

func TestEachErrorOfAnApprovalIsFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*governed)
		found  string
	}{
		"no end":           {func(g *governed) { g.drops(audit.Approval, `"rejected"`) }, "question 1 has no end"},
		"two ends":         {func(g *governed) { g.entry(54, audit.Approval, "erin", g.body(g.plan[4], "expired")) }, "two ends: rejected, expired"},
		"asked twice":      {func(g *governed) { g.entry(54, audit.Approval, "erin", g.body(g.plan[4], "asked")) }, "asked twice"},
		"never asked":      {func(g *governed) { g.entryOf("erin", "asked").Request = "fred" }, "ended before it was asked"},
		"no such end":      {func(g *governed) { g.rewrites("erin", "rejected", "rejected", "forgotten") }, "which is no end"},
		"another version":  {func(g *governed) { g.rewrites("dora", "asked", "aaaa0002", "bad00000") }, "bad00000, which was not in force"},
		"another rule":     {func(g *governed) { g.rewrites("dora", "asked", "four eyes", "six eyes") }, `which says "four eyes"`},
		"asked others":     {func(g *governed) { g.rewrites("dora", "asked", "[5,6]", "[5,7]") }, "went to [5 7], not to [5 6]"},
		"asked requester":  {func(g *governed) { *g.approvers() = append(*g.approvers(), "dora", "max") }, "not to [5 6 7]"},
		"needs none":       {func(g *governed) { g.outcome.Governance.Periods[1].Approval.When = "external" }, "which wants no approval"},
		"by requester":     {func(g *governed) { g.entryOf("dora", "approved").Actor = 1 }, "approved, by who has asked for it"},
		"by a stranger":    {func(g *governed) { g.entryOf("dora", "approved").Actor = 7 }, "by somebody who was not asked"},
		"approved late":    {func(g *governed) { g.entryOf("dora", "approved").At = g.second(101) }, "when its time had passed"},
		"another plan":     {func(g *governed) { g.rewrites("dora", "approved", "h-dora", "other") }, "for another plan than was asked about"},
		"nobody clicked":   {func(g *governed) { g.outcome.Governance.Clicks[0].Button = "reject" }, "approved, and nobody has clicked so"},
		"clicked later":    {func(g *governed) { g.outcome.Governance.Clicks[1].At = g.second(55) }, "rejected, and nobody has clicked so"},
		"approver no more": {func(g *governed) { g.replacesApprovers(41, "kim", "max") }, "by somebody who may not any more"},
		"expired early":    {func(g *governed) { g.entryOf("fred", "expired").At = g.second(119) }, "before its time had passed"},
		"not by requester": {func(g *governed) { g.entryOf("gina", "withdrawn").Actor = 5 }, "withdrawn, by somebody else"},
		"unreached":        {func(g *governed) { g.rewrites("fred", "expired", "expired", "unreached") }, "although somebody could be asked"},
		"ended":            {func(g *governed) { g.rewrites("fred", "expired", "expired", "ended") }, "without a reason"},

		"a decision on no approval": {func(g *governed) { g.rewrites("dora", "allow", `"approval"`, `"none"`) }, "with an approval: false, wanted: true"},
		"on a rejection":            {func(g *governed) { g.rewrites("dora", "approved", "approved", "rejected") }, "and nobody has approved it"},
		"by another approver":       {func(g *governed) { g.rewrites("dora", "allow", `"by":5`, `"by":6`) }, "on another approval"},
		"for another plan":          {func(g *governed) { g.rewrites("dora", "allow", "h-dora", "other") }, "for another plan than was approved"},
		"before the approval":       {func(g *governed) { g.entryOf("dora", "allow").At = g.second(42) }, "before it was approved"},
		"a room after a rejection":  {func(g *governed) { g.opens(60, "erin", "erin", "four eyes", "aaaa0002") }, "a room, although it was rejected"},
		"answered otherwise":        {func(g *governed) { g.rewrites("fred", "expired", "expired", "withdrawn") }, `said to be not approved, and was "withdrawn"`},
		"withdrawn and unreached":   {func(g *governed) { g.rewrites("gina", "withdrawn", "withdrawn", "unreached") }, `said to be withdrawn, and was "unreached"`},
		"stopped by nobody":         {func(g *governed) { g.outcome.Governance.Clicks[2].Request = "fred" }, "no room"},

		"a card with buttons": {
			func(g *governed) { g.says("ginacard/1/5", "").Forms = []client.Form{{ID: "roombot-approval"}} }, "has its buttons still",
		},
		"a card that says otherwise":  {func(g *governed) { g.says("ginacard/1/5", "✗ it has ended already.") }, "which was withdrawn, says: ✗ it has ended already."},
		"a card with another name":    {func(g *governed) { g.says("doracard/1/6", "✓ approved by Kim Novak") }, "says: ✓ approved by Kim Novak"},
		"a second card":               {func(g *governed) { g.says("ginacard/1/5", "").Data = g.card("gina", 6, "").Data }, "two cards of question 1 for user 6"},
		"a card for a stranger":       {func(g *governed) { g.says("ginacard/1/5", "").Data = g.card("gina", 7, "").Data }, "for user 7, who was not asked"},
		"a rejection without reason":  {func(g *governed) { g.says("answer to erin", "Kim Novak has not approved this.") }, "who has rejected it, and why"},
		"two answers to a click":      {func(g *governed) { g.repeats("click of cora") }, "2 answers to a click"},
		"a click that was not stored": {func(g *governed) { g.rewrites("erin", "rejected", "rejected", "expired") }, "kim was told of +1 decisions more"},

		"a question that is open":  {func(g *governed) { g.outcome.Record.Questions[0].Answered = time.Time{} }, "nobody has answered it"},
		"a question by another":    {func(g *governed) { g.outcome.Record.Questions[0].Answer.By = 6 }, "ended by somebody else"},
		"a question without click": {func(g *governed) { g.outcome.Record.Questions[0].Answer.Click = "" }, "without any click"},
		"another end":              {func(g *governed) { g.outcome.Record.Questions[0].Answer.Outcome = "rejected" }, "ended otherwise, approved"},
		"another hash":             {func(g *governed) { g.outcome.Record.Questions[0].Text.Hash = "other" }, "asked about another plan"},
		"other people":             {func(g *governed) { g.outcome.Record.Questions[0].Text.Approvers = []int64{5} }, "asked other people"},
		"a longer time":            {func(g *governed) { g.outcome.Record.Questions[0].Until = g.second(200) }, "not as long as the rule says"},
		"a lost question":          {func(g *governed) { g.outcome.Record.Questions = g.outcome.Record.Questions[1:] }, "2 entries about questions that are not in the store"},
		"a question of nobody":     {func(g *governed) { g.outcome.Record.Questions[0].Request = "nobody" }, "request nobody, which nobody has made"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := withApprovals(t)
			test.change(g)
			g.requireFinding(test.found)
		})
	}
}

// replacesApprovers has other approvers from a moment on, before any of them clicks.
func (g *governed) replacesApprovers(at int, names ...string) {
	of := g.outcome.Governance
	rules := *of.Periods[1].Rules
	changed := *rules.Approval
	changed.Approvers, rules.Approval = names, &changed
	of.Periods[1].Until = g.second(at)
	of.Periods = append(of.Periods, soak.Period{Rules: &rules, From: g.second(at)})
}

// repeats has a message stand there twice.
func (g *governed) repeats(id string) {
	m := *g.says(id, "")
	m.ID += " again"
	g.outcome.Messages = append(g.outcome.Messages, m)
}
