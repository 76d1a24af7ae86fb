package commands

import (
	"context"
	"fmt"
	"strings"

	"roombot/commands/syntax"
)

// whyCommand says why a request was refused, or allowed.
func (env *Env) whyCommand() Command {
	return Command{
		Command: syntax.Command{
			Name:     "why",
			Unlisted: true,
			Summary:  "why the policy refused your last request, or what it decided about a request by its number",
			Args:     syntax.ArgsText,
			SaidAs:   []string{"why not", "why was i refused", "why was this refused", "warum nicht", "pourquoi pas"},
			Examples: []string{"/why", "/why 448z-mtmq-8sc7"},
		},
		Arguments: []string{"request"},
		Open:      true,
		Plan: func(ctx context.Context, r *Request) (Plan, error) {
			reply, err := env.answerWhy(ctx, r)
			return readOnlyPlan(reply), err
		},
	}
}

func (env *Env) answerWhy(ctx context.Context, r *Request) (Reply, error) {
	admin, err := env.Rules.IsAdmin(ctx, r.From.ID)
	if err != nil {
		return Reply{}, err
	}
	rd := env.newReader(r, admin)
	typed := strings.TrimSpace(r.Text)
	if typed == "" {
		d, found, err := env.Record.LastRefusal(ctx, r.From.ID)
		if err != nil {
			return Reply{}, err
		}
		if !found {
			return privateText("The policy has refused none of your requests lately, as far as my record goes. /why followed by the number of a request tells of that one."), nil
		}
		return rd.reply(rd.history(d), d), nil
	}
	number, isNumber := ParseRequestID(typed)
	if !isNumber {
		return privateText("“" + syntax.Truncate(typed, maxEcho) + "” is no number of a request. " + numberHint), nil
	}
	d, who, found, err := env.Record.DecisionOf(ctx, number)
	switch {
	case err != nil:
		return Reply{}, err
	case !found || who != r.From.ID && !admin:
		return privateText("I know no decision about a request " + string(number) + choose(admin, ". ", " of yours. ") + numberHint), nil
	}
	rd.self = who == r.From.ID
	return rd.reply(rd.history(d), d), nil
}

const numberHint = "The number stands below my answers, such as 448z-mtmq-8sc7."

func privateText(text string) Reply {
	reply := openReply(CodeDone, text)
	reply.Private = true
	return reply
}

// history says when something was decided, and what.
func (rd reader) history(d Decision) string {
	decided := map[string]string{
		OutcomeAllow: "✓ The policy allowed", OutcomeApprove: "✗ The policy wanted an approval of", OutcomeLimit: "✗ A limit of the policy stopped",
	}[d.Outcome]
	text := fmt.Sprintf("%s request %s, /%s, on %s.", orText(decided, "✗ The policy refused"), d.Request, d.Command, formatTime(d.At))
	if d.IsPaused {
		text += " It was refused all the same, since I was paused then, and nothing was changed."
	}
	if d.Pause != nil {
		p := rd.mayRead(*d.Pause)
		text += " It waits for the end of a pause: " + p.String() + " " + p.fate()
	}
	return text
}
