package sandbox_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestARoundTripIsAddedToTheAPIOnly(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.RTT = 60 * time.Millisecond })
	started := time.Now()
	b.Get("/pod/v2/sessioninfo").OK()
	require.GreaterOrEqual(t, time.Since(started), 60*time.Millisecond)

	far := setupBeside(t, func(c *config) { c.RTT = time.Hour })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got, err := far.Try(ctx, "GET", "/sandbox/v1/people", "application/json", nil)
	require.NoError(t, err)
	got.OK()
}

func TestTheCrowdHasDistinctNames(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.Crowd = 500 })
	people := b.Get("/sandbox/v1/people").OK()["people"].([]any)
	names, emails := map[any]bool{}, map[any]bool{}
	for _, p := range people {
		names[p.(map[string]any)["username"]], emails[p.(map[string]any)["email"]] = true, true
	}
	require.Len(t, names, len(people))
	require.Len(t, emails, len(people))
	require.True(t, names["ada.abbott"])
	b.Says("ada.abbott", "hello")
}

func TestTheCrowdHasGroupsAndRooms(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.Crowd, c.CrowdGroups, c.CrowdRooms = 12, 4, 6 })
	people := b.Get("/sandbox/v1/people").OK()
	byName := map[any][]any{}
	for _, g := range people["groups"].([]any) {
		byName[g.(map[string]any)["name"]] = g.(map[string]any)["members"].([]any)
	}
	require.Len(t, byName["Crowd 1"], 5)
	require.Len(t, byName["Crowd 4"], 5)
	require.NotContains(t, byName, "Crowd 5")
	rooms := b.Get("/sandbox/v1/state").OK()["rooms"].([]any)
	require.Len(t, rooms, 6)
	for _, room := range rooms {
		require.Len(t, room.(map[string]any)["members"], 5)
	}
	b.Post("/pod/v3/room/create", map[string]any{"name": "Crowd 3", "description": "taken"}).Refused(400)
}
