package rest_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/rest"
)

func TestARouterFindsOperations(t *testing.T) {
	t.Parallel()
	routes := []string{"GET /room/list", "GET /room/{id}", "POST /room/{id}", "GET /room/{id}/info"}
	split := func(r string) (method, path string) {
		method, path, _ = strings.Cut(r, " ")
		return method, path
	}
	router := rest.NewRouter(routes, split)
	for call, want := range map[string]struct {
		route, id string
		allowed   []string
	}{
		"GET /room/list":         {route: "GET /room/list"},
		"GET /room/7":            {route: "GET /room/{id}", id: "7"},
		"POST /room/list":        {route: "POST /room/{id}", id: "list"},
		"GET //room/a%2Fb/info/": {route: "GET /room/{id}/info", id: "a/b"},
		"PUT /room/7":            {allowed: []string{"GET", "POST"}},
		"GET /room":              {},
		"GET /room/7/members":    {},
	} {
		method, path := split(call)
		address, err := url.Parse("http://pod" + path)
		require.NoError(t, err)
		found := router.Match(method, address)
		require.Equal(t, want.route, found.Route, call)
		require.Equal(t, want.route != "", found.Found, call)
		require.Equal(t, want.id, found.Params["id"], call)
		require.Equal(t, want.allowed, found.Allowed, call)
	}
}
