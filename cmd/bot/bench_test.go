package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/cmd/bot/bench"
)

func TestBenchReportsTheCriticalPath(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	got := shell(t, "bench", "--commands", "10", "--rate", "5", "--rtt", "40ms", "--chatter", "200", "--json")
	require.Zero(t, got.code, got.err)
	var result bench.Report
	require.NoError(t, json.Unmarshal([]byte(got.out), &result))
	require.Equal(t, 10, result.Commands)
	require.InDelta(t, 160, result.CriticalPath, 0.1)
	require.InDelta(t, 200, result.NewcomerPath, 0.1, "people are looked up first")
	require.Positive(t, result.Newcomers)
	require.Greater(t, result.Ratio, 1.0, "no link comes before the calls that it needs")
	require.GreaterOrEqual(t, result.Final.P50, result.Link.P50)
	require.Greater(t, result.Inside.P50, 160.0*2/4, "nobody is in before the room is there")
	require.Positive(t, result.Throughput)
}

func TestBenchMeasuresACommandDuringAFlood(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	got := shell(t, "bench", "--commands", "2", "--flood", "130", "--rtt", "20ms")
	require.Zero(t, got.code, got.err)
	require.Regexp(t, `(?m)^Message to link, alone +p50 \d+ ms`, got.out)
	require.Regexp(t, `(?m)^Beside a flood of 130 +p50 \d+ ms`, got.out)
	require.Regexp(t, `(?m)^Held up by +-?\d+ ms, -?\d+\.\d\d of a request's time$`, got.out)
}

func TestBenchRefusesInvalidFlags(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--commands", "0"}, {"--people", "99"}, {"--groups", "9"}, {"--rate", "-1"}, {"--flood", "9999"}, {"--flood", "-1"}, {"--people", "0", "--groups", "0"}} {
		require.Equal(t, exitUsage, shell(t, append([]string{"bench"}, args...)...).code, "%v", args)
	}
}
