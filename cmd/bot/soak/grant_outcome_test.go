package soak_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/cmd/bot/soak"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// withGrants is a governed soak with four requests for access: of dora, allowed once and used, of
// erin, allowed for 30 days and revoked by chat, of fred, allowed for a day and expired, and of
// gina, refused. Nobody has decided about that of hugo. No rule admits them.
func withGrants(t *testing.T) *governed {
	t.Helper()
	g := newGoverned(t)
	of := g.outcome.Governance
	of.People = map[string]int64{"dora": 1, "erin": 2, "fred": 3, "gina": 4, "hugo": 8, "cora": 5, "ops": 7, "kim": 6}
	of.Periods[1].Everybody = []string{"alice", "bob"}
	of.Stopped = g.second(400)
	g.outcome.Names = map[string]string{"cora": "Cora Lind", "ops": "Olga Peters"}

	g.asksForAccess(40, 1, "dora")
	g.decidesAccess(43, 1, "once", "cora")
	g.grantEntry(45, 1, "used", "dora again", 1, nil)
	g.opensByGrant(45, 1, "dora", "dora again")

	g.asksForAccess(50, 2, "erin")
	g.decidesAccess(53, 2, "month", "ops")
	g.opensByGrant(55, 2, "erin", "erin again")
	g.grantEntry(58, 2, "revoked", "", 7, nil)
	typed := &soak.Request{As: "ops", Text: "/policy revoke 2", StreamID: "im-ops", Number: "revokes 2"}
	of.Commands = append(of.Commands, typed)
	of.Revocations = append(of.Revocations, soak.Revocation{N: 2, Command: typed, From: g.second(57)})
	said := answer(t, typed.Number, typed, commands.CodeDone)
	said.Text = "✓ Grant 2 is revoked, and I tell who had it."
	g.outcome.Messages = append(g.outcome.Messages, said,
		g.grantMessage("told that 2 ends", "grant/2", 2, "Olga Peters has revoked your grant 2. It was for /newroom."))
	g.refusesAccess(60, "erin", "erin later")

	g.asksForAccess(70, 3, "fred")
	g.decidesAccess(73, 3, "day", "cora")
	g.grantEntry(82, 3, "expired", "", 0, nil)
	g.asksForAccess(90, 4, "gina")
	g.decidesAccess(93, 4, "refuse", "ops")
	g.asksForAccess(100, 5, "hugo")
	return g
}

// grantMessage is a message about a grant.
func (g *governed) grantMessage(id, part string, who int64, text string) client.Message {
	m := g.stampMessage(id, map[string]any{"part": part, "outcome": commands.CodeDone, "for": who}, text)
	m.StreamID = fmt.Sprint("im-", who)
	return m
}

// grantEntry adds an entry about a grant, with changes to its body.
func (g *governed) grantEntry(at int, n int64, act, request string, actor int64, change map[string]any) {
	of := n
	if n == 5 {
		of = 8 // hugo's
	}
	body := map[string]any{"act": act, "n": n, "for": of, "key": "all", "once": n == 1, "version": "aaaa0002"}
	maps.Copy(body, change)
	g.entry(at, audit.Grant, request, body)
	g.outcome.Record.Entries[len(g.outcome.Record.Entries)-1].Actor = actor
}

// refusesAccess adds a request that no rule admits.
func (g *governed) refusesAccess(at int, who, number string) {
	c := &soak.Request{
		RoomName: number, As: who, Text: fmt.Sprintf("/newroom %q", number), Number: number, StreamID: "s-" + who, Sent: g.second(at - 1),
		Members: []string{who, "roombot"}, Owners: []string{who, "roombot"},
	}
	g.plan = append(g.plan, c)
	g.entry(at, audit.Decision, number, map[string]any{"outcome": "deny", "version": "aaaa0002"})
	g.entry(at, audit.Answer, number, nil)
	m := answer(g.t, number, c, "denied")
	m.Text, m.Markup = "Nobody has allowed you /newroom here. Ask ops.", `<button name="request-access">Request access</button>`
	g.outcome.Messages = append(g.outcome.Messages, m)
}

// asksForAccess adds a request that no rule admits, a click on Request access, and the cards.
func (g *governed) asksForAccess(at int, n int64, who string) {
	g.refusesAccess(at-2, who, who)
	id := g.outcome.Governance.People[who]
	g.outcome.Governance.Chats[who] = fmt.Sprint("im-", id)
	g.outcome.Governance.GrantClicks = append(g.outcome.Governance.GrantClicks,
		soak.Click{As: who, Request: who, Button: commands.ButtonAccess, At: g.second(at - 1)})
	g.grantEntry(at, n, "asked", "click of "+who, id, map[string]any{"times": 1, "refused": who})
	asked := g.stampMessage("asked "+who, map[string]any{"request": "click of " + who, "outcome": commands.CodeDone, "for": id},
		fmt.Sprintf("⏳ I have asked Olga Peters, Cora Lind (request for access %d).", n))
	g.outcome.Messages = append(g.outcome.Messages, asked)
	for _, admin := range []int64{5, 7} {
		card := g.grantMessage(fmt.Sprintf("card %d for %d", n, admin), fmt.Sprintf("grant-card/%d/%d", n, admin), admin, who+" asks for access.")
		card.Forms = []client.Form{{ID: commands.FormGrant}}
		g.outcome.Messages = append(g.outcome.Messages, card)
	}
	g.outcome.Record.Permits = append(g.outcome.Record.Permits, engine.Permit{N: n, State: engine.PermitAsked})
}

// decidesAccess adds a decision, with the click, the edits of the cards and what is told.
func (g *governed) decidesAccess(at int, n int64, button, by string) {
	days := map[string]int{"once": 30, "month": 30, "day": 1}[button]
	p := &g.outcome.Record.Permits[n-1]
	p.State = map[string]engine.PermitState{
		"once": engine.PermitUsed, "month": engine.PermitRevoked, "day": engine.PermitExpired, "refuse": engine.PermitRefused,
	}[button]
	act, words := "refused", "refused by "
	if days > 0 {
		act, words, p.Until = "granted", "✓ allowed by ", g.second(at).Add(time.Duration(days)*soak.GrantDay)
	}
	if button == "once" {
		words = "✓ allowed once by "
	}
	id := g.outcome.Governance.People[by]
	words += g.outcome.Names[by] + " on 2 March"
	g.grantEntry(at, n, act, "", id, nil)
	g.outcome.Governance.GrantClicks = append(g.outcome.Governance.GrantClicks, soak.Click{As: by, N: int(n), Button: button, At: g.second(at - 1)})
	done := "✓ You have allowed it for a day, and I tell them."
	click := fmt.Sprint("decision ", n)
	g.outcome.Messages = append(g.outcome.Messages, g.stampMessage(click, map[string]any{"request": click, "outcome": "done", "for": id}, done),
		g.grantMessage(fmt.Sprint("told ", n), "grant-told", n, fmt.Sprintf("Your request for access %d: %s", n, words)))
	for _, admin := range []int64{5, 7} {
		first := fmt.Sprintf("card %d for %d", n, admin)
		edit := g.grantMessage(first+", ended", fmt.Sprintf("grant-card/0/%d", admin), admin, fmt.Sprintf("request for access %d: %s", n, words))
		edit.Replacing = first
		g.outcome.Messages = append(g.outcome.Messages, edit)
	}
}

// opensByGrant adds a room that a grant has let be opened, a moment before.
func (g *governed) opensByGrant(at int, n int64, who, number string) {
	c := &soak.Request{
		RoomName: number, As: who, Text: fmt.Sprintf("/newroom %q", number), Number: number, StreamID: "AAAA", Sent: g.second(at - 1),
		Members: []string{who, "roombot"}, Owners: []string{who, "roombot"},
	}
	g.plan = append(g.plan, c)
	g.entry(at, audit.Decision, number, map[string]any{"outcome": "allow", "rule": fmt.Sprint("grant ", n), "grant": n, "version": "aaaa0002"})
	room := client.Room{StreamID: "AAAA", RoomProperties: client.RoomProperties{Name: number, Created: g.second(at + 1).UnixMilli()}}
	for _, name := range c.Members {
		room.Members = append(room.Members, client.Member{Username: name, Owner: true})
	}
	g.outcome.Rooms = append(g.outcome.Rooms, room)
	g.entry(at+1, audit.Room, number, nil)
	g.entry(at+1, audit.Answer, number, nil)
	g.outcome.Messages = append(g.outcome.Messages, answer(g.t, number, c, commands.CodeDone))
}

// grantEntryOf is the entry about an act on a grant.
func (g *governed) grantEntryOf(n int64, act string) *audit.Entry {
	at := slices.IndexFunc(g.outcome.Record.Entries, func(e audit.Entry) bool {
		var body struct {
			Act string
			N   int64
		}
		return e.Kind == audit.Grant && json.Unmarshal(e.Body, &body) == nil && body.N == n && body.Act == act
	})
	require.GreaterOrEqual(g.t, at, 0)
	return &g.outcome.Record.Entries[at]
}

// rewritesGrant changes the body of an entry about a grant.
func (g *governed) rewritesGrant(n int64, act, from, to string) {
	e := g.grantEntryOf(n, act)
	require.Contains(g.t, string(e.Body), from)
	e.Body = json.RawMessage(strings.ReplaceAll(string(e.Body), from, to))
}

func (g *governed) dropsMessage(id string) {
	at := slices.IndexFunc(g.outcome.Messages, func(m client.Message) bool { return m.ID == id })
	require.GreaterOrEqual(g.t, at, 0)
	g.outcome.Messages = slices.Delete(g.outcome.Messages, at, at+1)
}

// doubles has a message stand there twice, with its text.
func (g *governed) doubles(id string) {
	at := slices.IndexFunc(g.outcome.Messages, func(m client.Message) bool { return m.ID == id })
	require.GreaterOrEqual(g.t, at, 0)
	m := g.outcome.Messages[at]
	m.ID += " again"
	g.outcome.Messages = append(g.outcome.Messages, m)
}

func (g *governed) requestOf(number string) *soak.Request {
	at := slices.IndexFunc(g.plan, func(c *soak.Request) bool { return c.Number == number })
	require.GreaterOrEqual(g.t, at, 0)
	return g.plan[at]
}
