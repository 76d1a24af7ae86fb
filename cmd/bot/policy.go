package main

import (
	"context"
	"encoding/json"
	"fmt"
	stdio "io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"roombot/bot/config/schema"
	"roombot/bot/policy"
	"roombot/bot/policy/request"
	"roombot/commands"
)

func policyCommand(io streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "policy",
		Short: "Check, test and ask a policy, before the bot uses it",
		Long: `Works on a policy's file alone, unless --config names the configuration of a bot: then
its store and Symphony are asked, beside a running bot. docs/policy.md says how a
policy is written.`,
		Args: refuseUnknownSubcommand,
		RunE: func(*cobra.Command, []string) error {
			return usageError("%s policy check, test, can, diff, grants or why?", programName)
		},
	}
	c.AddCommand(policyCheck(io), policyTest(io), policyCan(io), policyDiff(io), policyWhy(io), policyGrants(io))
	for _, sub := range c.Commands() {
		makeUsageErrors(sub)
	}
	return c
}

// readPolicy compiles the policy of a file, without running its tests.
func readPolicy(path string) (*policy.Policy, error) {
	content, err := schema.ReadFile(path)
	if err != nil {
		return nil, err
	}
	rules, err := policy.Parse(path, content, os.LookupEnv)
	if err != nil {
		return nil, err
	}
	return policy.Compile(rules, policy.Options{Commands: commandNames()})
}

// question is who asks for what, and where, by the flags of `policy can`.
type question struct {
	file, user, email, in string
	config                string // whose Symphony is asked; empty for none
	groups                []string
	external, asJSON      bool
	usedHour, usedDay     int
	people                int // with those behind groups; 0 for those named
}

func policyCan(io streams) *cobra.Command {
	var q question
	c := &cobra.Command{
		Use:   "can {--policy FILE | --config FILE} [flags] COMMAND",
		Short: "Say what a policy decides about a command, and why",
		Long: `Prints the decision, the rule, and each condition. With --policy alone people and
groups are as the flags and the command say: nothing is looked up. People whom the
command names are in no group, and who is behind its groups is not known: a condition
that turns on it refuses; --people says how many there are. With --config
Symphony is asked who --user or --email is, which groups they are in, and whom the
command names, with those behind groups; the policy is that of the configuration,
unless --policy names another. Nothing is written to the pod.

Exit codes: 0 the command is allowed, 1 it is not, 3 that could not be found out, such as
where the policy is missing or faulty, 64 wrong usage. Where only tests of the policy
fail, the decision is printed, and the exit code is 3: a bot would not take that policy.`,
		Example: `  bot policy can --policy policy.json --user kim --group "FX EMEA" '/newroom "Q2" @bob external:yes'
  bot policy can --config config.json --user kim '/newroom "Q2" @bob group:"Test Group"'`,
		Args: requireOneCommand,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := refuseEmptyFlags(cmd, "policy", "config", "user", "email", "group"); err != nil {
				return err
			}
			p, d, err := q.decide(cmd.Context(), io.err, args[0])
			if err != nil {
				return asUnanswered(err)
			}
			if err := q.print(io.out, p, d); err != nil {
				return err
			}
			if err := q.checkTests(p); err != nil {
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
	f.StringVarP(&q.config, "config", "c", "", "configuration of a bot: ask its Symphony about people and groups")
	f.StringVar(&q.user, "user", "", "who asks: a username; with --config also a user id")
	f.StringVar(&q.email, "email", "", "their e-mail address")
	f.StringArrayVar(&q.groups, "group", nil, "a group that they are in; may be given several times")
	f.BoolVar(&q.external, "external", false, "they are of another company")
	f.StringVar(&q.in, "in", "im", "where they ask: im, room:NAME or roomid:ID")
	f.IntVar(&q.people, "people", 0, "how many people come together with those behind groups; without it, nobody knows")
	f.IntVar(&q.usedHour, "used-hour", 0, "rooms that they have asked for in the last hour")
	f.IntVar(&q.usedDay, "used-day", 0, "rooms that they have asked for in the last day")
	f.BoolVar(&q.asJSON, "json", false, "print JSON")
	_ = c.MarkFlagFilename("policy", "json", "yaml", "yml")
	_ = c.MarkFlagFilename("config", "json", "yaml", "yml")
	return c
}

// checkTests is the error of a policy's file whose own tests fail, so that no bot would decide as
// it says. That of a configuration is not read in that case.
func (q question) checkTests(p *policy.Policy) error {
	if q.file == "" {
		return nil
	}
	if failed := len(p.RunTests(request.Reader())); failed > 0 {
		return exitError{exitNotFound, fmt.Errorf("%d of the %d tests of %s fail, so that the bot would not take this policy: %s policy test %s says which", failed, len(p.Tests()), q.file, programName, q.file)}
	}
	return nil
}

// requireOneCommand refuses a question without a command, and one that the shell has split.
func requireOneCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf(`%s COMMAND: write what is asked about between single quotes, such as '/newroom "Q2" @bob'`, c.CommandPath())
	}
	return requireOneMessage(c, args)
}

// refuseEmptyFlags refuses flags that are given without a value, as by a variable that is not set:
// an answer would be about somebody else.
func refuseEmptyFlags(c *cobra.Command, names ...string) error {
	for _, name := range names {
		flag := c.Flags().Lookup(name)
		values := []string{flag.Value.String()}
		if list, ok := flag.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		if flag.Changed && slices.ContainsFunc(values, func(v string) bool { return strings.TrimSpace(v) == "" }) {
			return usageError("--%s is empty: give it a value, or leave it out", name)
		}
	}
	return nil
}

// asUnanswered gives an error the exit code of what could not be found out, where 1 is an answer.
func asUnanswered(err error) error {
	if err == nil || exitCode(err) != exitFailed {
		return err
	}
	return exitError{exitNotFound, err}
}

// decide asks the policy of the file alone, or with what Symphony tells of people and groups.
func (q question) decide(ctx context.Context, warnings stdio.Writer, line string) (*policy.Policy, policy.Decision, error) {
	if q.config != "" {
		return q.decideOnline(ctx, warnings, line)
	}
	if q.file == "" {
		return nil, policy.Decision{}, usageError("%s policy can: name a policy with --policy, or a configuration with --config", programName)
	}
	p, err := readPolicy(q.file)
	if err != nil {
		return nil, policy.Decision{}, err
	}
	query, err := q.query(line)
	if err != nil {
		return nil, policy.Decision{}, err
	}
	if d, decided := request.DecideWithoutRules(new(commands.Env).Commands(), query.Command, p.IsAdmin(query.User)); decided {
		return p, d, nil
	}
	if q.email == "" && !q.external && p.NamesAddresses() {
		fmt.Fprintln(warnings, "! the policy has rules about addresses: without --email they are taken not to be about who asks")
	}
	return p, p.Decide(query), nil
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
	if q.people < 0 || q.usedHour < 0 || q.usedDay < 0 {
		return policy.Query{}, usageError("--people, --used-hour and --used-day are no less than 0")
	}
	if plan != nil && q.people > 0 {
		if q.people < plan.People {
			return policy.Query{}, usageError("--people %d: with who asks, the command names %d", q.people, plan.People)
		}
		plan.People, plan.PeopleUnknown = q.people, false
	}
	who := policy.PersonByNames(q.user, q.email, q.groups...)
	who.External = q.external
	return policy.Query{User: who, Where: where, Command: command, Plan: plan, Used: &policy.Used{Hour: q.usedHour, Day: max(q.usedDay, q.usedHour)}}, nil
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
	// Approvers are who may approve, as the rule names them, where the decision is to ask for that.
	Approvers []string `json:"approvers,omitempty"`
	// Next is when a limit that is reached lets the person open a room again. The flags say how many
	// rooms there were, and not when, so it is known only by when. Of a decision of the record it
	// counts from then.
	Next string `json:"next,omitempty"`
}

type checkJSON struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Open bool   `json:"open,omitempty"` // not known before the request is planned
}

func (q question) print(out stdio.Writer, p *policy.Policy, d policy.Decision) error {
	if q.asJSON {
		return json.NewEncoder(out).Encode(newDecisionJSON(d, p.Version()))
	}
	lines := d.Explain()
	if len(d.Approvers) > 0 {
		lines = append(lines, "  may approve: "+strings.Join(d.Approvers, ", "))
	}
	if next := describeNext(d.NextWithin); next != "" {
		lines = append(lines, "  next room: "+next)
	}
	_, err := fmt.Fprintf(out, "%s\nBy policy version %s.\n", strings.Join(lines, "\n"), p.Version())
	return err
}

// describeNext says by when a limit admits again; empty where none is reached.
func describeNext(within time.Duration) string {
	switch {
	case within == 0:
		return ""
	case within == time.Hour:
		return "within an hour"
	}
	return fmt.Sprintf("within %.0f hours", within.Hours())
}

func newDecisionJSON(d policy.Decision, version string) decisionJSON {
	checks := make([]checkJSON, len(d.Checks))
	for i, c := range d.Checks {
		checks[i] = checkJSON{c.What, c.OK, c.Open}
	}
	return decisionJSON{d.Outcome(), d.Rule, d.Line, d.Nearest, version, d.Why(), checks, d.Approvers, describeNext(d.NextWithin)}
}
