package bot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/config/schema"
	"roombot/bot/engine"
	"roombot/bot/engine/postgrestest"
	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony"
)

// startLogging starts the bot as start does, logging at every level, with a changed configuration.
func (w *world) startLogging(changes ...func(*bot.Config)) (stop func()) {
	w.t.Helper()
	k, err := key()
	require.NoError(w.t, err)
	ahead := w.ahead
	client, err := symphony.New(symphony.Config{
		Username: "roombot", Key: k, Endpoints: symphony.Endpoints{Pod: w.url}, Timeout: w.limits.CallTimeout,
		Retry: symphony.RetryPolicy{Initial: time.Millisecond, Max: 5 * time.Millisecond, MaxAttempts: 2},
		Now:   func() time.Time { return time.Now().Add(ahead) },
	})
	require.NoError(w.t, err)
	value, err := schema.Parse("policy.yaml", []byte(w.rules), nil)
	require.NoError(w.t, err)
	rules, err := policy.Compile(value, policy.Options{})
	require.NoError(w.t, err)
	live := make(chan struct{})
	c := bot.Config{
		Client: client, Policy: rules, PrivateAbove: 10, Limits: w.limits, Bounds: w.bounds, Health: "127.0.0.1:0",
		Feed: symphony.FeedConfig{MinWait: 5 * time.Millisecond, MaxWait: 20 * time.Millisecond},
		Store: engine.Config{
			Store: w.store, BackoffFloor: time.Millisecond, BackoffCeiling: 5 * time.Millisecond,
			MaxAttempts: w.tries, Workers: w.hands, Drain: -1,
		},
		Live: sync.OnceFunc(func() { close(live) }),
	}
	for _, change := range changes {
		change(&c)
	}
	ctx, cancel := context.WithCancel(zerolog.New(w.log).With().Timestamp().Logger().WithContext(context.Background()))
	b, err := bot.New(ctx, c)
	require.NoError(w.t, err)
	w.bot = b
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	<-live
	stop = sync.OnceFunc(func() {
		cancel()
		assert.NoError(w.t, <-ended)
		assert.NoError(w.t, b.Close())
		client.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	w.stop = stop
	w.t.Cleanup(stop)
	return stop
}

func TestLogLinesHaveDocumentedFieldsEachOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, func(w *world) { w.bounds, w.tries = bot.Bounds{PerConversation: 5}, 3 })
	w.stop()
	w.startLogging()
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
	preview := w.says("cora", `/newroom "Seen" @bob preview`).sees("Nothing was created yet").last()
	w.clicks("cora", preview, commands.FormOffer, "offer-0", nil).sees("✓ Seen")
	w.clicks("cora", preview, commands.FormOffer, "offer-0", nil).sees("already acted on this")
	theirs := w.says("bob", "/groups")
	w.submits(theirs.Message.ID, commands.FormOffer, theirs.Message.Stream, map[string]any{"action": "offer-0"})
	w.suffers(fault{"path": onCreate, "delay": "10m"}) // no request of the flood ends before all are sent
	w.floods("alice", 12)
	w.recovers()
	w.rests()
}

// hasTrouble has calls fail, the sign-in, and the store.
func (w *world) hasTrouble() {
	w.t.Helper()
	w.suffers(fault{"path": onUsers, "status": 503})
	w.asks("bob", `/newroom "Never" carol@acme.test`).ends("Symphony kept failing")
	w.recovers()
	w.suffers(fault{"path": onSend, "status": 429, "retryAfter": 1, "count": 2}, fault{"path": onAdd, "drop": "after", "count": 1})
	w.asks("carol", `/newroom "Slow" @alice`).ends("✓ Slow")
	w.suffers(fault{"path": onSend, "status": 451, "count": 1})
	w.asks("bob", `/newroom "Blocked"`).ends("does not let me say more here")
	w.suffers(fault{"path": "/login/*", "status": 503}, fault{"kind": "session-expired", "path": onUsers, "count": 1})
	waits := w.asks("ops", `/newroom "Signed out" carol@acme.test`)
	require.Eventually(w.t, func() bool { return strings.Contains(w.log.String(), "request waits for the sign-in") }, patience, tick)
	w.recovers()
	waits.ends("✓ Signed out")
	release, err := engine.Occupy(w.t.Context(), w.store)
	require.NoError(w.t, err)
	asked := w.asks("bob", "/help")
	w.complains("store")
	require.NoError(w.t, release())
	asked.ends("I open rooms")
}

// restartsAndMisses stops the bot in the middle of a request, and for so long that it loses its
// feed.
func (w *world) restartsAndMisses() {
	w.t.Helper()
	asked := w.stopsHalfWay("Begun")
	w.startLogging()
	asked.ends("✓ Begun")
	w.stop()
	missed := w.asks("bob", `/newroom "Missed" @alice`)
	w.passes(31 * time.Minute)
	w.startLogging()
	missed.ends("✓ Missed")
}

func TestLogLinesOfReplicasHaveDocumentedFieldsEachOnce(t *testing.T) {
	t.Parallel()
	_, store := postgrestest.NewServer(t)
	w := newWorld(t, settlesSoon)
	w.stop()
	w.store = store
	stopFirst := w.startLogging()
	w.startLogging()
	w.suffers(fault{"path": onAdd, "delay": "200ms"})
	var asked []said
	for i, who := range []string{"bob", "carol", "cora", "ops"} {
		asked = append(asked, w.asks(who, fmt.Sprintf(`/newroom "Shared %d" @alice`, i)))
	}
	w.struck(1)
	stopFirst()
	for i, a := range asked {
		a.ends(fmt.Sprintf("✓ Shared %d", i))
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
	"chat": id, "room": id, "attempt": number, "outcome": word, "rule": anyText, "reason": anyText,
	"after": millis, "took": millis, "since_message": millis, "lasts": millis, "lasted": millis,
	"failures": number, "requests": number, "events": number, "running": number, "jobs": number,
	"since": datetime, "until": datetime, "kind": regexp.MustCompile(`^"(IM|MIM|ROOM)"$`),
	"feed": anyText, "event": anyText, "agent": anyText, "username": anyText, "address": anyText,
	"replica": anyText, "replicas": regexp.MustCompile(`^\[.*\]$`), "takeover_after": millis,
	"queue_says": anyText, "queue_fields": regexp.MustCompile(`^\{.*\}$`), "panic": anyText, "stack": anyText,
	"operation": anyText, "status": number, "trace": anyText, "key": anyText,
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
		for _, name := range strings.Split(row[1], ", ") {
			documented[strings.Trim(name, "`")] = true
		}
	}
	for key := range logFields {
		require.True(t, documented[key], "%s is missing in the glossary", key)
	}
	for key := range documented {
		require.Contains(t, logFields, key, "no line has this field of the glossary")
	}
}
