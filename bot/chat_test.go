package bot_test

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

// patience is how long a test waits for what must come, and tick how often it looks.
const (
	patience = time.Minute
	tick     = 5 * time.Millisecond
)

// comesTrue reports whether something becomes true in time. It looks every tick at first, then ever
// less often, up to every ten ticks: a look costs the pod and the bot more than a tick of waiting.
func comesTrue(is func() bool) bool {
	begun := time.Now()
	for waited := time.Duration(0); waited < patience; waited = time.Since(begun) {
		<-time.After(min(max(tick, waited/8), 10*tick))
		if is() {
			return true
		}
	}
	return false
}

// asks is somebody writing to the bot without waiting for the answer.
func (w *world) asks(who, text string) said { return w.asksIn("", who, text) }

func (w *world) asksIn(to, who, text string) said {
	w.t.Helper()
	return w.talk(who)(w.pod.Say(w.t.Context(), client.SayRequest{As: who, To: to, Text: text}))
}

// shownAnswers is what the bot shows in a chat after a message, without what it has
// replaced and without the forms that were sent.
func (w *world) shownAnswers(who string, after client.Message) []string {
	w.t.Helper()
	var shown []string
	for _, m := range w.botMessages(who, after) {
		if m.ReplacedBy == "" && !isSentForm(m) {
			shown = append(shown, plain(m))
		}
	}
	return shown
}

// isSentForm reports whether a message is what stands in the place of a form that was sent.
func isSentForm(m client.Message) bool {
	return m.Replacing != "" && strings.TrimSpace(plain(m)) == "Sent."
}

// botMessages is what the bot has said in a chat after a message.
func (w *world) botMessages(who string, after client.Message) []client.Message {
	w.t.Helper()
	var said []client.Message
	passed := after.ID == ""
	for _, m := range w.transcript(who, after.StreamID) {
		if passed && m.From.Username == "roombot" {
			said = append(said, m)
		}
		passed = passed || m.ID == after.ID
	}
	return said
}

// transcript is all that stands in a chat, as one of its members reads it.
func (w *world) transcript(who, stream string) []client.Message {
	w.t.Helper()
	chat, err := w.pod.Chat(w.t.Context(), who, stream)
	require.NoError(w.t, err)
	return chat.Messages
}

// answers are the bot's words in a chat, without what it has replaced.
func (w *world) answers(who string, chat said) []client.Message {
	w.t.Helper()
	return slices.DeleteFunc(w.transcript(who, chat.Message.StreamID), func(m client.Message) bool {
		return m.From.Username != "roombot" || m.ReplacedBy != ""
	})
}

// endsWith waits until the bot's last word in the chat contains every text, and asserts that it is
// its only one, also when nothing is left to do.
func (s said) endsWith(texts ...string) string {
	s.w.t.Helper()
	s.waitForAnswer(texts...)
	s.w.waitUntilIdle()
	return s.waitForAnswer(texts...)
}

// waitForAnswer waits until the bot's only word in the chat contains every text, though there may
// be more to come.
func (s said) waitForAnswer(texts ...string) string {
	s.w.t.Helper()
	var shown []string
	said := comesTrue(func() bool {
		shown = s.w.shownAnswers(s.who, s.Message)
		return len(shown) > 0 && containsAll(shown[len(shown)-1], texts)
	})
	require.True(s.w.t, said, "the bot was to say %q and said %q", texts, shown)
	require.Len(s.w.t, shown, 1, "answers shown")
	return shown[0]
}

// waitUntilIdle waits until the bot has nothing more to do. An answer is given before the last
// people are in.
func (w *world) waitUntilIdle() {
	w.t.Helper()
	require.True(w.t, comesTrue(w.isIdle), "the bot comes to rest")
}

// isIdle reports whether all was heard, and no command waits or is being carried out.
func (w *world) isIdle() bool {
	if !w.isFeedEmpty() {
		return false
	}
	todo := w.bot.Health(w.t.Context()).Queue
	return todo.Answers && todo.Queued+todo.Running == 0
}

// isFeedEmpty reports whether a feed that is being read has nothing to tell. What a stopped bot had
// been told and never acknowledged is hidden for a while, and no reason to wait.
func (w *world) isFeedEmpty() bool {
	feeds, err := w.pod.Feeds(w.t.Context())
	require.NoError(w.t, err)
	return slices.ContainsFunc(feeds, func(f client.Feed) bool { return f.Readers > 0 && f.Queued == 0 })
}

func containsAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

func (w *world) fail(faults ...client.Fault) {
	w.t.Helper()
	require.NoError(w.t, w.pod.Fail(w.t.Context(), faults...))
}

func (w *world) heal() {
	w.t.Helper()
	require.NoError(w.t, w.pod.Heal(w.t.Context()))
}

// endFault ends the fault of one path, and no other.
func (w *world) endFault(path string) {
	w.t.Helper()
	all, err := w.pod.Faults(w.t.Context())
	require.NoError(w.t, err)
	at := slices.IndexFunc(all, func(f client.Fault) bool { return f.Path == path })
	require.GreaterOrEqual(w.t, at, 0, path)
	require.NoError(w.t, w.pod.RemoveFault(w.t.Context(), all[at].ID))
}

// waitForFaults waits until faults have struck so often.
func (w *world) waitForFaults(times int) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		faults, err := w.pod.Faults(w.t.Context())
		require.NoError(w.t, err)
		hits := 0
		for _, f := range faults {
			hits += f.Hits
		}
		return hits >= times
	}, patience, tick, "faults strike")
}

// takeGroupRights leaves the bot without the right to read groups.
func (w *world) takeGroupRights() {
	w.t.Helper()
	rights, err := w.pod.Rights(w.t.Context())
	require.NoError(w.t, err)
	rights.GroupManager = false
	require.NoError(w.t, w.pod.SetRights(w.t.Context(), rights))
}

// takeEditRight leaves the bot without the right to edit its messages.
func (w *world) takeEditRight() {
	w.t.Helper()
	rights, err := w.pod.Rights(w.t.Context())
	require.NoError(w.t, err)
	rights.UpdateMessages = false
	require.NoError(w.t, w.pod.SetRights(w.t.Context(), rights))
}

// chatter is somebody writing the same many times at once.
func (w *world) chatter(who, to, text string, count int) {
	w.t.Helper()
	_, err := w.pod.Chatter(w.t.Context(), client.ChatterRequest{As: who, To: to, Text: text, Count: count})
	require.NoError(w.t, err)
}

// inject puts an event on the bot's datafeeds, as it is.
func (w *world) inject(event any) {
	w.t.Helper()
	raw, err := json.Marshal(event)
	require.NoError(w.t, err)
	_, err = w.pod.Inject(w.t.Context(), raw)
	require.NoError(w.t, err)
}

// The calls that a command makes.
const (
	onLogin   = "/login/pubkey/authenticate"
	onCreate  = "/pod/v3/room/create"
	onAdd     = "*/membership/add"
	onMembers = "*/membership/list"
	onPromote = "*/membership/promoteOwner"
	onSend    = "*/message/create"
	onUpdate  = "*/message/*/update"
	onSearch  = "/pod/v3/room/search"
	onGroups  = "/profile-manager/*"
	onLists   = "/v1/groups/sdl/list"
	onUsers   = "/pod/v3/users"
	onStream  = "*/streams/*/info"
	onRead    = "*/datafeeds/*/read"
	onMessage = "/agent/v1/message/*"
)

// theOnly asserts that the pod has one room of the name, with these members
// and the bot, once everything is done.
func (w *world) theOnly(name string, usernames ...string) {
	w.t.Helper()
	w.waitUntilIdle()
	all, _ := members(w.theRoom(name))
	require.ElementsMatch(w.t, append(usernames, "roombot"), all)
}

// reply is the message that shows the bot's answer.
func (w *world) reply(to said) client.Message {
	w.t.Helper()
	messages := w.transcript(to.who, to.Message.StreamID)
	require.NotEmpty(w.t, messages)
	return messages[len(messages)-1]
}

// asksByClick presses a button without waiting for what comes of it.
func (w *world) asksByClick(who string, m client.Message, form, action string, values map[string]any) said {
	w.t.Helper()
	return w.act("", who, m, form, action, values)
}
