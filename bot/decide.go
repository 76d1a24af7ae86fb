package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/rs/zerolog"

	"roombot/commands"
	"roombot/commands/syntax"
)

// decision is what becomes of a request: an outcome to deliver, or nothing at all for a reason.
type decision struct {
	outcome outcome
	ignored ignoreReason // empty where there is an outcome
}

// ignoreReason says why a request gets no answer.
type ignoreReason string

const (
	ignoreSurplus  ignoreReason = "another surplus request of the chat is answered for it"
	ignoreAnswered ignoreReason = "missed request has an answer already"
	ignoreEarlier  ignoreReason = "request was answered, but the store does not know: it was set back"
	ignoreUndone   ignoreReason = "room was undone while its people were still being added"
	ignoreForeign  ignoreReason = "form was posted by somebody else"
	ignoreStop     ignoreReason = "the request that it has stopped is answered for it"
)

func (r ignoreReason) log(ctx context.Context) {
	level := zerolog.DebugLevel
	if r == ignoreAnswered || r == ignoreEarlier || r == ignoreUndone {
		level = zerolog.InfoLevel
	}
	zerolog.Ctx(ctx).WithLevel(level).Str("reason", string(r)).Msg("request was ignored")
}

// decide finds out whether the request gets an answer, and which.
func (a *attempt) decide(ctx context.Context) (decision, error) {
	checks := []func(context.Context) (ignoreReason, error){
		a.checkSurplus, a.checkMissed, a.checkEarlier, a.checkForm, a.checkStop, a.checkUndone,
	}
	for _, check := range checks {
		if reason, err := check(ctx); err != nil || reason != "" {
			return decision{ignored: reason}, err
		}
	}
	var sent sync.WaitGroup
	aside := *a // since the answer notes in a what it finds out
	sent.Go(func() { aside.showSent(ctx) })
	decided, err := a.keepOutcome(ctx, a.answer)
	sent.Wait()
	return decision{outcome: decided}, err
}

// checkSurplus lets one surplus request of a flood be answered. The admission has chosen it, except
// for requests that an earlier version has left out.
func (a *attempt) checkSurplus(ctx context.Context) (ignoreReason, error) {
	if a.request.Surplus == "" || a.request.Bound != "" {
		return "", nil
	}
	owner, err := a.Claim(ctx, surplusClaim(a.request.conversation(), a.request.Surplus))
	switch {
	case err != nil:
		return "", err
	case owner != a.ID:
		return ignoreSurplus, nil
	}
	return "", nil
}

// answer decides what the user is told, and does what has to be done for it. A refusal comes with
// the form that the user has filled in.
func (a *attempt) answer(ctx context.Context) (commands.Reply, error) {
	reply, err := a.answerMessage(ctx)
	if refusal, ok := errors.AsType[*commands.Refusal](err); ok {
		if refusal, err = a.endByRefusal(ctx, refusal); err == nil {
			reply = a.withNextStep(ctx, refusal)
			if a.approved != nil { // and Symphony has refused it
				reply = commands.AddApproval(reply, a.stateForRequester(*a.approved))
			}
		}
	}
	if err != nil {
		return commands.Reply{}, err
	}
	return a.tellEarlierVersion(ctx, reply)
}

// withNextStep is the reply for a refusal, with something to click wherever a correction helps: the
// form that was sent, or a button that opens the form with what was typed.
func (a *attempt) withNextStep(ctx context.Context, refusal *commands.Refusal) commands.Reply {
	if sent := a.request.roomForm(); sent != nil {
		return refusal.ReplyWithForm(sent, a.groupChoices(ctx))
	}
	return a.bot.catalogue.WithEdit(refusal, a.grammar(ctx), a.said).Reply()
}

func (a *attempt) answerMessage(ctx context.Context) (commands.Reply, error) {
	if a.request.Surplus != "" {
		return commands.Reply{}, a.refuseSurplus(ctx)
	}
	if a.request.Unreadable {
		return commands.Reply{}, commands.Unreadable(a.id)
	}
	m, err := a.readMessage(ctx)
	if err != nil {
		return commands.Reply{}, err
	}
	a.said = m.Message
	switch {
	case a.request.isUndo():
		return a.undoRoom(ctx, a.form)
	case a.request.isApproval():
		return a.answerApproval(ctx, a.form)
	case a.request.isAccess():
		return a.answerAccess(ctx, a.form)
	case a.request.isGrantCard():
		return a.answerGrantCard(ctx, a.form)
	case m.act != "":
		return a.answerAct(ctx, m.offer())
	case m.form != nil:
		reply, err := a.showForm(ctx, m.form)
		reply.Fresh = m.fresh
		return reply, err
	}
	grammar, set := a.grammar(ctx), a.bot.catalogue
	result := grammar.Parse(m.Message)
	switch {
	case result.Command != nil:
		if a.isTooLate(a.late) && set.Writes(*result.Command) {
			return commands.Reply{}, a.refuseLate(ctx, m.Message, result)
		}
		return a.runCommand(ctx, m.Message, *result.Command)
	case result.Error != nil:
		return commands.Reply{}, a.refuseSyntax(ctx, grammar, m.Message, result.Error)
	case result.Form != nil:
		return a.showForm(ctx, result.Form)
	default:
		return a.answerTalk(ctx, result), nil
	}
}

// refuseSurplus is the refusal of a request that is left out.
func (a *attempt) refuseSurplus(ctx context.Context) error {
	var typed syntax.Message
	if a.request.Form == nil {
		typed, _ = a.request.typedMessage() // what cannot be read is not offered again
	}
	set, read := a.bot.catalogue, a.bot.grammar.Parse(typed)
	if a.request.Bound == boundPerson {
		zerolog.Ctx(ctx).Warn().Msg("person has too many unfinished requests in the chat, more are left out")
		return set.TooManyOfPerson(a.request.From.Name, a.bot.bounds.PerPerson, typed, read)
	}
	zerolog.Ctx(ctx).Warn().Msg("chat has too many unfinished requests, more are left out")
	return set.TooMany(a.bot.bounds.PerConversation, typed, read)
}

// refuseSyntax is the refusal of a message that could not be read, or that of the policy where it
// denies the command whatever the rest says. Who misspelt a command may have meant one that is open
// to everybody; only the corrected line is left out where the policy would deny it.
func (a *attempt) refuseSyntax(ctx context.Context, g syntax.Grammar, m syntax.Message, e *syntax.Error) error {
	if a.request.Form != nil { // a button runs one command, or the commands of a message
		e.Readings = slices.DeleteFunc(e.Readings, func(r syntax.Reading) bool { return r.Line > 0 })
	}
	meant := e.Command
	if corrected := e.Corrections(); meant == "" && len(corrected) > 0 {
		meant = g.Parse(corrected[0].Message).CommandName()
	}
	if meant != "" {
		err := a.checkPolicyFirst(ctx, meant)
		_, denied := errors.AsType[*commands.Refusal](err)
		switch {
		case denied && e.Command == "":
			e.Fix, e.Readings = nil, nil
		case err != nil:
			return err
		}
	}
	if e.Command == "" { // only a suggestion was decided about
		a.decision = policyDecision{}
	}
	a.command = e.Command
	refusal := a.bot.catalogue.SyntaxRefusal(g, m, e)
	if e.Command == "" {
		a.withoutDeniedForm(ctx, refusal)
	}
	r := &commands.Request{From: a.request.From, Chat: a.request.chat(), Message: m}
	a.bot.env.SuggestPeople(ctx, r, g, e, refusal)
	a.bot.env.SuggestNamedPeople(ctx, r, g, e, refusal)
	a.bot.env.CorrectGroups(ctx, r, g, refusal)
	return refusal
}

// withoutDeniedForm leaves out the buttons that open the form, for whom it would be denied.
func (a *attempt) withoutDeniedForm(ctx context.Context, refusal *commands.Refusal) {
	opensForm := func(o commands.Offer) bool { return o.Edit }
	if slices.ContainsFunc(refusal.Offers, opensForm) && a.permissions(ctx).Access[commands.CommandNewRoom] == commands.AccessNowhere {
		refusal.Offers, refusal.Final = slices.DeleteFunc(refusal.Offers, opensForm), true
	}
}

// refuseLate asks about a command that may not be wanted any more, unless the policy denies it.
func (a *attempt) refuseLate(ctx context.Context, m syntax.Message, result syntax.Result) error {
	if err := a.checkPolicyFirst(ctx, result.Command.Command); err != nil {
		return err
	}
	if a.late.Flooded {
		return a.bot.catalogue.LeftOut(m, result)
	}
	return a.bot.catalogue.TooLate(m, result, a.late.Ago)
}

// showForm shows the form, unless it would be filled in for nothing.
func (a *attempt) showForm(ctx context.Context, f *syntax.FormRequest) (commands.Reply, error) {
	if err := a.checkPolicyFirst(ctx, f.Prefill.Command); err != nil {
		return commands.Reply{}, err
	}
	return a.bot.env.FormReply(f, a.groupChoices(ctx))
}

// runCommand asks the policy, plans and applies.
func (a *attempt) runCommand(ctx context.Context, m syntax.Message, invocation syntax.Invocation) (commands.Reply, error) {
	a.command = invocation.Command
	r := a.newRequest()
	r.Message, r.Invocation = m, invocation
	command, ok := a.bot.catalogue.Lookup(invocation.Command)
	if !ok {
		return commands.Reply{}, fmt.Errorf("no command %q", invocation.Command)
	}
	if command.Writes() && !r.Preview() {
		return a.writeOnce(ctx, command, r)
	}
	plan, err := a.plan(ctx, command, r)
	switch {
	case err != nil:
		return commands.Reply{}, err
	case r.Preview() && a.wantsApproval != "":
		return commands.AddNeedsApproval(plan.Preview(), a.wantsApproval), nil
	case r.Preview():
		return plan.Preview(), nil
	}
	if err := a.useGrant(ctx); err != nil {
		return commands.Reply{}, err
	}
	reply, err := plan.Apply(ctx, a)
	if err != nil {
		return commands.Reply{}, err
	}
	return a.tellUsedUp(ctx, reply)
}

// newRequest is the request as commands see it, without what it says.
func (a *attempt) newRequest() *commands.Request {
	return &commands.Request{
		ID: a.id, Job: a.ID, At: a.request.At, From: a.request.From, Chat: a.request.chat(),
		Missed: a.mayBeUnknown(), BeforeProofs: a.request.Journal < commands.FirstProofVersion,
	}
}

// plan asks the policy, decides what would be done, and asks the policy again about that.
func (a *attempt) plan(ctx context.Context, command commands.Command, r *commands.Request) (commands.Plan, error) {
	a.typedFacts = commands.TypedFacts(r.Invocation)
	if err := a.checkPolicy(ctx, r); err != nil {
		return nil, err
	}
	if a.bot.env.MayNameGroup(r) {
		var err error
		if r.MayListGroups, err = a.mayListGroups(ctx); err != nil {
			return nil, err
		}
	}
	plan, err := command.Plan(ctx, r)
	if err != nil {
		return nil, err
	}
	if a.facts, a.planned = commands.FactsOf(plan), plan; a.facts != nil {
		if err := a.checkPolicy(ctx, r); err != nil {
			return nil, err
		}
	}
	return plan, nil
}

// writeOnce applies a plan that is stored first: what has been decided once is carried on, even if
// by then the policy or a group is another. Of all versions of a message one is applied.
func (a *attempt) writeOnce(ctx context.Context, command commands.Command, r *commands.Request) (commands.Reply, error) {
	var stored json.RawMessage
	err := a.Do(ctx, commands.StepPlan, &stored, func(ctx context.Context) (any, error) {
		plan, err := a.plan(ctx, command, r)
		if err == nil {
			err = a.replaceEarlierVersions(ctx, "")
		}
		if err == nil {
			a.auditDecision(ctx)
			err = a.keepPlannedDecision(ctx)
		}
		return plan, err
	})
	if err != nil {
		return commands.Reply{}, err
	}
	plan, err := command.Resume(r, stored)
	if err != nil {
		return commands.Reply{}, err
	}
	a.facts, a.planned = commands.FactsOf(plan), plan
	claim := messageClaim(a.request.Origin)
	owner, err := a.claimMessage(ctx)
	switch {
	case err != nil:
		return commands.Reply{}, err
	case owner != a.ID:
		return commands.Reply{}, a.refuseSecond(ctx, owner, r.Message)
	}
	reply, err := plan.Apply(ctx, a)
	if err == nil {
		reply, err = a.tellApproval(ctx, reply)
	}
	if err == nil {
		reply, err = a.tellUsedUp(ctx, reply)
	}
	if _, refused := errors.AsType[*commands.Refusal](err); refused { // nothing came of it: a corrected version may run
		if err := errors.Join(a.Release(ctx, claim), a.releaseRoomCount(ctx), a.returnGrant(ctx)); err != nil {
			return commands.Reply{}, err
		}
	}
	return reply, err
}
