package commands

import (
	"context"
	"fmt"
	"time"

	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// Approvals answers which requests wait for an approval.
type Approvals interface {
	// Open are the requests that somebody may approve now, and those of their own that wait.
	Open(ctx context.Context, who symphony.UserID) (forThem, own []OpenApproval, err error)
}

// OpenApproval is a request that waits for an approval.
type OpenApproval struct {
	Request RequestID
	From    string // name of who has asked
	Name    string // of the room that is asked for
	Rule    string
	Until   time.Time
	InRoom  bool // whether the card is in a room
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
			forThem, own, err := env.Approvals.Open(ctx, r.From.ID)
			return readOnlyPlan(approvalsReply(forThem, own)), err
		},
	}
}

func approvalsReply(forThem, own []OpenApproval) Reply {
	reply := Reply{Code: CodeDone, Private: true}
	if len(forThem)+len(own) == 0 {
		return privateText("No request waits for your approval, and none of yours for one.")
	}
	list := func(title string, all []OpenApproval, describe func(OpenApproval) string) {
		if len(all) == 0 {
			return
		}
		var items []messageml.Item
		for _, a := range all[:min(len(all), maxRights)] {
			items = append(items, messageml.Item{messageml.Text(describe(a))})
		}
		if more := len(all) - maxRights; more > 0 {
			items = append(items, messageml.Item{messageml.Text(fmt.Sprintf("… and %d more.", more))})
		}
		reply.Body = append(reply.Body, messageml.Paragraph(messageml.Bold(messageml.Text(title))), messageml.List(items...))
	}
	list("Waits for you", forThem, func(a OpenApproval) string {
		where := "in our 1:1 chat"
		if a.InRoom {
			where = "in its room"
		}
		return fmt.Sprintf("%s asks for “%s”, by rule “%s”, until %s. The card is %s. Request %s.", a.From, a.Name, a.Rule, formatTime(a.Until), where, a.Request)
	})
	list("You wait for", own, func(a OpenApproval) string {
		return fmt.Sprintf("“%s” (request %s), by rule “%s”, until %s. Withdraw is below my answer to it.", a.Name, a.Request, a.Rule, formatTime(a.Until))
	})
	return reply
}
