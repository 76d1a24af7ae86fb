package bot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestApprovalsListsRequestsForAccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(accessRules))
	w.asksForAccess("carol", w.says("carol", `/newroom "TH" public`).sees("[ Request access ]")).sees("(request for access 1)")
	card := w.waitForGrantCard("cora", "asks for access")
	w.waitUntilIdle()
	w.says("cora", "/approvals").sees("Waits for you", "Carol O'Neil asks for access: /newroom in their 1:1 chat: internal rooms, also public rooms; at most 1 person",
		", since ", "The card is in our 1:1 chat. Request for access 1.")
	w.says("carol", "/approvals").sees("You wait for", "Access: /newroom in our 1:1 chat: internal rooms, also public rooms", ", since ", "Request for access 1.")
	w.says("bob", "/approvals").sees("No request waits for your approval, and none of yours for one.")
	w.asksForAccess("cora", w.says("cora", `/newroom "Mine" public`)).sees("(request for access 2)")
	w.waitForGrantCard("ops", "Cora Lind asks for access")
	w.waitUntilIdle()
	w.says("cora", "/approvals").sees("Waits for you", "Request for access 1.", "You wait for", "Request for access 2.")
	w.decidesAccess("cora", card, "refuse").seesAmong("You have refused it")
	require.NotContains(t, w.says("cora", "/approvals").sees("Request for access 2.").answer(), "Request for access 1.")
	w.says("carol", "/approvals").sees("No request waits for your approval")
	w.says("ops", "/approvals").sees("Waits for you", "Request for access 2.")
	w.changeRules(strings.Replace(accessRules, `"user:ops"`, `"user:kim"`, 1))
	w.says("ops", "/approvals").sees("No request waits for your approval")
}
