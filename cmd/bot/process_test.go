package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	stdio "io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"roombot/bot/testrun"
	"roombot/symphony/sandbox/page/pagetest"
)

// The tests run the program as a shell does: the test binary itself becomes
// the program where this variable is set.
const beTheProgram = "ROOMBOT_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(beTheProgram) != "" {
		main()
	}
	testrun.Prepare(1)
	goleak.VerifyTestMain(testsWithBrowser{m})
}

// testsWithBrowser are the tests of the package, after which the browser that some of them share
// ends.
type testsWithBrowser struct{ *testing.M }

func (t testsWithBrowser) Run() int {
	defer pagetest.Stop()
	return t.M.Run()
}

func process(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0], args...)
	c.Env = append(os.Environ(), beTheProgram+"=1")
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = 20 * time.Second
	return c
}

// outcome is what a finished process left behind.
type outcome struct {
	out, err string
	code     int
}

func shell(t *testing.T, args ...string) outcome { t.Helper(); return shellWith(t, "", args...) }

func shellWith(t *testing.T, input string, args ...string) outcome {
	t.Helper()
	c := process(t.Context(), args...)
	var out, errs bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(input), &out, &errs
	err := c.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); !exited {
		require.NoError(t, err)
	}
	return outcome{out: out.String(), err: errs.String(), code: c.ProcessState.ExitCode()}
}

// running is a process that goes on until the test ends.
type running struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines chan string
	ended chan struct{} // closed when it has ended and all it has said was read
}

// begin starts the program and reads its output, both kinds, line by line.
func begin(t *testing.T, args ...string) *running {
	t.Helper()
	return beginCommand(t, process(context.WithoutCancel(t.Context()), args...))
}

func beginCommand(t *testing.T, c *exec.Cmd) *running {
	t.Helper()
	read, write, err := os.Pipe()
	require.NoError(t, err)
	c.Stdout, c.Stderr = write, write
	require.NoError(t, c.Start())
	require.NoError(t, write.Close())
	p := &running{t: t, cmd: c, lines: make(chan string, 1000), ended: make(chan struct{})}
	go p.scan(read)
	t.Cleanup(func() {
		_ = c.Process.Kill()
		<-p.ended // or it might still write into a folder that is being removed
	})
	return p
}

func (p *running) scan(output stdio.ReadCloser) {
	scanner := bufio.NewScanner(output)
	for scanner.Scan() {
		select {
		case p.lines <- scanner.Text():
		default: // nobody waits for so many
		}
	}
	close(p.lines)
	_ = output.Close()
	_ = p.cmd.Wait() // the outcome is in ProcessState
	close(p.ended)
}

// line waits for a line with the text and returns it.
func (p *running) line(text string) string { p.t.Helper(); return p.each(text)[0] }

// each waits for a line with each of the texts, in whatever order they come.
func (p *running) each(texts ...string) []string {
	p.t.Helper()
	found := make([]string, len(texts))
	limit := time.After(patience)
	for slices.Contains(found, "") {
		select {
		case line, open := <-p.lines:
			require.True(p.t, open, "the program ended before it said all of %q", texts)
			for i, text := range texts {
				if found[i] == "" && strings.Contains(line, text) {
					found[i] = line
				}
			}
		case <-limit:
			require.Fail(p.t, "the program never said all of", "%q", texts)
		}
	}
	return found
}

// stop asks the program to end and returns its exit code.
func (p *running) stop() int {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	<-p.ended
	return p.cmd.ProcessState.ExitCode()
}

// findTool returns the path of a program. Where it is missing the test is
// skipped, but for CI, which installs what its tests need.
func findTool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") != "true" {
		t.Skip(name + " is not installed")
	}
	require.NoError(t, err)
	return path
}
