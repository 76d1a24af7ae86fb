package symphony_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

func query(t *testing.T, s string) url.Values {
	t.Helper()
	v, err := url.ParseQuery(s)
	require.NoError(t, err)
	return v
}

func TestLookupUsers(t *testing.T) {
	t.Parallel()
	t.Run("a hundred in one call, each once", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer("GET /pod/v3/users", 200, `{"users":[{"id":7078106103901,"username":"ana.ruiz"}],"errors":[{"error":"invalid.format","id":5}]}`)
		var ids []symphony.UserID
		for i := range 250 {
			ids = append(ids, symphony.UserID(7078106103901+i%230))
		}
		users, err := p.client().UsersByID(t.Context(), ids...)
		require.NoError(t, err)
		require.Equal(t, []symphony.User{{ID: 7078106103901, Username: "ana.ruiz"}}, users)
		var asked int
		for _, r := range p.requestsTo("GET", "/pod/v3/users") {
			q := query(t, r.Query)
			n := len(strings.Split(q.Get("uid"), ","))
			require.LessOrEqual(t, n, 100)
			require.Equal(t, "false", q.Get("local"))
			asked += n
		}
		require.Equal(t, 230, asked)
	})

	t.Run("nobody found is no error", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer("GET /pod/v3/users", 204, ``)
		users, err := p.client().UsersByEmail(t.Context(), "no+body@acme.test")
		require.NoError(t, err)
		require.Empty(t, users)
		require.Equal(t, "no+body@acme.test", query(t, p.requestsTo("GET", "/pod/v3/users")[0].Query).Get("email"))
	})

	t.Run("an empty lookup makes no call", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		users, err := p.client().UsersByEmail(t.Context())
		require.NoError(t, err)
		require.Empty(t, users)
		require.Empty(t, p.requests)
	})

	t.Run("a value with a comma is left out", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer("GET /pod/v3/users", 204, ``)
		_, err := p.client().UsersByUsername(t.Context(), "ana,ceo", "", "bo")
		require.NoError(t, err)
		got := query(t, p.requestsTo("GET", "/pod/v3/users")[0].Query)
		require.Equal(t, "bo", got.Get("username"))
		require.Equal(t, "true", got.Get("local"), "usernames are known only in the own company")
	})

	t.Run("disabled accounts can be left out", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer("GET /pod/v3/users", 204, ``)
		_, err := p.client().LookupUsers(t.Context(), symphony.UserLookup{IDs: []symphony.UserID{7}, OnlyActive: true})
		require.NoError(t, err)
		require.Equal(t, "true", query(t, p.requestsTo("GET", "/pod/v3/users")[0].Query).Get("active"))
	})

	t.Run("long addresses are cut into more calls", func(t *testing.T) {
		t.Parallel()
		var values []string
		for i := range 100 {
			values = append(values, fmt.Sprintf("%d%s@acme.test", i, strings.Repeat("x", 200)))
		}
		n := 0
		for _, chunk := range symphony.UserChunks(values) {
			require.Less(t, len(strings.Join(chunk, ",")), 4100)
			n += len(chunk)
		}
		require.Equal(t, 100, n)
		require.Len(t, symphony.UserChunks([]string{strings.Repeat("x", 9000)}), 1)
	})
}

func TestSearchUsers(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("POST /pod/v1/user/search", 200, `{"count":1,"users":[{"id":7078106104000,"displayName":"FX Desk","accountType":"SDL"}]}`)
	users := collect(t, p.client().SearchUsers(t.Context(), symphony.UserQuery{
		Text: "fx", AccountTypes: []symphony.AccountType{symphony.DistributionListAccount}, Local: true,
	}))
	require.Equal(t, []symphony.User{{ID: 7078106104000, DisplayName: "FX Desk", AccountType: "SDL"}}, users)
	got := p.requestsTo("POST", "/pod/v1/user/search")[0]
	require.Equal(t, "limit=50&local=true&skip=0", got.Query)
	require.JSONEq(t, `{"query":"fx","filters":{"accountTypes":["SDL"]}}`, got.Body)
}

func TestSearchUsersFindsNobody(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("POST /pod/v1/user/search", 204, ``)
	require.Empty(t, collect(t, p.client().SearchUsers(t.Context(), symphony.UserQuery{Text: "nobody"})))
	p.answer("POST /pod/v1/user/search", 200, `{"count":0,"skip":0,"limit":50,"searchQuery":{"query":"nobody"},"users":[]}`)
	require.Empty(t, collect(t, p.client().SearchUsers(t.Context(), symphony.UserQuery{Text: "nobody"})))
}
