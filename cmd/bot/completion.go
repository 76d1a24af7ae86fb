package main

import "github.com/spf13/cobra"

// The functions below tell shells what to offer for a flag. Their errors mean that there is no such
// flag, which a test of each would show.

func completeFolders(c *cobra.Command, flag string) { _ = c.MarkFlagDirname(flag) }

func completeWords(c *cobra.Command, flag string, words ...cobra.Completion) {
	_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// disableFileCompletion keeps shells from offering files as arguments, since no command takes any.
func disableFileCompletion(c *cobra.Command) {
	if c.ValidArgsFunction == nil {
		c.ValidArgsFunction = cobra.NoFileCompletions
	}
	for _, sub := range c.Commands() {
		disableFileCompletion(sub)
	}
}
