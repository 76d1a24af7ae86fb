package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
)

// unreachable is a database that nobody has; its scheme has capitals, as people write it.
const unreachable = "Postgres://bot:hunter2@127.0.0.1:1/roombot?connect_timeout=1"

func TestRunTakesASchemeWithCapitalsForADatabase(t *testing.T) {
	t.Parallel()
	c := newTestConfig(t, `"host": "acme.test", "roombot": {"store": %q}`, unreachable)
	wired, err := botConfig(c, zerolog.Nop())
	require.NoError(t, err)
	require.True(t, wired.Store.Store.IsPostgres())
	require.Equal(t, "postgres://bot:xxxxx@127.0.0.1:1/roombot?connect_timeout=1", wired.Store.Store.String())
}

func TestJobsTakesASchemeWithCapitalsForADatabase(t *testing.T) {
	t.Parallel()
	path, dir := writeTestConfig(t, `"host": "acme.test", "roombot": {"store": %q}`, unreachable)
	got := shell(t, "jobs", "list", "--config", path)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.err, "inspect the store postgres://bot:xxxxx@127.0.0.1:1/roombot")
	require.NotContains(t, got.err+got.out, "hunter2")
	requireNoStoreFile(t, dir)
}

func TestCheckTakesASchemeWithCapitalsForADatabase(t *testing.T) {
	t.Parallel()
	path, dir := writeTestConfig(t, `"scheme": "http", %s, "roombot": {"store": %q}`, configKeys(newScriptedPod(t, nil, false)), unreachable)
	got, code := runCheck(t, path)
	require.NotZero(t, code)
	require.Contains(t, got["store"].Detail, "postgres://bot:xxxxx@127.0.0.1:1/roombot")
	require.NotContains(t, got["store"].Detail, "hunter2")
	require.Contains(t, got["store"].Remedy, "Check the address in roombot.store")
	requireNoStoreFile(t, dir)
}

// requireNoStoreFile checks that no URL was taken for the name of a file.
func requireNoStoreFile(t *testing.T, dir string) {
	t.Helper()
	for _, folder := range []string{dir, "."} {
		found, err := filepath.Glob(filepath.Join(folder, "[Pp]ostgres:*"))
		require.NoError(t, err)
		require.Empty(t, found)
	}
	_, err := os.Stat(filepath.Join(dir, "roombot.db"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestEachCommandRejectsAnotherKindOfStore(t *testing.T) {
	t.Parallel()
	path, _ := writeTestConfig(t, `"host": "acme.test", "roombot": {"store": "mysql://bot:hunter2@db/x"}`)
	for _, command := range [][]string{{"run"}, {"jobs", "list"}, {"check"}} {
		got := shell(t, append(command, "--config", path)...)
		require.NotZero(t, got.code, command)
		require.Contains(t, got.err+got.out, "config.json:1:", command)
		require.Contains(t, got.err+got.out, "roombot.store: is a URL of another kind; write the path of a file", command)
		require.NotContains(t, got.err+got.out, "hunter2")
	}
}

func TestSoakNeedsADatabaseForSeveralBots(t *testing.T) {
	t.Parallel()
	got := shell(t, "soak", "--replicas", "3", "--store", "soak.db")
	require.Equal(t, exitUsage, got.code)
	require.Contains(t, got.err, "several bots need a database in common")
	got = shell(t, "soak", "--store", "mysql://db/x")
	require.Equal(t, exitUsage, got.code)
	require.Contains(t, got.err, "is a URL of another kind; write the path of a file")
}
