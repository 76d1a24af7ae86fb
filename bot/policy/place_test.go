package policy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/policy"
)

// roomID is a stream id, and may be a room's name as well.
const roomID = "0u0r8TfV3u4QEtjCHR5NLX___nA60EfPdA"

func allowIn(t *testing.T, where string) *policy.Policy {
	t.Helper()
	return mustCompile(t, fmt.Sprintf(`allow: [{name: a, who: ["*"], where: [%q], commands: ["*"]}]`, where))
}

func denyIn(t *testing.T, where string) *policy.Policy {
	t.Helper()
	return mustCompile(t, fmt.Sprintf(`
deny: [{name: d, who: ["*"], where: [%q], commands: ["*"], reason: no}]
allow: [{name: a, who: ["*"], commands: ["*"]}]`, where))
}

func TestAStreamIDAdmitsByIDOnly(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"room:" + roomID, "roomid:" + roomID, "roomid: 0u0r8TfV3u4QEtjCHR5NLX///nA60EfPdA==", "roomid:0u0r8TfV3u4QEtjCHR5NLX%2F%2F%2FnA60EfPdA%3D%3D"} {
		p := allowIn(t, where)
		require.True(t, p.Decide(ask(inRoom("Desk", roomID))).Allowed, where)
		require.True(t, p.Decide(ask(inRoom("", roomID))).Allowed, "%s without the name", where)
		require.False(t, p.Decide(ask(inRoom(roomID, "another"))).Allowed, "%s is only the name", where)
		require.False(t, p.Decide(ask(inRoom("", "another"))).Allowed, where)
		require.False(t, p.Decide(ask()).Allowed, "%s in a 1:1 chat", where)
	}
}

func TestAStreamIDDeniesByNameToo(t *testing.T) {
	t.Parallel()
	p := denyIn(t, "room:"+roomID)
	require.False(t, p.Decide(ask(inRoom("Desk", roomID))).Allowed)
	require.False(t, p.Decide(ask(inRoom(roomID, "another"))).Allowed)
	require.False(t, p.Decide(ask(inRoom("", "another"))).Allowed, "the name is not known")
	require.True(t, p.Decide(ask(inRoom("Desk", "another"))).Allowed)

	plainly := denyIn(t, "roomid:"+roomID)
	require.False(t, plainly.Decide(ask(inRoom("Desk", roomID))).Allowed)
	require.True(t, plainly.Decide(ask(inRoom(roomID, "another"))).Allowed)
	require.True(t, plainly.Decide(ask(inRoom("", "another"))).Allowed, "the name does not matter")
	require.True(t, plainly.Decide(ask()).Allowed)
}

func TestWhatIsNoStreamIDIsReported(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "Desk", "*", roomID + "*", "a room with blanks and so on"} {
		_, err := compile(t, fmt.Sprintf(`allow: [{name: a, who: ["*"], where: ["roomid:%s"], commands: ["*"]}]`, id))
		require.ErrorContains(t, err, "is no stream id; write the id of one room", id)
	}
}

func TestAllowRulesByRoomNameAreListed(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, `
deny:
  - {name: not in trading, who: ["*"], where: ["room:Trading*"], commands: ["*"], reason: no}
allow:
  - {name: chats, who: ["*"], where: [im, "room:*", "*"], commands: ["*"]}
  - {name: desks, who: ["*"], where: [im, "room:Desk*"], commands: ["*"]}
  - {name: one room, who: ["*"], where: ["room:`+roomID+`", "roomid:`+roomID+`"], commands: ["*"]}
  - {name: lunch, who: ["*"], where: ["room:Lunch"], commands: ["*"]}
  - {name: everywhere, who: ["*"], commands: ["*"]}
`)
	require.Equal(t, []policy.NamedRule{{Name: "desks", Line: 6}, {Name: "lunch", Line: 8}}, p.AllowsByRoomName())
	require.Empty(t, (*policy.Policy)(nil).AllowsByRoomName())
}

func TestTheRoomOfAnApprovalIsNamedAsItsLinkHasIt(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, `allow: [{name: a, who: [internal], commands: [newroom],
  approval: {by: ["*"], room: "roomid:0u0r8TfV3u4QEtjCHR5NLX%2F%2F%2FnA60EfPdA%3D%3D"}}]`)
	approvers, needed := p.ApproversOf("a")
	require.True(t, needed)
	require.Equal(t, roomID, approvers.Room)
	where, wrong := policy.ParsePlace("roomid:0u0r8TfV3u4QEtjCHR5NLX%2F%2F%2FnA60EfPdA%3D%3D")
	require.Nil(t, wrong)
	require.Equal(t, policy.Place{Kind: policy.Room, StreamID: roomID}, where)
}
