package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony/messageml"
)

// canCommand says what somebody may do, or what the policy decides about a command that is not run.
// governed are the commands that rules are about.
func (env *Env) canCommand(governed Catalogue) Command {
	return Command{
		Command: syntax.Command{
			Name:     "can",
			Unlisted: true,
			Summary:  "what you may do here, or whether a command would be allowed",
			Args:     syntax.ArgsQuestion,
			SaidAs:   []string{"what may i do", "what am i allowed to do", "was darf ich"},
			Examples: []string{"/can", `/can /newroom "Q2 Earnings" @alice external`},
		},
		Arguments: []string{"command"},
		Open:      true,
		Plan: func(ctx context.Context, r *Request) (Plan, error) {
			reply, err := env.answerCan(ctx, r, governed)
			return readOnlyPlan(reply), err
		},
	}
}

func (env *Env) answerCan(ctx context.Context, r *Request, governed Catalogue) (Reply, error) {
	who, rd, err := env.findAskedAbout(ctx, r)
	if err != nil {
		return Reply{}, err
	}
	if env.isAboutBot(r, who) {
		return tellOfBot(r.Command), nil
	}
	if r.Asked == nil {
		return env.tellRights(ctx, r, who, rd, governed)
	}
	if reply, told, err := env.tellUngoverned(ctx, *r.Asked, who, rd); told || err != nil {
		return reply, err
	}
	grammar := governed.Grammar(env.Self.ID, env.Limits.MaxMembers)
	read := grammar.Parse(*r.Asked)
	asked := &Request{ID: r.ID, Job: r.Job, At: r.At, From: who, Chat: r.Chat, Message: *r.Asked}
	switch {
	case read.Error != nil:
		return Reply{}, governed.SyntaxRefusal(grammar, *r.Asked, read.Error).withoutOffers()
	case read.Form != nil:
		asked.Invocation = read.Form.Prefill
		asked.Command = read.Form.Command
		if rd.pause, err = env.findPause(ctx, governed, asked.Invocation); err != nil {
			return Reply{}, err
		}
		return env.tellDecision(ctx, asked, rd, nil)
	case read.Command == nil:
		return env.tellRights(ctx, r, who, rd, governed)
	}
	asked.Invocation = *read.Command
	if rd.pause, err = env.findPause(ctx, governed, asked.Invocation); err != nil {
		return Reply{}, err
	}
	command, _ := governed.Lookup(asked.Command)
	return env.tellDecision(ctx, asked, rd, command.Plan)
}

// tellUngoverned answers about a command that no rule is about.
func (env *Env) tellUngoverned(ctx context.Context, asked syntax.Message, who Person, rd reader) (reply Reply, told bool, err error) {
	all := env.Commands()
	name := all.Grammar(env.Self.ID, env.Limits.MaxMembers).Parse(asked).CommandName()
	if first, _, _ := strings.Cut(asked.Text, " "); strings.EqualFold(first, "/"+syntax.TopicGeneral) {
		name = syntax.TopicGeneral
	}
	if all.IsOpen(name) || name == syntax.TopicGeneral {
		return privateText("✓ /" + name + " is open to everybody."), true, nil
	}
	if !all.IsAdmin(name) {
		return Reply{}, false, nil
	}
	is, err := env.Rules.IsAdmin(ctx, who.ID)
	switch {
	case err != nil:
		return Reply{}, false, err
	case is:
		return privateText("✓ " + rd.subject(who) + " may use /" + name + ", as an administrator of the policy."), true, nil
	}
	return privateText("✗ " + rd.subject(who) + " may not use /" + name + ": it is for administrators of the policy."), true, nil
}

// tellDecision says what the policy decides about a request: at first by what is known without a
// plan, then, where plan is not nil, with it.
func (env *Env) tellDecision(ctx context.Context, asked *Request, rd reader, plan func(context.Context, *Request) (Plan, error)) (Reply, error) {
	d, err := env.Rules.Decide(ctx, asked, nil)
	if err != nil {
		return Reply{}, err
	}
	if d.Outcome == OutcomeAllow && plan != nil {
		planned, err := plan(ctx, asked)
		if refusal, ok := errors.AsType[*Refusal](err); ok {
			why := strings.ReplaceAll(refusal.Message, nothingCreated, "") // nothing was asked for
			return rd.replyPaused(rd.subject(asked.From)+" may use /"+asked.Command+" here, but this would be refused: "+why, d), nil
		}
		if err == nil {
			d, err = env.Rules.Decide(ctx, asked, planned)
		}
		if err != nil {
			return Reply{}, err
		}
	}
	if d.Outcome == OutcomeAllow && plan == nil {
		title := "✓ " + rd.subject(asked.From) + " may use /" + asked.Command + " here; what is asked for decides about the rest"
		return rd.reply(rd.butPaused(title), d), nil
	}
	if d.Outcome == OutcomeAllow {
		return rd.reply(rd.butPaused("✓ "+rd.subject(asked.From)+" may do this"), d), nil
	}
	return rd.replyPaused(rd.verdict(asked, d), d), nil
}

// verdict is the decision about what is not simply allowed.
func (rd reader) verdict(asked *Request, d Decision) string {
	who := rd.subject(asked.From)
	switch d.Outcome {
	case OutcomeApprove:
		return "✗ " + who + " may do this only with an approval."
	case OutcomeLimit:
		return "✗ " + who + " may do this, but not now."
	}
	return "✗ " + who + " may not do this."
}

// subject is whom a decision is about, as a sentence about them begins.
func (rd reader) subject(who Person) string {
	if rd.self {
		return "You"
	}
	return who.Name
}

// reply is a decision for its reader alone.
func (rd reader) reply(title string, d Decision) Reply {
	reply := textReply(CodeDone, title)
	reply.Body = append(reply.Body, rd.body(d)...)
	reply.Private = true
	return reply
}

// tellRights says of each command whether somebody may use it here, and within which bounds.
func (env *Env) tellRights(ctx context.Context, r *Request, who Person, rd reader, governed Catalogue) (Reply, error) {
	title := "What you may do here:"
	if !rd.self {
		title = "What " + who.Name + " may do here:"
	}
	reply := textReply(CodeDone, title)
	reply.Private = true
	var items []messageml.Item
	for _, command := range governed {
		asked := &Request{From: who, Chat: r.Chat, Invocation: syntax.Invocation{Command: command.Name}}
		rights, err := env.Rules.Rights(ctx, asked, command.Name)
		if err != nil {
			return Reply{}, err
		}
		for _, line := range rd.describeRights(command, rights) {
			items = append(items, messageml.Item{messageml.Text(line)})
		}
	}
	reply.Body = append(reply.Body, messageml.List(items...))
	paused, err := env.Pauses.InForce(ctx)
	if err != nil {
		return Reply{}, err
	}
	reply.Body = append(reply.Body, rd.listPauses(paused)...)
	if rd.self {
		reply.Body = append(reply.Body, messageml.Paragraph(messageml.Text("/can followed by a whole command says whether it would be allowed, and why not.")))
	}
	return reply, nil
}

// maxRights is how many rules one list has.
const maxRights = 20

// describeRights has a line for the command, and for each rule that bounds it.
func (rd reader) describeRights(command Command, rights Rights) []string {
	switch {
	case rights.Decision.Outcome != OutcomeAllow:
		return []string{fmt.Sprintf("✗ /%s: %s", command.Name, orText(rd.why(rights.Decision), "not allowed."))}
	case rd.outside:
		return []string{"✓ /" + command.Name + "."}
	}
	lines := make([]string, 0, len(rights.Allow)+len(rights.Deny))
	for _, right := range rights.Allow {
		lines = append(lines, rd.describeAllow(command, right, rights))
	}
	for _, right := range rights.Deny {
		if len(right.Conditions) > 0 && !command.Writes() { // which no such rule refuses
			continue
		}
		line := fmt.Sprintf("✗ /%s is refused ", command.Name)
		if rd.admin {
			line += fmt.Sprintf("by rule “%s” ", right.Rule)
		}
		line = strings.TrimSpace(line + rd.describeDenial(right))
		if right.Reason != "" {
			line += " (" + strings.TrimSuffix(right.Reason, ".") + ")"
		}
		lines = append(lines, line+".")
	}
	if more := len(lines) - maxRights; more > 0 {
		lines = append(lines[:maxRights], fmt.Sprintf("… and %d more rules.", more))
	}
	return lines
}

// describeAllow tells of an allow rule. Its conditions, limits and approvals are about what is
// opened.
func (rd reader) describeAllow(command Command, right Right, used Rights) string {
	if !command.Writes() {
		right.Conditions, right.PerHour, right.PerDay, right.Approval = nil, 0, 0, false
	}
	isUsedUp := right.PerHour > 0 && used.UsedHour >= right.PerHour || right.PerDay > 0 && used.UsedDay >= right.PerDay
	source := "rule “" + right.Rule + "”"
	if right.Grant != 0 {
		source = fmt.Sprintf("grant %d", right.Grant)
	}
	line := fmt.Sprintf("%s /%s, by %s", choose(isUsedUp, "✗", "✓"), command.Name, source)
	if what := rd.describe(right); what != "" {
		line += ": " + what
	}
	if right.PerHour > 0 || right.PerDay > 0 {
		line += fmt.Sprintf(" (so far %d in the last hour, %d in the last day%s)", used.UsedHour, used.UsedDay, choose(isUsedUp, ": not now", ""))
	}
	return line + "."
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// findAskedAbout is the person whom a question is about, by default who asks. Only administrators
// may ask about others.
func (env *Env) findAskedAbout(ctx context.Context, r *Request) (Person, reader, error) {
	admin, err := env.Rules.IsAdmin(ctx, r.From.ID)
	if err != nil {
		return Person{}, reader{}, err
	}
	if len(r.Users)+len(r.Usernames)+len(r.Emails) == 0 {
		return r.From, env.newReader(r, admin), nil
	}
	if !admin {
		return Person{}, reader{}, &Refusal{
			Code: "denied", Message: "Only administrators of the policy may ask about others.", Next: "/can alone says what you may do here.",
			Private: true, Final: true,
		}
	}
	named, err := env.findPeople(ctx, r)
	refusal, isRefusal := errors.AsType[*Refusal](err)
	switch {
	case isRefusal:
		return Person{}, reader{}, refusal.ofQuestion()
	case err != nil:
		return Person{}, reader{}, err
	case len(named.people) == 0:
		return r.From, env.newReader(r, true), nil
	}
	who := named.people[0]
	return who, reader{admin: true, self: who.ID == r.From.ID, name: who.Name}, nil
}

// isAboutBot reports whether a question is about the bot: it is named where a person is.
func (env *Env) isAboutBot(r *Request, who Person) bool {
	return who.ID == env.Self.ID || slices.ContainsFunc(r.Message.Mentions, func(m syntax.Mention) bool {
		before := []rune(r.Message.Text)[:m.Start]
		return m.UserID == int64(env.Self.ID) && strings.HasSuffix(strings.TrimSpace(string(before)), "/"+r.Command)
	})
}

// tellOfBot answers a question about the bot.
func tellOfBot(command string) Reply {
	return privateText("I ask for nothing myself, so that no rule is about me. /" + command + " alone tells about you.")
}
