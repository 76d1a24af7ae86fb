package symphony_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

const (
	groupsOfType = "GET /profile-manager/v1/groups/type/{typeId}"
	fxDesk       = `{"type":"SDL","ownerType":"TENANT","ownerId":103,"name":"FX Desk","id":"66587f0c2f4a1b0012ab34cd",
		"createdDate":"2024-05-30T12:00:00.000Z","createdBy":"7078106103901","updatedDate":"2024-05-30T12:00:00.000Z",
		"updatedBy":"7078106103901","status":"ACTIVE","eTag":"0f4c1f5e-6b0b-4e0e-8f0e-5a2c6f1d7b10",
		"members":[{"memberTenant":103,"memberId":7078106103902,"addedDate":"2024-05-30T12:00:00.000Z"},
			{"memberTenant":103,"memberId":7078106103903,"status":"DISABLED"}],
		"profile":{"displayName":"FX Desk","companyName":"Acme","id":"7078106104000","avatars":[]}}`
)

func TestGroupIsReadWithTheNumberOfItsAccount(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("GET /profile-manager/v1/groups/{groupId}", 200, fxDesk)
	g, err := p.client().Group(t.Context(), "66587f0c2f4a1b0012ab34cd")
	require.NoError(t, err)
	require.EqualValues(t, "66587f0c2f4a1b0012ab34cd", g.ID)
	require.Equal(t, "FX Desk", g.Name)
	require.Equal(t, []symphony.GroupMember{
		{User: 7078106103902, Tenant: 103}, {User: 7078106103903, Tenant: 103, Disabled: true},
	}, g.Members)
	account, err := g.Account()
	require.NoError(t, err)
	require.EqualValues(t, 7078106104000, account)
	require.Equal(t, g.ProfileID, account)

	got := p.requestsTo("GET", "/profile-manager/v1/groups/66587f0c2f4a1b0012ab34cd")[0]
	require.Equal(t, "Bearer access-1", got.Header.Get("Authorization"))
	require.Empty(t, got.Header.Get("sessionToken"), "the session stays with the pod")
	require.NotEmpty(t, got.Header.Get("X-Symphony-Host"))
	require.Equal(t, "scope=profile-manager", p.requestsTo("POST", "/login/idm/tokens")[0].Query)
}

func TestGroupWithoutANumberIsAnError(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{`"string"`, `""`, `null`, `"-5"`, `"12.5"`} {
		p := newPod(t)
		p.answer("GET /profile-manager/v1/groups/{groupId}", 200, `{"name":"Odd","id":"g","profile":{"id":`+profile+`}}`)
		g, err := p.client().Group(t.Context(), "g")
		require.NoError(t, err)
		require.Zero(t, g.ProfileID)
		_, err = g.Account()
		require.ErrorContains(t, err, `group "Odd"`)
	}
}

func TestGroupTellsWhoMaySeeIt(t *testing.T) {
	t.Parallel()
	const bob, carol, eve = symphony.UserID(103<<36 + 2), symphony.UserID(103<<36 + 3), symphony.UserID(104<<36 + 1)
	for name, row := range map[string]struct {
		group  string
		seenBy []symphony.UserID
	}{
		"no restriction":   {`{}`, []symphony.UserID{bob, carol, eve}},
		"null":             {`{"visibilityRestriction":null}`, []symphony.UserID{bob, carol, eve}},
		"empty lists":      {`{"visibilityRestriction":{"restrictedTenantsList":[],"restrictedUsersList":null}}`, []symphony.UserID{bob, carol, eve}},
		"a company":        {`{"visibilityRestriction":{"restrictedTenantsList":["103"]}}`, []symphony.UserID{bob, carol}},
		"a user as text":   {`{"visibilityRestriction":{"restrictedUsersList":["7078106103811"]}}`, []symphony.UserID{carol}},
		"a user by number": {fmt.Sprintf(`{"visibilityRestriction":{"restrictedUsersList":[%d]}}`, bob), []symphony.UserID{bob}},
		"both":             {fmt.Sprintf(`{"visibilityRestriction":{"restrictedTenantsList":[103],"restrictedUsersList":[%d,%d]}}`, carol, eve), []symphony.UserID{carol}},
	} {
		p := newPod(t)
		p.answer("GET /profile-manager/v1/groups/{groupId}", 200, row.group)
		g, err := p.client().Group(t.Context(), "g")
		require.NoError(t, err, name)
		var seenBy []symphony.UserID
		for _, who := range []symphony.UserID{bob, carol, eve} {
			if g.IsVisibleTo(who) {
				seenBy = append(seenBy, who)
			}
		}
		require.Equal(t, row.seenBy, seenBy, name)
		require.Equal(t, len(seenBy) < 3, g.IsRestricted(), name)
	}
}

func TestGroupWithAnUnreadableRestrictionIsLeftOut(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer(groupsOfType, 200, `{"pagination":{"cursors":{}},"data":[{"name":"A","visibilityRestriction":{"restrictedUsersList":["?"]}},
		{"name":"B","visibilityRestriction":[]},{"name":"C"}]}`)
	groups := collect(t, p.client().Groups(t.Context(), symphony.DistributionListType))
	require.Len(t, groups, 1)
	require.Equal(t, "C", groups[0].Name)
}

func TestGroupWithoutAListOfMembersIsToldFromAnEmptyOne(t *testing.T) {
	t.Parallel()
	for members, known := range map[string]bool{``: false, `,"members":null`: false, `,"members":[]`: true} {
		p := newPod(t)
		p.answer("GET /profile-manager/v1/groups/{groupId}", 200, `{"name":"A","id":"g"`+members+`}`)
		p.answer("GET /v1/groups/sdl/{groupId}", 200, `{"name":"A","groupId":7078106104000`+members+`}`)
		g, err := p.client().Group(t.Context(), "g")
		require.NoError(t, err)
		require.Equal(t, known, g.Members != nil, members)
		g, err = p.client().DistributionList(t.Context(), 7078106104000)
		require.NoError(t, err)
		require.Equal(t, known, g.Members != nil, members)
	}
}

func TestGroupsAreListedPageByPage(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.on(groupsOfType, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("after") {
		case "":
			reply(w, 200, `{"pagination":{"cursors":{"before":"","after":"c1"},"next":"x"},"data":[`+fxDesk+`]}`)
		case "c1": // a page may be empty and yet have a next one
			reply(w, 200, `{"pagination":{"cursors":{"after":"c2"}},"data":[]}`)
		default:
			reply(w, 200, `{"pagination":{"cursors":{"before":"c2"}},"data":[{"name":"Research","id":"h"}]}`)
		}
	})
	groups := collect(t, p.client().Groups(t.Context(), symphony.DistributionListType))
	require.Len(t, groups, 2)
	require.Equal(t, "Research", groups[1].Name)
	require.Len(t, p.requestsTo("POST", "/login/idm/tokens"), 1, "the token is kept")
	require.Equal(t, "limit=100&status=ACTIVE", p.requestsTo("GET", "/profile-manager/v1/groups/type/SDL")[0].Query)
}

func TestRepeatedCursorEndsTheListing(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer(groupsOfType, 200, `{"pagination":{"cursors":{"after":"c1"}},"data":[{"name":"Research","id":"h"}]}`)
	var last error
	n := 0
	for _, err := range p.client().Groups(t.Context(), "SDL") {
		last = err
		n++
	}
	require.ErrorContains(t, last, "circle")
	require.Equal(t, 3, n)
}

func TestEndedAccessTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answers("POST /login/idm/tokens",
		answerWith(200, `{"access_token":"Bearer access-1","expires_in":0}`), answerWith(200, `{"access_token":"access-2"}`))
	p.on(groupsOfType, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer access-2" {
			reply(w, 401, `{"code":"unauthorized","message":"expired"}`)
			return
		}
		reply(w, 200, `{"pagination":{"cursors":{}},"data":[]}`)
	})
	collect(t, p.client().Groups(t.Context(), "SDL"))
	require.Len(t, p.requestsTo("POST", "/login/idm/tokens"), 2)
	require.Len(t, p.requestsTo("POST", "/login/pubkey/authenticate"), 1, "the session is not at fault")
}

func TestAccessTokenIsReplacedAheadOfItsEnd(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer(groupsOfType, 200, `{"pagination":{"cursors":{}},"data":[]}`)
	clock := &movingClock{now: time.Now()}
	c := p.client(func(c *symphony.Config) { c.Now = clock.Now })
	for _, later := range []time.Duration{0, 269 * time.Second, time.Second} {
		require.NoError(t, clock.Sleep(t.Context(), later))
		collect(t, c.Groups(t.Context(), "SDL"))
	}
	require.Len(t, p.requestsTo("POST", "/login/idm/tokens"), 2, "of the 300 s the last 30 are not used")
}

func TestSessionIsRenewedForAnAccessToken(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answers("POST /login/idm/tokens", answerWith(401, `{}`), answerWith(200, `{"access_token":"a"}`))
	p.answer(groupsOfType, 200, `{"pagination":{"cursors":{}},"data":[]}`)
	collect(t, p.client().Groups(t.Context(), "SDL"))
	require.Len(t, p.requestsTo("POST", "/login/pubkey/authenticate"), 2)
}

func TestMissingRightToSeeGroupsIsForbidden(t *testing.T) {
	t.Parallel()
	for _, door := range []string{"POST /login/idm/tokens", groupsOfType} {
		p := newPod(t)
		p.answer(groupsOfType, 200, `{"data":[]}`)
		p.answer(door, 403, `{"code":"forbidden","message":"no entitlement"}`)
		for _, err := range p.client().Groups(t.Context(), "SDL") {
			require.ErrorIs(t, err, symphony.ErrForbidden)
		}
	}
}

func TestDistributionListsOfTheUsersAPI(t *testing.T) {
	t.Parallel()
	const list = `{"groupId":7078106104000,"name":"FX Desk","type":"SDL","active":true,"displayName":"FX Desk",
		"members":[{"userId":7078106103902,"tenantId":103,"addedDate":1717000190000}],"updatedDate":1717000190000}`
	const old = `{"groupId":7078106104001,"displayName":"Old","active":"false","restrictedTenants":[1008,"1009"]}`
	p := newPod(t)
	p.answers("GET /v1/groups/sdl/list", answerWith(200, `[`+list+`]`), answerWith(200, `[`+old+`]`), answerWith(200, `[]`))
	p.answer("GET /v1/groups/sdl/{groupId}", 200, list)
	c := p.client()
	lists := collect(t, c.DistributionLists(t.Context()))
	require.Len(t, lists, 2)
	require.Equal(t, "DELETED", lists[1].Status)
	require.Equal(t, "Old", lists[1].Name)
	require.Equal(t, []int64{1008, 1009}, lists[1].RestrictedTenants)
	require.Empty(t, lists[0].RestrictedTenants)
	require.True(t, lists[0].IsVisibleTo(7078106103902))
	require.False(t, lists[1].IsVisibleTo(1008<<36+1), "which way the restriction counts is not documented")
	var asked []string
	for _, r := range p.requestsTo("GET", "/v1/groups/sdl/list") {
		asked = append(asked, r.Query)
	}
	require.Equal(t, []string{
		"limit=100", "lastGroupId=7078106104000&limit=100", "lastGroupId=7078106104001&limit=100",
	}, asked, "a page that is shorter than asked for is not the last")
	one, err := c.DistributionList(t.Context(), 7078106104000)
	require.NoError(t, err)
	require.Equal(t, lists[0], one)
	require.EqualValues(t, 7078106104000, one.ProfileID)
	require.Equal(t, []symphony.GroupMember{{User: 7078106103902, Tenant: 103}}, one.Members)
	require.Equal(t, "session-1", p.requestsTo("GET", "/v1/groups/sdl/list")[0].Header.Get("sessionToken"))
}

func TestDistributionListsWithoutTheUsersAPI(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("GET /v1/groups/sdl/list", 404, `{"code":404,"message":"no such path"}`)
	n, err := count(p.client().DistributionLists(t.Context()))
	require.ErrorIs(t, err, symphony.ErrNotFound)
	require.Zero(t, n)
}
