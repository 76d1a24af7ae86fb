package bot_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/engine"
	"roombot/bot/engine/postgrestest"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// logsEverything has the bot log at every level, with a health page of its own.
func logsEverything(w *world) {
	w.level = zerolog.TraceLevel
	w.change = func(c *bot.Config) { c.Health = "127.0.0.1:0" }
}

func TestLogLinesHaveDocumentedFieldsEachOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, logsEverything, func(w *world) { w.bounds, w.tries = bot.Bounds{PerConversation: 5}, 3 })
	w.isBusy()
	w.hasTrouble()
	w.restartsAndMisses()
	w.stop()
	seen := w.checkLog()
	for _, key := range []string{
		"job", "request", "command", "user", "chat", "room", "attempt", "outcome", "rule", "reason", "after",
		"lasts", "lasted", "failures", "requests",
	} {
		require.Contains(t, seen, key, "the run was busy enough")
	}
	for _, message := range []string{
		"policy denied the request", "request was answered", "request was ignored", "surplus request was left out",
		"chat has too many unfinished requests, more are left out", "request was put off", "request was given up",
		"request waits for the sign-in", "feed is new, history was searched for missed requests",
		"Symphony refused a message",
	} {
		require.True(t, strings.Contains(w.log.String(), message), "the run was not busy enough for: %s", message)
	}
}

// isBusy has many users ask for many things: done, refused, denied, clicked, left out.
func (w *world) isBusy() {
	w.t.Helper()
	w.says("bob", `/newroom "Shared" @alice @kim group:"Test Group"`).sees("✓ Shared")
	shared := w.theRoom("Shared").StreamID
	w.says("carol", "/groups").sees("Test Group")
	w.says("ravi", "/help").sees("I open rooms")
	w.says("kim", `/newroom "Denied"`).sees("Contractors")
	w.saysIn(shared, "kim", `/newroom "Denied"`).sees("Contractors")
	w.says("eve", `/newroom "Abroad" @alice`).sees("another company")
	preview := w.says("cora", `/newroom "Seen" @bob preview`).sees("Nothing was created yet").lastReply()
	w.click("cora", preview, commands.FormOffer, "offer-0", nil).sees("✓ Seen")
	w.click("cora", preview, commands.FormOffer, "offer-0", nil).sees("already acted on this")
	theirs := w.says("bob", "/groups")
	w.submits(theirs.Message.ID, commands.FormOffer, theirs.Message.StreamID, map[string]any{"action": "offer-0"})
	w.fail(client.Fault{Path: onCreate, Delay: "10m"}) // no request of the flood ends before all are sent
	w.sendFlood("alice", 12)
	w.heal()
	w.waitUntilIdle()
}

// hasTrouble has calls fail, the sign-in, and the store.
func (w *world) hasTrouble() {
	w.t.Helper()
	w.fail(client.Fault{Path: onUsers, Status: 503})
	w.asks("bob", `/newroom "Never" carol@acme.test`).endsWith("Symphony kept failing")
	w.heal()
	w.fail(client.Fault{Path: onSend, Status: 429, RetryAfter: 1, Count: 2}, client.Fault{Path: onAdd, Drop: "after", Count: 1})
	w.asks("carol", `/newroom "Slow" @alice`).endsWith("✓ Slow")
	w.fail(client.Fault{Path: onSend, Status: 451, Count: 1})
	w.asks("bob", `/newroom "Blocked"`).endsWith("does not let me say more here")
	w.fail(client.Fault{Path: "/login/*", Status: 503}, client.Fault{Kind: "session-expired", Path: onUsers, Count: 1})
	waits := w.asks("ops", `/newroom "Signed out" carol@acme.test`)
	require.Eventually(w.t, func() bool { return strings.Contains(w.log.String(), "request waits for the sign-in") }, patience, tick)
	w.heal()
	waits.endsWith("✓ Signed out")
	release, err := engine.LockStore(w.t.Context(), engine.FileAddress(w.store))
	require.NoError(w.t, err)
	asked := w.asks("bob", "/help")
	w.waitForProblem("store")
	require.NoError(w.t, release())
	asked.endsWith("I open rooms")
}

// restartsAndMisses stops the bot in the middle of a request, and for so long that it loses its
// feed.
func (w *world) restartsAndMisses() {
	w.t.Helper()
	asked := w.stopsHalfWay("Begun")
	w.start()
	asked.endsWith("✓ Begun")
	var missed said
	w.withoutFeed(func() { missed = w.asks("bob", `/newroom "Missed" @alice`) })
	missed.endsWith("✓ Missed")
}

func TestLogLinesOfReplicasHaveDocumentedFieldsEachOnce(t *testing.T) {
	t.Parallel()
	_, store := postgrestest.NewServer(t)
	address, err := engine.ParseAddress(store)
	require.NoError(t, err)
	w := newWorld(t, settlesSoon, logsEverything, func(w *world) {
		w.change = func(c *bot.Config) { c.Store.Store = address }
	})
	stopFirst := w.stop
	w.start()
	w.fail(client.Fault{Path: onAdd, Delay: "200ms"})
	var asked []said
	for i, who := range []string{"bob", "carol", "cora", "ops"} {
		asked = append(asked, w.asks(who, fmt.Sprintf(`/newroom "Shared %d" @alice`, i)))
	}
	w.waitForFaults(1)
	stopFirst()
	for i, a := range asked {
		a.endsWith(fmt.Sprintf("✓ Shared %d", i))
	}
	w.stop()
	require.Contains(t, w.checkLog(), "job")
}

// What the values of the fields look like. Those that are texts for people have no form.
var (
	anyText  = regexp.MustCompile(`^".+"$`)
	id       = regexp.MustCompile(`^"[A-Za-z0-9_-]{10,}"$`)
	word     = regexp.MustCompile(`^"[a-z][a-z-]*"$`)
	number   = regexp.MustCompile(`^\d+$`)
	millis   = regexp.MustCompile(`^\d+(\.\d+)?$`)
	datetime = regexp.MustCompile(`^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"$`)
)

// logFields are all keys of a log line, each with the form of its values.
var logFields = map[string]*regexp.Regexp{
	"level": word, "time": datetime, "message": anyText, "error": anyText,
	"job": id, "request": regexp.MustCompile(`^"[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}"$`),
	"command": regexp.MustCompile(`^"(newroom|groups|help)"$`), "user": regexp.MustCompile(`^\d{10,}$`),
	"chat": id, "room": id, "attempt": number, "outcome": word, "rule": anyText, "approvers": number, "grant": number, "policy": regexp.MustCompile(`^"[0-9a-f]{8}"$`), "reason": anyText,
	"after": millis, "took": millis, "since_message": millis, "lasts": millis, "lasted": millis, "behind": millis,
	"failures": number, "requests": number, "events": number, "running": number, "jobs": number, "entries": number,
	"journal": number, "own_journal": number,
	"audit": word, "allowed": regexp.MustCompile(`^(true|false)$`), "member": number, "cause": word, "act": word, "operator": anyText, "at": datetime,
	"since": datetime, "until": datetime, "kind": regexp.MustCompile(`^"(IM|MIM|ROOM)"$`),
	"feed": anyText, "event": anyText, "agent": anyText, "username": anyText, "address": anyText,
	"replica": anyText, "replicas": regexp.MustCompile(`^\[.*\]$`), "takeover_after": millis,
	"queue_says": anyText, "queue_fields": regexp.MustCompile(`^\{.*\}$`), "panic": anyText, "stack": anyText,
	"operation": anyText, "status": number, "trace": anyText, "key": anyText,
	"seq": number, "hash": regexp.MustCompile(`^"[0-9a-f]{64}"$`), "by": regexp.MustCompile(`^"(file|room)"$`),
	"fingerprint": regexp.MustCompile(`^"SHA256:[A-Za-z0-9+/]{43}"$`),
}

// checkLog holds every line to the documented keys, each once and with values of its form, and
// returns the keys that were there.
func (w *world) checkLog() map[string]bool {
	w.t.Helper()
	seen := map[string]bool{}
	for line := range strings.Lines(w.log.String()) {
		fields, err := readOnce(line)
		require.NoError(w.t, err, line)
		for key, value := range fields {
			seen[key] = true
			form, known := logFields[key]
			require.True(w.t, known, "%s is not a documented field: %s", key, line)
			require.Regexp(w.t, form, value, "%s: %s", key, line)
		}
	}
	return seen
}

// readOnce reads the fields of a line. A key that stands there twice is an error.
func readOnce(line string) (map[string]string, error) {
	d := json.NewDecoder(strings.NewReader(line))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, fmt.Errorf("not an object: %w", err)
	}
	fields := map[string]string{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		key := fmt.Sprint(name)
		if _, twice := fields[key]; twice {
			return nil, fmt.Errorf("the key %s stands there twice", key)
		}
		fields[key] = string(bytes.TrimSpace(value))
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than one object on a line")
	}
	return fields, nil
}

func TestReadingALogLineFindsADuplicateKey(t *testing.T) {
	t.Parallel()
	_, err := readOnce(`{"level":"info","command":"a","command":"b"}`)
	require.ErrorContains(t, err, "command")
	fields, err := readOnce(`{"level":"info","user":12}` + "\n")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"level": `"info"`, "user": "12"}, fields)
}

func TestLogFieldsAreThoseOfTheGlossary(t *testing.T) {
	t.Parallel()
	glossary, err := os.ReadFile(filepath.Join("..", "docs", "glossary.md"))
	require.NoError(t, err)
	_, list, found := strings.Cut(string(glossary), "## Fields of a log line")
	require.True(t, found)
	documented := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*?) \\|").FindAllStringSubmatch(list, -1) {
		for name := range strings.SplitSeq(row[1], ", ") {
			documented[strings.Trim(name, "`")] = true
		}
	}
	for key := range logFields {
		require.True(t, documented[key], "%s is missing in the glossary", key)
	}
	used := keysInSource(t)
	for key := range documented {
		require.Contains(t, logFields, key, "no line has this field of the glossary")
	}
	for key := range used {
		require.True(t, documented[key], "%s is logged and missing in the glossary", key)
	}
}

// keysInSource are the keys of all fields that the product writes, also in lines that no run of a
// test reaches.
func keysInSource(t *testing.T) map[string]bool {
	t.Helper()
	field := regexp.MustCompile(`\.(?:Str|Strs|Stringer|Int|Int64|Float64|Bool|Dur|Time|Bytes|Interface|Any)\("(\w+)", `)
	keys := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, found := range field.FindAllSubmatch(source, -1) {
			keys[string(found[1])] = true
		}
		return err
	})
	require.NoError(t, err)
	require.Contains(t, keys, "job")
	return keys
}
