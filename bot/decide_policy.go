package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rs/zerolog"

	"roombot/bot/approval"
	"roombot/bot/policy"
	"roombot/bot/policy/request"
	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
)

// checkPolicyFirst asks the policy about a command before anything is told of the rest of the
// message. A request with a stored plan was admitted when the plan was made.
func (a *attempt) checkPolicyFirst(ctx context.Context, command string) error {
	a.command = command
	planned, err := a.Result(commands.StepPlan, new(json.RawMessage))
	if err != nil || planned {
		return err
	}
	return a.checkPolicy(ctx, &commands.Request{From: a.request.From, Invocation: syntax.Invocation{Command: command}})
}

// CheckPolicy asks the policy again, right before a room is created. What was admitted in an
// earlier attempt is decided anew, with the room's name as it is now.
func (a *attempt) CheckPolicy(ctx context.Context, r *commands.Request) error {
	if !a.admitted && a.request.Room {
		if err := a.readRoomName(ctx); err != nil {
			return err
		}
	}
	if err := a.checkPolicy(ctx, r); err != nil {
		return err
	}
	a.auditDecision(ctx)
	if err := a.addDecisionEntry(ctx, a.decided); err != nil {
		return err
	}
	return a.useGrantAgain(ctx)
}

// checkPolicy asks the policy, which needs to know more than events tell of the chat and the
// person. A denial is a refusal, told in private.
func (a *attempt) checkPolicy(ctx context.Context, r *commands.Request) error {
	if a.bot.catalogue.IsAdmin(r.Command) {
		return a.checkAdmin(ctx, r)
	}
	if err := a.lookUpRoomName(ctx); err != nil {
		return err
	}
	r.Chat = a.request.chat()
	if a.bot.catalogue.IsOpen(r.Command) {
		return nil
	}
	if err := a.lookAgainIfApproved(ctx); err != nil {
		return err
	}
	rules := a.bot.rules.now()
	query, err := a.bot.queryWithoutGrants(ctx, rules, r)
	if err != nil {
		return err
	}
	if query.Plan, err = a.bot.policyPlan(ctx, rules, r.Command, a.facts); err != nil {
		return err
	}
	decision, err := a.decideRequest(ctx, rules, query, r)
	if err != nil {
		return err
	}
	a.asked, a.refused, a.checks = &query, policy.Decision{}, checksOf(decision)
	a.limits = decision.Limits
	if err := a.noteGrant(ctx, decision); err != nil {
		return err
	}
	a.decision = policyDecision{command: r.Command, rule: decision.Rule, allowed: decision.Allowed}
	if a.decided, err = json.Marshal(a.decisionOf(r.Command, rules.Version(), decision)); err != nil {
		return err
	}
	switch {
	case decision.Outcome() == policy.Approve:
		err = a.checkApproval(ctx, r, rules, &decision)
	case decision.Allowed && query.Plan != nil:
		err = a.checkAnswered(ctx, decision)
	}
	if err != nil {
		a.decision.allowed = false
		return err
	}
	if decision.Allowed {
		a.admitted, a.checks = true, checksOf(decision) // an approval is among them now
		return nil
	}
	a.refused = decision
	zerolog.Ctx(ctx).Info().Str("command", r.Command).Str("rule", decision.Rule).Msg("policy denied the request")
	refusal := a.denialRefusal(ctx, r.Command, decision)
	refusal.Access = a.accessToAskFor(ctx, r, rules, query, decision)
	return refusal
}

// lookAgainIfApproved has who asks for what somebody has approved be looked up anew: hours may have
// passed, and nothing is opened for an account that is disabled.
func (a *attempt) lookAgainIfApproved(ctx context.Context) error {
	last, err := a.lastQuestion(ctx)
	if err == nil && last.answer.Outcome == approval.Approved && !a.admitted {
		a.bot.users.remove(a.request.From.ID)
	}
	return err
}

// checkApproval lets a request pass that somebody has approved. A preview needs no approval: it
// does nothing.
func (a *attempt) checkApproval(ctx context.Context, r *commands.Request, rules *policy.Policy, d *policy.Decision) error {
	if r.Preview() {
		d.Allowed, a.wantsApproval = true, d.Rule
		return nil
	}
	if err := a.requireApproval(ctx, rules, d); err != nil {
		return err
	}
	a.decision.allowed = true
	body := a.decisionOf(r.Command, rules.Version(), *d)
	body.Approval = &approvedBody{
		N: a.approved.N, By: symphony.UserID(a.approved.answer.By), Hash: commands.PlanHash(a.planned, d.Rule),
	}
	var err error
	a.decided, err = json.Marshal(body)
	return err
}

// denialRefusal is what the user reads of a denial.
func (a *attempt) denialRefusal(ctx context.Context, command string, d policy.Decision) *commands.Refusal {
	switch d.Denial {
	case policy.ByRule:
		return commands.Denied(d.Reason, d.Contact)
	case policy.OutsideIM:
		return a.bot.catalogue.DeniedOutsideIM(command, a.grammar(ctx), a.said)
	case policy.UnknownRoom:
		return commands.DeniedForUnknown(command, "this room's name", d.Contact)
	case policy.UnknownAddress:
		return commands.DeniedForUnknown(command, "your e-mail address or username", d.Contact)
	case policy.UnknownAccount:
		return commands.DeniedForUnknown(command, "your entry in the directory", d.Contact)
	case policy.UnknownGroup:
		return commands.DeniedForUnknown(command, "who is in a group", d.Contact)
	case policy.UnknownMember:
		return commands.DeniedForUnknown(command, "the entry in the directory of somebody whom you name", d.Contact)
	case policy.NeedsApproval:
		return commands.Denied(d.Reason, d.Contact)
	case policy.ByCondition, policy.LimitReached:
		return commands.DeniedByCondition(d.Reason, d.Contact)
	case policy.ByDefault:
	}
	return commands.DeniedByDefault(command, d.Contact)
}

func policyPlace(chat commands.Chat) policy.Place {
	kind := policy.IM
	if chat.Room {
		kind = policy.Room
	}
	return policy.Place{Kind: kind, StreamID: string(chat.Stream), RoomName: chat.Name}
}

// lookUpRoomName fills in the room's name, which many events leave out: rules may turn on it, and a
// private answer tells it. Forms of older agents leave out as well that a chat is no room.
func (a *attempt) lookUpRoomName(ctx context.Context) error {
	if !a.request.Room || a.request.Name != "" {
		return nil
	}
	return a.readRoomName(ctx)
}

// readRoomName reads the room's name as it is now; it is empty where Symphony does not tell it.
func (a *attempt) readRoomName(ctx context.Context) error {
	chat, err := a.readChat(ctx)
	if err != nil {
		return err
	}
	a.request.Name = chat.Name // a rule about rooms by name refuses one that is not known
	if chat.Type == symphony.IM {
		a.request.Room = false
	}
	return nil
}

// policyQuery is what is asked of a policy about a request whose plan is not known.
func (b *Bot) policyQuery(ctx context.Context, rules *policy.Policy, r *commands.Request) (policy.Query, error) {
	query, err := b.queryWithoutGrants(ctx, rules, r)
	if err == nil {
		query.Grants, err = b.grantsOf(ctx, r)
	}
	return query, err
}

func (b *Bot) queryWithoutGrants(ctx context.Context, rules *policy.Policy, r *commands.Request) (policy.Query, error) {
	who, err := b.policySubject(ctx, r.From.ID, rules.GroupsAsked(r.Command), rules.NeedsDirectory(r.Command))
	return policy.Query{User: who, Where: policyPlace(r.Chat), Command: r.Command}, err
}

// decideWithGrants answers a query without grants. Those are read from the store only where they
// count, which is where no rule has decided.
func (b *Bot) decideWithGrants(ctx context.Context, rules *policy.Policy, query policy.Query, r *commands.Request) (policy.Decision, error) {
	d := rules.Decide(query)
	if d.HasRule() {
		return d, nil
	}
	var err error
	if query.Grants, err = b.grantsOf(ctx, r); err != nil || len(query.Grants) == 0 {
		return d, err
	}
	if !query.User.External {
		holder, err := b.lookUpColleague(ctx, r.From.ID)
		if err != nil || holder.ID == 0 { // nobody whom the directory shows, any more
			return d, err
		}
	}
	return rules.Decide(query), nil
}

// decideRequest is the decision about the request. A grant admits nothing for which an approval was
// asked: those who were asked are not passed by.
func (a *attempt) decideRequest(ctx context.Context, rules *policy.Policy, query policy.Query, r *commands.Request) (policy.Decision, error) {
	if asked, err := a.lastQuestion(ctx); err != nil || asked.N > 0 {
		return rules.Decide(query), err
	}
	return a.bot.decideWithGrants(ctx, rules, query, r)
}

// isAdmin reports whether the policy names somebody as an administrator.
func (b *Bot) isAdmin(ctx context.Context, id symphony.UserID) (bool, error) {
	rules := b.rules.now()
	who, err := b.policySubject(ctx, id, rules.AdminGroups(), true)
	return err == nil && rules.IsAdmin(who), err
}

// policyPlan is what a plan would do, nil while it is not known.
func (b *Bot) policyPlan(ctx context.Context, rules *policy.Policy, command string, f *commands.Facts) (*policy.Plan, error) {
	if f == nil {
		return nil, nil
	}
	p := request.PlanOf(f)
	p.Members = nil // those of the directory
	for _, person := range f.Named {
		if company := person.ID.Tenant(); b.env.IsExternal(person.ID) && !slices.Contains(p.Companies, company) {
			p.Companies = append(p.Companies, company)
		}
		if !rules.AsksMembers(command) {
			p.Members = append(p.Members, policy.Subject{ID: int64(person.ID), External: b.env.IsExternal(person.ID)})
			continue
		}
		who, err := b.policySubject(ctx, person.ID, rules.GroupsAsked(command), true)
		if err != nil {
			return nil, err
		}
		p.Members = append(p.Members, who)
	}
	return p, b.addPeopleBehind(ctx, rules, command, f, p)
}

// policySubject is somebody as the directory has them: events may say anything. Of people of other
// companies only the number counts, which is Symphony's own, and which groups they are in.
func (b *Bot) policySubject(ctx context.Context, id symphony.UserID, groups []string, needsDirectory bool) (policy.Subject, error) {
	who := policy.Subject{ID: int64(id), Company: id.Tenant(), External: b.env.IsExternal(id)}
	var err error
	if who.Groups, err = b.rules.groups.of(ctx, id, groups); err != nil {
		return policy.Subject{}, err
	}
	if who.External || !needsDirectory {
		return who, nil
	}
	user, err := b.lookUpColleague(ctx, id)
	if err != nil {
		return policy.Subject{}, err
	}
	who.Username, who.Email, who.Kind = user.Username, user.Email, accountKind(user)
	return who, nil
}

// accountKind is what kind of account the directory shows, empty where it shows none.
func accountKind(user symphony.User) policy.AccountKind {
	switch user.AccountType {
	case symphony.PersonAccount:
		return policy.PersonAccount
	case symphony.ServiceAccount:
		return policy.ServiceAccount
	}
	return ""
}

// lookUpColleague is an active account of the own company as the directory has it, at most some
// minutes ago; the zero User where the directory does not show it, or it was disabled since.
func (b *Bot) lookUpColleague(ctx context.Context, id symphony.UserID) (symphony.User, error) {
	if user, known := b.users.find(id); known {
		return user, nil
	}
	found, err := b.client.LookupUsers(ctx, symphony.UserLookup{IDs: []symphony.UserID{id}, Local: true, OnlyActive: true})
	switch {
	case symphony.VerdictOf(err) == symphony.Refused, err == nil && (len(found) != 1 || found[0].ID != id):
		zerolog.Ctx(ctx).Warn().Err(err).Msg("who asks could not be looked up, rules about people admit nobody")
		return symphony.User{}, nil
	case err != nil: // a denial would be final
		return symphony.User{}, fmt.Errorf("look up who asks: %w", err)
	}
	b.users.add(id, found[0])
	return found[0], nil
}
