package bot_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

// requireOneDetail asserts that a request ended with one message in the 1:1 chat, after those that
// stood there before, and one notice in the room.
func (w *world) requireOneDetail(im string, before int, asked client.Message, details string) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		shown := w.shownAnswers("eve", asked)
		return len(shown) > 0 && containsAll(shown[len(shown)-1], []string{detailsSent})
	}, patience, tick)
	w.waitUntilIdle()
	require.Len(w.t, w.shownAnswers("eve", asked), 1, "notices")
	w.requireDetails("bob", im, before, details)
	w.requireNone("eve", asked, "", []string{details})
}

func TestDetailsAndNoticeAreSentOnceWhateverIsLost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		drop string
		text string
		skip int // messages that pass before one is lost
	}{
		"the answer to the details":                 {client.DropAfter, "/groups", 0},
		"the details":                               {client.DropBefore, "/groups", 0},
		"the answer to the notice":                  {client.DropAfter, "/groups", 1},
		"the notice":                                {client.DropBefore, "/groups", 1},
		"the answer to the first answer":            {client.DropAfter, `/newroom "Deal" carol@acme.test group:"Test Group"`, 0},
		"the answer to the details of an open room": {client.DropAfter, `/newroom "Deal" carol@acme.test group:"Test Group"`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, withJointRules, settlesSoon)
			room, im := w.openJointRoom("")
			before := len(w.botMessages("bob", client.Message{StreamID: im}))
			path := onSend
			switch {
			case c.skip == 1 && c.text == "/groups":
				path = "*/stream/" + room + "/message/create"
			case c.skip == 1:
				path = "*/stream/" + im + "/message/create"
			}
			w.fail(client.Fault{Path: path, Drop: c.drop, Count: 1})
			asked := w.asksIn(room, "bob", c.text)
			w.requireOneDetail(im, before, asked.Message, "Test Group (3 people)")
			require.Empty(t, w.faults(), "the fault has struck")
		})
	}
}

func TestANoticeFollowsAfterARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withJointRules, settlesSoon)
	room, im := w.openJointRoom("")
	before := len(w.botMessages("bob", client.Message{StreamID: im}))
	w.fail(client.Fault{Path: "*/stream/" + room + "/message/create", Status: http.StatusServiceUnavailable})
	asked := w.asksIn(room, "bob", "/groups")
	require.Eventually(t, func() bool { return len(w.botMessages("bob", client.Message{StreamID: im})) > before }, patience, tick)
	require.Empty(t, w.shownAnswers("eve", asked.Message), "the room reads nothing before the details are there")
	w.waitForFaults(2)
	w.stop()
	w.heal()
	w.start()
	w.requireOneDetail(im, before, asked.Message, "Test Group (3 people)")
}

func TestANoticeTakesThePlaceOfAFirstAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withJointRules, func(w *world) { w.crowd, w.limits.AddsPerSecond = 20, 10 })
	room, im := w.openJointRoom("")
	before := len(w.botMessages("bob", client.Message{StreamID: im}))
	people, _ := w.colleagues(20)
	asked := w.asksIn(room, "bob", `/newroom "Big" `+people+` group:"Test Group"`)
	w.requireOneDetail(im, before, asked.Message, "Group: Test Group (3 people)")
	all := w.botMessages("eve", asked.Message)
	require.Greater(t, len(all), 1, "a first answer, and what replaced it")
	require.NotContains(t, plain(all[0]), detailsSent, "nothing has been sent by then")
	require.Contains(t, plain(all[0]), "✓ Big")
}

func TestDetailsOfWhoIsInvitedAreInTheOneToOneChatAtOnce(t *testing.T) {
	t.Parallel()
	const text = `/newroom "Deal" external @eve ravi@acme.test`
	for name, c := range map[string]struct {
		fault    client.Fault // in the 1:1 chat, whose path is put before
		restart  bool         // the bot is stopped while somebody is invited
		noEdits  bool
		messages int // in the 1:1 chat, with what was replaced
	}{
		"nothing is lost":                         {messages: 2},
		"the process ends":                        {restart: true, messages: 2},
		"edits are refused":                       {noEdits: true, messages: 2},
		"the first details are lost":              {fault: client.Fault{Path: "create", Drop: client.DropBefore, Count: 1}, messages: 2},
		"the answer to the first details is lost": {fault: client.Fault{Path: "create", Drop: client.DropAfter, Count: 1}, messages: 2},
		"the answer to the first details is lost, and the process ends": {
			fault: client.Fault{Path: "create", Drop: client.DropAfter, Count: 1}, restart: true, messages: 2,
		},
		"the answer to the edit is lost": {fault: client.Fault{Path: "*/update", Drop: client.DropAfter, Count: 1}, messages: 3},
		"the first details are refused":  {fault: client.Fault{Path: "create", Status: http.StatusForbidden, Count: 1}, messages: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, withJointRules, settlesSoon)
			room, im := w.openJointRoom("")
			before := len(w.botMessages("bob", client.Message{StreamID: im}))
			details := func() []client.Message { return w.botMessages("bob", client.Message{StreamID: im})[before:] }
			if c.noEdits {
				w.takeEditRight()
			}
			w.fail(client.Fault{Kind: client.FaultOutsideDelay, Delay: "1h"})
			if c.fault.Path != "" {
				c.fault.Path = "*/stream/" + im + "/message/" + c.fault.Path
				w.fail(c.fault)
			}
			asked := w.asksIn(room, "bob", text)
			if c.messages == 1 {
				require.Eventually(t, func() bool { return len(w.faults()) == 1 }, patience, tick, "the fault has struck")
			} else {
				require.Eventually(t, func() bool { return len(details()) == 1 }, patience, tick)
				w.requireDetails("bob", im, before, "Deal", "Eve Adams (Beta Capital): invited, not in yet", "Ravi Shah: Symphony does not allow it")
			}
			require.Eventually(t, func() bool { return len(w.shownAnswers("eve", asked.Message)) == 1 }, patience, tick)
			require.NotContains(t, w.shownAnswers("eve", asked.Message)[0], detailsSent, "the reply is still to come")
			if c.restart {
				w.stop()
				w.start()
			}
			w.admits()
			require.Eventually(t, func() bool {
				shown := w.shownAnswers("eve", asked.Message)
				return len(shown) > 0 && containsAll(shown[len(shown)-1], []string{"✓ Deal", detailsSent})
			}, patience, tick)
			w.waitUntilIdle()
			all := details()
			require.Len(t, all, c.messages)
			last := plain(all[len(all)-1])
			require.Contains(t, last, "Member: Eve Adams")
			require.Contains(t, last, "Ravi Shah: Symphony does not allow it")
			if !c.noEdits {
				require.Equal(t, 1, countShown(all), "the reply takes the place")
				require.Len(t, w.shownAnswers("eve", asked.Message), 1, "so does the notice")
			}
			w.requireNoFacts("eve", asked.Message, text)
		})
	}
}

func TestDetailsOfWhatWasFilledIntoAFormAreInTheOneToOneChatAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withJointRules)
	room, im := w.openJointRoom("")
	before := len(w.botMessages("bob", client.Message{StreamID: im}))
	form := w.saysIn(room, "bob", "/newroom").lastReply()
	w.fail(client.Fault{Kind: client.FaultOutsideDelay, Delay: "1h"})
	w.asksByClick("bob", form, "roombot-newroom", "create", map[string]any{"name": "Secret deal", "people": []int64{idEve}, "others": "external"})
	require.Eventually(t, func() bool { return len(w.botMessages("bob", client.Message{StreamID: im})) > before }, patience, tick)
	w.requireDetails("bob", im, before, "✓ Secret deal", "Eve Adams (Beta Capital): invited, not in yet")
	require.Empty(t, w.shownAnswers("eve", form))
	w.admits()
	require.Eventually(t, func() bool { return len(w.shownAnswers("eve", form)) == 1 }, patience, tick)
	require.Equal(t, []string{detailsSent}, w.shownAnswers("eve", form))
	require.Equal(t, 1, countShown(w.botMessages("bob", client.Message{StreamID: im})[before:]))
}

// countShown counts the messages that were not replaced.
func countShown(messages []client.Message) (n int) {
	for _, m := range messages {
		if m.ReplacedBy == "" {
			n++
		}
	}
	return n
}

func TestANoticeIsShownOfARequestThatIsGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withJointRules, func(w *world) { w.tries = 2 })
	room, im := w.openJointRoom("")
	before := len(w.botMessages("bob", client.Message{StreamID: im}))
	w.fail(client.Fault{Path: onPromote, Status: http.StatusServiceUnavailable}, client.Fault{Path: onAdd, Status: http.StatusServiceUnavailable})
	asked := w.asksIn(room, "bob", `/newroom "Half" carol@acme.test`)
	w.requireOneDetail(im, before, asked.Message, "I could not finish this: Symphony kept failing.")
}

func TestNamesOfMentionsDoNotHoldUpAnAnswerForLong(t *testing.T) {
	if testing.Short() {
		t.Skip("waits some seconds")
	}
	t.Parallel()
	w := newWorld(t)
	w.says("bob", `/newroom "Before"`).sees("✓ Before") // by which the policy has looked him up
	w.fail(client.Fault{Path: onUsers, Delay: "15s"})
	begun := time.Now()
	w.asks("bob", `/newroom "Slow" @carol`).waitForAnswer("✓ Slow", "Member: Carol O'Neil", "I could not look up in the directory whom you mentioned.")
	require.Less(t, time.Since(begun), 12*time.Second)
}

// faults are those that can still strike.
func (w *world) faults() []client.Fault {
	w.t.Helper()
	all, err := w.pod.Faults(w.t.Context())
	require.NoError(w.t, err)
	return all
}
