package main

import (
	"encoding/json"
	"fmt"
	stdio "io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"roombot/bot/config/schema"
	"roombot/bot/policy"
	"roombot/bot/policy/request"
)

func policyCommand(io streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "policy",
		Short: "Check, test and ask a policy, before the bot uses it",
		Long: `Works on a policy's file alone: nothing is looked up, no bot is needed. docs/policy.md
says how a policy is written.`,
		Args: refuseUnknownSubcommand,
		RunE: func(*cobra.Command, []string) error {
			return usageError("%s policy check, test or can?", programName)
		},
	}
	c.AddCommand(policyCheck(io), policyTest(io), policyCan(io))
	for _, sub := range c.Commands() {
		makeUsageErrors(sub)
	}
	return c
}

// readPolicy compiles the policy of a file, without running its tests.
func readPolicy(path string) (*policy.Policy, error) {
	rules, err := schema.Read(path, os.LookupEnv)
	if err != nil {
		return nil, err
	}
	return policy.Compile(rules, policy.Options{Commands: commandNames()})
}

func policyCheck(io streams) *cobra.Command {
	return &cobra.Command{
		Use:     "check FILE",
		Short:   "Report everything that is wrong with a policy, its failing tests included",
		Example: "  bot policy check policy.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := readPolicy(args[0])
			if err != nil {
				return err
			}
			if err := p.RunTests(request.Read).Err(); err != nil {
				return err
			}
			deny, allow := p.Rules()
			_, err = fmt.Fprintf(io.out, "✓ version %s: %d deny and %d allow rules, %d tests passed\n", p.Version(), deny, allow, len(p.Tests()))
			return err
		},
	}
}

func policyTest(io streams) *cobra.Command {
	return &cobra.Command{
		Use:     "test FILE",
		Short:   "Run the tests of a policy, and say what became of each",
		Example: "  bot policy test policy.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := readPolicy(args[0])
			if err != nil {
				return err
			}
			if len(p.Tests()) == 0 {
				return fmt.Errorf("%s has no tests: add \"tests\"", args[0])
			}
			failed := p.RunTests(request.Read)
			if _, err := fmt.Fprintf(io.out, "%d of %d tests passed\n", len(p.Tests())-len(failed), len(p.Tests())); err != nil {
				return err
			}
			return failed.Err()
		},
	}
}

// question is who asks for what, and where, by the flags of `policy can`.
type question struct {
	file, user, email, in string
	groups                []string
	external, asJSON      bool
	usedHour, usedDay     int
}

func policyCan(io streams) *cobra.Command {
	var q question
	c := &cobra.Command{
		Use:   "can --policy FILE [flags] COMMAND",
		Short: "Say what a policy decides about a command, and why",
		Long: `Prints the decision, the rule, and each condition. People and groups are as the
flags and the command say: nothing is looked up. Ends with 0 where the command is
allowed, with 1 where it is not.`,
		Example: `  bot policy can --policy policy.json --user kim --group "FX EMEA" '/newroom "Q2" @bob external:yes'`,
		Args:    requireOneMessage,
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := readPolicy(q.file)
			if err != nil {
				return err
			}
			query, err := q.query(args[0])
			if err != nil {
				return err
			}
			d := p.Decide(query)
			if err := q.print(io.out, p, d); err != nil {
				return err
			}
			if !d.Allowed {
				return exitError{exitFailed, errReported}
			}
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&q.file, "policy", "", "the policy's file")
	f.StringVar(&q.user, "user", "", "who asks: a username")
	f.StringVar(&q.email, "email", "", "their e-mail address")
	f.StringArrayVar(&q.groups, "group", nil, "a group that they are in; may be given several times")
	f.BoolVar(&q.external, "external", false, "they are of another company")
	f.StringVar(&q.in, "in", "im", "where they ask: im, room:NAME or roomid:ID")
	f.IntVar(&q.usedHour, "used-hour", 0, "rooms that they have asked for in the last hour")
	f.IntVar(&q.usedDay, "used-day", 0, "rooms that they have asked for in the last day")
	f.BoolVar(&q.asJSON, "json", false, "print JSON")
	_ = c.MarkFlagRequired("policy")
	_ = c.MarkFlagFilename("policy", "json", "yaml", "yml")
	return c
}

func (q question) query(line string) (policy.Query, error) {
	where, wrong := policy.ParsePlace(q.in)
	if wrong != nil {
		return policy.Query{}, usageError("--in %q %s: %s", q.in, wrong.What, wrong.Fix)
	}
	command, plan, err := request.Read(line)
	if err != nil {
		return policy.Query{}, usageError("%q: %v", line, err)
	}
	who := policy.PersonByNames(q.user, q.email, q.groups...)
	who.External = q.external
	return policy.Query{User: who, Where: where, Command: command, Plan: plan, Used: policy.Used{Hour: q.usedHour, Day: max(q.usedDay, q.usedHour)}}, nil
}

// decisionJSON is a decision as --json prints it.
type decisionJSON struct {
	Decision policy.Outcome `json:"decision"`
	Rule     string         `json:"rule,omitempty"`
	Line     int            `json:"line,omitempty"`
	Nearest  string         `json:"nearest,omitempty"` // the rule whose checks these are, where none decided
	Version  string         `json:"version"`
	Reason   string         `json:"reason,omitempty"`
	Checks   []checkJSON    `json:"checks"`
}

type checkJSON struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
}

func (q question) print(out stdio.Writer, p *policy.Policy, d policy.Decision) error {
	checks := make([]checkJSON, len(d.Checks))
	var text strings.Builder
	for i, c := range d.Checks {
		checks[i] = checkJSON{c.What, c.OK}
		mark := "✗"
		if c.OK {
			mark = "✓"
		}
		fmt.Fprintf(&text, "  %s %s\n", mark, c.What)
	}
	if q.asJSON {
		return json.NewEncoder(out).Encode(decisionJSON{d.Outcome(), d.Rule, d.Line, d.Nearest, p.Version(), d.Why(), checks})
	}
	_, err := fmt.Fprintf(out, "%s (policy version %s)\n%s", d.Summary(), p.Version(), text.String())
	return err
}
