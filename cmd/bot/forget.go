package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"roombot/bot"
	"roombot/bot/engine"
)

func forgetCommand(io streams) *cobra.Command {
	var path, user string
	c := &cobra.Command{
		Use:   "forget --user PERSON",
		Short: "Erase what the store holds of a person",
		Long: `Erases the text, the plan and the answer of each failed job that the person
asked for or is named in. It can no longer be retried; ids and times stay until
roombot.retention.commands is over, so that nothing runs twice. Unfinished jobs
end as usual, and are erased then, also if they fail. Of answered ones nothing is
left to erase.

The person is given by user id, username or e-mail address. A job that names
them by another of the three is found where some job tells that both are theirs.
This works beside a running bot. Messages and rooms in Symphony, logs and backups
are not touched.`,
		Example: "  bot forget --user jane.doe@example.com",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if user == "" {
				return usageError("bot forget --user PERSON: write a user id, a username or an e-mail address")
			}
			operator := operatorName()
			return inspect(engine.WithOperator(cmd.Context(), operator), path, func(ctx context.Context, store *engine.Inspector) error {
				f, err := store.Forget(ctx, bot.JobsConcerning(user))
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(io.out, "%d failed jobs were erased, %d unfinished ones will be when they end.\n", f.Erased, f.AtEnd)
				for _, id := range f.Jobs {
					err = errors.Join(err, auditAct(ctx, io.err, path, engine.Act{Name: "forget", Operator: operator, Job: id}))
				}
				return err
			})
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&user, "user", "", "user id, username or e-mail address")
	makeUsageErrors(c)
	return c
}
