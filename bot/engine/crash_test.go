package engine_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

// runChild is the body of a child process that is killed or frozen: it works on the jobs of the
// store in one of several roles, and writes what it does to standard output.
func runChild(address string) {
	store, err := engine.ParseAddress(address)
	if err != nil {
		panic(err)
	}
	c := engine.Config{Store: store, Workers: 4, TakeoverAfter: takeover, Patience: patience, Drain: -1, BackoffFloor: time.Millisecond}
	c = engine.WithMaxSilence(c, silence)
	switch os.Getenv("ENGINE_TEST_ROLE") {
	case "poison":
		c.Handle = func(context.Context, *engine.Attempt) error { os.Exit(3); return nil }
	case "careful":
		c.Handle = carefulSteps
	case "entries":
		c.Handle = entriesChild
	case "slow":
		c.Handle = slowSteps
	default:
		c.Handle = doSteps(func(string) {})
	}
	e, err := engine.Open(silentContext(), c)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("working")
	fmt.Println(e.Run(silentContext()))
}

const (
	takeover = 300 * time.Millisecond
	silence  = 5 * time.Second // longer than a machine with too much to do stands still
)

// child starts this test binary as another process on the store.
func child(t *testing.T, store engine.Address, role string) (c *exec.Cmd, in io.Writer, out *bufio.Reader) {
	t.Helper()
	c = childCommand(context.Background(), store, role)
	in, err := c.StdinPipe()
	require.NoError(t, err)
	read, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	out = bufio.NewReader(read)
	requireLine(t, out, "working\n")
	return c, in, out
}

func childCommand(ctx context.Context, store engine.Address, role string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0])
	c.Env = append(os.Environ(), "ENGINE_TEST_CHILD="+store.Reveal(), "ENGINE_TEST_ROLE="+role)
	return c
}

func requireLine(t *testing.T, out *bufio.Reader, want string) {
	t.Helper()
	line, err := out.ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, want)
}

// doSteps does three steps, each of which appends a line to a file that outlives the process.
func doSteps(done func(id string)) handler {
	return func(ctx context.Context, a *engine.Attempt) error {
		for _, step := range []string{"create", "add", "reply"} {
			err := a.Do(ctx, step, nil, func(context.Context) (any, error) {
				return nil, appendLine(string(a.Payload), a.ID+" "+step)
			})
			if err != nil {
				return err
			}
		}
		done(a.ID)
		return nil
	}
}

func appendLine(quoted, line string) error {
	f, err := os.OpenFile(strings.Trim(quoted, `"`), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, line)
	return errors.Join(err, f.Close())
}

func TestAKilledProcessLosesNoJob(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		effects := filepath.Join(t.TempDir(), "effects")
		ids := numberedIDs("c", 200)
		c := quickConfig(store, doSteps(func(string) {}))
		e := open(t, c)
		var all int64 // size of the effects, at least
		for i, id := range ids {
			cmd := newJob(id, fmt.Sprint("s", i%10))
			cmd.Payload = []byte(`"` + effects + `"`)
			insert(t, e, cmd)
			all += int64(len(id+" create\n") + len(id+" add\n") + len(id+" reply\n"))
		}
		require.NoError(t, e.Close())
		for range 4 {
			killDuringEffects(t, store, effects, all)
		}

		e, stop := start(t, c)
		waitIdle(t, e)
		stop()
		content, err := os.ReadFile(effects)
		require.NoError(t, err)
		count := map[string]int{}
		var repeated int
		for line := range strings.Lines(string(content)) {
			if count[line]++; count[line] > 1 {
				repeated++
			}
		}
		require.Len(t, count, 3*len(ids), "every step of every job happened")
		require.LessOrEqual(t, repeated, 3*4*4, "only steps of the jobs under way at a kill were repeated")
		require.NoError(t, inOrder(string(content), ids))
	})
}

// inOrder checks that the jobs of a conversation finished in the order of their inserts.
func inOrder(content string, ids []string) error {
	last := map[int]int{}
	for line := range strings.Lines(content) {
		var n int
		var step string
		if _, err := fmt.Sscanf(line, "c%d %s", &n, &step); err != nil {
			return err
		}
		if n < last[n%10] {
			return fmt.Errorf("c%d after c%d", n, last[n%10])
		}
		last[n%10] = n
	}
	return nil
}

func TestAJobThatKillsTheProcessFails(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		reported := make(chan string, 1)
		c := quickConfig(store, func(context.Context, *engine.Attempt) error { return errors.New("called once more") })
		c.MaxCrashes = 3
		c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error {
			reported <- cause.Error()
			return nil
		}
		e := open(t, c)
		insert(t, e, newJob("a", "s"))
		require.NoError(t, e.Close())
		for range c.MaxCrashes {
			poisoned, _, _ := child(t, store, "poison")
			var exit *exec.ExitError
			require.ErrorAs(t, poisoned.Wait(), &exit)
			require.Equal(t, 3, exit.ExitCode())
		}
		start(t, c)
		require.Equal(t, "the process ended 3 times while the job was running", next(t, reported))
	})
}

// A job whose attempt ends by itself is not what ends the processes: somebody kills them.
func TestEndsOfTheProcessCountInARow(t *testing.T) {
	for name, end := range map[string]error{"postponed": engine.Postpone(time.Hour), "failed": errors.New("no luck")} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, store engine.Address) {
				c := quickConfig(store, func(context.Context, *engine.Attempt) error { return end })
				c.BackoffFloor, c.BackoffCeiling = time.Hour, time.Hour
				e := open(t, c)
				insert(t, e, newJob("a", "s"))
				require.NoError(t, e.Exec(t.Context(), `UPDATE river_job SET attempt = 4`)) // so many processes have ended
				require.NoError(t, e.Close())
				e, _ = start(t, c)
				failures := 0
				if name == "failed" {
					failures = 1
				}
				require.Eventually(t, func() bool {
					n, err := e.Count(t.Context(), fmt.Sprintf(`river_job WHERE state = 'available' AND attempt = %d`, failures))
					return err == nil && n == 1
				}, patience, 10*time.Millisecond)
			})
		})
	}
}

func TestAJobThatHasSeenSeveralProcessesEndWaitsBehindOthers(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ran := make(chan string, 10)
		c := quickConfig(store, func(_ context.Context, a *engine.Attempt) error { ran <- a.ID; return nil })
		c.BackoffFloor = time.Hour
		e := open(t, c)
		insert(t, e, newJob("a", "s"))
		require.NoError(t, e.Exec(t.Context(), `UPDATE river_job SET attempt = 4`))
		require.NoError(t, e.Close())
		poisoned, _, _ := child(t, store, "poison")
		require.Error(t, poisoned.Wait())
		e, _ = start(t, c)
		require.Eventually(t, func() bool {
			d, err := e.Show(t.Context(), "a")
			return err == nil && d.State == engine.Ready
		}, patience, 10*time.Millisecond)
		insert(t, e, newJob("b", "other"))
		require.Equal(t, "b", next(t, ran))
		waiting, err := e.Count(t.Context(), "river_job WHERE state = 'available'")
		require.NoError(t, err)
		require.Equal(t, 1, waiting)
		require.Empty(t, ran)
	})
}

// killDuringEffects kills a child after its first effect, unless all have happened.
func killDuringEffects(t *testing.T, store engine.Address, effects string, all int64) {
	t.Helper()
	before := size(effects)
	killed, _, _ := child(t, store, "")
	if !store.IsPostgres() {
		_, err := engine.Open(silentContext(), quickConfig(store, doSteps(func(string) {})))
		require.ErrorIs(t, err, engine.ErrLocked)
		require.ErrorContains(t, err, fmt.Sprintf("(process %d)", killed.Process.Pid))
	}
	require.Eventually(t, func() bool { return size(effects) > before || before >= all }, patience, time.Millisecond)
	require.NoError(t, killed.Process.Kill())
	require.Error(t, killed.Wait())
}

func size(file string) int64 {
	info, err := os.Stat(file)
	if err != nil {
		return 0
	}
	return info.Size()
}
