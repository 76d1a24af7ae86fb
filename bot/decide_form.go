package bot

import (
	"context"
	"errors"
	"fmt"
	"math"

	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
)

// message is what the user said: typed, filled into a form, or an offer that was clicked.
type message struct {
	syntax.Message
	// form is set where the user asks for the form instead of the command.
	form *syntax.FormRequest
	// act is what a button does to the request of job, if it runs no command.
	act commands.Act
	job string
	// fresh is true for a form that is for another request than the one that is answered.
	fresh bool
}

func (m message) offer() commands.Offer { return commands.Offer{Act: m.act, Job: m.job} }

// formMessage is the message that shows the form of a request.
type formMessage struct {
	symphony.Message
	foreign bool              // somebody else has posted it, and it is none of the bot's business
	refusal *commands.Refusal // why the form cannot be used: it is gone, or for another person
}

// checkForm reads the message of a form, unless an earlier attempt has decided the outcome.
func (a *attempt) checkForm(ctx context.Context) (ignoreReason, error) {
	if a.request.Form == nil || a.request.Surplus != "" {
		return "", nil
	}
	if decided, err := a.Result(a.inSeries(stepOutcome), new(outcome)); err != nil || decided {
		return "", err
	}
	form, err := a.readForm(ctx)
	if err != nil || !form.foreign {
		return "", err
	}
	return ignoreForeign, nil
}

// readForm reads the message that shows the form, once in an attempt, and notes in the request's
// Origin to whose request the form belongs.
func (a *attempt) readForm(ctx context.Context) (*formMessage, error) {
	if a.form != nil {
		return a.form, nil
	}
	if known, err := a.Result(stepForm, &a.request.Origin); known || err != nil {
		a.form = &formMessage{}
		return a.form, err
	}
	shown, err := a.bot.client.Message(ctx, a.request.Message)
	form := &formMessage{Message: shown}
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		form.refusal = commands.Expired()
	case err != nil:
		return nil, fmt.Errorf("read the message of the form: %w", err)
	case shown.From.ID != a.bot.self.ID:
		form.foreign = true
	case a.request.isApproval() || a.request.isGrantCard(): // which checks whom it is for
	case !commands.IsFor(shown.Data, a.request.From.ID):
		form.refusal = commands.NotYours(a.nameOfRequester(ctx, shown.Data))
	default:
		a.request.Origin = lineOrigin(commands.OriginOf(shown.Data, string(shown.ID)), a.clickedLine(shown.Data))
		if err := a.keepOrigin(ctx); err != nil {
			return nil, err
		}
	}
	a.form = form
	return form, nil
}

// clickedLine is which of several commands of a message the clicked button runs, 0 for any other
// button.
func (a *attempt) clickedLine(data string) int {
	if a.request.Form.ID != commands.FormOffer {
		return 0
	}
	offer, err := commands.ClickedOffer(data, a.request.Form.Values, a.request.Line)
	if err != nil { // which readSentForm refuses
		return 0
	}
	return offer.Line
}

// keepOrigin stores to whose request a form for a room belongs, since "Sent." takes its place. The
// offers of other forms stand in their messages, which stay.
func (a *attempt) keepOrigin(ctx context.Context) error {
	if a.request.roomForm() == nil {
		return nil
	}
	return a.Do(ctx, stepForm, nil, func(context.Context) (any, error) { return a.request.Origin, nil })
}

// nameOfRequester is the name of whoever a message answers. It is empty where the directory does
// not tell, and for people of other companies, who are shown nothing of it.
func (a *attempt) nameOfRequester(ctx context.Context, data string) string {
	id := commands.RequesterOf(data)
	if id == 0 || a.bot.env.IsExternal(a.request.From.ID) {
		return ""
	}
	users, err := a.bot.client.UsersByID(ctx, id)
	if err != nil || len(users) != 1 {
		return ""
	}
	return users[0].DisplayName
}

// readMessage reads what the user said.
func (a *attempt) readMessage(ctx context.Context) (message, error) {
	if a.typed != nil {
		return message{Message: *a.typed}, nil
	}
	if a.request.Form == nil {
		typed, err := a.request.typedMessage()
		return message{Message: typed}, err
	}
	form, err := a.readForm(ctx)
	switch {
	case err != nil:
		return message{}, err
	case form.foreign:
		return message{}, errors.New("the form is not the bot's")
	case form.refusal != nil:
		return message{}, form.refusal
	}
	return a.readSentForm(ctx, form)
}

// readSentForm reads the command that a form stands for.
func (a *attempt) readSentForm(ctx context.Context, form *formMessage) (m message, err error) {
	if values := a.request.roomForm(); values != nil {
		if err := a.checkPolicyFirst(ctx, commands.CommandNewRoom); err != nil {
			return message{}, err
		}
		m.Message, err = a.bot.env.ReadForm(ctx, values)
		m.Room = a.request.Room
		return m, err
	}
	if a.request.isUndo() || a.request.isAboutAnother() { // which is no command
		return message{}, nil
	}
	offer, err := commands.ClickedOffer(form.Data, a.request.Form.Values, a.request.Line)
	if err != nil {
		return message{}, err
	}
	m.Message, m.act, m.job = offer.Command, offer.Act, offer.Job
	m.Room = a.request.Room
	m.fresh = offer.OpensEmptyForm()
	if offer.Edit {
		m.form, err = a.formOf(ctx, offer.Command)
	}
	return m, err
}

// formOf is the form filled in with all that the offered message says.
func (a *attempt) formOf(ctx context.Context, offered syntax.Message) (*syntax.FormRequest, error) {
	g := a.grammar(ctx)
	g.MaxMembers = math.MaxInt // who fills the form in may leave people out
	form := g.FormFor(offered)
	if form == nil {
		return nil, commands.Expired()
	}
	return form, nil
}
