package bot

import (
	"context"
	"fmt"

	"github.com/rs/zerolog"

	"roombot/commands"
	"roombot/symphony"
)

// showSent puts "Sent." in the place of a form for a room that was sent, or below it where Symphony
// lets no message be edited. The request is stored by then. A failure stops nothing.
func (a *attempt) showSent(ctx context.Context) {
	if a.request.roomForm() == nil || a.form == nil || a.form.foreign || a.form.refusal != nil {
		return
	}
	if err := a.replaceForm(ctx); err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("that a form was sent may not have been shown")
	}
}

func (a *attempt) replaceForm(ctx context.Context) error {
	var shown sentMessage
	done, err := a.Result(stepSent, &shown)
	if err != nil || shown.Message != "" {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, a.bot.env.Limits.CallTimeout)
	defer cancel()
	if !done {
		if shown, err = a.editForm(ctx); err != nil || shown.Message != "" {
			return err
		}
	}
	_, err = a.sendOnce(ctx, partSent, a.request.Stream, a.render(partSent, commands.ConfirmSent()))
	return err
}

// editForm edits the message of the form. An edit repeated after a crash shows the same again.
func (a *attempt) editForm(ctx context.Context) (sentMessage, error) {
	form := a.form.Message
	if form.ID == "" { // an earlier attempt has read it
		var err error
		if form, err = a.bot.client.Message(ctx, a.request.Message); err != nil {
			return sentMessage{}, fmt.Errorf("read the message of the form: %w", err)
		}
	}
	if form.ReplacedBy != "" { // it was sent before
		return sentMessage{Stream: a.request.Stream, Message: form.ReplacedBy}, nil
	}
	if !commands.ShowsRoomForm(form.PresentationML) { // a client can say that it has sent any form
		return sentMessage{Stream: a.request.Stream, Message: form.ID}, nil
	}
	markup, data := commands.SentForm(form.Data)
	old := sentMessage{Stream: a.request.Stream, Message: a.request.Message}
	return a.replaceMessage(ctx, stepSent, old, symphony.Outgoing{MessageML: markup, Data: data})
}
