package commands

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony/messageml"
)

// Grants are the exceptions from the policy.
type Grants interface {
	// List are those that are asked for or good now.
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

// A list of grants has buttons for the first maxRevokeButtons, and maxGrants lines at most.
const (
	maxGrants        = 100
	maxRevokeButtons = 10
)

func (env *Env) listGrants(ctx context.Context) (Reply, error) {
	all, err := env.Grants.List(ctx)
	if err != nil {
		return Reply{}, err
	}
	if len(all) == 0 {
		return privateText("There are no grants, and nobody waits for one."), nil
	}
	var items []messageml.Item
	var revoke []Offer
	for _, g := range all[:min(len(all), maxGrants)] {
		items = append(items, messageml.Item{messageml.Text(g.String())})
		if g.By != "" && len(revoke) < maxRevokeButtons {
			revoke = append(revoke, Offer{Label: fmt.Sprintf("Revoke %d", g.N), Command: syntax.Message{Text: fmt.Sprintf("/policy revoke %d", g.N)}})
		}
	}
	if more := len(all) - maxGrants; more > 0 {
		items = append(items, messageml.Item{messageml.Text(fmt.Sprintf("… and %d more: bot policy grants lists all.", more))})
	}
	reply := privateText("Grants, and requests for access that wait for a decision:")
	reply.Body, reply.Offers = append(reply.Body, messageml.List(items...)), revoke
	return reply, nil
}

// String is the grant in a line.
func (g Grant) String() string {
	text := fmt.Sprintf("%d: %s, %s", g.N, g.Who, g.Terms)
	switch {
	case g.By == "":
		return text + fmt.Sprintf(" – waits for a decision since %s, asked for %s", formatTime(g.Asked), countNoun(g.Times, "time", "times"))
	case g.Once:
		return text + " – once, until " + formatTime(g.Until) + ", allowed by " + g.By
	}
	return text + " – until " + formatTime(g.Until) + ", allowed by " + g.By
}
