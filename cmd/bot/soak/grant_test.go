package soak_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/cmd/bot/soak"
	"roombot/symphony/sandbox/client"
)

func TestRequestsForAccessHaveRightEnds(t *testing.T) {
	t.Parallel()
	g := withGrants(t)
	audited := soak.Audit(g.plan, *g.outcome)
	require.Empty(t, audited.Findings)
	require.True(t, audited.IsExact())
	require.Equal(t, map[string]int{"asked": 5, "granted": 3, "refused": 1, "used": 1, "revoked": 1, "expired": 1}, audited.Grants)
	require.Equal(t, 2, audited.GrantRooms)
	require.Equal(t, 10, audited.GrantCards)
}

func TestEachErrorOfAGrantIsFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*governed)
		found  string
	}{
		"asked out of turn":     {func(g *governed) { g.rewritesGrant(5, "asked", `"times":1`, `"times":2`) }, "asked for at the wrong place, as time 2"},
		"decided twice":         {func(g *governed) { g.grantEntry(95, 4, "granted", "", 5, nil) }, "grant 4: granted, after it was decided"},
		"decided before":        {func(g *governed) { g.rewritesGrant(4, "refused", `"n":4`, `"n":9`) }, "grant 9: refused, after it was decided or before it was asked for"},
		"used although refused": {func(g *governed) { g.grantEntry(95, 4, "used", "x", 4, nil) }, "grant 4: used, which it could not be"},
		"used twice":            {func(g *governed) { g.grantEntry(47, 1, "used", "x", 1, nil) }, "grant 1: used, which it could not be"},
		"expired once revoked":  {func(g *governed) { g.grantEntry(99, 2, "expired", "", 0, nil) }, "grant 2: expired, and it was not in force"},
		"no such act":           {func(g *governed) { g.grantEntry(99, 2, "lost", "", 0, nil) }, `"lost", which is no act`},

		"asked for another":     {func(g *governed) { g.rewritesGrant(5, "asked", `"for":8`, `"for":4`) }, "asked for by another than who was refused"},
		"asked for no refusal":  {func(g *governed) { g.rewritesGrant(5, "asked", `"hugo"`, `"nobody"`) }, "asked for after a refusal of no request"},
		"asked by no version":   {func(g *governed) { g.rewritesGrant(5, "asked", "aaaa0002", "bad00000") }, "bad00000 of the policy, which was not in force"},
		"asked while a rule is": {func(g *governed) { g.outcome.Governance.Periods[1].Denied = "hugo" }, `asked for, although rule "away 2"`},
		"asked without a click": {func(g *governed) { g.outcome.Governance.GrantClicks[0].Request = "hugo" }, "grant 1: asked for, and nobody has clicked so"},
		"asked for together": {
			func(g *governed) {
				g.rewritesGrant(5, "asked", `"for":8`, `"for":4`)
				g.grantEntryOf(5, "asked").At = g.second(91)
			},
			"grant 5: asked for while grant 4, for the same, waits",
		},

		"nothing decided":        {func(g *governed) { g.outcome.Governance.GrantClicks[0].N = 5 }, "somebody has clicked, and nothing is decided"},
		"by no administrator":    {func(g *governed) { g.grantEntryOf(4, "refused").Actor = 6 }, "refused by somebody who is no administrator"},
		"by who has asked":       {func(g *governed) { g.grantEntryOf(4, "refused").Actor = 4 }, "refused by who has asked for it"},
		"by no click":            {func(g *governed) { g.outcome.Governance.GrantClicks[1].Button = "refuse" }, "grant 1: granted, and nobody has clicked so"},
		"for longer":             {func(g *governed) { g.outcome.Record.Permits[2].Until = g.second(90) }, "grant 3: granted, and nobody has clicked so"},
		"not once":               {func(g *governed) { g.outcome.Governance.GrantClicks[3].Button = "once" }, "grant 2: granted, and nobody has clicked so"},
		"another state":          {func(g *governed) { g.outcome.Record.Permits[3].State = engine.PermitGranted }, "refused by the record, granted in the store"},
		"a state of nobody":      {func(g *governed) { g.outcome.Record.Permits[4].State = engine.PermitRevoked }, "not decided, and revoked in the store"},
		"not in the store":       {func(g *governed) { g.outcome.Record.Permits = g.outcome.Record.Permits[:4] }, "4 grants in the store, 5 in the audit record"},
		"never expired":          {func(g *governed) { g.drops(audit.Grant, `"expired"`) }, "grant 3: its time has passed, and the record does not say so"},
		"expired early":          {func(g *governed) { g.grantEntryOf(3, "expired").At = g.second(80) }, "expired before its time had passed"},
		"revoked by nobody":      {func(g *governed) { g.outcome.Governance.Revocations = nil }, "revoked, and nobody has asked for that"},
		"revoked from elsewhere": {func(g *governed) { g.outcome.Governance.Revocations[0].Command = nil }, "revoked, and nobody has asked for that"},
		"said to be revoked": {
			func(g *governed) {
				g.outcome.Governance.Revocations[0] = soak.Revocation{N: 3, From: g.second(75), Done: true}
			},
			"grant 3: said to be revoked, and the record does not say so",
		},
		"the revocation is not told": {
			func(g *governed) { g.says("revokes 2", "There is no grant 2 that is in force.") }, "grant 2 was revoked by that: true, answered: There is no grant 2",
		},

		"a room by no grant":      {func(g *governed) { g.rewrites("dora again", "allow", `"grant":1`, `"grant":7`) }, "and there is no grant 7"},
		"a room by a refusal":     {func(g *governed) { g.rewrites("dora again", "allow", `"grant":1`, `"grant":4`) }, "and there is no grant 4"},
		"a room by another rule":  {func(g *governed) { g.rewrites("dora again", "allow", "grant 1", "everybody 2") }, `decided allow by rule "everybody 2"`},
		"a room without a grant":  {func(g *governed) { g.rewrites("dora again", "allow", `"grant":1,`, "") }, "although no rule admits it"},
		"a room despite a rule":   {func(g *governed) { g.outcome.Governance.Periods[1].Denied = "dora" }, `by grant 1, which says "away 2"`},
		"a room of somebody else": {func(g *governed) { g.requestOf("dora again").As = "gina" }, "which is for other requests"},
		"a room with more people": {func(g *governed) { g.requestOf("dora again").Members = []string{"dora", "x", "roombot"} }, "which is for other requests"},
		"a room with more owners": {func(g *governed) { g.requestOf("dora again").Owners = []string{"dora", "x", "roombot"} }, "which is for other requests"},
		"a room with history":     {func(g *governed) { g.requestOf("dora again").Text += " history:yes" }, "which is for other requests"},
		"a room with a group":     {func(g *governed) { g.requestOf("dora again").Text += ` group:"FX EMEA"` }, "which is for other requests"},
		"a room after the end":    {func(g *governed) { g.entryOf("erin again", "allow").At = g.second(59) }, "which was not in force"},
		"a room before the grant": {func(g *governed) { g.entryOf("erin again", "allow").At = g.second(52) }, "which was not in force"},
		"opened too late":         {func(g *governed) { g.outcome.Rooms[2].Created = g.second(69).UnixMilli() }, "a room, opened long after grant 2 had ended"},
		"refused despite a grant": {func(g *governed) {
			g.entryOf("erin later", "deny").At = g.second(57)
			g.requestOf("erin later").Sent = g.second(54)
		}, "while grant 2 was in force"},
		"taken back too early": {func(g *governed) { g.rewrites("erin again", "allow", "allow", "deny") }, "while grant 2 was in force"},
		"two rooms by once":    {func(g *governed) { g.opensByGrant(48, 1, "dora", "dora too") }, "good once, and opened 2 rooms"},
		"a room by an end":     {func(g *governed) { g.opensByGrant(48, 1, "dora", "dora too") }, "which was not in force"},
		"used up by no room":   {func(g *governed) { g.grantEntryOf(1, "used").Request = "dora" }, "used up by a request without a room"},
		"not used up":          {func(g *governed) { g.drops(audit.Grant, `"used"`) }, "has opened a room, and is not used up"},

		"a refusal without a reason": {func(g *governed) { g.says("erin later", "No.") }, "does not say why it is refused"},
		"a refusal without a button": {func(g *governed) { g.says("erin later", "Nobody has allowed you /newroom here.").Markup = "" }, "does not say why it is refused"},
		"a denial with a button":     {func(g *governed) { g.says("denied", "Not today.").Markup = ">Request access<" }, "does not say why it is refused"},

		"no card":              {func(g *governed) { g.dropsMessage("card 5 for 7") }, "grant 5: ops has 0 cards"},
		"two cards":            {func(g *governed) { g.repeats("card 5 for 7") }, "grant 5: ops has 2 cards"},
		"a card for others":    {func(g *governed) { g.says("card 5 for 7", "").Data = g.grantMessage("", "grant-card/5/6", 6, "").Data }, "a card for user 6"},
		"a card with buttons":  {func(g *governed) { g.says("card 4 for 7, ended", "").Forms = []client.Form{{}} }, "the card of ops has its buttons still"},
		"a card without":       {func(g *governed) { g.says("card 5 for 7", "").Forms = nil }, "has no buttons, and nothing is decided"},
		"a card that is wrong": {func(g *governed) { g.says("card 4 for 7, ended", "✓ allowed by Cora Lind on") }, "does not say what was decided"},
		"not told":             {func(g *governed) { g.dropsMessage("told 4") }, "who has asked was told 0 times"},
		"told twice":           {func(g *governed) { g.doubles("told 4") }, "who has asked was told 2 times"},
		"told wrongly":         {func(g *governed) { g.says("told 4", "Your request for access 4: refused by Cora Lind on") }, "does not read what was decided"},
		"told for nothing":     {func(g *governed) { g.says("told 4", "Your request for access 5: refused") }, "told, and nothing is decided"},
		"told of an end twice": {func(g *governed) { g.doubles("told that 2 ends") }, "told 2 times that it was revoked"},
		"told of no end": {func(g *governed) {
			g.says("told that 2 ends", "Olga Peters has revoked your grant 1. It was for /newroom.")
		}, "grant 1: who has asked was told 1 times that it was revoked"},
		"told of another end": {func(g *governed) {
			g.says("told that 2 ends", "Cora Lind has revoked your grant 2. It was for /newroom.")
		}, "does not read who has revoked it"},
		"told that a day ends": {func(g *governed) { g.says("told that 2 ends", "Your grant 3 ends on 2 March. It is for /newroom.") }, "told 1 times that it ends soon"},
		"told of no grant":     {func(g *governed) { g.says("told 4", "Your request for access 9: refused") }, "messages about grant 9, which there is not"},
		"two answers":          {func(g *governed) { g.repeats("decision 4") }, "2 answers to a click"},
		"an answer too many": {
			func(g *governed) { g.says("asked hugo", "✓ You have refused it, and I tell them.") }, "hugo was told of -1 requests for access more",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := withGrants(t)
			test.change(g)
			g.requireFinding(test.found)
		})
	}
}

// A rule may be in force once a request that has used a grant up opens its room.
func TestWhatHasUsedAGrantUpMayBeLetByARule(t *testing.T) {
	t.Parallel()
	g := withGrants(t)
	of := g.outcome.Governance
	rules := *of.Periods[1].Rules
	rules.Version, rules.Everybody, rules.EveryRule = "aaaa0003", []string{"dora"}, "everybody 3"
	of.Periods = append(of.Periods, soak.Period{Rules: &rules, From: g.second(45), Until: g.second(47)})
	at := slices.IndexFunc(g.outcome.Record.Entries, func(e audit.Entry) bool { return e.Kind == audit.Room && e.Request == "dora again" })
	g.entry(45, audit.Policy, "", map[string]any{"version": "aaaa0003", "document": "everybody 3"})
	g.decides(46, g.requestOf("dora again"), "allow", "everybody 3", "aaaa0003")
	entries := g.outcome.Record.Entries
	last := len(entries) - 2
	g.outcome.Record.Entries = slices.Insert(entries[:last:last], at, entries[last:]...)
	require.Empty(t, soak.Audit(g.plan, *g.outcome).Findings)
}

// The entry about the decision by which a request was planned is written once another one counts.
func TestADecisionThatDoesNotCountMayBeByAGrantThatHasEnded(t *testing.T) {
	t.Parallel()
	g := withGrants(t)
	planned := g.entryOf("erin later", "deny")
	planned.Body = []byte(`{"outcome":"allow","rule":"grant 2","grant":2,"version":"aaaa0002"}`)
	g.requestOf("erin later").Sent = g.second(57)
	g.entry(61, audit.Decision, "erin later", map[string]any{"outcome": "deny", "version": "aaaa0002"})
	require.Empty(t, soak.Audit(g.plan, *g.outcome).Findings)

	g.requestOf("erin later").Sent = g.second(59)
	g.requireFinding("which was not in force")
}

// What was let by a grant that has ended before the request could use it is taken back.
func TestADecisionThatIsTakenBackIsARightEnd(t *testing.T) {
	t.Parallel()
	g := withGrants(t)
	for _, n := range []int64{1, 2} {
		number := fmt.Sprint("too late for ", n)
		g.refusesAccess(60, map[int64]string{1: "dora", 2: "erin"}[n], number)
		g.rewrites(number, "deny", `"outcome":"deny"`, fmt.Sprintf(`"grant":%d,"outcome":"deny","rule":"grant %d"`, n, n))
	}
	require.Empty(t, soak.Audit(g.plan, *g.outcome).Findings)
}
