package bot_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/commands/syntax"
	"roombot/symphony"
)

const (
	couldNotRead = "✗ I could not read this. The fault is mine, not yours."
	wasSetAside  = "event could not be read and was set aside"
)

// panicsAtAWord has the bot panic, with the text of the message, while it reads messages that hold
// a word.
func panicsAtAWord(w *world) {
	w.prepare = func(b *bot.Bot) {
		b.SetParse(func(parse func(syntax.Message) syntax.Result) func(syntax.Message) syntax.Result {
			return func(m syntax.Message) syntax.Result {
				if strings.Contains(m.Text, "Boom") {
					panic("cannot parse " + m.Text)
				}
				return parse(m)
			}
		})
	}
}

func (w *world) hasSetAside(events int) {
	w.t.Helper()
	_, text := w.page("/metrics")
	require.Contains(w.t, text, fmt.Sprintf("\nroombot_set_aside_total %d\n", events))
}

func TestMessageWhoseReadingPanicsIsSetAsideAndItsSenderTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, panicsAtAWord, logsEverything)
	chat := w.says("bob", "/help").sees("I open rooms")
	w.stop()
	w.asks("bob", `/newroom "Boom Earnings" @alice`)
	w.chatter("bob", "roombot", "/groups", 3)
	w.start()
	w.waitUntilIdle()
	shown := w.shownAnswers("bob", chat.Message)
	require.Len(t, shown, 5)
	all := strings.Join(shown, "\n")
	require.Equal(t, 1, strings.Count(all, couldNotRead))
	require.Equal(t, 3, strings.Count(all, "I can add these groups"), "the rest of the batch is carried out")
	require.Regexp(t, `under request [0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}\.`, all)
	w.hasSetAside(1)
	require.Zero(t, w.bot.Health(t.Context()).Feed.Failures, "the batch is acknowledged")
	require.Equal(t, 1, strings.Count(w.log.String(), wasSetAside))
	require.Contains(t, w.log.String(), `"panic":"string"`)
	require.Contains(t, w.log.String(), "set_aside_test.go", "the stack is logged")
	require.NotContains(t, w.log.String(), "Boom")
	require.Contains(t, w.checkLog(), "panic")
	require.Empty(t, w.rooms("Boom Earnings"))
	w.says("bob", `/newroom "Calm"`).sees("✓ Calm")
}

func TestOnlyThoseAreToldOfAMessageSetAsideWhoMayWaitForAnAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, panicsAtAWord)
	room := w.openSharedRoom("@alice")
	talk := w.asksIn(room, "alice", "Boom, said the markets")
	w.asksIn(room, "alice", "see http://x.test/rooms Boom")
	w.waitUntilIdle()
	w.hasSetAside(2)
	require.Empty(t, w.shownAnswers("alice", talk.Message))
	w.asksIn(room, "alice", `@roombot Boom`).endsWith(couldNotRead)
	w.asksIn(room, "alice", `/newroom "Boom"`).endsWith(couldNotRead)
	w.hasSetAside(4)
}

func TestMissedMessageWhoseReadingPanicsIsSetAside(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, panicsAtAWord)
	w.says("bob", "/help").sees("I open rooms")
	var broken, missed said
	w.withoutFeed(func() {
		broken = w.asks("bob", `/newroom "Boom"`)
		missed = w.asks("carol", `/newroom "Missed"`)
	})
	broken.endsWith(couldNotRead)
	missed.endsWith("✓ Missed")
	w.hasSetAside(1)
}

func TestEventWhoseReadingPanicsInTheClientIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	chat := w.says("bob", "/help").sees("I open rooms")
	bob := symphony.Participant{ID: symphony.UserID(chat.Message.From.ID), DisplayName: "Bob Chen"}
	roombot := symphony.Participant{ID: symphony.UserID(chat.lastReply().From.ID)}
	stream := symphony.Conversation{ID: symphony.StreamID(chat.Message.StreamID), Type: symphony.IM}
	broken := func(kind, id string, source symphony.Message) symphony.Unknown {
		source.ID, source.Stream, source.Time = symphony.MessageID(id), stream, time.Now()
		return symphony.Unknown{Type: kind, Err: &symphony.PanicError{Cause: "string"}, Source: source}
	}
	ctx := zerolog.New(w.log).WithContext(t.Context())
	require.NoError(t, w.bot.Receive(ctx, []symphony.Event{
		broken("MESSAGESENT", "message-of-bob", symphony.Message{From: bob}),
		broken("MESSAGESENT", "message-of-a-program", symphony.Message{From: bob, UserAgent: "Agent-1"}),
		broken("MESSAGESENT", "message-of-the-bot", symphony.Message{From: roombot}),
		broken("SYMPHONYELEMENTSACTION", "form-of-bob", symphony.Message{From: bob}),
		broken("MESSAGESENT", "", symphony.Message{From: bob}),
		symphony.Unknown{Type: "NEW", Err: errors.New("not a panic")},
		symphony.Unknown{Err: symphony.ErrTooLarge, Source: symphony.Message{ID: "large", From: bob, Stream: stream, PresentationML: "x"}},
	}))
	w.waitUntilIdle()
	require.Equal(t, 3, strings.Count(strings.Join(w.shownAnswers("bob", chat.Message), "\n"), couldNotRead))
	w.hasSetAside(5)
	require.Contains(t, w.log.String(), `"job":"form-of-bob"`)
}

func TestEventWithAnIDThatCannotBeStoredCostsNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	chat := w.says("bob", "/help").sees("I open rooms")
	message := func(id, stream string) symphony.Event {
		return symphony.MessageSent{Message: symphony.Message{
			ID: symphony.MessageID(id), From: symphony.Participant{ID: symphony.UserID(chat.Message.From.ID), DisplayName: "Bob"},
			Stream:         symphony.Conversation{ID: symphony.StreamID(stream), Type: symphony.IM},
			PresentationML: "<div>/groups</div>", Data: "{}", Time: time.Now(),
		}}
	}
	ctx := zerolog.New(w.log).WithContext(t.Context())
	require.NoError(t, w.bot.Receive(ctx, []symphony.Event{
		message("a\x00b", chat.Message.StreamID), message("b", "s\x00"), message("c", "\xff"), message("d", chat.Message.StreamID),
	}))
	w.waitUntilIdle()
	require.Len(t, w.shownAnswers("bob", chat.Message), 2, "the help and the groups")
	require.Equal(t, 3, strings.Count(w.log.String(), "event without the id of a message or a chat was dropped"))
}

// JSON has no time after the year 9999, and a batch is stored as a whole.
func TestEventWithAnImpossibleTimeCostsNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	chat := w.says("alice", "/help").sees("I open rooms")
	for _, at := range []int64{253_402_300_800_000, -99_999_999_999_999, 1<<63 - 1} {
		w.sends(fmt.Sprintf(`/newroom "Far %d"`, at), func(m map[string]any) {
			m["timestamp"], m["stream"] = at, map[string]any{"streamId": chat.Message.StreamID, "streamType": "IM"}
		})
		w.says("bob", "/groups").sees("I can add these groups")
		require.Eventually(t, func() bool { return len(w.rooms(fmt.Sprintf("Far %d", at))) == 1 }, patience, tick)
	}
}
