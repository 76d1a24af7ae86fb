package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	stdio "io"
	"math"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"roombot/bot/engine"
	"roombot/commands"
)

func jobsCommand(io streams) *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "jobs",
		Short: "Look at the jobs on record, try them again or end them",
		Long: `Looks into the store of the bot (roombot.store). A job is what the bot keeps of a
request. ID is the request number that the user reads in the answer, such as
5k9d-02mx-q7ht, or the id of the message; before one that begins with a dash
write --.

All of them work beside a running bot, which carries retry and cancel out within
a second; one that is not running does so at its next start. Who has retried or
cancelled a job stands in the log of the bot.`,
		Args: refuseUnknownSubcommand,
		RunE: func(*cobra.Command, []string) error {
			return usageError("%s jobs list, show, retry or cancel?", programName)
		},
	}
	configFlag(c, &path)
	c.AddCommand(
		jobsList(io, &path), jobsShow(io, &path),
		jobsChange(io, &path, "retry", "Try a failed job again; what it has done is not repeated", "will be tried again", (*engine.Inspector).Retry),
		jobsChange(io, &path, "cancel", "End a job that is not finished; what it has done stays, the user is told", "will be ended", (*engine.Inspector).Cancel),
	)
	for _, sub := range c.Commands() {
		makeUsageErrors(sub)
	}
	return c
}

// job is an engine's job as administrators see it.
type job struct {
	Request commands.RequestID `json:"request"` // what the user reads
	engine.Summary
	User  int64         `json:"user,omitempty"` // who asked, where the audit record tells
	Room  string        `json:"room,omitempty"` // that was opened or changed, by the audit record
	Steps []engine.Step `json:"steps,omitempty"`
}

func jobsShow(io streams, path *string) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "show ID",
		Short: "Show one job with its steps",
		Args:  oneRequest,
		RunE: func(cmd *cobra.Command, args []string) error {
			return inspect(cmd.Context(), *path, func(ctx context.Context, store *engine.Inspector) error {
				found, err := findJob(ctx, store, args[0])
				switch {
				case err != nil:
					return err
				case asJSON:
					return json.NewEncoder(io.out).Encode(found)
				}
				return printJob(io.out, found, time.Now())
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// jobsChange is a subcommand that changes one job.
func jobsChange(io streams, path *string, name, short, done string, change func(*engine.Inspector, context.Context, string) error) *cobra.Command {
	return &cobra.Command{
		Use:   name + " ID",
		Short: short,
		Args:  oneRequest,
		RunE: func(cmd *cobra.Command, args []string) error {
			operator := operatorName()
			return inspect(engine.WithOperator(cmd.Context(), operator), *path, func(ctx context.Context, store *engine.Inspector) error {
				found, err := findJob(ctx, store, args[0])
				if err != nil {
					return err
				}
				if err := change(store, ctx, found.ID); err != nil {
					return fmt.Errorf("request %s, %s: %w", found.Request, found.State, err)
				}
				_, err = fmt.Fprintf(io.out, "%s %s.\n", found.Request, done)
				return errors.Join(err, auditAct(ctx, io.err, *path, engine.Act{Name: name, Operator: operator, Job: found.ID}))
			})
		},
	}
}

// oneRequest requires exactly one ID.
func oneRequest(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%s ID: write the one number that the user reads in the answer, such as 5k9d-02mx-q7ht", c.CommandPath())
	}
	return nil
}

// inspect opens the configured store and calls look.
func inspect(ctx context.Context, path string, look func(context.Context, *engine.Inspector) error) error {
	c, err := loadConfigWithoutPolicy(path)
	if err != nil {
		return err
	}
	address := c.Roombot.Store.Address
	if !address.IsPostgres() && isMissing(address.File()) {
		return exitError{exitNotFound, fmt.Errorf("there is no store %s: %s run makes it; look at roombot.store", address, programName)}
	}
	store, err := engine.Inspect(ctx, address)
	if err != nil {
		return err
	}
	err = look(ctx, store)
	if _, isOdd := errors.AsType[*engine.OddEntryError](err); isOdd {
		err = fmt.Errorf("%w: somebody has changed it; %s audit verify tells more", err, programName)
	}
	return errors.Join(err, store.Close())
}

// findJob finds a job by the id of its message, or by the number that the user reads.
func findJob(ctx context.Context, store *engine.Inspector, id string) (job, error) {
	detail, err := store.Show(ctx, id)
	if errors.Is(err, engine.ErrUnknown) {
		var message string
		if message, err = findByRequest(ctx, store, id); err == nil {
			detail, err = store.Show(ctx, message)
		}
	}
	if err != nil {
		return job{}, err
	}
	return job{Request: commands.NewRequestID(detail.ID), Summary: detail.Summary, Steps: detail.Steps}, nil
}

// findByRequest compares the number with that of every job, since the number does not give the id.
func findByRequest(ctx context.Context, store *engine.Inspector, typed string) (string, error) {
	wanted, err := parseRequest(typed)
	if err != nil {
		return "", fmt.Errorf("there is no job with that id, and %w", err)
	}
	all, err := store.List(ctx, engine.Filter{Limit: math.MaxInt32})
	if err != nil {
		return "", err
	}
	for _, s := range all {
		if string(commands.NewRequestID(s.ID)) == wanted {
			return s.ID, nil
		}
	}
	return "", exitError{exitNotFound, fmt.Errorf("no job %s; %s jobs list --state all shows them, finished ones until roombot.retention.commands is over", wanted, programName)}
}

func printJob(out stdio.Writer, j job, now time.Time) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, value)
		}
	}
	row("Request", string(j.Request))
	row("Message", j.ID)
	row("Conversation", j.Conversation)
	row("State", string(j.State))
	row("Attempts", fmt.Sprintf("%d failed or running, series %d", j.Attempts, j.Series))
	if j.Journal > 0 {
		row("Journal", fmt.Sprintf("version %d", j.Journal))
	}
	row("Received", formatAgo(now, j.Received)+", "+j.Received.UTC().Format(time.RFC3339))
	if !j.Finished.IsZero() {
		row("Finished", formatAgo(now, j.Finished))
	}
	row("Replica", j.Replica)
	row("Last error", j.LastError)
	for _, s := range j.Steps {
		outcome := "begun"
		if s.Done {
			outcome = "done"
		}
		row("Step", fmt.Sprintf("%s %s", s.Name, outcome))
	}
	return w.Flush()
}
