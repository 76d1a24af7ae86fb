package commands

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony/messageml"
)

// Grants are the exceptions from the policy.
type Grants interface {
	// List are those that are asked for or good now, and after these those that were used up or
	// revoked before their time, the newest first.
	List(ctx context.Context) ([]Grant, error)
	// Revoke ends one for a job. It reports false where there is none of the number that is good, or
	// that the job has ended before.
	Revoke(ctx context.Context, job string, by Person, n int64) (revoked bool, err error)
}

// policyPlan is what /policy does with the words after it.
func (env *Env) policyPlan(ctx context.Context, r *Request) (Plan, error) {
	words := strings.Fields(r.Text)
	switch {
	case len(words) == 0:
		reply, err := env.answerPolicy(ctx, r)
		return readOnlyPlan(reply), err
	case len(words) == 1 && words[0] == "grants":
		reply, err := env.listGrants(ctx)
		return readOnlyPlan(reply), err
	case len(words) == 2 && words[0] == "revoke":
		if n, err := strconv.ParseInt(words[1], 10, 64); err == nil && n > 0 {
			return env.revokePlan(r, n), nil
		}
	}
	return nil, &Refusal{
		Code: string(syntax.UnexpectedText), Message: "I don't know what to do with “" + syntax.Truncate(r.Text, maxEcho) + "”.",
		Next: "There are /policy, /policy @kim, /policy grants and /policy revoke 3.", Private: true, Final: true,
	}
}

func (env *Env) revokePlan(r *Request, n int64) Plan {
	return actPlan(func(ctx context.Context) (Reply, error) {
		revoked, err := env.Grants.Revoke(ctx, r.Job, r.From, n)
		switch {
		case err != nil:
			return Reply{}, err
		case !revoked:
			return privateText(fmt.Sprintf("There is no grant %d that is in force. /policy grants lists them.", n)), nil
		}
		return privateText(fmt.Sprintf("✓ Grant %d is revoked, and I tell who had it.", n)), nil
	})
}

// A list of grants has buttons for the first maxRevokeButtons, and maxGrants lines at most, beside
// maxEndedGrants of those that have ended.
const (
	maxGrants        = 100
	maxRevokeButtons = 10
	maxEndedGrants   = 10
)

func (env *Env) listGrants(ctx context.Context) (Reply, error) {
	all, err := env.Grants.List(ctx)
	if err != nil {
		return Reply{}, err
	}
	open := len(all)
	if i := slices.IndexFunc(all, func(g Grant) bool { return g.Ended != "" }); i >= 0 {
		open = i
	}
	reply := privateText("Grants, and requests for access that wait for a decision:")
	if open == 0 {
		reply = privateText("There are no grants, and nobody waits for one.")
	} else {
		reply.Body = append(reply.Body, listOfGrants(all[:open], maxGrants, "bot policy grants lists all"))
	}
	for _, g := range all[:open] {
		if g.By != "" && len(reply.Offers) < maxRevokeButtons {
			offer := Offer{Label: fmt.Sprintf("Revoke %d", g.N), Command: syntax.Message{Text: fmt.Sprintf("/policy revoke %d", g.N)}}
			reply.Offers = append(reply.Offers, offer)
		}
	}
	if ended := all[open:]; len(ended) > 0 {
		reply.Body = append(reply.Body, messageml.Paragraph(messageml.Text("Used up or revoked before their time:")),
			listOfGrants(ended, maxEndedGrants, "the audit record has all"))
	}
	return reply, nil
}

// listOfGrants lists the first ones; where says who tells of the others.
func listOfGrants(all []Grant, most int, where string) messageml.Node {
	var items []messageml.Item
	for _, g := range all[:min(len(all), most)] {
		items = append(items, messageml.Item{messageml.Text(g.String())})
	}
	if more := len(all) - most; more > 0 {
		items = append(items, messageml.Item{messageml.Text(fmt.Sprintf("… and %d more: %s.", more, where))})
	}
	return messageml.List(items...)
}

// String is the grant in a line.
func (g Grant) String() string {
	text := fmt.Sprintf("%d: %s, %s – ", g.N, g.Who, g.Terms)
	switch {
	case g.By == "":
		text += "waits for a decision since " + formatTime(g.Asked)
		return text + choose(g.Times > 1, fmt.Sprintf(", asked for %d times", g.Times), "")
	case g.Ended != "":
		return text + g.Ended + ", allowed" + choose(g.Once, " once", "") + " by " + g.By
	case g.Once:
		text += "once, "
	}
	return text + "until " + formatTime(g.Until) + ", allowed by " + g.By
}
