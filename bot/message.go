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
	// origin is the message whose request this is: its versions and the
	// clicks on its offers are carried out once in all.
	origin symphony.MessageID
	// form is set where the user asks for the form instead of the command.
	form *syntax.Form
}

// message reads what was kept of the event.
func (w *work) message(ctx context.Context) (message, error) {
	if w.in.Form == nil {
		typed, err := w.in.read()
		return message{Message: typed, origin: w.in.Origin}, err
	}
	carrier, err := w.bot.client.Message(ctx, w.in.Message)
	if errors.Is(err, symphony.ErrNotFound) || err == nil && carrier.From.ID != w.bot.self.ID {
		return message{}, commands.Expired()
	}
	if err != nil {
		return message{}, fmt.Errorf("read the message of the form: %w", err)
	}
	return w.submitted(ctx, carrier)
}

func (w *work) submitted(ctx context.Context, carrier symphony.Message) (message, error) {
	origin := commands.OriginOf(carrier.Data, string(carrier.ID))
	m := message{origin: symphony.MessageID(origin)}
	var err error
	switch w.in.Form.ID {
	case commands.FormNewRoom:
		m.Message, err = w.bot.desk.FromForm(ctx, w.in.Form.Values)
	default:
		var offer commands.Offer
		offer, err = commands.Chosen(carrier.Data, w.in.Form.Values)
		m.Message = offer.Command
		if err == nil && offer.Edit {
			m.form, err = w.prefill(offer.Command)
		}
	}
	m.Room = w.in.Room
	return m, err
}

// prefill is the form with all that the offered command says.
func (w *work) prefill(command syntax.Message) (*syntax.Form, error) {
	result := w.bot.grammar.Parse(command)
	switch {
	case result.Form != nil:
		return result.Form, nil
	case result.Command != nil:
		return &syntax.Form{Prefill: *result.Command}, nil
	default:
		return nil, commands.Expired()
	}
}
