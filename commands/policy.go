package commands

import (
	"context"
	"fmt"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony/messageml"
)

// policyCommand tells administrators which policy is in force, and which of its rules concern
// somebody.
func (env *Env) policyCommand() Command {
	return Command{
		Command: syntax.Command{
			Name:     "policy",
			Unlisted: true,
			Summary:  "the policy in force, its rules for you or for somebody, and the grants beside it",
			Args:     syntax.ArgsPersonOrText,
			Examples: []string{"/policy", "/policy @kim", "/policy grants", "/policy revoke 3"},
		},
		Arguments: []string{"person"},
		Admin:     true,
		Plan:      env.policyPlan,
	}
}

func (env *Env) answerPolicy(ctx context.Context, r *Request) (Reply, error) {
	who, rd, err := env.findAskedAbout(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	if env.isAboutBot(r, who) {
		return tellOfBot(r.Command), nil
	}
	rights, err := env.Rules.Rights(ctx, &Request{From: who, Chat: r.Chat}, "")
	if err != nil {
		return Reply{}, err
	}
	p := env.Rules.InForce()
	paused, err := env.Pauses.InForce(ctx)
	if err != nil {
		return Reply{}, err
	}
	reply := textReply(CodeDone, p.describe())
	reply.Private = true
	reply.Body = append(reply.Body, rd.listPauses(paused)...)
	if p.Fault != "" {
		reply.Body = append(reply.Body, messageml.ErrorCard(messageml.Collapsed,
			messageml.Text("✗ The text of the policy is faulty now, and was not adopted"), messageml.Code(syntax.Truncate(p.Fault, maxFault))))
	}
	about := "you"
	if !rd.self {
		about = who.Name
	}
	var lines []messageml.Item
	for _, right := range rights.Deny {
		lines = append(lines, rd.ruleItem("✗ deny", right))
	}
	for _, right := range rights.Allow {
		lines = append(lines, rd.ruleItem("✓ allow", right))
	}
	title := fmt.Sprintf("%s about %s", countNoun(len(lines), "rule is", "rules are"), about)
	if len(lines) == 0 {
		reply.Body = append(reply.Body, messageml.Paragraph(messageml.Text("No rule is about "+about+".")))
		return reply, nil
	}
	if more := len(lines) - maxRules; more > 0 {
		lines = append(lines[:maxRules], messageml.Item{messageml.Text(fmt.Sprintf("… and %d more.", more))})
	}
	state := messageml.Collapsed
	if len(lines) <= fewRules {
		state = messageml.Expanded
	}
	reply.Body = append(reply.Body, messageml.ExpandableCard(state, messageml.Text(title), messageml.List(lines...)))
	return reply, nil
}

// A list of more than fewRules rules is folded, and none is longer than maxRules.
const (
	fewRules = 6
	maxRules = 50
	maxFault = 2000 // letters of what is wrong with a text
)

func (p PolicyInForce) describe() string {
	if p.Version == "" {
		return "There is no policy in force: nobody may use my commands."
	}
	text := fmt.Sprintf("Policy version %s is in force since %s", p.Version, formatTime(p.Since))
	if p.Before != "" {
		text += "; before that it was " + p.Before
	}
	return text + fmt.Sprintf(". It has %s and %s.", countNoun(p.Deny, "deny rule", "deny rules"), countNoun(p.Allow, "allow rule", "allow rules"))
}

// placesInWords are the places of a rule, as they are written but for the 1:1 chat.
func placesInWords(where string) string {
	if where == "*" {
		return "any chat"
	}
	places := strings.Split(where, ", ")
	for i, p := range places {
		if p == "im" {
			places[i] = "the 1:1 chat with me"
		}
	}
	return strings.Join(places, ", ")
}

func (rd reader) ruleItem(kind string, right Right) messageml.Item {
	text := fmt.Sprintf(" (line %d): %s in %s", right.Line, right.Commands, placesInWords(right.Where))
	if what := rd.describe(right); what != "" {
		text += ", " + what
	}
	if right.Reason != "" {
		text += " – " + right.Reason
	}
	return messageml.Item{messageml.Text(kind + " "), messageml.Bold(messageml.Text(right.Rule)), messageml.Text(text)}
}
