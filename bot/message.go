package bot

import (
	"context"
	"errors"
	"fmt"

	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
)

// message is what the user said: typed, filled into a form, or an offer that
// was clicked.
type message struct {
	syntax.Message
	// form is set where the user asks for the form instead of the command.
	form *syntax.Form
}

// errNotOurs is a form that the bot has not posted: it is none of its business.
var errNotOurs = errors.New("the form is not the bot's")

// message reads what was kept of the event.
func (w *work) message(ctx context.Context) (message, error) {
	if w.in.Form == nil {
		typed, err := w.in.read()
		return message{Message: typed}, err
	}
	carrier, err := w.carrier(ctx)
	if err != nil {
		return message{}, err
	}
	return w.submitted(ctx, carrier)
}

// carrier reads the message that shows the form, and notes in w.in.Origin whose
// request the form belongs to.
func (w *work) carrier(ctx context.Context) (symphony.Message, error) {
	carrier, err := w.bot.client.Message(ctx, w.in.Message)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return symphony.Message{}, commands.Expired()
	case err != nil:
		return symphony.Message{}, fmt.Errorf("read the message of the form: %w", err)
	case carrier.From.ID != w.bot.self.ID:
		return symphony.Message{}, errNotOurs
	case !commands.IsFor(carrier.Data, w.in.From.ID):
		return symphony.Message{}, commands.NotYours()
	}
	w.in.Origin = symphony.MessageID(commands.OriginOf(carrier.Data, string(carrier.ID)))
	return carrier, nil
}

func (w *work) submitted(ctx context.Context, carrier symphony.Message) (m message, err error) {
	if w.in.Form.ID == commands.FormNewRoom {
		m.Message, err = w.bot.desk.ReadForm(ctx, w.in.Form.Values)
		m.Room = w.in.Room
		return m, err
	}
	offer, err := commands.ClickedOffer(carrier.Data, w.in.Form.Values)
	if err != nil {
		return message{}, err
	}
	m.Message = offer.Command
	m.Room = w.in.Room
	if offer.Edit {
		m.form, err = w.prefill(offer.Command)
	}
	return m, err
}

// prefill is the form with all that the offered command says.
func (w *work) prefill(command syntax.Message) (*syntax.Form, error) {
	result := w.bot.reading().Parse(command)
	switch {
	case result.Form != nil:
		return result.Form, nil
	case result.Command != nil:
		return &syntax.Form{Prefill: *result.Command}, nil
	default:
		return nil, commands.Expired()
	}
}
