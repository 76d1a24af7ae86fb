package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
)

// arrival is a request that has reached the bot, with the id of its job.
type arrival struct {
	id      string
	request storedRequest
	silent  bool // surplus for which another request is answered
	lane    engine.Lane
	urgent  bool            // of an administrator: it waits for no other, and is heard while the queue is full
	typed   *syntax.Message // nil where it was not read
}

// receive stores the requests of a batch of events, in one transaction. The feed acknowledges the
// batch only after it returned nil; after an error it brings the same batch again and none that
// came later. The feed logs the error, except that of a store that is out of order, which the
// engine logs.
func (b *Bot) receive(ctx context.Context, events []symphony.Event) error {
	arrived := b.arrivals(ctx, events)
	if len(arrived) > 0 {
		surplus, err := b.admission.take(ctx, arrived)
		b.admission.noteBatch(err)
		if errors.Is(err, engine.ErrOutOfOrder) {
			err = symphony.AlreadyLogged(err)
		}
		if err != nil {
			return fmt.Errorf("store %d requests: %w", len(arrived), err)
		}
		b.metrics.surplus.Add(float64(surplus))
		zerolog.Ctx(ctx).Debug().Int("requests", len(arrived)).Int("events", len(events)).Msg("requests were stored")
	}
	b.metrics.countEvents(events)
	if len(events) > 0 && !slices.ContainsFunc(events, b.isFromOthers) {
		b.engine.WaitUntilIdle(ctx, ownEventsWait)
	}
	return nil
}

// ownEventsWait is how long the next read waits for running jobs after a batch of the bot's own
// events: most of what it would bring are more of them. The room, each member and the answer are
// events of their own, and as fast as a pod answers each would cost a read.
const ownEventsWait = 5 * time.Millisecond

// isFromOthers reports whether the bot has not caused an event itself.
func (b *Bot) isFromOthers(event symphony.Event) bool { return event.Head().Initiator.ID != b.self.ID }

// arrivals are the requests among events. An event may come twice, and counts once.
func (b *Bot) arrivals(ctx context.Context, events []symphony.Event) []arrival {
	var arrived []arrival
	seen := map[string]bool{}
	for _, event := range events {
		if a, ok := b.requestOf(ctx, event); ok && !seen[a.id] {
			seen[a.id] = true
			arrived = append(arrived, a.perCommand()...)
		}
	}
	return arrived
}

// requestOf is the request that an event makes. It reports false for an event that is not for the
// bot, such as the bot's own messages, which its feed brings as well.
func (b *Bot) requestOf(ctx context.Context, event symphony.Event) (a arrival, ok bool) {
	if !b.isFromOthers(event) {
		return arrival{}, false
	}
	switch e := event.(type) {
	case symphony.MessageSent:
		a, ok = b.requestOfMessage(ctx, e.Message)
	case symphony.FormSubmitted:
		a = arrival{id: string(e.MessageID), request: requestFromForm(e), lane: laneOfForm(e)}
		ok = commands.IsOwnForm(e.FormID)
	case symphony.Unknown:
		a, ok = b.requestOfUnknown(ctx, e)
	}
	if ok && !(isUsableID(a.id) && isUsableID(string(a.request.Stream))) { // it can be neither stored nor answered
		zerolog.Ctx(ctx).Warn().Str("event", string(event.Head().ID)).Msg("event without the id of a message or a chat was dropped")
		return arrival{}, false
	}
	return a, ok
}

// isUsableID reports whether an id of Symphony's can be stored.
func isUsableID(id string) bool { return id != "" && engine.IsText(id) }

func (b *Bot) requestOfMessage(ctx context.Context, m symphony.Message) (arrival, bool) {
	return b.readSafely(ctx, m, func() (arrival, bool) {
		a := arrival{id: string(m.ID), request: requestFromMessage(m)}
		forBot, lane := b.judgeMessage(ctx, m, &a)
		a.lane = lane
		return a, m.From.ID != b.self.ID && forBot
	})
}

// judgeMessage reports whether a message wants an answer, and in which lane. A program's message
// wants one only if it is a complete command: two bots that answer each other's small talk would
// never come to an end.
func (b *Bot) judgeMessage(ctx context.Context, m symphony.Message, a *arrival) (forBot bool, lane engine.Lane) {
	typed, err := a.request.typedMessage()
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Str("job", string(m.ID)).Msg("message could not be read")
		return false, engine.MainLane
	}
	a.typed = &typed
	result := b.parse(typed)
	switch {
	case result.Command != nil && b.catalogue.IsAdmin(result.Command.Command):
		lane, a.urgent = engine.NoLane, true
	case result.Command == nil || !b.catalogue.Writes(*result.Command):
		lane = engine.ReadLane
	}
	if isFromProgram(m) {
		return result.Command != nil, lane
	}
	return !result.Ignore, lane
}

// isFromProgram reports whether a program sent the message: what comes through an agent names the
// agent as the sender's client.
func isFromProgram(m symphony.Message) bool { return strings.HasPrefix(m.UserAgent, "Agent-") }
