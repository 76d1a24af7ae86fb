package main

import "github.com/spf13/cobra"

// Shells offer for a flag what it takes. The names are those of flags that exist,
// so that there is no error; a test completes each.

func completeFiles(c *cobra.Command, flag string, endings ...string) {
	_ = c.MarkFlagFilename(flag, endings...)
}

func completeFolders(c *cobra.Command, flag string) { _ = c.MarkFlagDirname(flag) }

func completeWords(c *cobra.Command, flag string, words ...cobra.Completion) {
	_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// disableFileCompletion keeps shells from offering files as arguments: no command takes any.
func disableFileCompletion(c *cobra.Command) {
	if c.ValidArgsFunction == nil {
		c.ValidArgsFunction = cobra.NoFileCompletions
	}
	for _, sub := range c.Commands() {
		disableFileCompletion(sub)
	}
}
