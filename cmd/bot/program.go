package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"roombot/rsa"
	"roombot/symphony"
)

// streams are the standard streams. Results go to out, everything else to err.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// Exit codes.
const (
	exitFailed   = 1
	exitRejected = 2 // Symphony rejected the credentials, or their passphrase is wrong
	exitNotFound = 3 // or not found out
	exitUsage    = 64
)

// exitError is an error that has an exit code.
type exitError struct {
	code int
	error
}

func (f exitError) Unwrap() error { return f.error }

func usageError(format string, args ...any) error {
	return exitError{exitUsage, fmt.Errorf(format, args...)}
}

// run runs the program and returns its exit code.
func run(ctx context.Context, args []string, io streams) int {
	root := rootCommand(io)
	root.SetArgs(args)
	err := refuseUnknownSubcommand(root, args)
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	if err == nil {
		return 0
	}
	code := exitCode(err)
	if !errors.Is(err, errReported) {
		fmt.Fprintln(io.err, programName+":", err)
	}
	if code == exitUsage {
		fmt.Fprintf(io.err, "`%[1]s help` lists the subcommands, `%[1]s SUBCOMMAND --help` explains one.\n", programName)
	}
	return code
}

// errReported ends a command that has printed its error already.
var errReported = errors.New("failed")

func exitCode(err error) int {
	if f, ok := errors.AsType[exitError](err); ok {
		return f.code
	}
	if errors.Is(err, symphony.ErrLoginRejected) || errors.Is(err, rsa.ErrPassphrase) {
		return exitRejected
	}
	return exitFailed
}

func rootCommand(io streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "bot",
		Short: "Opens Symphony rooms on command",
		Long: `Roombot opens rooms in Symphony when somebody types

    /newroom "Q2 Earnings" @alice group:"Test Group"

in a chat with it, and answers with the link.

    sandbox        try it now: a whole pod, the bot and a chat page, nothing to set up
    keygen         make the key pair of a service account
    check          test every precondition on a real pod, with remedies
    run            run the bot on a real pod
    status, jobs   show its health, and what became of a request
    pause, resume  stop it from changing anything, and let it go on
    policy         check, ask and compare what says who may do what
    audit          show who was let do what, and verify that record

Exit codes: 0 ok, 1 failed, 2 Symphony rejected the credentials or the key's passphrase
is wrong, 3 not found or not found out, 64 wrong usage.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
	}
	root.SetIn(io.in)
	root.SetOut(io.out)
	root.SetErr(io.err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		if strings.HasPrefix(err.Error(), "unknown shorthand flag") { // perhaps the id of a room or a job
			err = fmt.Errorf("%w; an id that begins with - is written behind --", err)
		}
		return exitError{exitUsage, err}
	})
	root.AddCommand(
		sandboxCommand(io), runCommand(io), checkCommand(io), keygenCommand(io), parseCommand(io), versionCommand(io),
		statusCommand(io), jobsCommand(io), policyCommand(io), auditCommand(io), pauseCommand(io), resumeCommand(io), forgetCommand(io), soakCommand(io), benchCommand(io),
	)
	for _, c := range root.Commands() {
		makeUsageErrors(c)
	}
	makeUsageErrors(root)
	disableFileCompletion(root)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	useProgramName(root)
	return root
}

// refuseUnknownSubcommand is the error of arguments that begin with no subcommand, with the one
// that is spelled nearly so. The flags after it may belong to that one.
func refuseUnknownSubcommand(c *cobra.Command, args []string) error {
	isSubcommand := func(sub *cobra.Command) bool { return sub.Name() == args[0] || sub.HasAlias(args[0]) }
	isHidden := func(name string) bool { return strings.HasPrefix(name, "__") } // what shells call to complete
	if len(args) == 0 || strings.HasPrefix(args[0], "-") || isHidden(args[0]) || slices.ContainsFunc(c.Commands(), isSubcommand) {
		return nil
	}
	c.SuggestionsMinimumDistance = 2
	near := c.SuggestionsFor(args[0])
	if len(near) == 0 {
		return usageError("there is no subcommand %q", args[0])
	}
	fixed := []string{c.CommandPath(), near[0]}
	for _, arg := range args[1:] {
		fixed = append(fixed, quoteForShell(arg))
	}
	return usageError("there is no subcommand %q. Did you mean `%s`?", args[0], strings.Join(fixed, " "))
}

// quoteForShell quotes an argument that a shell would not take as it stands.
func quoteForShell(arg string) string {
	if arg != "" && !strings.ContainsAny(arg, " \t\n\"'`$&|;<>()*?[]#~!\\{}") {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

// makeUsageErrors gives wrong arguments the exit code of wrong usage.
func makeUsageErrors(c *cobra.Command) {
	validate := c.Args
	c.Args = func(cmd *cobra.Command, args []string) error {
		if validate == nil {
			return nil
		}
		if err := validate(cmd, args); err != nil {
			return exitError{exitUsage, err}
		}
		return nil
	}
}
