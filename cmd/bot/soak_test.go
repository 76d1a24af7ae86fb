package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/cmd/bot/soak"
)

// Every kind of fault at once, a kill every 700 ms, a policy that changes, approvals and grants.
// `bot soak` is the same at full length.
func TestEachRequestOpensOneRoomAndGetsOneAnswer(t *testing.T) {
	t.Parallel()
	skipUnlessSoakRuns(t, "takes two minutes")
	got := shell(t, "soak", "--commands", "40", "--kill-every", "700ms", "--faults", "heavy", "--seed", "2", "--json")
	var report soak.Report
	require.NoError(t, json.Unmarshal([]byte(got.out), &report), got.err)
	require.Empty(t, report.Findings)
	require.Empty(t, report.Errors)
	require.True(t, report.IsExact())
	require.Zero(t, got.code)
	require.Positive(t, report.Kills)
	require.Greater(t, report.Versions, 1)
	require.Positive(t, report.Pauses)
	require.Positive(t, report.Questions["asked"])
	require.Positive(t, report.Grants["asked"])
	require.Positive(t, report.Grants["granted"])
	require.Positive(t, report.Faults["dropped after"])
}

// Eight seconds each; `bot soak --outages 1m` is the same in earnest, and judges
// the seconds as well, which a machine with other work cannot be held to.
func TestOutagesAreReportedAndLoseNothing(t *testing.T) {
	t.Parallel()
	skipUnlessSoakRuns(t, "takes a minute")
	got := shell(t, "soak", "--outages", "8s", "--json")
	var report soak.Report
	require.NoError(t, json.Unmarshal([]byte(got.out), &report), got.err)
	require.Empty(t, report.Findings)
	require.Empty(t, report.Errors)
	require.True(t, report.IsExact())
	require.Equal(t, report.HasKeptPromise(), got.code == 0)
	lines := map[string]string{
		"login": "signing in fails", "feed": "the feed is not read", "store": "store is out of order, jobs wait",
	}
	require.Len(t, report.Outages, len(lines))
	for _, o := range report.Outages {
		require.Positive(t, o.Sent, o.Kind)
		require.GreaterOrEqual(t, o.ReportedAfter, time.Duration(0), "%s: health says so", o.Kind)
		require.False(t, o.ClaimedReady, "%s: health says that the bot is ready", o.Kind)
		for _, end := range []time.Duration{o.ReadyAfter, o.AnsweredAfter, o.DoneAfter} {
			require.GreaterOrEqual(t, end, time.Duration(0), "%s: the bot recovers", o.Kind)
		}
		var about, batches int
		for _, l := range o.Lines {
			if l.Message == lines[o.Kind] {
				about++
			}
			if strings.Contains(l.Message, "batch") {
				batches++
			}
		}
		require.Equal(t, 1, about, "%s: %v", o.Kind, o.Lines)
		require.Zero(t, batches, "%s: what is told of has no second line: %v", o.Kind, o.Lines)
	}
}

func TestSoakEndsInOrderWhenNobodyReadsItsOutput(t *testing.T) {
	t.Parallel()
	skipUnlessSoakRuns(t, "takes some seconds")
	temporary := t.TempDir()
	c := process(t.Context(), "soak", "--faults", "none", "--kill-every", "0")
	c.Env = append(c.Env, "TMPDIR="+temporary)
	errs, err := c.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	_, err = bufio.NewReader(errs).ReadString('\n')
	require.NoError(t, err)
	require.NoError(t, errs.Close())
	_ = c.Wait() // the outcome is in ProcessState
	require.Equal(t, exitFailed, c.ProcessState.ExitCode(), "no signal ends it")
	left, err := os.ReadDir(temporary)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestPodOfASoakEndsWithAKilledSoak(t *testing.T) {
	t.Parallel()
	skipUnlessSoakRuns(t, "takes some seconds")
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends children with their parent")
	}
	soak := begin(t, "soak", "--faults", "none", "--kill-every", "0", "--dir", t.TempDir())
	soak.line("sent")
	require.NoError(t, soak.cmd.Process.Kill())
	<-soak.ended // not before the pod, which has the same standard error
}

func TestOutagesCannotBeCombinedWithOtherFlags(t *testing.T) {
	t.Parallel()
	for _, other := range []string{"--commands=5", "--kill-every=1s", "--faults=none", "--govern"} {
		require.Equal(t, exitUsage, shell(t, "soak", "--outages", "5s", other).code)
	}
	require.Equal(t, exitUsage, shell(t, "soak", "--outages", "-1s").code)
}

func TestSoakWithReplicasNeedsADatabase(t *testing.T) {
	t.Parallel()
	require.Equal(t, exitUsage, shell(t, "soak", "--replicas", "3").code)
	require.Equal(t, exitUsage, shell(t, "soak", "--faults", "some").code)
	require.Equal(t, exitUsage, shell(t, "soak", "--commands", "0").code)
}

func TestSoakTakesNoFolderOfAnother(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bot-1.log"), []byte("of another\n"), 0o600))
	got := shell(t, "soak", "--dir", dir)
	require.Equal(t, exitUsage, got.code)
	require.Contains(t, got.err, "it has files already, such as bot-1.log; name an empty folder")
}

func skipUnlessSoakRuns(t *testing.T, length string) {
	t.Helper()
	if testing.Short() {
		t.Skip(length)
	}
	if runtime.GOOS == "windows" {
		t.Skip("needs signals")
	}
}
