package bot_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// groupSources are the ways in which a pod tells of its groups: by the profile manager, or by the
// users API alone.
func groupSources() map[string]front {
	return map[string]front{
		"profile manager":   func(pod http.Handler) http.Handler { return pod },
		"users API, forbid": managerAnswers(http.StatusForbidden, `{"code":"forbidden","message":"no entitlement"}`),
		"users API, absent": managerAnswers(http.StatusNotFound, "default backend - 404"),
		"users API, empty":  managerAnswers(http.StatusOK, `{"pagination":{"cursors":{}},"data":[]}`),
	}
}

// managerAnswers answers in place of the profile manager.
func managerAnswers(status int, answer string) front {
	return func(pod http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.Path, "/profile-manager/") {
				pod.ServeHTTP(rw, r)
				return
			}
			rw.WriteHeader(status)
			_, _ = io.WriteString(rw, answer)
		})
	}
}

// forEachGroupSource runs a test with every source of groups, on a pod that has some more groups.
func forEachGroupSource(t *testing.T, test func(t *testing.T, w *world, managed bool), groups ...client.CreateGroupRequest) {
	t.Helper()
	for name, f := range groupSources() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, withFront(f))
			w.stop()
			w.makeGroups(groups...)
			w.start()
			test(t, w, name == "profile manager")
		})
	}
}

func (w *world) makeGroups(groups ...client.CreateGroupRequest) {
	w.t.Helper()
	for _, g := range groups {
		_, err := w.pod.CreateGroup(w.t.Context(), g)
		require.NoError(w.t, err)
	}
}

func TestGroupsWorkWithEverySource(t *testing.T) {
	t.Parallel()
	forEachGroupSource(t, func(t *testing.T, w *world, managed bool) {
		t.Helper()
		w.says("bob", "/groups").sees("FX EMEA (2 people)", "Test Group (3 people)")
		w.says("bob", "/groups equi").sees("Equities Sales (2 people)")
		w.says("bob", `/newroom "Exact" group:"fx  emea" @alice`).sees("✓ Exact", "Group: FX EMEA (2 people)")
		w.theOnly("Exact", "bob", "alice", "carol", "kim")
		w.says("bob", `/newroom "Plan" group:"Test Group" preview`).sees("Test Group (3 people)", "Nothing was created yet")
		mistake := w.says("bob", `/newroom "Near" group:"Test Grup"`).sees("There is no group “Test Grup”", `group:"Test Group"`)
		w.click("bob", mistake.lastReply(), commands.FormOffer, "offer-0", nil).sees("✓ Near", "Test Group (3 people)")
		form := w.says("bob", "/newroom").lastReply()
		w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "Form", "group-list": []string{"FX EMEA", "Compliance Desk"}}).
			sees("Groups: FX EMEA (2 people), Compliance Desk (1 person)")
		w.says("bob", `/newroom "Unquoted" group:FX EMEA @alice`).sees(`group:"FX EMEA"`)
		require.Equal(t, managed, w.calls("listSDLGroups") == 0)
	})
}

func TestThePeopleOfARoomAreLimitedWithEverySource(t *testing.T) {
	t.Parallel()
	for name, f := range groupSources() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, withFront(f), func(w *world) { w.limits.MaxPeople = 3 })
			w.says("bob", `/newroom "Full" group:"Test Group","Equities Sales" @alice`).sees("✓ Full")
			w.theOnly("Full", "bob", "alice", "carol")
			for _, line := range []string{`/newroom "Over" group:"Test Group","FX EMEA"`, `/newroom "Over" group:"Test Group" kim@acme.test preview`} {
				w.says("bob", line).
					sees("✗ The room would have 4 people, with you and those in the groups, and I add at most 3. Nothing was created.", "Leave out a group or name fewer people.")
			}
			form := w.says("bob", "/newroom").lastReply()
			w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "Over", "group-list": []string{"Test Group"}, "people": []int64{idKim}}).
				sees("The room would have 4 people")
			require.Empty(t, w.rooms("Over"))
		})
	}
}

// The group whose name nobody but carol may learn, and one of a company that is not named either.
var (
	falcon = client.CreateGroupRequest{Name: "Project Falcon", Members: []string{"carol"}, RestrictedTenants: []int64{103}, RestrictedUsers: []string{"carol"}}
	beta   = client.CreateGroupRequest{Name: "Beta Desk", Members: []string{"bob"}, RestrictedTenants: []int64{104}}
)

func TestARestrictedGroupIsShownToThoseItNames(t *testing.T) {
	t.Parallel()
	forEachGroupSource(t, func(t *testing.T, w *world, managed bool) {
		t.Helper()
		for who, seen := range map[string]bool{"bob": false, "carol": managed} {
			list := w.says(who, "/groups").answer()
			require.Equal(t, seen, strings.Contains(list, "Project Falcon (1 person)"), who)
			require.NotContains(t, list, "Beta Desk", who)
			exact := w.says(who, `/newroom "Exact" group:"Project Falcon" preview`).answer()
			require.Equal(t, seen, strings.Contains(exact, "Project Falcon (1 person)"), who)
			near := w.says(who, `/newroom "Near" group:"Project Falcn"`).answer()
			require.Equal(t, seen, strings.Contains(near, "Project Falcon"), who)
			words := w.says(who, `/newroom "Words" group:Project Falcon @alice`).answer()
			require.Equal(t, seen, strings.Contains(words, "[ Create it ]"), who)
		}
	}, falcon, beta)
}

// A group that somebody may not see answers like one that there is not.
func TestAGroupThatOneMayNotSeeAnswersLikeNone(t *testing.T) {
	t.Parallel()
	forEachGroupSource(t, func(t *testing.T, w *world, _ bool) {
		t.Helper()
		for _, secret := range []string{"Project Falcon", "Beta Desk"} {
			none := strings.Map(func(r rune) rune { // of the same length, and like no group
				if r == ' ' {
					return r
				}
				return 'z'
			}, secret)
			var disguise []string
			for _, line := range []string{
				`/newroom "A" group:%q`, `/newroom "A" group:%q preview`, `/newroom "A" group:"Test Group",%q`, `/newroom "A" desc:%[1]q group:%[1]q`,
			} {
				asked := w.says("bob", fmt.Sprintf(line, secret)).answer()
				require.Equal(t, withoutNumber(w.says("bob", fmt.Sprintf(line, none)).answer()), withoutNumber(strings.ReplaceAll(asked, secret, none)))
				require.Contains(t, asked, "There is no group “"+secret+"”. Nothing was created.")
			}
			for i, word := range strings.Fields(secret) {
				disguise = append(disguise, word, strings.Fields(none)[i])
			}
			words := w.says("bob", fmt.Sprintf(`/newroom "A" group:%s @alice`, secret)).answer()
			require.Equal(t, withoutNumber(w.says("bob", fmt.Sprintf(`/newroom "A" group:%s @alice`, none)).answer()),
				withoutNumber(strings.NewReplacer(disguise...).Replace(words)))
			form := w.says("bob", "/newroom").lastReply()
			require.NotContains(t, form.Markup, secret, "what one may not see is nothing to choose from")
			w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "A", "others": fmt.Sprintf("group:%q", secret)}).sees("There is no group “" + secret + "”")
			w.says("bob", fmt.Sprintf(`/newroom "A" %s@acme.test`, strings.ToLower(strings.ReplaceAll(secret, " ", ".")))).sees("Nobody here goes by")
		}
		pod, err := w.pod.People(t.Context())
		require.NoError(t, err)
		for _, g := range pod.Groups { // whoever may see it: a group is chosen by its name
			form := w.says("bob", "/newroom").lastReply()
			asked := w.click("bob", form, commands.FormNewRoom, "create", map[string]any{"name": "A", "people": []int64{g.ProfileID}})
			asked.sees(fmt.Sprintf("Nobody here goes by “user %d”. Nothing was created.", g.ProfileID))
			refusal, _, _ := strings.Cut(asked.answer(), "Room name:") // the form lists the groups that bob may see
			require.NotContains(t, refusal, g.Name)
		}
		require.Empty(t, w.rooms("A"))
	}, falcon, beta)
}

func TestABotThatMayNotSeeAGroupDoesNotKnowIt(t *testing.T) {
	t.Parallel()
	forEachGroupSource(t, func(t *testing.T, w *world, _ bool) {
		t.Helper()
		w.stop()
		rights, err := w.pod.Rights(t.Context())
		require.NoError(t, err)
		rights.AllGroups = false
		require.NoError(t, w.pod.SetRights(t.Context(), rights))
		w.start()
		w.says("carol", `/newroom "A" group:"Project Falcon"`).sees("There is no group “Project Falcon”")
		w.says("carol", "/groups").sees("Test Group")
	}, falcon)
}

func TestARestrictedGroupIsNotNamedInARoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stop()
	w.makeGroups(falcon)
	w.start()
	room := w.openSharedRoom(`carol@acme.test`)
	for _, line := range []string{"/groups", "/groups falcon", `/newroom "A" group:Falcon`} {
		w.saysIn(room, "carol", line)
		w.waitUntilIdle()
	}
	for _, m := range w.transcript("bob", room) {
		require.NotContains(t, plain(m), "Project Falcon")
	}
	chat := w.says("carol", "/help")
	require.Equal(t, 3, strings.Count(strings.Join(w.shownAnswers("carol", client.Message{StreamID: chat.Message.StreamID}), "\n"), "About your message in “Shared”"))
}

func TestARestrictedGroupIsNotNamedInARoomByALaterAttempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.crowd, w.limits.AddsPerSecond = 30, 20 })
	w.stop()
	w.makeGroups(falcon)
	w.start()
	room := w.openSharedRoom(`carol@acme.test`)
	people, _ := w.colleagues(30)
	asked := w.asksIn(room, "carol", `/newroom "A" group:"Project Falcon" `+people)
	asked.endsWith("✓ A", "is open.", "a group that not everybody may see")
	for _, m := range w.botMessages("bob", asked.Message) {
		require.NotContains(t, plain(m), "Project Falcon")
	}
}

func TestGroupsAreSuggestedOnlyToThoseWhoMayUseGroups(t *testing.T) {
	t.Parallel()
	const rules = `
allow:
  - {name: rooms, who: ["*"], where: ["*"], commands: [newroom]}
  - {name: lists, who: ["user:alice"], where: ["*"], commands: [groups]}
  - {name: own chat, who: ["user:carol"], where: ["im"], commands: [groups]}
`
	w := newWorld(t, func(w *world) { w.rules = rules })
	w.says("alice", "/groups").sees("Test Group")
	w.says("bob", "/groups").sees("Nobody has allowed you /groups here.")
	lines := []string{`/newroom "A" group:"Test Grup"`, `/newroom "A" group:Equities`, `/newroom "A" group:Test Group`}
	for _, line := range lines {
		require.Contains(t, w.says("alice", line).answer(), "Did you mean")
		require.Contains(t, w.says("carol", line).answer(), "Did you mean")
	}
	for _, line := range lines[:2] {
		w.says("bob", line).sees("There is no group", "Nothing was created.", "Please check the name, or leave the group out.")
		require.NotContains(t, w.says("bob", line).answer(), "/groups")
	}
	quoted := w.says("bob", lines[2]+" @alice").answer()
	require.Equal(t, withoutNumber(w.says("bob", `/newroom "A" group:Some Group @alice`).answer()),
		withoutNumber(strings.ReplaceAll(quoted, "Test Group", "Some Group")))
	w.says("bob", `/newroom "Exact" group:"test group"`).sees("✓ Exact", "Test Group (3 people)")

	room := w.openSharedRoom("alice@acme.test carol@acme.test")
	w.saysIn(room, "alice", lines[0]).sees("Did you mean", `group:"Test Group"`)
	require.NotContains(t, w.saysIn(room, "carol", lines[0]).answer(), "Test Group")
}
