package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"roombot/bot"
	"roombot/bot/engine"
)

func pauseCommand(io streams) *cobra.Command {
	var path, reason string
	var drop bool
	c := &cobra.Command{
		Use:   "pause [COMMAND]",
		Short: "Stop the bot from changing anything in Symphony",
		Long: `From now on no replica begins to carry out a request that changes something in
Symphony; with a COMMAND (newroom, or undo for clicks on Undo), no request of that
kind. It holds even for a request that is at work but has not written anything
yet. What has begun to write is carried to its end, and what only reads is
answered.

Requests are kept, their senders are told who has paused the bot and why, and they
go on after ` + "`bot resume`" + `, in the order in which they came. With --drop they are refused.

Works beside a running bot, and for one that is started later.`,
		Example: "  bot pause --reason \"market event\"\n  bot pause newroom --drop",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind, err := pausedKind(args, engine.EveryKind)
			if err != nil {
				return err
			}
			operator := operatorName()
			p := engine.Pause{Kind: kind, By: "operator " + operator, Reason: strings.Join(strings.Fields(reason), " "), Drop: drop}
			if !engine.IsText(p.Reason) || len(p.Reason) > maxReason {
				return usageError("--reason is text of at most %d bytes", maxReason)
			}
			return inspect(engine.WithOperator(cmd.Context(), operator), path, func(ctx context.Context, store *engine.Inspector) error {
				earlier, err := store.Pause(ctx, p)
				if err != nil {
					return err
				}
				text := fmt.Sprintf("Paused: %s. `%s resume` ends it.\n", kindName(kind), programName)
				if earlier != nil {
					text = fmt.Sprintf("It was paused before: %s. What you gave takes the place of that.\n", formatPause(*earlier, time.Now()))
				}
				_, err = fmt.Fprint(io.out, text)
				return errors.Join(err, auditAct(ctx, io.err, path, engine.Act{Name: "pause " + kindName(kind), Operator: operator}))
			})
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&reason, "reason", "", "why, as people are told")
	c.Flags().BoolVar(&drop, "drop", false, "refuse requests rather than keep them, also those that are held already")
	return c
}

// maxReason is how long the reason of a pause may be.
const maxReason = 300

func resumeCommand(io streams) *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "resume [COMMAND]",
		Short: "Let a paused bot go on",
		Long: `Ends all pauses, or with a COMMAND or "all" that pause. What was held goes on within
a second, in the order in which it came.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind, err := pausedKind(args, "")
			if err != nil {
				return err
			}
			operator := operatorName()
			return inspect(engine.WithOperator(cmd.Context(), operator), path, func(ctx context.Context, store *engine.Inspector) error {
				ended, freed, err := store.Resume(ctx, kind)
				if err != nil {
					return err
				}
				left, err := store.Pauses(ctx)
				if err != nil {
					return err
				}
				if _, err := fmt.Fprint(io.out, describeResume(ended, left, freed, time.Now())); err != nil {
					return err
				}
				if len(ended) == 0 {
					return nil
				}
				return auditAct(ctx, io.err, path, engine.Act{Name: engine.NameResume(ended), Operator: operator})
			})
		},
	}
	configFlag(c, &path)
	return c
}

func describeResume(ended, left []engine.Pause, freed int, now time.Time) string {
	var text string
	switch {
	case len(ended)+len(left) == 0:
		text = "Nothing was paused.\n"
	case len(ended) == 0:
		text = "That was not paused by itself.\n"
	case freed == 0 && len(left) == 0:
		text = "Ended. Nothing was held.\n"
	case freed == 1:
		text = "Ended. 1 request that was held goes on.\n"
	default:
		text = fmt.Sprintf("Ended. Requests that were held and go on: %d.\n", freed)
	}
	for _, p := range left {
		text += fmt.Sprintf("Still paused: %s. `%s resume %s` ends it.\n", formatPause(p, now), programName, kindName(p.Kind))
	}
	return text
}

// pausedKind is the kind of requests that an argument names: all of them by "all" and absent where
// there is no argument.
func pausedKind(args []string, absent string) (string, error) {
	if len(args) == 0 {
		return absent, nil
	}
	name := strings.TrimPrefix(args[0], "/")
	switch kinds := bot.PausableKinds(); {
	case name == "all":
		return engine.EveryKind, nil
	case slices.Contains(kinds, name):
		return name, nil
	default:
		return "", usageError("%q cannot be paused: there are all, %s", name, strings.Join(kinds, ", "))
	}
}

func kindName(kind string) string {
	if kind == engine.EveryKind || kind == "" {
		return "all"
	}
	return kind
}

// formatPause describes a pause in words.
func formatPause(p engine.Pause, now time.Time) string {
	text := fmt.Sprintf("%s by %s, %s", kindName(p.Kind), p.By, formatAgo(now, p.At))
	if p.Reason != "" {
		text += fmt.Sprintf(", %q", p.Reason)
	}
	if p.Drop {
		text += ", requests are refused"
	}
	return text
}
