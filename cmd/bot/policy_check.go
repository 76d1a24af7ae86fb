package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"roombot/bot/config/schema"
	"roombot/bot/policy"
	"roombot/bot/policy/request"
)

const noAdminsWarning = "the policy names no administrators (admins): nobody is told when a text of it is faulty, and nobody may use /pause or /policy"

func policyCheck(io streams) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "check FILE",
		Short: "Report everything that is wrong with a policy",
		Long: `Reports misspelt words and everything else that is wrong with the text; where that is
right, the policy's own tests that fail, and rules that have no effect. Ends with 1 where
there is anything to report. A bot uses a policy in which rules have no effect;
administrators are told. It warns of a policy that names no administrators. Whether the
people and groups exist is not looked up: bot check does that.`,
		Example: "  bot policy check policy.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			p, faults, err := checkPolicyFile(args[0])
			switch {
			case err != nil:
				return err
			case asJSON:
				err = json.NewEncoder(io.out).Encode(newCheckedJSON(p, faults))
				if err == nil && len(faults) > 0 {
					err = errReported
				}
				return err
			case len(faults) > 0:
				return faults
			}
			if !p.HasAdmins() {
				fmt.Fprintln(io.err, "!", noAdminsWarning)
			}
			deny, allow := p.Rules()
			_, err = fmt.Fprintf(io.out, "✓ version %s: %d deny and %d allow rules, %d tests passed\n", p.Version(), deny, allow, len(p.Tests()))
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON: the faults, each with its place and remedy")
	return c
}

// checkPolicyFile finds all faults of a policy. The policy is nil where its text is wrong.
func checkPolicyFile(path string) (p *policy.Policy, faults schema.Problems, err error) {
	p, err = readPolicy(path)
	if err == nil {
		err = append(p.RunTests(request.Reader()), p.RulesWithoutEffect()...).Err()
	}
	if errors.As(err, &faults) {
		err = nil
	}
	return p, faults, err
}

// checkedJSON is what is found out about a policy as --json prints it.
type checkedJSON struct {
	Version  string      `json:"version,omitempty"` // none where the text is wrong
	Deny     int         `json:"deny"`              // how many rules
	Allow    int         `json:"allow"`
	Tests    int         `json:"tests"`
	Faults   []faultJSON `json:"faults"`
	Warnings []string    `json:"warnings"`
}

type faultJSON struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"` // none of the file as a whole
	Column int    `json:"column,omitempty"`
	Path   string `json:"path,omitempty"` // such as allow[0].who
	What   string `json:"what"`
	Remedy string `json:"remedy,omitempty"`
}

func newCheckedJSON(p *policy.Policy, faults schema.Problems) checkedJSON {
	checked := checkedJSON{Faults: []faultJSON{}, Warnings: []string{}}
	for _, f := range faults {
		checked.Faults = append(checked.Faults, faultJSON{f.File, f.Line, f.Column, f.Path, f.Message, f.Fix})
	}
	if p == nil {
		return checked
	}
	checked.Version, checked.Tests = p.Version(), len(p.Tests())
	checked.Deny, checked.Allow = p.Rules()
	if !p.HasAdmins() {
		checked.Warnings = append(checked.Warnings, noAdminsWarning)
	}
	return checked
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
			failed := p.RunTests(request.Reader())
			if _, err := fmt.Fprintf(io.out, "%d of %d tests passed\n", len(p.Tests())-len(failed), len(p.Tests())); err != nil {
				return err
			}
			return failed.Err()
		},
	}
}
