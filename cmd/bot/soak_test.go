package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

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

// Eight seconds each; `bot soak --outages 1m` is the same in earnest. How soon an outage is told and over is a matter of
// seconds, so this is not done beside the other tests, and done again where the machine itself was out of order.
func TestOutagesAreToldAndLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	if runtime.GOOS == "windows" {
		t.Skip("needs signals")
	}
	for range 3 {
		report, code := outages(t)
		if slow := strain(report); slow != "" && !report.Kept() {
			t.Log("the machine is too slow to hold a bot to seconds: " + slow)
			continue
		}
		for _, o := range report.Outages {
			require.Empty(t, o.Wrong, "%s: %v", o.Kind, o.Lines)
		}
		require.True(t, report.Kept())
		require.Zero(t, code)
		return
	}
	t.Skip("nothing was lost; the machine is too slow for the rest")
}

// outages goes through them once. Nothing is lost, however long it takes.
func outages(t *testing.T) (report soak.Report, code int) {
	t.Helper()
	got := shell(t, "soak", "--outages", "8s", "--json")
	require.NoError(t, json.Unmarshal([]byte(got.out), &report), got.err)
	require.Empty(t, report.Findings)
	require.Empty(t, report.Errors)
	require.True(t, report.Exact())
	require.Len(t, report.Outages, 3)
	for _, o := range report.Outages {
		require.Positive(t, o.Sent)
	}
	return report, got.code
}

// strain tells by what it shows that the machine was slow: while nobody kept the bot from its store, the store was slow,
// or the bot took long to say a word.
func strain(report soak.Report) string {
	for _, o := range report.Outages {
		if o.Kind == "store" {
			continue
		}
		if o.Slowest > 500*time.Millisecond {
			return fmt.Sprintf("health took %s", o.Slowest)
		}
		for _, l := range o.Lines {
			if strings.Contains(l.Text, "the store took more than") {
				return l.Text
			}
		}
	}
	return ""
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
