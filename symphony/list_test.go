package symphony_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// withLog is a context whose log lines are kept.
func withLog(t *testing.T) (context.Context, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	return zerolog.New(&log).WithContext(t.Context()), &log
}

// TestOddEntryCostsNoOtherOfItsList has one entry in the middle that cannot be read or has no id.
func TestOddEntryCostsNoOtherOfItsList(t *testing.T) {
	t.Parallel()
	const userSearch, roomSearch = "POST /pod/v1/user/search", "POST /pod/v3/room/search"
	const oddRoom = `{"roomAttributes":{"name":5},"roomSystemInfo":{"id":"odd"}}`
	for name, list := range map[string]struct {
		operation, answer, after string
		call                     func(context.Context, *symphony.Client) (int, error)
	}{
		"users": {"GET /pod/v3/users", `{"users":[{"id":7},{"id":"seven"},{"displayName":"nobody"},{"id":8}]}`, "",
			func(ctx context.Context, c *symphony.Client) (int, error) {
				users, err := c.UsersByID(ctx, 7, 8)
				return len(users), err
			}},
		"user search": {userSearch, `{"count":"4","users":[{"id":7},{"id":8,"roles":"all"},null,{"id":9}]}`, `{"users":[]}`,
			func(ctx context.Context, c *symphony.Client) (int, error) {
				return count(c.SearchUsers(ctx, symphony.UserQuery{Text: "a", PageSize: 4}))
			}},
		"rooms": {roomSearch, `{"count":4,"rooms":[{"roomSystemInfo":{"id":"a"}},` + oddRoom + `,{"streamId":"1"},{"roomSystemInfo":{"id":"b"}}]}`, `{"rooms":[]}`,
			func(ctx context.Context, c *symphony.Client) (int, error) {
				return count(c.SearchRooms(ctx, symphony.RoomQuery{Text: "a", PageSize: 4}))
			}},
		"groups": {groupsOfType, `{"data":[{"id":"g"},{"id":5},{"id":"h","members":[{"memberId":"ana"}]},{"id":"i"}]}`, "",
			func(ctx context.Context, c *symphony.Client) (int, error) { return count(c.Groups(ctx, "SDL")) }},
		"distribution lists": {"GET /v1/groups/sdl/list", `[{"groupId":7},{"groupId":"x"},{"name":"none"},{"groupId":8}]`, `[]`,
			func(ctx context.Context, c *symphony.Client) (int, error) { return count(c.DistributionLists(ctx)) }},
		"datafeeds": {"GET /agent/v5/datafeeds", `[{"id":"a_f"},{"id":5},{"type":"fanout"},{"id":"b_f"}]`, "",
			func(ctx context.Context, c *symphony.Client) (int, error) {
				feeds, err := c.Datafeeds(ctx, "")
				return len(feeds), err
			}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPod(t)
			p.answers(list.operation, answerWith(200, list.answer), answerWith(200, list.after))
			c := p.client()
			ctx, log := withLog(t)
			n, err := list.call(ctx, c)
			require.NoError(t, err)
			require.Equal(t, 2, n)
			require.EqualValues(t, 2, c.Stats().Unreadable)
			require.Contains(t, log.String(), `"operation":"`+list.operation+`","entries":2`)
			require.NotContains(t, log.String(), "nobody")
		})
	}
}

func TestSearchForWhatMustBeFoundRefusesAnOddRoom(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("POST /pod/v3/room/search", 200, `{"rooms":[{"roomSystemInfo":{"id":"a"}},{"roomAttributes":{"name":5}}]}`)
	c := p.client()
	n, err := count(c.SearchRooms(t.Context(), symphony.RoomQuery{Text: "a", Complete: true}))
	require.ErrorContains(t, err, "read a room: ")
	require.Zero(t, n)
	require.EqualValues(t, 1, c.Stats().Unreadable)
}

func TestDistributionListsEndWhereNothingCanBeRead(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("GET /v1/groups/sdl/list", 200, `[{"groupId":"x"}]`)
	n, err := count(p.client().DistributionLists(t.Context()))
	require.ErrorContains(t, err, "GET /v1/groups/sdl/list")
	require.Zero(t, n)
}

func TestOddMemberIsAnError(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("GET /pod/v2/room/{id}/membership/list", 200, `[{"id":7},{"id":"ana"}]`)
	_, err := p.client().Members(t.Context(), "r")
	require.ErrorContains(t, err, "user id: ")
}

// TestErrorsOfALookup has errors[] of GET /pod/v3/users, whose ids are numbers in the vendor's
// specification and texts in a recorded answer.
func TestErrorsOfALookup(t *testing.T) {
	t.Parallel()
	for errors, counted := range map[string]int{
		`null`: 0,
		`[{"error":"invalid.format","email":"notavalidemail"},{"error":"invalid.format","id":654321}]`: 0,
		`[{"error":"invalid.format","id":"654321"}]`:                                                   0,
		`[{"error":"internal.error","email":"ana@acme.test"},{"error":"invalid.format","id":5}]`:       1,
		`[{"id":5}]`: 1,
	} {
		p := newPod(t)
		p.answer("GET /pod/v3/users", 200, `{"users":[{"id":7}],"errors":`+errors+`}`)
		c := p.client()
		ctx, log := withLog(t)
		users, err := c.UsersByEmail(ctx, "ana@acme.test", "notavalidemail")
		require.NoError(t, err)
		require.Equal(t, []symphony.User{{ID: 7}}, users)
		require.EqualValues(t, counted, c.Stats().Unreadable, errors)
		require.NotContains(t, log.String(), "ana@acme.test")
	}
}
