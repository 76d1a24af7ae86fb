package commands

import (
	"context"
	"fmt"
	"time"

	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// Approvals answers which requests wait for somebody who decides.
type Approvals interface {
	// Open are the requests that somebody may approve now, and those of their own that wait.
	Open(ctx context.Context, who symphony.UserID) (forThem, own []OpenApproval, err error)
	// OpenAccess are the requests for access that somebody may decide about now, and those of their
	// own that wait.
	OpenAccess(ctx context.Context, who symphony.UserID) (forThem, own []OpenAccess, err error)
}

// OpenApproval is a request that waits for an approval.
type OpenApproval struct {
	Request RequestID
	From    string // name of who has asked
	Name    string // of the room that is asked for
	Rule    string
	Until   time.Time
	InRoom  bool     // whether the card is in a room
	Asked   []string // names of who may approve it, for a request of their own
}

// OpenAccess is a request for access that waits for a decision.
type OpenAccess struct {
	N     int64  // its number
	From  string // name of who has asked
	Terms GrantTerms
	Since time.Time
}

func (env *Env) approvalsCommand() Command {
	return Command{
		Command: syntax.Command{
			Name:     "approvals",
			Unlisted: true,
			Summary:  "what waits for your approval, and which of your requests wait for one",
			Args:     syntax.ArgsNone,
			Examples: []string{"/approvals"},
		},
		Open: true,
		Plan: func(ctx context.Context, r *Request) (Plan, error) {
			reply, err := env.listOpen(ctx, r.From.ID)
			return readOnlyPlan(reply), err
		},
	}
}

// listOpen lists what waits for somebody, and for what they wait.
func (env *Env) listOpen(ctx context.Context, who symphony.UserID) (Reply, error) {
	forThem, own, err := env.Approvals.Open(ctx, who)
	if err != nil {
		return Reply{}, err
	}
	accessForThem, ownAccess, err := env.Approvals.OpenAccess(ctx, who)
	if err != nil {
		return Reply{}, err
	}
	waitsForThem := append(listItems(forThem, OpenApproval.describe), listItems(accessForThem, OpenAccess.describe)...)
	theyWaitFor := append(listItems(own, OpenApproval.describeOwn), listItems(ownAccess, OpenAccess.describeOwn)...)
	if len(waitsForThem)+len(theyWaitFor) == 0 {
		return privateText("No request waits for your approval, and none of yours for one. No request for access waits either."), nil
	}
	reply := Reply{Code: CodeDone, Private: true}
	add := func(title string, items []messageml.Item) {
		if len(items) > 0 {
			reply.Body = append(reply.Body, messageml.Paragraph(messageml.Bold(messageml.Text(title))), messageml.List(items...))
		}
	}
	add("Waits for you", waitsForThem)
	add("You wait for", theyWaitFor)
	return reply, nil
}

// listItems describes the first maxRights, and counts the others.
func listItems[T any](all []T, describe func(T) string) (items []messageml.Item) {
	for _, a := range all[:min(len(all), maxRights)] {
		items = append(items, messageml.Item{messageml.Text(describe(a))})
	}
	if more := len(all) - maxRights; more > 0 {
		items = append(items, messageml.Item{messageml.Text(fmt.Sprintf("… and %d more.", more))})
	}
	return items
}

func (a OpenApproval) describe() string {
	where := choose(a.InRoom, "in its room", "in our 1:1 chat")
	return fmt.Sprintf("%s asks for “%s”, by rule “%s”, until %s. The card is %s. Request %s.", a.From, a.Name, a.Rule, formatTime(a.Until), where, a.Request)
}

func (a OpenApproval) describeOwn() string {
	text := fmt.Sprintf("“%s” (request %s), by rule “%s”, until %s.", a.Name, a.Request, a.Rule, formatTime(a.Until))
	if len(a.Asked) > 0 {
		text += " Asked: " + WhomAsked{Names: a.Asked, InRoom: a.InRoom}.String() + "."
	}
	return text + " Withdraw is below my answer to it."
}

// maxTermsShown is how much of what is asked for is shown in a list, in letters.
const maxTermsShown = 500

func (a OpenAccess) describe() string {
	terms := syntax.Truncate(a.Terms.String(), maxTermsShown)
	return fmt.Sprintf("%s asks for access: %s, since %s. The card is in our 1:1 chat. Request for access %d.", a.From, terms, formatTime(a.Since), a.N)
}

func (a OpenAccess) describeOwn() string {
	terms := syntax.Truncate(a.Terms.describe(true), maxTermsShown)
	return fmt.Sprintf("Access: %s, since %s. Request for access %d.", terms, formatTime(a.Since), a.N)
}
