package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// Forms in which documents show a call of the program: a line of a code block, or a code span.
var (
	usageLine = regexp.MustCompile(`(?m)^ {4,}(?:bot|go run \./cmd/bot|ExecStart=\S+/roombot) ([a-z].*)$`)
	usageSpan = regexp.MustCompile("`(?:sudo -u roombot roombot|bot) ([a-z][^`\n]*)`")
	flagSpan  = regexp.MustCompile("`--([a-z-]+)[^`\n]*`")
	usedFlag  = regexp.MustCompile(`(?:^| )--([a-z-]+)`)
)

func TestDocumentsNameExistingSubcommandsAndFlags(t *testing.T) {
	t.Parallel()
	root := rootCommand(streams{})
	var paths []string
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		found, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(pattern)))
		require.NoError(t, err)
		paths = append(paths, found...)
	}
	uses := 0
	for _, path := range paths {
		text := readRepositoryFile(t, strings.TrimPrefix(filepath.ToSlash(path), "../../"))
		for _, form := range []*regexp.Regexp{usageLine, usageSpan} {
			for _, found := range form.FindAllStringSubmatch(text, -1) {
				uses++
				requireUsage(t, root, found[1])
			}
		}
		for _, found := range flagSpan.FindAllStringSubmatch(text, -1) {
			isOption := found[1] == "option" // of a command in a chat
			require.True(t, isOption || hasFlag(root, found[1]), "%s: no subcommand has --%s", path, found[1])
		}
	}
	require.Greater(t, uses, 40)
}

// requireUsage requires that the words name a subcommand and flags of it. list|show stands for two
// subcommands.
func requireUsage(t *testing.T, root *cobra.Command, usage string) {
	t.Helper()
	usage, _, _ = strings.Cut(usage, " #")
	words := strings.Fields(usage)
	for last := range strings.SplitSeq(words[min(1, len(words)-1)], "|") {
		tried := words
		if len(words) > 1 {
			tried = []string{words[0], last}
		}
		found, _, err := root.Find(tried)
		require.NoError(t, err, "bot %s", usage)
		if found == root {
			require.Fail(t, "there is no such subcommand", "bot %s", usage)
		}
		require.False(t, found.HasSubCommands() && len(words) > 1, "bot %s", usage)
		for _, flag := range usedFlag.FindAllStringSubmatch(usage, -1) {
			require.NotNil(t, found.Flag(flag[1]), "bot %s: there is no --%s", usage, flag[1])
		}
	}
}

// hasFlag reports whether the command or one below it has the flag.
func hasFlag(c *cobra.Command, name string) bool {
	if c.Flag(name) != nil {
		return true
	}
	for _, sub := range c.Commands() {
		if hasFlag(sub, name) {
			return true
		}
	}
	return false
}
