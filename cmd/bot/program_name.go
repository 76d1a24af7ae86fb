package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// programName is the name by which the program was called, such as roombot: what it prints can be
// typed as it stands.
var programName = nameOfProgram(os.Args[0])

// nameOfProgram is the last part of a path, without the endings of programs and test programs.
func nameOfProgram(path string) string {
	name := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".exe"), ".test")
	if name == "" || name == "." || name == string(filepath.Separator) {
		return "bot"
	}
	return name
}

// programWithSubcommand finds the program's name in help texts, which are written with "bot".
var programWithSubcommand = regexp.MustCompile(`\bbot ([a-z]+)\b`)

// useProgramName puts the program's name into the help texts of a command and its subcommands.
func useProgramName(root *cobra.Command) {
	isSubcommand := map[string]bool{}
	for _, c := range root.Commands() {
		isSubcommand[c.Name()] = true
	}
	replace := func(text string) string {
		return programWithSubcommand.ReplaceAllStringFunc(text, func(found string) string {
			subcommand := strings.TrimPrefix(found, "bot ")
			if !isSubcommand[subcommand] {
				return found
			}
			return programName + " " + subcommand
		})
	}
	root.Use = programName
	visitCommands(root, func(c *cobra.Command) {
		c.Short, c.Long, c.Example = replace(c.Short), replace(c.Long), replace(c.Example)
		c.Flags().VisitAll(func(f *pflag.Flag) { f.Usage = replace(f.Usage) })
	})
}

func visitCommands(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		visitCommands(sub, visit)
	}
}
