package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// readSafely is what read makes of a message or a form. Where read panics, the event is set aside,
// so that it stops neither those beside it nor the bot, and does not come again for ever.
func (b *Bot) readSafely(ctx context.Context, source symphony.Message, read func() (arrival, bool)) (a arrival, ok bool) {
	if caught := symphony.CatchPanic(func() { a, ok = read() }); caught != nil {
		return b.setAside(ctx, source, b.mayBeForBot(source), caught)
	}
	return a, ok
}

// requestOfUnknown is the request that an event makes whose reading panicked in the client, or that
// was too large to be read. Other unknown events make none.
func (b *Bot) requestOfUnknown(ctx context.Context, e symphony.Unknown) (arrival, bool) {
	_, panicked := errors.AsType[*symphony.PanicError](e.Err)
	if !panicked && !errors.Is(e.Err, symphony.ErrTooLarge) || e.Source.From.ID == b.self.ID {
		return arrival{}, false
	}
	return b.setAside(ctx, e.Source, e.IsForm() || b.mayBeForBot(e.Source), e.Err)
}

// setAside counts and logs an event that could not be read. Where its sender may wait for an answer
// it becomes a request without a text, which is answered by an apology.
func (b *Bot) setAside(ctx context.Context, source symphony.Message, isForBot bool, cause error) (arrival, bool) {
	b.metrics.setAside.Inc()
	line := zerolog.Ctx(ctx).Error()
	if caught, panicked := errors.AsType[*symphony.PanicError](cause); panicked {
		line = line.Str("panic", caught.Cause).Bytes("stack", caught.Stack)
	} else {
		line = line.Err(cause)
	}
	line.Str("job", string(source.ID)).
		Str("request", string(commands.NewRequestID(string(source.ID)))).Str("chat", string(source.Stream.ID)).
		Int64("user", int64(source.From.ID)).
		Msg("event could not be read and was set aside")
	a := arrival{id: string(source.ID), request: requestFromMessage(source), lane: engine.ReadLane}
	a.request.Text, a.request.Data, a.request.Unreadable = "", "", true
	return a, isForBot
}

// mayBeForBot reports whether the sender of a message that cannot be read may wait for an answer:
// it stands in a 1:1 chat, names the bot, or has the name of a command with its slash.
func (b *Bot) mayBeForBot(m symphony.Message) bool {
	if isFromProgram(m) {
		return false
	}
	if m.Stream.Type == symphony.IM || strings.Contains(m.Data, strconv.FormatInt(int64(b.self.ID), 10)) {
		return true
	}
	text := strings.ToLower(m.PresentationML)
	for _, name := range b.catalogue.Names() {
		if strings.Contains(text, "/"+name) {
			return true
		}
	}
	return false
}
