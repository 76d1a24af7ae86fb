package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheTablesAreThoseOfTheDocument(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "trials.md"))
	require.NoError(t, err)
	for _, table := range (measurer{}).tables() {
		require.Contains(t, string(document), "\n"+line(table.header)+"\n", table.name)
		_, rest, _ := strings.Cut(string(document), "\n"+line(table.header)+"\n")
		rows, _, _ := strings.Cut(rest, "\n\n")
		for _, row := range table.rows {
			require.Contains(t, rows, "\n| "+row.label+" |", table.name)
		}
	}
}

// fakeProgram is a program that answers every bench with this JSON.
func fakeProgram(t *testing.T, answer string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bot")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\ncat <<'END'\n"+answer+"\nEND\n"), 0o700))
	return path
}

func TestATableIsPrintedAsRowsToPaste(t *testing.T) {
	t.Parallel()
	program := fakeProgram(t, `{"idle":{"seconds":30,"percentOfACore":0.154,"wakeUpsPerSecond":12.2,"commitsPerMinute":null,"memoryBytes":27262976}}`)
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-program", program, "tables", "rest"}, &out))
	require.Equal(t, `rest:

| | of a core | wake-ups a second | commits a minute | memory |
|---|---|---|---|---|
| SQLite | 0.15 % | 12 | – | 26 MiB |
| SQLite, 50 ms round trip | 0.15 % | 12 | – | 26 MiB |
| PostgreSQL | – | – | – | – |

`, out.String())
}

func TestFiguresOfTwoProgramsStandBesideTheirRatio(t *testing.T) {
	t.Parallel()
	program := fakeProgram(t, `{"comparison":[{"figure":"Message to link, p50","unit":"ms","this":8,"other":16,"ratio":0.5},
		{"figure":"Commits","unit":"a request","this":5,"other":null,"ratio":null}]}`)
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-program", program, "-before", "old", "tables", "before"}, &out))
	require.Contains(t, out.String(), "| one at a time, no delay | 8.0 / 16.0, **0.50** |")
	require.Contains(t, out.String(), "| 5.0 / – |")
}

func TestThePlotIsAPictureWithAxesAndTheCriticalPath(t *testing.T) {
	t.Parallel()
	picture := drawLatency([]point{{0, 8, 12}, {50, 210, 260}, {100, 412, 515}})
	decoder := xml.NewDecoder(bytes.NewReader(picture))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else {
			require.NoError(t, err)
		}
	}
	text := string(picture)
	require.Contains(t, text, "round trip between bot and pod, ms")
	require.Contains(t, text, "message to link, ms")
	require.Contains(t, text, "prefers-color-scheme: dark")
	require.Contains(t, text, "round trip 100 ms: p50 412 ms, p95 515 ms")
	// 400 ms of 600 at the right edge: four round trips.
	require.Contains(t, text, `<line class="path" x1="76.0" y1="396.0" x2="728.0" y2="188.0"/>`)
}

func TestTheMedianOfTheRoundsIsDrawn(t *testing.T) {
	t.Parallel()
	answer, err := json.Marshal(map[string]any{"messageToLink": map[string]float64{"p50": 7, "p95": 9}})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "latency.svg")
	require.NoError(t, run(t.Context(), []string{"-program", fakeProgram(t, string(answer)), "plot", file}, io.Discard))
	picture, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(picture), "round trip 25 ms: p50 7 ms, p95 9 ms")
	require.InDelta(t, 3.0, median([]float64{90, 3, 2}), 0)
}
