package main

import (
	"context"
	"encoding/json"
	"fmt"
	stdio "io"
	"time"

	"github.com/spf13/cobra"

	"roombot/bot"
	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/commands"
)

func policyWhy(io streams) *cobra.Command {
	var path string
	var asJSON bool
	c := &cobra.Command{
		Use:   "why REQUEST",
		Short: "Say why a request was allowed or refused",
		Long: `Reads the audit record in the store of the bot, beside a running bot: what the
policy decided about a request, by which rule and version, each condition, and what
would have made it fit. REQUEST is the number that the user reads in the answer. The
record has the requests that write and those that were refused. Ends with 0 where the
request was allowed, with 1 where it was not, with 3 where the record does not have it,
with 64 where REQUEST is no such number.`,
		Example: "  bot policy why 5k9d-02mx-q7ht",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			number, err := parseRequest(args[0])
			if err != nil {
				return err
			}
			found, err := findDecision(cmd.Context(), path, number)
			if err != nil {
				return err
			}
			if asJSON {
				err = json.NewEncoder(io.out).Encode(found.json())
			} else {
				err = found.print(io.out)
			}
			if err == nil && !found.Decision.Allowed {
				return exitError{exitFailed, errReported}
			}
			return err
		},
	}
	configFlag(c, &path)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// recordedDecision is what the record has of a request: the decision that counts, and how it ended.
type recordedDecision struct {
	bot.PastDecision
	approval string // what has become of the approval that it wants or has; empty for none
	outcome  string // code of the answer; empty while there is none
}

func findDecision(ctx context.Context, path, request string) (found recordedDecision, err error) {
	err = inspect(ctx, path, func(ctx context.Context, store *engine.Inspector) error {
		return store.ListEntries(ctx, engine.EntryFilter{Request: request}, func(s engine.StoredEntry) (err error) {
			switch s.Kind {
			case audit.Decision:
				found.PastDecision, err = bot.ReadDecision(s)
			case audit.Approval:
				state, isTold, err := bot.ReadApproval(s)
				if err != nil {
					return err
				}
				if isTold {
					found.approval = state.String()
				}
			case audit.Answer:
				var body struct{ Outcome string }
				err = json.Unmarshal(s.Body, &body)
				found.outcome = body.Outcome
			}
			return err
		})
	})
	if err == nil && found.Request == "" {
		err = exitError{exitNotFound, fmt.Errorf("the record has no decision about %q: it has the requests that write and those that were refused", request)}
	}
	return found, err
}

// recordedJSON is a decision of the record as --json prints it.
type recordedJSON struct {
	decisionJSON
	Request  string       `json:"request"`
	At       time.Time    `json:"at"`
	User     int64        `json:"user"`
	Name     string       `json:"name,omitempty"`
	Command  string       `json:"command"`
	Typed    string       `json:"typed,omitempty"`
	Granted  *grantedJSON `json:"granted,omitempty"`  // where a grant admits, and it is known who has made it
	Approval string       `json:"approval,omitempty"` // what has become of it, in words
	Outcome  string       `json:"outcome,omitempty"`  // code of the answer
}

// grantedJSON says who has made a grant, and when.
type grantedJSON struct {
	Grant int64     `json:"grant"`
	By    int64     `json:"by"`
	Name  string    `json:"name,omitempty"`
	At    time.Time `json:"at"`
}

func newGrantedJSON(g *commands.StoryGrant) *grantedJSON {
	if g == nil {
		return nil
	}
	return &grantedJSON{Grant: g.N, By: int64(g.By.ID), Name: g.By.Name, At: g.At}
}

func (r recordedDecision) json() recordedJSON {
	return recordedJSON{
		decisionJSON: newDecisionJSON(r.Decision, r.Version), Request: r.Request, At: r.At, User: r.User, Name: r.Name,
		Command: r.Command, Typed: r.Typed, Granted: newGrantedJSON(r.Granted), Approval: r.approval, Outcome: r.outcome,
	}
}

func (r recordedDecision) print(out stdio.Writer) error {
	lines := []string{fmt.Sprintf("%s of %s, /%s of %s:", r.Request, nameAndNumber(r.Name, r.User), r.Command, r.At.UTC().Format(time.RFC3339))}
	if r.Typed != "" {
		lines = append(lines, "  "+fmt.Sprintf("%q", r.Typed))
	}
	lines = append(lines, r.Decision.Explain()...)
	if next := describeNext(r.Decision.NextWithin); next != "" {
		lines = append(lines, "  next room: "+next+" of then")
	}
	by := "By policy version " + r.Version
	if r.Decision.Line > 0 {
		by += fmt.Sprintf(", line %d", r.Decision.Line)
	}
	lines = append(lines, by+".")
	if g := r.Granted; g != nil {
		lines = append(lines, fmt.Sprintf("Grant %d was given by %s on %s.", g.N, nameAndNumber(g.By.Name, int64(g.By.ID)), g.At.UTC().Format(time.RFC3339)))
	}
	if r.approval != "" {
		lines = append(lines, "What has become of the approval: "+r.approval)
	}
	if r.outcome != "" {
		lines = append(lines, "The answer was: "+r.outcome+".")
	}
	if !r.IsWhole {
		lines = append(lines, "What was personal is erased, or was kept by an earlier version without all of it.")
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

// nameAndNumber names an account; by its number alone where the name is not known.
func nameAndNumber(name string, id int64) string {
	if name == "" {
		return fmt.Sprint(id)
	}
	return fmt.Sprintf("%s (%d)", name, id)
}
