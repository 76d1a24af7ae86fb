package policy_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/policy"
)

// chance draws policies and requests from few words, so that rules often match, cover each other
// and turn on what is not known.
type chance struct{ *rand.Rand }

func newChance(seed uint64) chance { return chance{rand.New(rand.NewPCG(seed, 11))} }

func pick[T any](c chance, from []T) T { return from[c.IntN(len(from))] }

func (c chance) some(most int, from []string) string {
	var out []string
	for range 1 + c.IntN(most) {
		if entry := pick(c, from); !slices.Contains(out, entry) {
			out = append(out, entry)
		}
	}
	return "['" + strings.Join(out, "', '") + "']"
}

var (
	wordsOfWho = []string{
		"*", "internal", "external", "bot", "user:alice", "user:bob", "email:*@acme.com", "email:alice@acme.com", "email:*b*",
		"group:FX", "group:Sales", "userid:7078106103902", "company:103", "company:104", "set:desk", "set:all",
	}
	wordsOfWhere = []string{"*", "im", "room:*", "room:Desk*", "room:*1", "room:?esk 1", "room:" + roomID, "roomid:" + roomID}
	wordsOfWhen  = []string{
		"external: true", "external: false", "public: false", "people: {max: 0}", "people: {max: 5}", "owners: {max: 0}", "groups: ['FX*']",
		"groups: [FX, Sales]", "companies: ['104']", "companies: ['*']", "members: [internal]", "members: ['set:desk', 'user:bob']",
	}
)

func (c chance) rule(i int, isDeny bool) string {
	who := wordsOfWho
	text := fmt.Sprintf("  - {name: %t %d, who: %s", isDeny, i, c.some(2, who))
	if c.IntN(2) == 0 {
		text += ", where: " + c.some(2, wordsOfWhere)
	}
	commands := []string{"newroom", "groups", "*"}
	if !isDeny {
		commands = append(commands, "help")
	}
	text += ", commands: " + c.some(2, commands)
	if c.IntN(3) == 0 {
		text += ", when: {" + pick(c, wordsOfWhen) + "}"
	}
	if isDeny {
		return text + ", reason: no}\n"
	}
	return text + pick(c, []string{"", "", ", limits: {perHour: 2}", ", approval: {by: [userid:5], when: {external: true}}"}) + "}\n"
}

func (c chance) rules(t testing.TB) *policy.Policy {
	text := "admins: ['set:desk', 'set:all']\nsets: {desk: ['group:FX', 'user:bob'], all: [internal, external]}\n"
	for _, kind := range []string{"deny", "allow"} {
		if n := c.IntN(8); n > 0 {
			text += kind + ":\n"
			for i := range n {
				text += c.rule(i, kind == "deny")
			}
		}
	}
	p := mustCompile(t, text)
	if c.IntN(2) == 0 {
		p, _ = p.Resolve(policy.Directory{
			Users:  map[string]int64{"alice": alice.ID, "bob": 103<<36 + 7},
			Groups: map[string][]string{"fx": {"fx"}, "sales": {pick(c, []string{"sales", "sales2"})}},
		})
	}
	return p
}

func (c chance) subject() policy.Subject {
	who := pick(c, []policy.Subject{alice, service, unlisted, eve, imposter, employee("bob", "bob@acme.com"), employee("nameless", "")})
	who.AllGroups = c.IntN(2) == 0
	for _, group := range []string{"fx", "sales"} {
		if c.IntN(2) == 0 {
			who.Groups = policy.GroupsByName(group)
			break
		}
	}
	return who
}

func (c chance) query() policy.Query {
	q := policy.Query{User: c.subject(), Command: pick(c, []string{"newroom", "New-Room", "groups", "help", "rooms"})}
	q.Where = pick(c, []policy.Place{
		{Kind: policy.IM, StreamID: "im"}, {Kind: policy.Room, StreamID: "x", RoomName: "Desk 1"}, {Kind: policy.Room, StreamID: roomID, RoomName: "Lunch"},
		{Kind: policy.Room, StreamID: "x"}, {Kind: policy.Room, StreamID: "x", RoomName: roomID},
	})
	q.Used = &policy.Used{Hour: c.IntN(4)}
	if c.IntN(4) == 0 {
		return q
	}
	q.Plan = &policy.Plan{External: c.IntN(2) == 0, Public: c.IntN(2) == 0, People: 1 + c.IntN(8), Owners: 1 + c.IntN(2)}
	if c.IntN(2) == 0 {
		q.Plan.Groups = []string{pick(c, []string{"FX", "FX EMEA", "Sales"})}
	}
	if c.IntN(2) == 0 {
		q.Plan.Members = []policy.Subject{c.subject()}
		q.Plan.Companies = []int64{104}
	}
	return q
}

func requireSameDecisions(t testing.TB, seed uint64) {
	c := newChance(seed)
	p := c.rules(t)
	for range 20 {
		q := c.query()
		require.Equal(t, p.DecidePlainly(q), p.Decide(q), "seed %d", seed)
	}
}

func TestDecisionsAreThoseOfAPlainEvaluation(t *testing.T) {
	t.Parallel()
	for seed := range uint64(1500) {
		requireSameDecisions(t, seed)
	}
}

func FuzzDecisionsAreThoseOfAPlainEvaluation(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { requireSameDecisions(t, seed) })
}

func FuzzGlobsMatchAsThePlainestDo(f *testing.F) {
	f.Add("*a?b*", "xxaébyy")
	f.Add("a*a", "a")
	f.Add("?*é", "Éé")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		pattern, text = strings.ToValidUTF8(pattern, "x"), strings.ToValidUTF8(text, "x")
		if len(pattern) > 12 || len(text) > 20 {
			return
		}
		fast, plain := policy.MatchGlob(pattern, text)
		require.Equal(t, plain, fast, "%q on %q", pattern, text)
	})
}
