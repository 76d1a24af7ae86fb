package commands_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony"
)

// firstNameTwins are two people of one first name.
var firstNameTwins = stub{path: "/pod/v1/user/search", body: `"alex"`, status: http.StatusOK, answer: fmt.Sprintf(
	`{"count":2,"users":[{"id":%d,"username":"aray","firstName":"Alex","lastName":"Ray","displayName":"Alex Ray","accountType":"NORMAL"},`+
		`{"id":%d,"username":"amoore","firstName":"Alex","lastName":"Moore","displayName":"Alex Moore","accountType":"NORMAL"}]}`, 103<<36+700, 103<<36+701)}

func TestRepliesPeopleInName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	defer w.stub(firstNameTwins)()
	var entries []entry
	for _, line := range []string{
		"/newroom Q3 alice carol", "/newroom Q4 with alice and carol", "/newroom Q7 Chen, Bob; Martin, Alice", "/newroom Q21; Alice Martin",
		"/newroom Q5 mit Alice, Carol und Kim Novak", "/newroom Q6 with alice and zoe, yan", "/newroom Q8 with alex", "/newroom Q9 with alex and carol",
		"/newroom Q10 alice carol external:yes desc:Prep",
		"/newroom Q11 with alice tomorrow at 3", "/newroom Q12 with alice (urgent), thanks", "/newroom Q13 ainsi que Kim bitte",
		"/newroom Q14 alice@acme.test/carol@acme.test", "/newroom Q15 Alice Martin[alice@acme.test]", "/newroom Q16 alice+carol",
		"/newroom Q17 with alice.carol", "/newroom Q18 - Alice Martin, alice", "/newroom Q19 with Kim - Alice",
		"/newroom Q20 with Dana Former", "/newroom Q22 with alice & dana", "/newroom Q23 with alice but not carol",
		"/newroom Q24 with alice private", "/newroom Q25 alice carol, public", "/newroom Q26 with alice?", "/newroom Q27 without carol readonly",
		"/newroom Q28 alice carol external", "/newroom Q29 with Alic", "/newroom Q30 with Al Martin", "/newroom alice, carol", "/newroom alice, carol private",
	} {
		entries = append(entries, entry{line, w.answer("bob", line)})
	}
	requireReplies(t, "people_in_name.txt", entries)
	require.Zero(t, w.calls(createCall), "no room is opened")
}

func TestPeopleInANameAreAskedAboutInOneLookUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.calls("/pod/v3/users?")
	w.answer("bob", "/newroom Q3 alice carol")
	require.Equal(t, before+2, w.calls("/pod/v3/users?"), "who is found is looked up once more: the account may be disabled")
	require.Equal(t, 1, w.calls("/pod/v1/user/search"), "the last two words may be a name")
}

func TestOrdinaryNameOpensARoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"Rates and FX", "Q3 results with comments", "Call for tenders", "Prices: gold, silver", "Alice", "Alice in Wonderland", "Q3 kim notes",
		"FX with Martin Bank", "Deal without comments", "R&D - Q3 / Q4"} {
		require.Equal(t, commands.CodeDone, w.answer("bob", "/newroom "+name).Code, name)
		require.Len(t, w.rooms(name), 1, name)
	}
	require.Equal(t, commands.CodeDone, w.answer("bob", "/newroom Chen, Bob").Code, "the requester alone is no reason to ask")
}

func TestNothingIsAskedWhereTheNameIsQuotedOrSomebodyIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, line := range []string{
		`/newroom "Q3 alice carol"`, `/newroom name:"Q3 with carol"`, "/newroom Q4 with alice and @carol",
		"/newroom Q5 alice carol@acme.test", `/newroom Q6 with alice group:"FX EMEA"`, "/newroom Q7 with alice owner:@kim",
	} {
		searches := w.calls("/pod/v1/user/search")
		require.Equal(t, commands.CodeDone, w.answer("bob", line).Code, line)
		require.Equal(t, searches, w.calls("/pod/v1/user/search"), line)
	}
}

func TestFirstNameWithoutASignCountsInTheChatOfThePerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	room := w.answer("bob", `/newroom "Desk" @ravi @kim`).Room
	r := w.request("bob", "/newroom Q3 carol Kim")
	r.Chat = commands.Chat{Stream: room, Room: true}
	_, err := w.plan(r)
	require.Contains(t, plain(refusedOr(commands.Reply{}, err)), "Are Carol O'Neil and Kim Novak meant?")
	require.Equal(t, commands.CodeDone, w.answer("bob", "/newroom Q3 Cora Lynn").Code)
}

func TestPersonOfAnotherCompanyIsNotAskedAboutPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lookups := w.calls("username=") + w.calls("/pod/v1/user/search")
	w.mustPlan("eve", "/newroom Q3 alice carol external:yes")
	require.Equal(t, lookups, w.calls("username=")+w.calls("/pod/v1/user/search"))
}

func TestFailedLookUpOfANameOpensNoRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	remove := w.stub(stub{path: "/pod/v3/users?", status: http.StatusServiceUnavailable})
	_, err := w.plan(w.request("bob", "/newroom Q3 alice"))
	require.Equal(t, symphony.Unavailable, symphony.VerdictOf(err), "another attempt looks again")
	remove()
	defer w.stub(stub{path: "/pod/v3/users?", status: http.StatusForbidden})()
	require.Equal(t, commands.CodeDone, w.answer("bob", "/newroom Q3 alice").Code, "who may not be looked up is not asked about")
}
