package bot

import (
	"context"
	"errors"
	"slices"

	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/bot/policy/request"
	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
)

// A click on "Request access" is a job of its own, which waits for no other. What is asked for
// stands in the refusal, a message of the bot. It is planned and decided anew, so that the
// administrators see what would be done, and nothing is asked for that a deny rule refuses.

// isAccess reports whether the request is a click on "Request access".
func (r storedRequest) isAccess() bool {
	return r.Form != nil && r.Form.ID == commands.FormOffer && r.Form.Values.Action() == commands.ButtonAccess
}

// isGrantCard reports whether the request is a click on a card about a request for access.
func (r storedRequest) isGrantCard() bool { return r.Form != nil && r.Form.ID == commands.FormGrant }

// isAboutAnother reports whether the request is a click by which somebody decides about another
// request, or has others decide.
func (r storedRequest) isAboutAnother() bool {
	return r.isApproval() || r.isGrantCard() || r.isAccess()
}

// askedAccess is the result of stepAccess: what was asked for.
type askedAccess struct {
	N      int64             `json:"n"`
	First  bool              `json:"first"`
	Admins []symphony.UserID `json:"admins"`
	// Open says that a rule admits the request by now: nothing was asked for.
	Open bool `json:"open,omitempty"`
}

// answerAccess asks the administrators for access.
func (a *attempt) answerAccess(ctx context.Context, form *formMessage) (commands.Reply, error) {
	access, refused, err := commands.ClickedAccess(form.Data)
	if err != nil {
		return commands.Reply{}, err
	}
	var asked askedAccess
	err = a.Do(ctx, stepAccess, &asked, func(ctx context.Context) (any, error) { return a.askAccess(ctx, access, refused) })
	switch {
	case err != nil:
		return commands.Reply{}, err
	case asked.Open:
		return commands.AccessIsOpen(access.OfferAgain()), nil
	}
	if err := a.showGrantCards(ctx, asked); err != nil {
		return commands.Reply{}, err
	}
	var names []string
	if !a.bot.env.IsExternal(a.request.From.ID) {
		for _, id := range asked.Admins {
			names = append(names, a.bot.nameOf(ctx, id))
		}
	}
	return commands.ConfirmAccessAsked(asked.N, names, !asked.First), nil
}

// askAccess stores what is asked for, once: what an earlier attempt has stored is not decided anew,
// or the administrators might never see it.
func (a *attempt) askAccess(ctx context.Context, access commands.AccessRequest, refused commands.RequestID) (asked askedAccess, err error) {
	p, first, found, err := a.AskedPermit(ctx)
	switch {
	case err != nil:
		return askedAccess{}, err
	case found:
		return askedAccess{N: p.N, First: first, Admins: a.adminsToAsk(ctx)}, nil
	}
	return a.askAccessFirst(ctx, access, refused)
}

// adminsToAsk are the administrators, without who asks.
func (a *attempt) adminsToAsk(ctx context.Context) []symphony.UserID {
	return slices.DeleteFunc(a.bot.adminsToTell(ctx, a.bot.rules.now()), func(id symphony.UserID) bool { return id == a.request.From.ID })
}

func (a *attempt) askAccessFirst(ctx context.Context, access commands.AccessRequest, refused commands.RequestID) (asked askedAccess, err error) {
	rules := a.bot.rules.now()
	query, detail, err := a.planAccess(ctx, rules, access)
	if err != nil {
		return askedAccess{}, err
	}
	detail.Request, detail.Access = refused, access
	d := rules.Decide(query)
	if !d.MayBeGranted() {
		if d.Outcome() == policy.Deny {
			return askedAccess{}, a.denialRefusal(ctx, query.Command, d)
		}
		return askedAccess{Open: true}, nil
	}
	if len(d.NearestApprovers) > 0 {
		detail.Rule, detail.Approvers = d.Nearest, d.NearestApprovers
	}
	asked.Admins = a.adminsToAsk(ctx)
	if len(asked.Admins) == 0 {
		return askedAccess{}, commands.NobodyGivesAccess(rules.Contact())
	}
	text := grantText{Scope: rules.SmallestScope(query), Name: access.Name}
	key, err := keyOfGrant(text.Scope)
	if err != nil {
		return askedAccess{}, err
	}
	p, first, err := a.AskPermit(ctx, engine.PermitRequest{
		Owner: ownerOf(a.request.From.ID), Key: key, Text: text, Detail: detail, Most: maxAccessRequests,
		Entry: func(p engine.Permit) engine.RecordEntry {
			return entryOfGrant(p, "asked", string(a.id), "asked", a.request.From.ID, func(b *grantBody, f *grantFacts) {
				b.Times, b.Version, b.Refused = p.Times, rules.Version(), refused
				f.From, f.Typed = detail.From, access.Command.Text
			})
		},
	})
	if errors.Is(err, engine.ErrHeldFull) {
		return askedAccess{}, commands.TooManyAccessRequests(maxAccessRequests, rules.Contact())
	}
	asked.N, asked.First = p.N, first
	return asked, err
}

// planAccess is what the policy is asked about the command, and what the administrators are told.
// What is wrong with the command they read, and nobody else: the policy may not let the person
// know.
func (a *attempt) planAccess(ctx context.Context, rules *policy.Policy, access commands.AccessRequest) (policy.Query, grantDetail, error) {
	read := a.grammar(ctx).Parse(access.Command)
	if read.Command == nil {
		return policy.Query{}, grantDetail{}, commands.Expired()
	}
	r := a.newRequest()
	r.Chat, r.Message, r.Invocation = access.Chat(), access.Command, *read.Command
	from, err := a.bot.env.DescribePerson(ctx, r.From)
	if err != nil {
		return policy.Query{}, grantDetail{}, err
	}
	detail := grantDetail{From: from}
	query, err := a.bot.policyQuery(ctx, rules, r)
	if err != nil || !a.bot.writes(r.Command) {
		return query, detail, err
	}
	command, _ := a.bot.catalogue.Lookup(r.Command)
	plan, err := command.Plan(ctx, r)
	if refusal, refused := errors.AsType[*commands.Refusal](err); refused {
		detail.Fault = refusal.Message
		query.Plan = a.bot.planAsTyped(r.Invocation)
		return query, detail, nil
	}
	if err == nil {
		query.Plan, err = a.bot.policyPlan(ctx, rules, r.Command, commands.FactsOf(plan))
	}
	if err == nil {
		detail.Lines, err = a.bot.env.DescribePlan(ctx, plan)
	}
	return query, detail, err
}

// planAsTyped is what a command would do by what is typed alone.
func (b *Bot) planAsTyped(typed syntax.Invocation) *policy.Plan {
	return request.PlanOf(commands.TypedFacts(typed))
}

// typedPlan is what the request would do by what is typed alone, nil where that was not read.
func (a *attempt) typedPlan() *policy.Plan { return request.PlanOf(a.typedFacts) }
