//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

// unitFile is the unit of systemd, from this folder.
var unitFile = filepath.Join("..", "..", "deploy", "roombot.service")

// unitSettings are the values of a key of the unit, in the file's order.
func unitSettings(t *testing.T, key string) (values []string) {
	t.Helper()
	for _, line := range regexp.MustCompile(`(?m)^`+key+`=(.*)$`).FindAllStringSubmatch(readRepositoryFile(t, "deploy", "roombot.service"), -1) {
		values = append(values, line[1])
	}
	return values
}

func TestServiceUnitIsHardened(t *testing.T) {
	t.Parallel()
	file, err := filepath.Abs(unitFile)
	require.NoError(t, err)
	analyze := findTool(t, "systemd-analyze")
	said, err := exec.CommandContext(t.Context(), analyze, "security", "--offline=true", "--threshold=25", "--no-pager", file).CombinedOutput()
	require.NoError(t, err, string(said))
	level := regexp.MustCompile(`exposure level for roombot.service: ([0-9.]+)`).FindStringSubmatch(string(said))
	require.NotNil(t, level, string(said))

	version, err := exec.CommandContext(t.Context(), analyze, "--version").Output()
	require.NoError(t, err)
	stated := regexp.MustCompile(`exposure level ([0-9.]+)\*{0,2}\s+\(systemd (\d+)`).FindStringSubmatch(readRepositoryFile(t, "docs", "security.md"))
	require.NotNil(t, stated, "the document has the figure")
	if strings.HasPrefix(string(version), "systemd "+stated[2]+" ") {
		require.Equal(t, stated[1], level[1])
	}
}

func TestServiceUnitRunsTheProgramAsTheGuideSays(t *testing.T) {
	t.Parallel()
	start := unitSettings(t, "ExecStart")
	require.Len(t, start, 1)
	requireUsage(t, rootCommand(streams{}), strings.TrimPrefix(start[0], "/usr/local/bin/roombot "))
	require.Equal(t, []string{"2 64"}, unitSettings(t, "RestartPreventExitStatus"))
	require.Equal(t, []int{2, 64}, []int{exitRejected, exitUsage})
}

// allowedCalls are the names of the system calls that the unit's filters let pass.
func allowedCalls(t *testing.T) (allowed []string) {
	t.Helper()
	groups := map[string][]string{}
	said, err := exec.CommandContext(t.Context(), findTool(t, "systemd-analyze"), "syscall-filter", "--no-pager").Output()
	require.NoError(t, err)
	name := ""
	for line := range strings.Lines(string(said)) {
		switch entry := strings.TrimSpace(line); {
		case strings.HasPrefix(line, "@"):
			name = entry
		case entry != "" && !strings.HasPrefix(entry, "#"):
			groups[name] = append(groups[name], entry)
		}
	}
	filters := unitSettings(t, "SystemCallFilter")
	require.NotEmpty(t, filters)
	for _, filter := range filters {
		entries, removes := strings.CutPrefix(filter, "~")
		for _, call := range expandCalls(groups, strings.Fields(entries)) {
			if removes {
				allowed = slices.DeleteFunc(allowed, func(other string) bool { return other == call })
			} else {
				allowed = append(allowed, call)
			}
		}
	}
	require.Greater(t, len(allowed), 100)
	return allowed
}

// expandCalls replaces groups of system calls by their members.
func expandCalls(groups map[string][]string, entries []string) (calls []string) {
	for _, entry := range entries {
		if strings.HasPrefix(entry, "@") {
			calls = append(calls, expandCalls(groups, groups[entry])...)
		} else {
			calls = append(calls, entry)
		}
	}
	return calls
}

// beginRestricted starts the program under strace, which has each system call that the unit forbids
// fail as the kernel would under systemd, and records all calls.
func beginRestricted(t *testing.T, record string, args ...string) *running {
	t.Helper()
	strace := findTool(t, "strace")
	filter := "!?" + strings.Join(allowedCalls(t), ",?") // "?" has it pass over names that it does not know
	options := []string{"-f", "-qq", "-o", record, "-e", "signal=none", "-e", "trace=all", "-e", "inject=" + filter + ":error=EPERM"}
	c := process(context.WithoutCancel(t.Context()), args...)
	c.Path, c.Args = strace, append(append([]string{"strace"}, options...), c.Args...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	t.Cleanup(func() { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }) // the traced one too
	return beginCommand(t, c)
}

func TestProgramWorksUnderTheRestrictionsOfItsUnit(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a traced program is slow")
	}
	dir, record := startSandbox(t), filepath.Join(t.TempDir(), "calls")
	bot := beginRestricted(t, record, "run", "--config", filepath.Join(dir, "config.json"))
	bot.line("a feed was created")

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	world := client.New(podAddress(t, dir))
	defer world.Close()
	said, err := world.Says(ctx, "bob", `/newroom "Restricted" @alice group:"Test Group"`)
	require.NoError(t, err)
	_, err = said.Sees(ctx, "✓ Restricted")
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(-bot.cmd.Process.Pid, syscall.SIGTERM))
	<-bot.ended
	require.Zero(t, bot.cmd.ProcessState.ExitCode(), "it ends in order")
	requireRestraint(t, record, dir)
}

// podAddress is where the sandbox of a configuration answers.
func podAddress(t *testing.T, dir string) string {
	t.Helper()
	var c struct {
		Host string
		Port int
	}
	content, err := os.ReadFile(filepath.Join(dir, "config.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(content, &c))
	return fmt.Sprintf("http://%s:%d", c.Host, c.Port)
}

// requireRestraint requires that the program did nothing that the unit's other settings forbid:
// memory that can be written and executed, sockets of other families, files outside of the store's
// folder.
func requireRestraint(t *testing.T, record, dir string) {
	t.Helper()
	content, err := os.ReadFile(record)
	require.NoError(t, err)
	text := string(content)
	require.Contains(t, text, "openat(", "the calls are recorded")
	t.Log(len(text), "bytes of calls; forbidden ones that failed:", regexp.MustCompile(`[a-z0-9_]+\([^\n]*\(INJECTED\)`).FindAllString(text, 5))

	require.NotRegexp(t, `(?:mmap|mprotect)\([^\n]*PROT_WRITE\|PROT_EXEC`, text, "MemoryDenyWriteExecute")
	require.NotRegexp(t, `mprotect\([^\n]*PROT_EXEC`, text, "MemoryDenyWriteExecute")
	families := unitSettings(t, "RestrictAddressFamilies")
	require.Len(t, families, 1)
	for _, socket := range regexp.MustCompile(`\bsocket\((AF_\w+)`).FindAllStringSubmatch(text, -1) {
		require.Contains(t, strings.Fields(families[0]), socket[1], "RestrictAddressFamilies")
	}
	opened := regexp.MustCompile(`openat\(AT_FDCWD, "([^"]+)", [^)\n]*(?:O_WRONLY|O_RDWR|O_CREAT)`).FindAllStringSubmatch(text, -1)
	require.NotEmpty(t, opened)
	for _, file := range opened {
		require.True(t, strings.HasPrefix(file[1], dir+"/"), "ProtectSystem: %s", file[1])
	}
}
