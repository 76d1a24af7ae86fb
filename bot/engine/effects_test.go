package engine_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

// effectJob is a job whose steps append a line each to a file, which outlives the processes.
func effectJob(id, effects string) engine.Job {
	c := newJob(id, id)
	c.Payload = []byte(`"` + effects + `"`)
	return c
}

// slowSteps does the first of carefulSteps, and the second after a line on standard input.
func slowSteps(ctx context.Context, a *engine.Attempt) error {
	effect := func(step string) error {
		return a.Do(ctx, step, nil, func(ctx context.Context) (any, error) { return nil, appendOnce(ctx, a, step) })
	}
	if err := effect("create"); err != nil {
		return err
	}
	fmt.Println("inside")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return err
	}
	err := effect("add")
	fmt.Println("add:", err)
	return err
}

// carefulSteps does the steps of doSteps as the bot does: it stores an intention before each
// effect, and looks for the effect when it may have happened.
func carefulSteps(ctx context.Context, a *engine.Attempt) error {
	for _, step := range []string{"create", "add", "reply"} {
		err := a.Do(ctx, step, nil, func(ctx context.Context) (any, error) { return nil, appendOnce(ctx, a, step) })
		if err != nil {
			return err
		}
	}
	return nil
}

func appendOnce(ctx context.Context, a *engine.Attempt, step string) error {
	line := a.ID + " " + step
	_, n, err := a.Intentions(ctx, step)
	if err != nil {
		return err
	}
	if n > 0 {
		content, err := os.ReadFile(strings.Trim(string(a.Payload), `"`))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if strings.Contains("\n"+string(content), "\n"+line+"\n") {
			return nil
		}
	}
	if err := a.Intend(ctx, step); err != nil {
		return err
	}
	return appendLine(string(a.Payload), line)
}

func requireOnce(t *testing.T, effects string, want ...string) {
	t.Helper()
	content, err := os.ReadFile(effects)
	require.NoError(t, err)
	require.ElementsMatch(t, want, strings.Split(strings.TrimSpace(string(content)), "\n"))
}

func freeze(t *testing.T, c *exec.Cmd) {
	t.Helper()
	require.NoError(t, c.Process.Signal(syscall.SIGSTOP))
}

func thaw(t *testing.T, c *exec.Cmd) {
	t.Helper()
	require.NoError(t, c.Process.Signal(syscall.SIGCONT))
}
