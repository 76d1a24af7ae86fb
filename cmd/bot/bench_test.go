package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
	"roombot/bot/engine/postgrestest"
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
	require.NotNil(t, result.Commits)
	require.Positive(t, *result.Commits, "what is promised is on disk")
	require.NotNil(t, result.Disk)
	if runtime.GOOS == "linux" {
		require.NotNil(t, result.CPU)
		require.Positive(t, *result.CPU)
		require.NotNil(t, result.WakeUps)
		require.Positive(t, *result.WakeUps)
	}
}

func TestBenchMeasuresABotAtRest(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	got := shell(t, "bench", "--idle", "1s", "--json")
	require.Zero(t, got.code, got.err)
	var result bench.Report
	require.NoError(t, json.Unmarshal([]byte(got.out), &result))
	require.Nil(t, result.CommandResult, "no requests were measured")
	require.GreaterOrEqual(t, result.Idle.Seconds, 1.0)
	require.NotNil(t, result.Idle.Commits)
	if runtime.GOOS == "linux" {
		require.NotNil(t, result.Idle.CPU)
		require.NotNil(t, result.Idle.WakeUps)
		require.Greater(t, result.Idle.Memory, int64(1<<20))
	}
}

func TestBenchWritesACPUProfileOfTheBot(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	file := filepath.Join(t.TempDir(), "bot.pprof")
	got := shell(t, "bench", "--commands", "20", "--rate", "0", "--cpu-profile", file)
	require.Zero(t, got.code, got.err)
	written, err := exec.CommandContext(t.Context(), "go", "tool", "pprof", "-raw", file).Output()
	require.NoError(t, err)
	require.Contains(t, string(written), "roombot/bot")
}

func TestBenchFillsTheStoreAndThePod(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	store := engine.FileAddress(filepath.Join(t.TempDir(), "bench.db"))
	got := shell(t, "bench", "--commands", "5", "--rate", "0", "--stored", "40", "--crowd", "200", "--store", store.File(), "--json")
	require.Zero(t, got.code, got.err)
	require.Contains(t, got.err, "40 commands are executed first")
	var result bench.Report
	require.NoError(t, json.Unmarshal([]byte(got.out), &result))
	require.Equal(t, 40, result.Stored)
	require.Greater(t, result.Pod.People, 200)
	require.Greater(t, result.Pod.Groups, 40)
	require.Equal(t, 200, result.Pod.Rooms)

	inspector, err := engine.Inspect(t.Context(), store)
	require.NoError(t, err)
	defer inspector.Close()
	jobs, err := inspector.List(t.Context(), engine.Filter{State: engine.Done, Limit: 1000})
	require.NoError(t, err)
	const warmUp = 8
	require.GreaterOrEqual(t, len(jobs), 40+warmUp+5)
}

func TestBenchMeasuresABotOnADatabase(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	_, store := postgrestest.NewServer(t)
	got := shell(t, "bench", "--commands", "4", "--rate", "4", "--stored", "10", "--store", store, "--json")
	require.Zero(t, got.code, got.err)
	var result bench.Report
	require.NoError(t, json.Unmarshal([]byte(got.out), &result))
	require.NotNil(t, result.Commits)
	require.Positive(t, *result.Commits)
	require.NotNil(t, result.Disk)

	got = shell(t, "bench", "--idle", "1s", "--store", store)
	require.Zero(t, got.code, got.err)
	require.Regexp(t, `(?m)^At rest +\d+\.\d s$`, got.out)
	require.Regexp(t, `(?m)^Commits of the bot +[\d.]+ a minute$`, got.out)
}

func TestBenchComparesTwoPrograms(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	other, err := os.Executable()
	require.NoError(t, err)
	got := shell(t, "bench", "--commands", "8", "--rate", "0", "--at-once", "2", "--against", other, "--json")
	require.Zero(t, got.code, got.err)
	var result bench.Report
	require.NoError(t, json.Unmarshal([]byte(got.out), &result))
	require.Equal(t, filepath.Base(other), result.Against.Name)
	require.Equal(t, 8, result.Against.Commands)
	require.Positive(t, result.Against.Link.P50)
	figures := map[string]bench.Compared{}
	for _, c := range result.Comparison {
		figures[c.Figure] = c
	}
	link, commits := figures["Message to link, p50"], figures["Commits"]
	require.InDelta(t, result.Link.P50, *link.This, 0.001)
	require.InDelta(t, result.Against.Link.P50, *link.Other, 0.001)
	require.InDelta(t, *link.This / *link.Other, *link.Ratio, 0.001)
	require.Positive(t, *commits.This)
	require.Positive(t, *commits.Other)
}

func TestBenchComparesALargeStoreAndPodWithSmallOnes(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	got := shell(t, "bench", "--commands", "4", "--rate", "4", "--stored", "10", "--crowd", "100", "--against-small")
	require.Zero(t, got.code, got.err)
	require.Regexp(t, `(?m)^ +10 stored, crowd 100 +small +ratio$`, got.out)
	require.Regexp(t, `(?m)^Message to link, p50, ms +[\d.]+ +[\d.]+ +[\d.]+$`, got.out)
	require.Regexp(t, `(?m)^Commits, a request +[\d.]+ +[\d.]+ +[\d.]+$`, got.out)
}

func TestAFigureThatTheOtherProgramLacksIsADash(t *testing.T) {
	t.Parallel()
	five := 5.0
	var out bytes.Buffer
	report := bench.Report{
		CommandResult: &bench.CommandResult{Commits: &five}, Against: &bench.Report{Name: "before"},
		Comparison: []bench.Compared{{Figure: "Commits", Unit: "a request", This: &five}},
	}
	require.NoError(t, report.Print(&out))
	require.Regexp(t, `(?m)^Commits, a request +5\.00 +– +–$`, out.String())
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
	for _, args := range [][]string{
		{"--commands", "0"}, {"--people", "99"}, {"--groups", "9"}, {"--rate", "-1"}, {"--flood", "9999"}, {"--flood", "-1"}, {"--people", "0", "--groups", "0"},
		{"--at-once", "0", "--rate", "0"}, {"--at-once", "4"}, {"--crowd", "9"}, {"--crowd", "99999"}, {"--stored", "-1"}, {"--idle", "-1s"},
		{"--idle", "1s", "--rate", "3"}, {"--against", "nowhere"}, {"--against", ".", "--stored", "3"}, {"--against", os.Args[0], "--against-small"},
		{"--against-small", "--store", "bench.db"}, {"--cpu-profile", filepath.Join("nowhere", "bot.pprof")},
	} {
		require.Equal(t, exitUsage, shell(t, append([]string{"bench"}, args...)...).code, "%v", args)
	}
}
