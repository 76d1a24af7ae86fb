package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// A click on Undo is a job of its own. It does not wait for the jobs of its chat, since the job
// whose room it closes may still add people, or wait for people of other companies. The two are
// kept apart by a claim. The job that has opened the room holds it while it works and a first
// answer with the button is shown; the click holds it from before its first write, and for ever
// once the room is undone. So the answer that says so is the last.

// undoPause is how long a click waits for the job that has opened the room, or the job for a click.
const undoPause = 500 * time.Millisecond

// isUndo reports whether the request is a click on Undo. The name of a button proves nothing: what
// it stands for is read from the bot's own message.
func (r storedRequest) isUndo() bool {
	return r.Form != nil && r.Form.ID == commands.FormOffer && r.Form.Values.Action() == commands.ButtonUndo
}

// undoRoom carries out a click on Undo. It needs no rule of the policy: it only takes back what the
// requester was let do.
func (a *attempt) undoRoom(ctx context.Context, form *formMessage) (commands.Reply, error) {
	undo, err := commands.ClickedUndo(form.Data)
	if err != nil {
		return commands.Reply{}, err
	}
	err = a.Do(ctx, commands.StepUndo, &undo, func(context.Context) (any, error) { return undo, nil })
	if err != nil {
		return commands.Reply{}, err
	}
	shown, err := a.newestVersion(ctx, form.Message)
	if err != nil {
		return commands.Reply{}, err
	}
	if err := a.claimUndo(ctx, undo); err != nil {
		return commands.Reply{}, err
	}
	if err := a.addUndoEntry(ctx); err != nil {
		return commands.Reply{}, err
	}
	click := commands.UndoClick{By: a.request.From.ID, At: a.request.At, Shown: shown.Time}
	reply, err := a.bot.env.Undo(ctx, a, undo, click)
	_, paused := errors.AsType[*engine.PausedError](err)
	if paused || commands.IsRefusal(err) { // another click may have more luck, and the room's own job goes on
		if failed := a.Release(ctx, undoClaim(undo.Job)); failed != nil {
			return commands.Reply{}, failed
		}
	}
	if err != nil {
		return commands.Reply{}, err
	}
	a.undone = &undoneAnswer{undo: undo, shown: shown}
	if reply.Code == commands.CodeUndone {
		err = a.editUndoneNotice(ctx)
	}
	return reply, err
}

// claimUndo claims the room for the click, and waits while the job that has opened it works.
func (a *attempt) claimUndo(ctx context.Context, undo commands.Undo) error {
	owner, err := a.Claim(ctx, undoClaim(undo.Job))
	switch {
	case err != nil:
		return err
	case owner == undo.Job:
		return &commands.WaitError{After: undoPause, Why: "the room's own job works", Planned: true}
	case owner != a.ID:
		return commands.UndoRepeated(commands.NewRequestID(owner), undo.Room)
	}
	return nil
}

// newestVersion is the latest edit of a message: it alone can be edited again.
func (a *attempt) newestVersion(ctx context.Context, m symphony.Message) (symphony.Message, error) {
	const maxEdits = 20
	for range maxEdits {
		if m.ReplacedBy == "" {
			break
		}
		next, err := a.bot.client.Message(ctx, m.ReplacedBy)
		switch {
		case symphony.VerdictOf(err) == symphony.Refused:
			return m, nil
		case err != nil:
			return symphony.Message{}, fmt.Errorf("read the edited answer: %w", err)
		}
		m = next
	}
	return m, nil
}

// undoneAnswer is the answer that had the button, of a room that this attempt has undone.
type undoneAnswer struct {
	undo  commands.Undo
	shown symphony.Message
}

// composeUndone is the outcome of a room that was undone: an edit of the answer that had the
// button. It keeps that answer's stamp, as its reply, and has nothing to click.
func (a *attempt) composeUndone(reply commands.Reply) outcome {
	return outcome{
		Code: reply.Code, Room: a.undone.undo.Room, Stream: a.request.Stream,
		Reply: a.render(partReply, reply), Brief: a.render(partBrief, reply.Brief(a.id)),
		Edited: a.undone.shown.ID, Edit: renderUndone(a.undone.shown, partReply, reply),
	}
}

// renderUndone makes the message that takes the place of another one, of the same request, as the
// given part in the same series of attempts.
func renderUndone(old symphony.Message, part string, reply commands.Reply) symphony.Outgoing {
	stamp := commands.StampOf(old.Data)
	_, series, again := strings.Cut(stamp.Part, "/")
	stamp.Part = part
	if again {
		stamp.Part += "/" + series
	}
	markup, data := reply.Render(stamp)
	return symphony.Outgoing{MessageML: markup, Data: data}
}

// editUndoneNotice edits what stands in the chat of the request where the answer with the button is
// in the 1:1 chat: it says that the room is open, or that it is being opened.
func (a *attempt) editUndoneNotice(ctx context.Context) error {
	chat := a.undone.undo.Chat
	if chat == "" || chat == a.request.Stream {
		return nil
	}
	return a.Do(ctx, stepUndoneNotice, nil, func(ctx context.Context) (any, error) {
		old, err := a.findNotice(ctx, chat)
		if err != nil || old.ID == "" {
			return sentMessage{}, err
		}
		edited := renderUndone(old, partNotice, commands.UndoneNotice())
		updated, err := a.bot.client.UpdateMessage(ctx, chat, old.ID, edited)
		return resultOfSending(ctx, chat, updated, edited, err)
	})
}

// findNotice is the newest message of the bot about the undone request in the chat of that, empty
// where there is none.
func (a *attempt) findNotice(ctx context.Context, chat symphony.StreamID) (found symphony.Message, err error) {
	request := commands.NewRequestID(a.undone.undo.Job)
	since := a.undone.shown.Time.Add(-a.bot.env.Limits.UndoTime)
	for m, err := range a.bot.client.MessagesSince(ctx, chat, since) {
		switch {
		case symphony.VerdictOf(err) == symphony.Refused:
			return symphony.Message{}, nil
		case err != nil:
			return symphony.Message{}, fmt.Errorf("look for the notice: %w", err)
		case m.From.ID != a.bot.self.ID || !commands.IsAbout(m.Data, request):
		case found.ID == "" || m.Time.After(found.Time):
			found = m
		}
	}
	return found, nil
}

// editUndone edits the answer that had the button. It returns no message where the reply is still
// to be shown as well: Symphony refused the edit, or a first answer has promised one.
func (a *attempt) editUndone(ctx context.Context, o outcome) (sentMessage, error) {
	old := sentMessage{Stream: o.Stream, Message: o.Edited}
	edited, err := a.replaceMessage(ctx, a.inSeries(stepUndone), old, o.Edit)
	if err != nil || edited.Message == "" {
		return sentMessage{}, err
	}
	first, err := a.firstAnswer(ctx)
	if err != nil || first.Message != "" {
		return sentMessage{}, err
	}
	return edited, nil
}

// checkUndone keeps clicks on Undo from the room while its job works, from when a first answer may
// show the button. A job whose room was undone ends without another word.
func (a *attempt) checkUndone(ctx context.Context) (ignoreReason, error) {
	if a.request.isUndo() {
		return "", nil
	}
	may, err := a.mayShowUndo(ctx)
	if err != nil || !may {
		return "", err
	}
	if told, err := a.isToldUndone(ctx); err != nil || told {
		return ignoreUndone, err
	}
	return a.holdRoom(ctx)
}

// mayShowUndo reports whether a first answer was shown, which may have the button.
func (a *attempt) mayShowUndo(ctx context.Context) (bool, error) {
	for _, shown := range []string{partReply, stepUpdate} { // then nothing more will be
		if known, err := a.Result(a.inSeries(shown), new(sentMessage)); err != nil || known {
			return false, err
		}
	}
	for _, part := range []string{partFirst, partFirstDetails, partFirstLink, partFirstInvited} {
		_, times, err := a.Intentions(ctx, a.inSeries(part))
		if err != nil || times > 0 {
			return times > 0, err
		}
	}
	return a.mayBeUnknown(), nil
}

// holdRoom claims the room against clicks on Undo until the attempt ends. It fails with a
// *WaitError while a click is at work.
func (a *attempt) holdRoom(ctx context.Context) (ignoreReason, error) {
	if a.holdsRoom {
		return "", nil
	}
	owner, err := a.Claim(ctx, undoClaim(a.ID))
	switch {
	case err != nil:
		return "", err
	case owner == a.ID:
		a.holdsRoom = true
		return "", nil
	}
	finished, err := a.bot.engine.IsFinished(ctx, owner)
	switch {
	case err != nil:
		return "", err
	case finished:
		return ignoreUndone, nil
	}
	return "", &commands.WaitError{After: undoPause, Why: "the room is being undone", Planned: true}
}

// holdRoomOf is holdRoom for a first answer with the button, before it is shown.
func (a *attempt) holdRoomOf(ctx context.Context, first commands.Reply) (ignoreReason, error) {
	if first.Undo == nil {
		return "", nil
	}
	return a.holdRoom(ctx)
}

// releaseRoom lets clicks on Undo have the room.
func (a *attempt) releaseRoom(ctx context.Context) error {
	if !a.holdsRoom {
		return nil
	}
	a.holdsRoom = false
	return a.Release(ctx, undoClaim(a.ID))
}

// isToldUndone reports whether the answer of an earlier job says that its room was undone, which
// the store does not know if it was set back.
func (a *attempt) isToldUndone(ctx context.Context) (bool, error) {
	var decided outcome
	known, err := a.Result(a.inSeries(stepOutcome), &decided)
	if err != nil || !known || decided.Room == "" || !a.mayBeUnknown() {
		return false, err
	}
	for m, err := range a.bot.client.MessagesSince(ctx, decided.Stream, a.request.At) {
		switch {
		case symphony.VerdictOf(err) == symphony.Refused:
			return false, nil
		case err != nil:
			return false, fmt.Errorf("look whether the room was undone: %w", err)
		case m.From.ID == a.bot.self.ID && commands.SaysUndone(m.Data, a.id):
			return true, nil
		}
	}
	return false, nil
}

// unfinishedUndo is the reply to a click on Undo that ends unfinished. Another click may go on.
func (a *attempt) unfinishedUndo(ctx context.Context, cancelled bool) (commands.Reply, error) {
	var undo commands.Undo
	checked, err := a.Result(commands.StepUndo, &undo)
	if err == nil && checked {
		err = a.Release(ctx, undoClaim(undo.Job))
	}
	if err != nil {
		return commands.Reply{}, err
	}
	touched, err := commands.MayHaveUndone(ctx, a)
	if err != nil {
		return commands.Reply{}, err
	}
	zerolog.Ctx(ctx).Warn().Str("room", string(undo.Room)).Msg("room may be undone by half")
	return a.bot.env.UnfinishedUndo(a.id, undo.Room, touched, cancelled), nil
}
