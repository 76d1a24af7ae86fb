package main

import (
	"encoding/json"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/cmd/bot/soak"
)

// The promise itself, in small: every kind of fault at once, and a kill every
// 700 ms. `bot soak` does more of it.
func TestEachCommandOpensOneRoomAndIsAnsweredOnceWhateverHappens(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	if runtime.GOOS == "windows" {
		t.Skip("needs signals")
	}
	got := shell(t, "soak", "--commands", "40", "--kill-every", "700ms", "--faults", "heavy", "--seed", "1", "--json")
	var report soak.Report
	require.NoError(t, json.Unmarshal([]byte(got.out), &report), got.err)
	require.Empty(t, report.Findings)
	require.Empty(t, report.Errors)
	require.True(t, report.Exact())
	require.Zero(t, got.code)
	require.Positive(t, report.Kills)
	require.Positive(t, report.Faults["dropped after"])
}

// Four seconds each; `bot soak --outages 1m` is the same in earnest.
func TestOutagesAreToldAndLoseNothing(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	if runtime.GOOS == "windows" {
		t.Skip("needs signals")
	}
	got := shell(t, "soak", "--outages", "4s", "--json")
	var report soak.Report
	require.NoError(t, json.Unmarshal([]byte(got.out), &report), got.err)
	require.Empty(t, report.Findings)
	require.Empty(t, report.Errors)
	require.Len(t, report.Outages, 3)
	for _, o := range report.Outages {
		require.Empty(t, o.Wrong, "%s: %v", o.Kind, o.Lines)
		require.Positive(t, o.Sent)
	}
	require.True(t, report.Kept())
	require.Zero(t, got.code)
}

func TestASoakOfOutagesIsNoOtherSoak(t *testing.T) {
	t.Parallel()
	for _, other := range []string{"--commands=5", "--kill-every=1s", "--faults=none"} {
		require.Equal(t, exitUsage, shell(t, "soak", "--outages", "5s", other).code)
	}
	require.Equal(t, exitUsage, shell(t, "soak", "--outages", "-1s").code)
}

func TestASoakWithReplicasNeedsADatabase(t *testing.T) {
	t.Parallel()
	require.Equal(t, exitUsage, shell(t, "soak", "--replicas", "3").code)
	require.Equal(t, exitUsage, shell(t, "soak", "--faults", "some").code)
	require.Equal(t, exitUsage, shell(t, "soak", "--commands", "0").code)
}
