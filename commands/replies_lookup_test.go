package commands_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"roombot/commands"
	"roombot/symphony"
)

// values are a form as it was sent.
func values(raw string) symphony.FormValues {
	var v symphony.FormValues
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		panic(err)
	}
	return v
}

func TestRepliesPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	twins := fmt.Sprintf(`{"users":[{"id":%d,"username":"alex","displayName":"Alex Ray","accountType":"NORMAL"},`+
		`{"id":%d,"username":"alex","displayName":"Alex Moore","accountType":"NORMAL"}]}`, 103<<36+700, 103<<36+701)
	var entries []entry
	add := func(situation, text string, stubs ...stub) {
		for _, s := range stubs {
			defer w.stub(s)()
		}
		entries = append(entries, entry{situation + ": " + text, w.answer("bob", text)})
	}
	entries = append(entries, entry{"A username, from a person of another company", w.answer("eve", `/newroom "Desk" external @alice`)})
	add("A username of nobody", `/newroom "Desk" @nobody`)
	add("A misspelt username", `/newroom "Desk" @alise owner:@carol desc:Prep`)
	add("A last name", `/newroom "Desk" @Martin`)
	add("An address of another domain", `/newroom "Desk" owner:carol@acme.tst`)
	add("A username like somebody's", `/newroom "Desk" @carol.oneil @alice`)
	add("An e-mail address of nobody", `/newroom "Desk" alice.martin@acme.test`)
	add("Several people whom nobody knows", `/newroom "Desk" @zoe @alice @yan @xaver`)
	add("Two people of one username", `/newroom "Desk" @alex`, stub{path: "/pod/v3/users?", status: 200, answer: twins})
	add("People cannot be looked up", `/newroom "Desk" @kim`, stub{path: "/pod/v3/users?", status: 403})
	add("A full name in quotes", `/newroom "Q2" "Alice Martin" desc:Prep`)
	add("A full name in quotes, where there is no description", `/newroom "Q2" "Alice Martin" @kim`)
	add("Words after the name that name people", `/newroom "Q2" alice and Carol O'Neil external`)
	add("A first name that two people have", `/newroom "Q2" alex`, firstNameTwins)
	requireReplies(t, "people.txt", entries)
}

func TestRepliesGroups(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var entries []entry
	add := func(situation, text string, stubs ...stub) {
		for _, s := range stubs {
			defer w.stub(s)()
		}
		w.env.Groups = commands.NewGroupDirectory(w.client, time.Hour)
		entries = append(entries, entry{situation + ": " + text, w.answer("bob", text)})
	}
	list := func(names ...string) stub {
		var all []string
		for i, name := range names {
			all = append(all, fmt.Sprintf(`{"id":"g%d","name":%q,"type":"SDL","status":"ACTIVE","profile":{"id":%d}}`, i, name, 103<<36+800+i))
		}
		return stub{path: "/profile-manager/v1/groups", status: 200, answer: `{"data":[` + strings.Join(all, ",") + `]}`}
	}
	add("All groups", "/groups")
	add("Groups by a part of the name", "/groups equi")
	add("No group of this name", "/groups compliants")
	noUsersAPI := stub{path: "/v1/groups/sdl/list", status: 404}
	add("No groups at all", "/groups", list(), noUsersAPI)
	many := make([]string, 34)
	for i := range many {
		many[i] = fmt.Sprintf("Desk %02d", i+1)
	}
	add("More groups than one reply lists", "/groups desk", list(many...))
	add("The bot may not read groups", "/groups", stub{path: "/profile-manager/", status: 403}, noUsersAPI)
	add("The bot may not read groups", `/newroom "Desk" group:Sales`, stub{path: "/profile-manager/", status: 403}, noUsersAPI)
	add("A group that does not exist", `/newroom "Desk" group:"Fixed Income"`)
	add("A group that is misspelt", `/newroom "Desk" group:"Test Grup" @Alice Martin`)
	add("Two groups in one pair of quotes", `/newroom "Desk" group:"Test Group, FX EMEA" @Alice Martin`)
	add("Two groups in one pair of quotes, one of which does not exist", `/newroom "Desk" group:"Test Group; Rates"`)
	add("A group with several similar names", `/newroom "Desk" group:"Sale"`, list("Sales EU", "Sales US", "Sales APAC", "Research"))
	add("Two groups of one name", `/newroom "Desk" group:"Sales"`, list("Sales", "sales"))
	w.noLists = true
	add("A group that is misspelt, by who may not use /groups", `/newroom "Desk" group:"Test Grup" @Alice Martin`)
	w.noLists = false
	add("A group of which nobody is told how many are in it", `/newroom "Desk" group:"Sales"`, list("Sales"))
	w.env.Limits.MaxPeople = 3
	add("More people than a room may begin with", `/newroom "Desk" @kim group:"Test Group"`)
	requireReplies(t, "groups.txt", entries)
}

func TestRepliesHelp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var entries []entry
	add := func(situation string, groups, newroom commands.Access, lines ...string) {
		w.permissions = commands.Permissions{Contact: w.env.Contact, Access: map[string]commands.Access{"groups": groups, "receipt": groups, "newroom": newroom}}
		for _, line := range lines {
			entries = append(entries, entry{situation + line, w.answer("bob", line)})
		}
	}
	all := []string{"hello", "/help", "/help newroom"}
	add("", commands.AccessHere, commands.AccessHere, append(all, "/help groups", "thanks")...)
	add("One command may be used only in the 1:1 chat: ", commands.AccessInIM, commands.AccessHere, "/help", "/help groups")
	add("All may be used only in the 1:1 chat: ", commands.AccessInIM, commands.AccessInIM, "hello", "/help")
	add("One command may not be used: ", commands.AccessNowhere, commands.AccessHere, "/help", "/help groups")
	add("Only the list of groups may be used: ", commands.AccessHere, commands.AccessNowhere, all...)
	add("Nothing may be used: ", commands.AccessNowhere, commands.AccessNowhere, all...)
	requireReplies(t, "help.txt", entries)
}

func TestRepliesMistakes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.readGroups()
	var crowd strings.Builder
	for i := range 101 {
		fmt.Fprintf(&crowd, " @user%d", i)
	}
	var entries []entry
	for _, line := range []string{
		// quotes
		`/newroom "Q2 Earnings @Alice Martin`, `/newroom "Q2 Earnings" desc:"Prep for the call`, `/newroom ""`, `/newroom Desk "`,
		`/newroom "Q2"Earnings @Alice Martin`, `/newroom 'Carol's desk' @Alice Martin`,
		// names
		`/newroom "   "`, `/newroom Quarterly earnings preparation with the whole equity desk @Alice Martin`,
		`/newroom "Desk" name:"Other"`,
		// words without a place
		`/newroom "Q2" alice`, `/newroom "Q2" for the call`, `/newroom "Q2" "Prep"`, `/newroom "Q2" desc:"a" "b"`,
		`/newroom "Q2" @alice smith`, `/newroom "Q2" no copy`, `/newroom Desk topic "Prep"`, `/newroom "Q2" owner @Alice Martin`,
		`/newroom "Q2" group:Test Group`, `/newroom "Q2" desc:Prep for the call`, `/help newroom please`,
		// options
		`/newroom "Q2" colour:red`, `/newroom "Q2" grup:Sales`, `/newroom "Q2" --previw`,
		`/newroom "Q2" group:`, `/newroom "Q2" owner:`, `/newroom "Q2" desc:`, `/newroom "Q2" expires:`, `/newroom "Q2" desc:""`,
		`/newroom "Q2" group:@Alice Martin`, `/newroom "Q2" owner:alice`, `/newroom "Q2" public:maybe`, `/newroom "Q2" expires:tomorrow`,
		`/newroom "Q2" desc:a topic:b`, `/newroom "Q2" desc:a desc:b`, `/newroom "Q2" public public:no`,
		`/newroom "Q2" external public`, `/newroom "Q2" external private:no`, `/newroom "Q2" external readonly`,
		`/newroom "Q2" external discoverable`, `/newroom "Q2" private public`, `/newroom "Q2" private:no public:no`,
		`/newroom "Q2" public history:no`, `/newroom "Q2" public discoverable:no`, `/newroom "Q2" public members-can-add:no`,
		// commands
		`/newrom "Q2"`, `/new room "Q2"`, `/ newroom "Q2"`, `newroom "Q2"`, `/quote AAPL`, `/help newrom`, `/help weather`,
		`/grups`, `/newroom "A" /groups`, `/newroom "Q2" preveiw:yes @Alice Martin`,
		`/newroom "Crowd"` + crowd.String(),
		"/newroom \"A\" @Alice Martin\n/newroom \"B\" @carol", "/newroom \"A\"\n/newroom \"B\" @carol\n/newroom \"C\" private public",
		strings.Repeat("/newroom \"A\"\n", 6),
		// words that are no name, lists of addresses
		`/newroom cancel`, `/newroom por favor`, `/newroom Q2 Alice Martin <alice@acme.test>`, `/newroom "Q2" alice, carol`,
		// what is not corrected
		`/newroom "Q2" copy:no`, `/newroom "Q2" external public readonly`,
	} {
		entries = append(entries, entry{shortenTitle(line), w.answer("bob", line)})
	}
	requireReplies(t, "mistakes.txt", entries)
}
