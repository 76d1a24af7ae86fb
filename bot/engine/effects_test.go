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

// noting is a command whose steps append a line each to a file, which outlives the processes.
func noting(id, effects string) engine.Job {
	c := command(id, id)
	c.Payload = []byte(`"` + effects + `"`)
	return c
}

// slow does the first of the steps that work does, and waits for a word before it goes on with the second.
func slow(ctx context.Context, j *engine.Attempt) error {
	effect := func(step string) error {
		return j.Do(ctx, step, nil, func(context.Context) (any, error) { return nil, note(string(j.Payload), j.ID+" "+step) })
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

// careful does the steps of work as the bot does: it announces each effect, and looks for it when it may have happened.
func careful(ctx context.Context, j *engine.Attempt) error {
	for _, step := range []string{"create", "add", "reply"} {
		err := j.Do(ctx, step, nil, func(ctx context.Context) (any, error) { return nil, onceNoted(ctx, j, step) })
		if err != nil {
			return err
		}
	}
	return nil
}

func onceNoted(ctx context.Context, j *engine.Attempt, step string) error {
	line := j.ID + " " + step
	_, n, err := j.Intended(ctx, step)
	if err != nil {
		return err
	}
	if n > 0 {
		content, err := os.ReadFile(strings.Trim(string(j.Payload), `"`))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if strings.Contains("\n"+string(content), "\n"+line+"\n") {
			return nil
		}
	}
	if err := j.Intend(ctx, step); err != nil {
		return err
	}
	return note(string(j.Payload), line)
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
