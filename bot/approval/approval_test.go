package approval_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/approval"
)

func TestWhoMayDecide(t *testing.T) {
	t.Parallel()
	const requester, cora, dana, stranger = 1, 2, 3, 4
	asked := approval.Asked{Rule: "client rooms", Hash: "abc", Requester: requester, Approvers: []int64{cora, dana, requester}}
	inRoom := asked
	inRoom.Approvers, inRoom.Room = nil, "room"
	click := func(change func(*approval.Click)) approval.Click {
		c := approval.Click{Who: cora, For: cora, Hash: "abc", IsApprover: true}
		change(&c)
		return c
	}
	for name, c := range map[string]struct {
		asked approval.Asked
		click approval.Click
		want  approval.Refusal
	}{
		"an approver on their card":       {asked, click(func(*approval.Click) {}), approval.None},
		"in the room":                     {inRoom, click(func(c *approval.Click) { c.For = 0 }), approval.None},
		"for oneself":                     {asked, click(func(c *approval.Click) { c.Who, c.For = requester, requester }), approval.OwnRequest},
		"for oneself in the room":         {inRoom, click(func(c *approval.Click) { c.Who, c.For = requester, 0 }), approval.OwnRequest},
		"on another approver's card":      {asked, click(func(c *approval.Click) { c.For = dana }), approval.ForAnother},
		"about something else":            {asked, click(func(c *approval.Click) { c.Hash = "abd" }), approval.AnotherPlan},
		"on a card without a hash":        {asked, click(func(c *approval.Click) { c.Hash = "" }), approval.AnotherPlan},
		"who was never asked":             {asked, click(func(c *approval.Click) { c.Who, c.For = stranger, stranger }), approval.NeverAsked},
		"of another company":              {asked, click(func(c *approval.Click) { c.External = true }), approval.NeverAsked},
		"of another company, in the room": {inRoom, click(func(c *approval.Click) { c.External, c.For = true, 0 }), approval.NeverAsked},
		"who is no approver any more":     {asked, click(func(c *approval.Click) { c.IsApprover = false }), approval.NotAnApprover},
		"in the room, but no approver":    {inRoom, click(func(c *approval.Click) { c.IsApprover, c.For = false, 0 }), approval.NotAnApprover},
		"without a name":                  {asked, click(func(c *approval.Click) { c.Who, c.For = 0, 0 }), approval.OwnRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, c.asked.Check(c.click))
		})
	}
}

func TestAnotherLookAtWhoMayDecide(t *testing.T) {
	t.Parallel()
	first := approval.Look{Version: "1", Approvers: []int64{2, 3}}
	asked := approval.Asked{Approvers: []int64{2, 3}, Look: first}
	require.False(t, asked.IsOutdated(first))
	require.True(t, asked.IsOutdated(approval.Look{Version: "2", Approvers: []int64{2, 3}}), "by another policy")
	require.True(t, asked.IsOutdated(approval.Look{Version: "1", Approvers: []int64{2}}), "one has left")
	require.True(t, asked.IsOutdated(approval.Look{Version: "1", Nobody: true}))

	same := asked.LookAgain(approval.Look{Version: "2", Approvers: []int64{2, 3}})
	require.Equal(t, approval.Look{Version: "2", Approvers: []int64{2, 3}}, same.Look, "nothing to tell the requester")
	later := same.LookAgain(approval.Look{Version: "2", Approvers: []int64{3, 4}})
	require.Equal(t, []int64{2, 3, 4}, later.Approvers)
	require.Equal(t, approval.Look{N: 1, Version: "2", Approvers: []int64{3, 4}}, later.Look)
	require.Equal(t, []int64{2, 3}, asked.Approvers, "stays as it was")

	earlier := approval.Asked{Approvers: []int64{2, 3}} // of an earlier version of the program
	require.True(t, earlier.IsOutdated(first))
	require.Equal(t, first, earlier.LookAgain(first).Look)
}
