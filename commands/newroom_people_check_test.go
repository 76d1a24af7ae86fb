package commands_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
)

// storedPlan is a plan that was decided before the directory said what it says now: these people
// come into the room, those with a star as owners.
func (w *world) storedPlan(who, text string, people ...string) commands.Plan {
	w.t.Helper()
	stored := map[string][]commands.Person{}
	for _, name := range people {
		username, owner := strings.CutSuffix(name, "*")
		require.Contains(w.t, w.people, username)
		stored["people"] = append(stored["people"], w.people[username])
		if owner {
			stored["owners"] = append(stored["owners"], w.people[username])
		}
	}
	raw, err := json.Marshal(stored)
	require.NoError(w.t, err)
	r := w.request(who, text)
	command, _ := w.env.Commands().Lookup(r.Command)
	plan, err := command.Resume(r, raw)
	require.NoError(w.t, err)
	return plan
}

func TestRepliesPeopleChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var entries []entry
	for _, line := range []string{
		`/newroom "Q2" @alice @Eve Adams`, `/newroom "Q2" @Eve Adams @Mallory Grey owner:@alice`, `/newroom "Q2" @Mallory Grey`,
		`/newroom "Q2" public @Eve Adams`, `/newroom "Q2" @Dana Former @carol`, `/newroom "Q2" owner:dana`, `/newroom "Q2" owner:@dana group:"FX EMEA" preview`,
		`/newroom "Q2" dana@acme.test @Eve Adams`, `/newroom "Q2" external @Mallory Grey @Eve Adams`, `/newroom "Q2" external @Mallory Grey @dana @alice`,
	} {
		entries = append(entries, entry{line, w.answer("bob", line)})
	}
	requireReplies(t, "people_checked.txt", entries)
	require.Zero(t, w.calls(createCall), "nothing is created")
}

func TestEachOfferAboutPeopleOpensTheRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustPlan("bob", `/newroom "Q2" @alice`)
	for i, c := range []struct {
		line, button string
		members      []string
	}{
		{"@alice @Eve Adams", "Open it for other companies", []string{"alice", "bob*", "eve"}},
		{"@alice @Eve Adams", "Without Eve", []string{"alice", "bob*"}},
		{"owner:@Dana Former @carol preview", "Open it without Dana", []string{"bob*", "carol"}},
		{"@Dana Former @Eve Adams @Mallory Grey", "Open it for other companies, without Dana and Mallory", []string{"bob*", "eve"}},
		{"@Dana Former @Eve Adams @Mallory Grey", "Without Eve, Mallory and Dana", []string{"bob*"}},
		{"external owner:@Mallory Grey owner:@Eve Adams", "Open it without Mallory", []string{"bob*", "eve*"}},
	} {
		name := fmt.Sprintf("Room %d", i)
		refused := w.answer("bob", fmt.Sprintf("/newroom %q %s", name, c.line))
		at := slices.IndexFunc(refused.Offers, func(o commands.Offer) bool { return o.Label == c.button })
		require.GreaterOrEqual(t, at, 0, plain(refused))
		r := w.request("bob", refused.Offers[at].Command.Text)
		plan, err := w.plan(r)
		require.NoError(t, err, "%s", refused.Offers[at].Command.Text)
		w.finish(plan, newJob())
		require.Equal(t, c.members, w.members(name), refused.Offers[at].Command.Text)
	}
}

func TestRequesterOfAnotherCompanyLearnsNothingAhead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustPlan("eve", `/newroom "Q2" external @Dana Former @Mallory Grey`)
	require.Equal(t, commands.CodePreview, w.answer("eve", `/newroom "Q2" external @Dana Former @Mallory Grey preview`).Code)
	require.Zero(t, w.calls("/pod/v1/connection/"))
}

func TestPeopleAreLookedUpInOneCallAndKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.calls("/pod/v3/users?")
	require.Equal(t, commands.CodeDone, w.answer("bob", `/newroom "One" @Alice Martin @Carol O'Neil @Kim Novak`).Code)
	require.Equal(t, before+1, w.calls("/pod/v3/users?"), "one call for all, and none for their names in the answer")
	require.Equal(t, commands.CodeDone, w.answer("bob", `/newroom "Two" @Alice Martin owner:@Kim Novak`).Code)
	require.Equal(t, before+1, w.calls("/pod/v3/users?"), "they are kept")
	require.Equal(t, commands.CodeDone, w.answer("bob", `/newroom "Three" @carol carol@acme.test`).Code)
	require.Equal(t, commands.CodeDone, w.answer("bob", `/newroom "Four" @CAROL`).Code)
	require.Equal(t, before+3, w.calls("/pod/v3/users?"), "by another name they are looked up once")
}

func TestMentionedPeopleWhoCannotBeLookedUpAreAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, status := range []int{http.StatusForbidden, http.StatusServiceUnavailable} {
		remove := w.stub(stub{path: "/pod/v3/users?", status: status})
		name := fmt.Sprintf("Room %d", i)
		require.Equal(t, commands.CodeDone, w.answer("bob", fmt.Sprintf("/newroom %q @Carol O'Neil", name)).Code)
		require.Equal(t, []string{"bob*", "carol"}, w.members(name))
		remove()
	}
	defer w.stub(stub{path: "/pod/v1/connection/", status: http.StatusForbidden})()
	require.Equal(t, commands.CodeDone, w.answer("bob", `/newroom "Client" external @Eve Adams`).Code)
}
