package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"roombot/bot"
	"roombot/bot/engine"
	"roombot/symphony"
)

// mentionsHint is for those who give no user id, where Symphony does not tell it.
const mentionsHint = "Mentions are stored by number only: give the user id to erase these as well."

func forgetCommand(io streams) *cobra.Command {
	var path, user string
	c := &cobra.Command{
		Use:   "forget --user PERSON",
		Short: "Erase what the store holds of a person",
		Long: `Erases the text, the plan and the answer of each failed job that the person
asked for or is named in. It can no longer be retried; ids and times stay until
roombot.retention.commands is over, so that nothing runs twice. Unfinished jobs
end as usual, and are erased then, also if they fail. Of answered ones nothing is
left to erase but facts of the audit record (names, addresses, what was typed, what
an approver was shown): of each request that the person asked for, is named in, was
let in by or was to approve, all are erased; the record still verifies. A request
that is not finished may add some later: repeat this when it has ended.

The person is given by user id, username or e-mail address, which are compared
as a whole. Titles in quotes do not count. Symphony is asked for the other two.
Where it does not tell them, a job that names the person by another of the three
is found only if some job tells that both are theirs.
` + mentionsHint + `

This works beside a running bot. Messages and rooms in Symphony, logs and backups
are not touched.`,
		Example: "  bot forget --user jane.doe@example.com",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if user = strings.TrimSpace(user); user == "" {
				return usageError("%s forget --user PERSON: write a user id, a username or an e-mail address", programName)
			}
			operator := operatorName()
			return inspect(engine.WithOperator(cmd.Context(), operator), path, func(ctx context.Context, store *engine.Inspector) error {
				names, unreached := namesOf(ctx, path, user)
				f, unfinished := store.Forget(ctx, bot.JobsConcerning(append(names, user)...))
				_, notID := symphony.ParseUserID(user)
				switch {
				case unfinished != nil && f.IsNothing():
					return unfinished
				case len(names) == 0 && notID != nil && f.IsNothing():
					return unknownPerson(user, "the store", unreached, ": nothing was erased. "+mentionsHint)
				}
				_, err := fmt.Fprintf(io.out, "%d failed jobs were erased, %d unfinished ones will be when they end.\n", f.Erased, f.AtEnd)
				if f.Facts > 0 {
					_, told := fmt.Fprintf(io.out, "The facts of %s of the audit record were erased.\n", countEntries(int64(f.Facts)))
					err = errors.Join(err, told)
				}
				if f.Grants > 0 {
					_, told := fmt.Fprintf(io.out, "Grants, and requests for one, whose details were erased: %d.\n", f.Grants)
					err = errors.Join(err, told)
				}
				if notID != nil && len(names) == 0 {
					_, hinted := fmt.Fprintln(io.out, mentionsHint)
					err = errors.Join(err, hinted)
				}
				for _, id := range f.Jobs {
					err = errors.Join(err, auditAct(ctx, io.err, path, engine.Act{Name: "forget", Operator: operator, Job: id}))
				}
				return errors.Join(err, unfinished)
			})
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&user, "user", "", "user id, username or e-mail address")
	makeUsageErrors(c)
	return c
}

// lookupTimeout bounds asking Symphony who somebody is.
const lookupTimeout = 10 * time.Second

// namesOf are the ids, usernames and e-mail addresses that Symphony has of a person, none where it
// does not know them or could not be asked, which unreached tells.
func namesOf(ctx context.Context, path, person string) (names []string, unreached error) {
	users, unreached := askWhoIs(ctx, path, person)
	for _, u := range users {
		names = append(names, u.ID.String(), u.Username, u.Email)
	}
	return names, unreached
}

// askWhoIs asks the Symphony of a configuration who a person is.
func askWhoIs(ctx context.Context, path, person string) ([]symphony.User, error) {
	c, err := loadConfigWithoutPolicy(path)
	if err == nil {
		err = refusePlainHTTP(c)
	}
	if err != nil {
		return nil, err
	}
	client, err := newClient(c, zerolog.Nop())
	if err != nil {
		return nil, err
	}
	defer client.Close()
	defer logOut(ctx, client)
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	return lookUpPerson(ctx, client, person)
}

func lookUpPerson(ctx context.Context, client *symphony.Client, person string) ([]symphony.User, error) {
	if id, err := symphony.ParseUserID(person); err == nil {
		return client.UsersByID(ctx, id)
	}
	if strings.Contains(person, "@") {
		return client.UsersByEmail(ctx, person)
	}
	return client.UsersByUsername(ctx, person)
}
