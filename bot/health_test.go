package bot_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/symphony"
	"roombot/symphony/sandbox/client"
)

// page is what the bot tells at a path.
func (w *world) page(path string) (status int, text string) {
	w.t.Helper()
	answer := httptest.NewRecorder()
	w.bot.Pages().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	body, err := io.ReadAll(answer.Result().Body)
	require.NoError(w.t, err)
	return answer.Code, string(body)
}

func (w *world) readHealth() (bot.Health, int) {
	w.t.Helper()
	status, text := w.page("/readyz")
	var h bot.Health
	require.NoError(w.t, json.Unmarshal([]byte(text), &h))
	require.Equal(w.t, status == http.StatusOK, h.Ready)
	require.Equal(w.t, h.Ready, len(h.Problems) == 0)
	return h, status
}

// waitForProblem waits until the bot is not ready and says why.
func (w *world) waitForProblem(words string) {
	w.t.Helper()
	var h bot.Health
	require.Eventually(w.t, func() bool {
		h, _ = w.readHealth()
		return strings.Contains(strings.Join(h.Problems, "\n"), words)
	}, patience, tick, "health is to say %q", words)
}

func (w *world) becomesReady() {
	w.t.Helper()
	require.Eventually(w.t, func() bool { h, _ := w.readHealth(); return h.Ready }, patience, tick)
}

func TestHealthCountsWhatTheBotDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	status, text := w.page("/healthz")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "ok\n", text)
	w.says("bob", `/newroom "Health" @alice`).sees("is open")
	w.says("kim", `/newroom "Health" @alice`).sees("Contractors")
	w.waitUntilIdle()
	h, status := w.readHealth()
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, map[string]int{"done": 1, "denied": 1}, h.Requests)
	require.False(t, h.Feed.LastRead.IsZero())
	require.False(t, h.Login.Last.IsZero())
	require.Equal(t, 1000, h.Queue.Limit)
	require.Equal(t, "roombot", h.Username)
}

func TestHealthSaysWhyTheBotCannotWork(t *testing.T) {
	t.Parallel()
	t.Run("the feed", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.fail(client.Fault{Path: onRead, Status: 503})
		asked := w.asks("bob", "/help") // ends the parked read
		w.waitForProblem("the feed cannot be read since")
		w.heal()
		asked.endsWith("I open rooms")
		w.becomesReady()
	})
	t.Run("the login", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, settlesSoon)
		w.fail(client.Fault{Path: "/login/*", Status: 503}, client.Fault{Kind: "session-expired", Count: 1})
		asked := w.asks("bob", "/help")
		w.waitForProblem("signing in to Symphony fails; it last worked at")
		w.heal()
		asked.endsWith("I open rooms")
		w.becomesReady()
	})
	t.Run("the store", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		mend := w.breakStore(`CREATE TRIGGER broken BEFORE INSERT ON command BEGIN SELECT RAISE(ABORT, 'disk full'); END`, `DROP TRIGGER broken`)
		asked := w.asks("bob", "/help")
		w.waitForProblem("requests cannot be kept in the store")
		mend()
		asked.endsWith("I open rooms")
		w.becomesReady()
		require.Equal(t, 1, strings.Count(w.log.String(), "a batch was not handled; it comes again"))
		require.Equal(t, 1, strings.Count(w.log.String(), "batches are handled again"))
	})
	t.Run("the store, in one log line", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.fail(client.Fault{Path: onCreate, Delay: "50ms"})
		begun := w.asks("carol", `/newroom "Begun before"`)
		w.waitForFaults(1)
		mend := w.breakStore(`ALTER TABLE command RENAME TO command_away`, `ALTER TABLE command_away RENAME TO command`)
		asked := w.asks("bob", "/help")
		w.waitForProblem("the store does not answer")
		require.Eventually(t, func() bool { return w.bot.Health(t.Context()).Feed.Failures > 0 }, 3*patience, tick)
		mend()
		asked.endsWith("I open rooms")
		begun.endsWith("✓ Begun before")
		w.becomesReady()
		var told []string
		for line := range strings.Lines(w.log.String()) {
			if strings.Contains(line, `"level":"warn"`) || strings.Contains(line, `"level":"error"`) {
				told = append(told, line)
			}
		}
		require.Len(t, told, 1, "one line for all: %s", w.log)
		require.Contains(t, told[0], "store is out of order, jobs wait")
		require.Equal(t, 1, strings.Count(w.log.String(), "store works again"))
	})
}

// breakStore does something to the store behind the bot's back, until it is mended.
func (w *world) breakStore(how, mending string) (mend func()) {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+w.store+"?_pragma=busy_timeout(5000)")
	require.NoError(w.t, err)
	w.t.Cleanup(func() { require.NoError(w.t, db.Close()) })
	_, err = db.Exec(how)
	require.NoError(w.t, err)
	return func() {
		_, err := db.Exec(mending)
		require.NoError(w.t, err)
	}
}

func TestMetricsHaveBoundedLabelsWithoutNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	room := w.says("bob", `/newroom "Secret Deal" @alice group:"Test Group"`).sees("is open")
	w.says("bob", `/newroom "Secret Deal"`).sees("Nothing was created")
	w.says("carol", "/groups").sees("Test Group")
	w.waitUntilIdle()
	status, text := w.page("/metrics")
	require.Equal(t, http.StatusOK, status)
	for _, line := range []string{
		`roombot_ready 1`, `roombot_store_up 1`, `roombot_feed_up 1`, `roombot_queue_jobs 0`, `roombot_logins_total 1`,
		`roombot_requests_total{outcome="done",result="ok"} 2`, `roombot_requests_total{outcome="name-taken",result="refused"} 1`,
		`roombot_calls_total{operation="POST /pod/v3/room/create",status="200"} 1`,
		`roombot_calls_total{operation="POST /pod/v3/room/create",status="400"} 1`,
		`roombot_events_total{type="MessageSent"}`, `roombot_step_seconds_count{step="room"} 2`, `roombot_step_seconds_count{step="members"} 1`,
		`roombot_answer_seconds_count 3`, `roombot_feed_last_read_timestamp_seconds 1.`, `roombot_calls_throttled_total 0`,
		`roombot_unreadable_entries_total 0`, `roombot_call_retries_total 0`, `roombot_queue_age_seconds 0`, `go_goroutines`,
	} {
		require.Contains(t, text, "\n"+line)
	}
	for _, secret := range []string{"Secret", "alice", "bob", "Chen", "Test Group", "roombot.db", room.Message.StreamID, room.Message.ID} {
		require.NotContains(t, text, secret)
	}
}

func TestAnAnswerIsTimedWhenItIsShown(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	slow := func(pod http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			pod.ServeHTTP(rw, r)
			if strings.HasSuffix(r.URL.Path, "/message/create") {
				<-begun // the user reads the answer before the bot knows
			}
		})
	}
	w := newWorld(t, withFront(slow))
	asked := w.asks("bob", `/newroom "Prompt" @alice`)
	asked.waitForAnswer("✓ Prompt", "is open")
	took := time.Duration(w.reply(asked).Timestamp-asked.Message.Timestamp) * time.Millisecond
	close(begun)
	w.waitUntilIdle()
	_, text := w.page("/metrics")
	require.Contains(t, text, fmt.Sprintf("\nroombot_answer_seconds_sum %v\n", took.Seconds()))
}

func TestUnknownOperationsAreCountedTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	numbers := bot.NewMetrics()
	for n := range 100 {
		numbers.Observe(symphony.Call{Operation: fmt.Sprint("GET /", n), Status: 700 + n})
	}
	numbers.Observe(symphony.Call{Operation: "GET /pod/v3/users"})
	w.stop()
	w.numbers = numbers
	w.start()
	_, text := w.page("/metrics")
	require.Contains(t, text, `roombot_calls_total{operation="other",status="other"} 100`)
	require.Contains(t, text, `roombot_calls_total{operation="GET /pod/v3/users",status="none"} 1`)
	series := regexp.MustCompile(`(?m)^roombot_calls_total\{`).FindAllString(text, -1)
	require.Less(t, len(series), 20)
}
