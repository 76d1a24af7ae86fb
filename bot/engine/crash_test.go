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

// victim is the body of the child process that is killed or frozen: it works on the commands of the store, in one of several roles,
// and says so on standard output.
func victim(store string) {
	c := engine.Config{Store: store, Workers: 4, TakeoverAfter: takeover, Patience: patience, Drain: -1, BackoffFloor: time.Millisecond}
	c = engine.WithSilence(c, silence)
	switch os.Getenv("ENGINE_TEST_ROLE") {
	case "poison":
		c.Handle = func(context.Context, *engine.Attempt) error { os.Exit(3); return nil }
	case "careful":
		c.Handle = careful
	case "slow":
		c.Handle = slow
	default:
		c.Handle = work(func(string) {})
	}
	e, err := engine.Open(silent(), c)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("working")
	fmt.Println(e.Run(silent()))
}

const (
	takeover = 300 * time.Millisecond
	silence  = 5 * time.Second // longer than a machine with too much to do stands still
)

// child starts this test binary as another process on the store.
func child(t *testing.T, store, role string) (c *exec.Cmd, in io.Writer, out *bufio.Reader) {
	t.Helper()
	c = victimOf(context.Background(), store, role)
	in, err := c.StdinPipe()
	require.NoError(t, err)
	read, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	out = bufio.NewReader(read)
	says(t, out, "working\n")
	return c, in, out
}

func victimOf(ctx context.Context, store, role string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0])
	c.Env = append(os.Environ(), "ENGINE_TEST_VICTIM="+store, "ENGINE_TEST_ROLE="+role)
	return c
}

func says(t *testing.T, out *bufio.Reader, want string) {
	t.Helper()
	line, err := out.ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, want)
}

// work does three steps, each an appended line in a file of its own that outlives the process.
func work(done func(id string)) handler {
	return func(ctx context.Context, j *engine.Attempt) error {
		for _, step := range []string{"create", "add", "reply"} {
			err := j.Do(ctx, step, nil, func(context.Context) (any, error) {
				return nil, note(string(j.Payload), j.ID+" "+step)
			})
			if err != nil {
				return err
			}
		}
		done(j.ID)
		return nil
	}
}

func note(quoted, line string) error {
	f, err := os.OpenFile(strings.Trim(quoted, `"`), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, line)
	return errors.Join(err, f.Close())
}

func TestNothingIsLostWhenTheProcessIsKilled(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		effects := filepath.Join(t.TempDir(), "effects")
		ids := names("c", 200)
		c := quick(store, work(func(string) {}))
		e := open(t, c)
		var all int64 // size of the effects, at least
		for i, id := range ids {
			cmd := command(id, fmt.Sprint("s", i%10))
			cmd.Payload = []byte(`"` + effects + `"`)
			insert(t, e, cmd)
			all += int64(len(id+" create\n") + len(id+" add\n") + len(id+" reply\n"))
		}
		require.NoError(t, e.Close())
		for range 4 {
			killDuringWork(t, store, effects, all)
		}

		e, stop := start(t, c)
		idle(t, e)
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
		require.Len(t, count, 3*len(ids), "every step of every command happened")
		require.LessOrEqual(t, repeated, 4*4, "only what was in flight at a kill was repeated")
		require.NoError(t, inOrder(string(content), ids))
	})
}

// inOrder checks that the commands of a conversation finished in the order in which they came.
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

func TestACommandThatKillsTheProcessIsGivenUp(t *testing.T) {
	onEach(t, func(t *testing.T, store string) {
		told := make(chan string, 1)
		c := quick(store, func(context.Context, *engine.Attempt) error { return errors.New("handled once more") })
		c.MaxCrashes = 3
		c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error {
			told <- cause.Error()
			return nil
		}
		e := open(t, c)
		insert(t, e, command("a", "s"))
		require.NoError(t, e.Close())
		for range c.MaxCrashes {
			poisoned, _, _ := child(t, store, "poison")
			var exit *exec.ExitError
			require.ErrorAs(t, poisoned.Wait(), &exit)
			require.Equal(t, 3, exit.ExitCode())
		}
		start(t, c)
		require.Equal(t, "the process ended 3 times while the command was running", next(t, told))
	})
}

// killDuringWork kills a victim after its first effect, unless all have happened.
func killDuringWork(t *testing.T, store, effects string, all int64) {
	t.Helper()
	before := size(effects)
	victim, _, _ := child(t, store, "")
	if !strings.HasPrefix(store, "postgres") {
		_, err := engine.Open(silent(), quick(store, work(func(string) {})))
		require.ErrorIs(t, err, engine.ErrLocked)
		require.ErrorContains(t, err, fmt.Sprintf("(process %d)", victim.Process.Pid))
	}
	require.Eventually(t, func() bool { return size(effects) > before || before >= all }, patience, time.Millisecond)
	require.NoError(t, victim.Process.Kill())
	require.Error(t, victim.Wait())
}

func size(file string) int64 {
	info, err := os.Stat(file)
	if err != nil {
		return 0
	}
	return info.Size()
}
