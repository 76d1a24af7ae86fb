package main

import (
	"context"
	"encoding/json"
	"fmt"
	stdio "io"
	"math"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"roombot/bot/engine"
	"roombot/commands"
)

func jobsList(io streams, path *string) *cobra.Command {
	var state string
	var limit int
	var asJSON bool
	var who jobsFilter
	c := &cobra.Command{
		Use:   "list",
		Short: "List unfinished and failed jobs, the newest first",
		Long: `Lists unfinished and failed jobs, the newest first. States:

    waiting     for an earlier job of its chat
    ready       for a worker, for the end of a pause, or for a newer version of
                the bot that has worked on it
    held        by a pause; see bot resume
    running     an attempt is under way
    reporting   failed or cancelled, and the user is about to be told
    failed      failed or cancelled, and the user has been told
    done        answered, which is also what a refusal is

--user lists the jobs of one person, given by user id, username or e-mail
address; Symphony is asked for the last two. Who asked for a job that is done,
and its room, come from the audit record, which has the requests that write and
those that were refused.

Without --since the newest 100 of each state are listed, and the standard error says
where there are more.`,
		Example: "  bot jobs list --state failed --since 24h\n  bot jobs list --user jane.doe@example.com\n  bot jobs list --state done --since 7d",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			states, err := statesOf(state)
			if err == nil {
				err = checkLimit(limit)
			}
			if err != nil {
				return err
			}
			if limit == 0 || who.since != "" && !cmd.Flags().Changed("limit") {
				limit = math.MaxInt32
			}
			filters, err := who.filters(cmd.Context(), *path, time.Now())
			if err != nil {
				return err
			}
			return inspect(cmd.Context(), *path, func(ctx context.Context, store *engine.Inspector) error {
				found, isCut, err := jobsIn(ctx, store, states, limit, who.withRecord(filters))
				if err == nil {
					found, err = who.chooseByRecord(ctx, store, found, filters)
				}
				if len(found) > limit && who.needsRecord() {
					found, isCut = found[:limit], true
				}
				switch {
				case err != nil:
					return err
				case asJSON:
					err = json.NewEncoder(io.out).Encode(found)
				case len(found) == 0 && state == "" && who == (jobsFilter{}):
					_, err = fmt.Fprintln(io.out, "Nothing is unfinished or has failed; --state all shows what is done.")
				default:
					err = printJobs(io.out, found, time.Now())
				}
				if err == nil && isCut {
					_, err = fmt.Fprintf(io.err, "! %d jobs are shown, the newest, and there are more: --limit 0 shows all, --since chooses a time\n", len(found))
				}
				return err
			})
		},
	}
	c.Flags().StringVar(&state, "state", "", "only these: waiting, ready, held, running, reporting, failed, done, all (default all but done)")
	c.Flags().StringVar(&who.user, "user", "", "only those of this person: user id, username or e-mail address")
	c.Flags().StringVar(&who.since, "since", "", "only those received since then: "+momentForms)
	c.Flags().StringVar(&who.until, "until", "", "only those received before then, written like --since")
	c.Flags().StringVar(&who.room, "room", "", "only those that opened or changed this room, by its stream id, also as its link has it")
	c.Flags().IntVar(&limit, "limit", 100, "how many of each state at most, the newest; 0 for all, as with --since")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// statesOf are the states to list; by default those that an operator may have to look at.
func statesOf(wanted string) ([]engine.JobState, error) {
	open := []engine.JobState{engine.Waiting, engine.Ready, engine.Held, engine.Running, engine.Reporting, engine.Failed}
	switch {
	case wanted == "":
		return open, nil
	case wanted == "all":
		return []engine.JobState{""}, nil
	case slices.Contains(append(open, engine.Done), engine.JobState(wanted)):
		return []engine.JobState{engine.JobState(wanted)}, nil
	}
	return nil, usageError("--state %q: there are waiting, ready, held, running, reporting, failed, done and all", wanted)
}

// jobsIn lists the newest jobs of each state, and reports whether some are left out.
func jobsIn(
	ctx context.Context, store *engine.Inspector, states []engine.JobState, limit int, filters []engine.Filter,
) (all []job, isCut bool, err error) {
	all = []job{}
	for _, state := range states {
		for _, f := range filters {
			most := max(f.Limit, limit)
			f.State, f.Limit = state, min(most, math.MaxInt32-1)+1 // one more tells that there are more
			found, err := store.List(ctx, f)
			if err != nil {
				return nil, false, err
			}
			if len(found) > most {
				found, isCut = found[:most], true
			}
			for _, s := range found {
				all = append(all, job{Request: commands.NewRequestID(s.ID), Summary: s})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b job) int { return b.Received.Compare(a.Received) })
	return all, isCut, nil
}

func printJobs(out stdio.Writer, all []job, now time.Time) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, "Nothing here.")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "REQUEST\tSTATE\tATTEMPTS\tAGE\tUSER\tROOM\tLAST ERROR")
	for _, j := range all {
		user := ""
		if j.User != 0 {
			user = strconv.FormatInt(j.User, 10)
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\t%s\n",
			j.Request, j.State, j.Attempts, formatSeconds(now.Sub(j.Received).Seconds()), user, j.Room, j.LastError)
	}
	return w.Flush()
}
