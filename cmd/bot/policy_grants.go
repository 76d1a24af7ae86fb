package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"roombot/bot"
	"roombot/bot/engine"
)

func policyGrants(io streams) *cobra.Command {
	var path string
	var revoke int64
	c := &cobra.Command{
		Use:   "grants",
		Short: "List or revoke the exceptions that administrators have made",
		Long: `Lists what administrators let somebody do beside the policy's rules, and the requests
for that which wait for a decision. --revoke ends one: who asks by it from then on is
refused, and the audit record says who has revoked it. The bot tells who had it, and
the administrators: within seconds where it is running, at its next start otherwise.

Works beside a running bot.`,
		Example: "  bot policy grants\n  bot policy grants --revoke 3",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			operator := operatorName()
			return inspect(engine.WithOperator(cmd.Context(), operator), path, func(ctx context.Context, store *engine.Inspector) error {
				if !cmd.Flags().Changed("revoke") {
					return listGrants(ctx, io, store)
				}
				_, revoked, err := store.RevokePermit(ctx, revoke, bot.EntryOfRevocation(operator))
				switch {
				case err != nil:
					return err
				case !revoked:
					return fmt.Errorf("there is no grant %d that is in force", revoke)
				}
				_, err = fmt.Fprintf(io.out, "Grant %d is revoked. The bot tells who had it, and the administrators.\n", revoke)
				return errors.Join(err, auditAct(ctx, io.err, path, engine.Act{Name: fmt.Sprintf("revoke grant %d", revoke), Operator: operator}))
			})
		},
	}
	configFlag(c, &path)
	c.Flags().Int64Var(&revoke, "revoke", 0, "end the grant with this number")
	return c
}

func listGrants(ctx context.Context, io streams, store *engine.Inspector) error {
	permits, err := store.Permits(ctx)
	if err != nil {
		return err
	}
	if len(permits) == 0 {
		_, err := fmt.Fprintln(io.out, "There are no grants, and nobody waits for one.")
		return err
	}
	for _, p := range permits {
		g, err := bot.DescribeGrant(p)
		if err == nil {
			_, err = fmt.Fprintln(io.out, g)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
