package bot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
	"roombot/symphony/sandbox/client"
)

// record is the audit record, which verifies.
func (w *world) record() (all []engine.StoredEntry) {
	w.t.Helper()
	w.waitUntilIdle()
	all, err := w.bot.Record(w.t.Context())
	require.NoError(w.t, err)
	v := audit.NewVerifier(nil)
	for _, s := range all {
		v.Add(s.Entry, s.Facts)
	}
	require.Empty(w.t, v.Report(nil).Faults)
	return all
}

// entries are the entries of a request in short, in their order: their kind and their body, with
// people by their names.
func (w *world) entries(of said) (told []string) {
	w.t.Helper()
	people, err := w.pod.People(w.t.Context())
	require.NoError(w.t, err)
	for _, s := range w.record() {
		if s.Request != string(commands.NewRequestID(of.Message.ID)) {
			continue
		}
		text := string(s.Body)
		if s.Kind == audit.Decision {
			var body struct{ Command, Outcome, Rule string }
			require.NoError(w.t, json.Unmarshal(s.Body, &body))
			text = body.Command + " " + body.Outcome + " " + body.Rule
		}
		for _, p := range people.People {
			text = strings.ReplaceAll(text, fmt.Sprint(p.ID), p.Username)
		}
		told = append(told, string(s.Kind)+" "+text)
	}
	return told
}

func TestTheRecordTellsWhoWasLetDoWhatAndWhatCameOfIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	done := w.says("bob", `/newroom "Q2 Earnings" @alice @ravi owner:@carol`)
	require.Equal(t, []string{
		"decision newroom allow everybody", `room {"act":"opened"}`, `member {"added":[bob]}`,
		`member {"added":[alice,carol],"owners":[bob,carol],"absent":[{"user":ravi,"cause":"forbidden"}]}`, `answer {"outcome":"partial"}`,
	}, w.entries(done))
	room := w.theRoom("Q2 Earnings").StreamID
	for _, s := range w.record() {
		if s.Request == string(commands.NewRequestID(done.Message.ID)) {
			require.Equal(t, w.personID("bob"), s.Actor)
			if s.Kind != audit.Decision {
				require.Equal(t, room, s.Room)
				continue
			}
			require.Contains(t, string(s.Facts.Text), `"ok":true`, "each condition")
			require.Contains(t, string(s.Facts.Text), `Q2 Earnings`)
			require.NotContains(t, string(s.Body), `Earnings`)
		}
	}
	require.Equal(t, []string{"decision newroom deny contractors", `answer {"outcome":"denied"}`}, w.entries(w.says("kim", `/newroom "Denied"`)))
	for _, s := range w.record() {
		if s.Kind == audit.Decision && s.Actor == w.personID("kim") {
			require.Contains(t, string(s.Facts.Text), `"what":"who is one of`, "why somebody was refused")
			require.NotContains(t, string(s.Body), "who is one of", "names people, and whom a rule is for")
		}
	}
	require.Equal(t, []string{"decision newroom deny contractors", `answer {"outcome":"denied"}`}, w.entries(w.says("kim", `/newroom "Typo`)))
	require.Equal(t, []string{"decision newroom allow everybody", `answer {"outcome":"name-taken"}`}, w.entries(w.says("carol", `/newroom "q2 earnings"`)))
	for _, read := range []string{"/groups", "hello", `/newroom "Maybe" @kim preview`, `/newroom "Nobody" @nobody`} {
		require.Empty(t, w.entries(w.says("carol", read)), read)
	}
}

func TestTheRecordTellsOfARoomThatIsUndone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	done := w.says("bob", `/newroom "Wrong" @alice`)
	click := w.click("bob", done.lastReply(), commands.FormOffer, commands.ButtonUndo, nil)
	require.Contains(t, click.answer(), "undone")
	var kinds []string
	for _, s := range w.record() {
		if s.Request != "" && s.Request != string(commands.NewRequestID(done.Message.ID)) {
			kinds = append(kinds, string(s.Kind)+" "+s.Part)
		}
	}
	require.Equal(t, []string{"decision decision/1", "room room/renamed", "room room/closed", "answer answer"}, kinds)
}

func TestTheRecordTellsEachEventOnceAfterARecovery(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon)
	half := w.stopsHalfWay("Half")
	w.start()
	half.endsWith("✓ Half")
	kinds := map[audit.Kind]int{}
	for _, s := range w.record() {
		if s.Request == string(commands.NewRequestID(half.Message.ID)) {
			kinds[s.Kind]++
		}
	}
	require.Equal(t, []int{1, 1, 1}, []int{kinds[audit.Decision], kinds[audit.Room], kinds[audit.Answer]})

	w.fail(client.Fault{Path: onCreate, Drop: "after", Count: 1})
	lost := w.asks("bob", `/newroom "Lost" @alice`)
	lost.endsWith("✓ Lost")
	require.Equal(t, []string{
		"decision newroom allow everybody", `room {"act":"opened"}`, `member {"added":[bob]}`, `member {"added":[alice],"owners":[bob]}`,
		`answer {"outcome":"done"}`,
	}, w.entries(said{w: w, Conversation: client.Conversation{Message: lost.Message}}))
}

// A decision that was another one before has an entry too, and the last one counts.
func TestTheRecordTellsOfADecisionThatDiffered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := w.deniesAfterAWait()
	require.Equal(t, []string{"decision newroom allow everybody", "decision newroom deny ", `answer {"outcome":"denied"}`},
		w.entries(said{w: w, Conversation: client.Conversation{Message: asked.Message}}))
}

// lifeOf are the entries that belong to no request.
func (w *world) lifeOf() (kinds []string) {
	w.t.Helper()
	for _, s := range w.record() {
		if s.Request == "" {
			kinds = append(kinds, string(s.Kind))
		}
	}
	return kinds
}

func TestTheRecordTellsOfStartsStopsAndPolicies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, []string{"start", "policy"}, w.lifeOf())
	w.says("bob", `/newroom "Decided"`)
	w.stop()
	w.start()
	require.Equal(t, []string{"start", "policy", "stop", "start"}, w.lifeOf(), "the policy is the same")
	w.stop()
	file, setup := withPolicyFile(t, allowRules("internal"))
	setup(w)
	w.start()
	require.Equal(t, []string{"start", "policy", "stop", "start", "stop", "start", "policy"}, w.lifeOf())
	file.write(allowRules("user:bob"))
	require.Eventually(t, func() bool {
		all, err := w.bot.Record(t.Context())
		policies := slices.DeleteFunc(all, func(s engine.StoredEntry) bool { return s.Kind != audit.Policy || s.Seq == 0 })
		return err == nil && len(policies) == 3
	}, patience, tick)
	require.Equal(t, []string{"start", "policy", "stop", "start", "stop", "start", "policy", "policy"}, w.lifeOf())
	for _, s := range w.record() {
		if s.Kind == audit.Decision {
			require.Regexp(t, `"version":"[0-9a-f]{8}"`, string(s.Body))
		}
		if s.Kind == audit.Policy {
			require.Contains(t, string(s.Body), `"document":{`)
		}
	}
}

// linesOf are the entries in a file for collectors.
func linesOf(t *testing.T, file string) (all []audit.Entry) {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	for line := range bytes.Lines(content) {
		var e audit.Entry
		require.NoError(t, json.Unmarshal(line, &e), "%s", line)
		all = append(all, e)
	}
	return all
}

func TestAFileGetsEachEntryOnceOverRestarts(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "audit.ndjson")
	w := newWorld(t, func(w *world) { w.change = func(c *bot.Config) { c.Audit.File = file } })
	w.says("bob", `/newroom "One"`)
	w.stop()
	n := len(linesOf(t, file))
	require.GreaterOrEqual(t, n, 6)
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(`{"seq":99,"at":"2026-`)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	w.start()
	w.says("bob", `/newroom "Two"`)
	require.Eventually(t, func() bool { return len(linesOf(t, file)) > n+4 }, patience, tick)
	w.stop()
	v := audit.NewVerifier(nil)
	for i, e := range linesOf(t, file) {
		require.Equal(t, int64(i+1), e.Seq)
		v.Add(e, nil)
	}
	require.Empty(t, v.Report(nil).Faults)

	require.NoError(t, os.Rename(file, file+".1")) // while it is moved away nothing is lost
	w.start()
	w.stop()
	require.Equal(t, int64(1), linesOf(t, file)[0].Seq, "a new file has all of it")
}

// A store that is set back has fewer entries than were told.
func TestAStoreThatIsSetBackSaysSo(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "audit.ndjson")
	w := newWorld(t, func(w *world) { w.change = func(c *bot.Config) { c.Audit.File = file } })
	w.says("bob", `/newroom "Before"`)
	w.stop()
	backup, err := os.ReadFile(w.store)
	require.NoError(t, err)
	w.start()
	w.says("bob", `/newroom "Lost"`)
	w.stop()
	told, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(w.store, backup, 0o600))
	for _, end := range []string{"-wal", "-shm"} {
		_ = os.Remove(w.store + end)
	}
	w.start()
	require.Contains(t, w.lifeOf(), "restored")
	anchors, err := audit.ReadAnchors(bytes.NewReader(told), "file")
	require.NoError(t, err)
	v := audit.NewVerifier(anchors)
	for _, s := range w.record() {
		v.Add(s.Entry, s.Facts)
	}
	r := v.Report(nil)
	require.True(t, r.IsWhole(), r.Faults)
	require.Len(t, r.Restored, 1)
	require.Contains(t, w.log.String(), "store was set back")
}

func TestTheHeadIsToldInTheLogAndInARoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("bob", `/newroom "Audit"`)
	room := w.theRoom("Audit").StreamID
	w.stop()
	w.change = func(c *bot.Config) { c.Audit.Room = symphony.StreamID(room) }
	w.start()
	w.record()
	w.bot.TellHead(withLog(w))
	w.bot.TellHead(withLog(w)) // another replica a moment later
	var heads []audit.Head
	for _, m := range w.transcript("bob", room) {
		if h, found := audit.ParseHead(plain(m)); found {
			heads = append(heads, h)
		}
	}
	require.Len(t, heads, 1)
	anchors, err := audit.ReadAnchors(strings.NewReader(w.log.String()), "log")
	require.NoError(t, err)
	require.NotEmpty(t, anchors)
	require.Equal(t, heads[0], anchors[len(anchors)-1].Head)
	v := audit.NewVerifier(anchors)
	for _, s := range w.record() {
		v.Add(s.Entry, s.Facts)
	}
	r := v.Report(nil)
	require.True(t, r.IsWhole(), r.Faults)
	require.Equal(t, heads[0], r.Certain)
}

func withLog(w *world) context.Context {
	return zerolog.New(w.log).WithContext(context.Background())
}
