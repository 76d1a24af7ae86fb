package bot_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

func TestARefusedRoomIsExplainedAndNothingIsCreated(t *testing.T) {
	t.Parallel()
	for status, words := range map[int]string{
		400: "Symphony does not accept a room with this name",
		403: "Symphony does not let me open rooms.",
		404: "Symphony does not accept a room",
		451: "A compliance rule blocks this room's name or description.",
		452: "An information barrier forbids this room.",
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.fail(client.Fault{Path: onCreate, Status: status})
			refused := w.asks("bob", `/newroom "No" @alice`)
			refused.endsWith("✗ "+words, "Nothing was created.")
			require.Empty(t, w.rooms("No"))
			w.heal()
			w.edits("bob", refused.Message.ID, `/newroom "No" @alice`).sees("✓ No")
		})
	}
}

// The sandbox's people by number.
const (
	idAlice     int64 = 103<<36 + 94
	idBob       int64 = 103<<36 + 95
	idKim       int64 = 103<<36 + 99
	idTestGroup int64 = 103<<36 + 193
)

func TestARefusedMemberIsNamedWithTheCause(t *testing.T) {
	t.Parallel()
	for status, words := range map[int]string{
		400: "Alice Martin: Symphony refused without saying why",
		403: "Alice Martin: Symphony does not allow it. An information barrier",
		451: "Alice Martin: blocked by a compliance rule",
		452: "Alice Martin: kept out by an information barrier",
		503: "Alice Martin: Symphony did not answer, though I asked several times",
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, withFront(refuseAdding(idAlice, status)))
			w.asks("bob", `/newroom "Gap" @alice group:"FX EMEA" owner:@alice`).endsWith("⚠ Gap", words, "Owner: Bob Chen (you)\n", "FX EMEA (2 people)")
			w.theOnly("Gap", "bob", "carol", "kim")
		})
	}
}

func TestARefusedGroupIsNamedWithTheCause(t *testing.T) {
	t.Parallel()
	for status, words := range map[int]string{
		400: "Symphony does not let me add this group", 403: "Symphony does not let me add this group", 452: "kept out by an information barrier",
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, withFront(refuseAdding(idTestGroup, status)))
			w.asks("bob", `/newroom "Gap" @alice group:"Test Group"`).endsWith("⚠ Gap", "Test Group: "+words, "Member: Alice Martin")
			w.theOnly("Gap", "bob", "alice")
		})
	}
}

func TestEveryGroupWithoutAnAccountIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withFront(withoutAccounts))
	w.asks("bob", `/newroom "Odd" @alice group:"Test Group" group:"FX EMEA"`).endsWith("⚠ Odd", "Test Group, FX EMEA: Symphony does not let me add")
	w.theOnly("Odd", "bob", "alice")
}

func TestARequesterWhoCannotBeAddedIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withFront(refuseAdding(idBob, 451)))
	w.asks("bob", `/newroom "Without you" @alice`).endsWith("⚠ Without you", "Bob Chen: blocked by a compliance rule", "Member: Alice Martin")
	w.theOnly("Without you", "alice")
}

func TestAnOwnerWhoCannotBePromotedIsAMember(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fail(client.Fault{Path: onPromote, Status: 403})
	w.asks("bob", `/newroom "Flat" @carol owner:@alice`).
		endsWith("⚠ Flat", "Bob Chen, Alice Martin: added, but not made an owner", "Members: Bob Chen (you), Carol O'Neil, Alice Martin")
}

func TestALookupThatIsRefusedIsExplained(t *testing.T) {
	t.Parallel()
	for status, path := range map[int]string{403: onUsers, 400: onUsers, 451: onUsers} {
		t.Run(fmt.Sprint(status, path), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.says("bob", `/newroom "Who" preview`).sees("Nothing was created yet") // who asks is known by now
			w.fail(client.Fault{Path: path, Status: status})
			w.asks("bob", `/newroom "Who" carol@acme.test`).endsWith("✗ Symphony does not let me look up the people you named. Nothing was created.")
		})
	}
}

func TestWithoutTheRightToReadGroupsOtherRequestsWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stop()
	w.takeGroupRights()
	w.fail(client.Fault{Path: onLists, Status: http.StatusNotFound})
	w.start()
	w.says("bob", `/newroom "Groups" group:"Test Group"`).sees("does not let me read the groups", "Nothing was created.", "Group Manager")
	w.says("bob", "/groups").sees("does not let me read the groups")
	w.says("bob", `/newroom "Plain" @alice`).sees("✓ Plain")
}

func TestWithoutAProfileManagerOtherRequestsWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withFront(func(pod http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/profile-manager/") || strings.HasPrefix(r.URL.Path, "/v1/groups/") {
				http.Error(rw, "default backend - 404", http.StatusNotFound)
				return
			}
			pod.ServeHTTP(rw, r)
		})
	}))
	w.says("bob", `/newroom "Groups" group:"Test Group"`).sees("does not let me read the groups", "Nothing was created.")
	w.says("bob", "/groups").sees("does not let me read the groups")
	w.says("bob", `/newroom "Plain" @alice`).sees("✓ Plain")
}

func TestAnAnswerThatIsRefusedEverywhereIsLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fail(client.Fault{Path: onSend, Status: 403})
	w.asks("bob", `/newroom "Mute" @alice`)
	require.Eventually(t, func() bool { return strings.Contains(w.log.String(), "user could not be told") }, patience, tick)
	w.waitUntilIdle()
	require.Contains(t, w.log.String(), `"outcome":"done"`)
	require.NotContains(t, w.log.String(), "request was answered")
	w.theOnly("Mute", "bob", "alice")
}

func TestTheDirectoryIsReadAgainForAGroupThatIsNew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("bob", "/groups").sees("Test Group (3 people)")
	w.fail(client.Fault{Path: onGroups, Status: 503})
	w.says("bob", `/newroom "Cached" group:"test  group"`).sees("✓ Cached")
}

func TestAfterTheLastAttemptTheUserIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path  string
		words string
	}{
		"before anything is written": {onUsers, "Nothing was created."},
		"while the room is created":  {onCreate, "please look for it before you try again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, settlesSoon, func(w *world) { w.tries = 3 })
			w.fail(client.Fault{Path: c.path, Status: 503})
			asked := w.asks("bob", `/newroom "Never" carol@acme.test`)
			asked.endsWith("✗ I could not", "Symphony kept failing", c.words, "request ")
			require.Empty(t, w.rooms("Never"))
			w.heal()
			w.says("bob", "/help").sees("I open rooms")
		})
	}
}

func TestARequestGivenUpHalfwayNamesTheRoomAndWhoIsMissing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		broken []string
		words  string
		button string
	}{
		"who is inside is seen": {[]string{onAdd}, ") is open, without you, Alice Martin, Test Group.", "[ Undo ]"},
		"or is not":             {[]string{onAdd, onMembers}, ") is open, but I could not see who is in it. It was to be for you, Alice Martin, Test Group.", "[ Open room ]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(w *world) { w.tries = 3 })
			for _, path := range c.broken {
				w.fail(client.Fault{Path: path, Status: 503})
			}
			w.asks("bob", `/newroom "Half" owner:@alice group:"Test Group"`).endsWith("✗ I could not finish this", "Half (https://open.symphony.com/", c.words, c.button, "request ")
			w.theOnly("Half")
		})
	}
}

func TestARequestGivenUpBeforeItsFirstWriteMayBeSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.tries = 2 })
	w.fail(client.Fault{Path: onUsers, Status: 503})
	asked := w.asks("bob", `/newroom "Second" carol@acme.test`)
	asked.endsWith("Nothing was created.")
	w.heal()
	w.edits("bob", asked.Message.ID, `/newroom "Second" carol@acme.test`).sees("✓ Second")
}

func TestARefusedReplyIsReplacedByABriefOne(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 403, 451} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.fail(client.Fault{Path: onSend, Status: status, Count: 1})
			w.asks("bob", `/newroom "Unspeakable"`).endsWith("✓ Your room", "https://open.symphony.com/?streamId=", "does not let me say more here")
		})
	}
	t.Run("an update", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.fail(client.Fault{Path: onUsers, Status: 503}, client.Fault{Path: onUpdate, Status: 400})
		asked := w.asks("bob", `/newroom "Put off" carol@acme.test`)
		asked.waitForAnswer("takes longer than usual")
		w.endFault(onUsers)
		require.Eventually(t, func() bool {
			shown := w.shownAnswers("bob", asked.Message)
			return len(shown) == 2 && containsAll(shown[0], []string{"takes longer than usual"}) && containsAll(shown[1], []string{"✓ Put off"})
		}, patience, tick)
	})
}

func TestAfterARestartTheLastReplyNamesWhoIsMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withFront(refuseAdding(idBob, 503)), func(w *world) { w.tries = 1 })
	w.fail(client.Fault{Path: onMembers, Delay: "30s"})
	asked := w.asks("bob", `/newroom "Left" @alice`)
	w.waitForFaults(1) // it has given up, and looks who is in the room
	w.stop()
	w.heal()
	w.start()
	asked.endsWith("✗ I could not finish this", " is open, without you, Alice Martin.")
}

func TestAMemberThroughAGroupIsNotMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withFront(refuseAdding(idAlice, 503)), func(w *world) { w.tries = 1 })
	w.asks("bob", `/newroom "Listed" @alice group:"Test Group"`).endsWith("✗ I could not finish this", " is open, and everybody is in it.")
}
