package bot_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	stdrsa "crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"roombot/bot"
	"roombot/bot/config/schema"
	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/bot/testrun"
	"roombot/commands"
	"roombot/rsa"
	"roombot/symphony"
	"roombot/symphony/messageml"
	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/control"
)

func TestMain(m *testing.M) {
	testrun.Prepare(8)
	goleak.VerifyTestMain(m)
}

// key is the service account's, made once: it takes a while.
var key = sync.OnceValues(func() (*rsa.Key, error) { return rsa.Generate(2048) })

// podKey signs the pods' own tokens.
var podKey = sync.OnceValues(func() (*stdrsa.PrivateKey, error) { return stdrsa.GenerateKey(rand.Reader, 2048) })

// emptyStore is a store without commands, made once: its migrations take a while.
var emptyStore = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "roombot")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "bot.db")
	e, err := engine.Open(context.Background(), engine.Config{Store: engine.FileAddress(file), Workers: 1, Handle: func(context.Context, *engine.Attempt) error { return nil }})
	if err != nil {
		return nil, err
	}
	if err := e.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// world is a pod with the bot at work on it, over real HTTP.
type world struct {
	t      testing.TB
	url    string
	pod    *client.Client // its control API
	client *symphony.Client
	bot    *bot.Bot
	stop   func() // stops the bot and waits for its end
	store  string
	rules  string
	crowd  int // employees besides the people of the tour
	limits commands.Limits
	clock  commands.Clock
	tries  int // of a command, before it fails
	hands  int // workers
	bounds bot.Bounds
	ahead  time.Duration     // how much time has passed for the pod and the client
	change func(*bot.Config) // of the next starts; none by default
	level  zerolog.Level     // least level that is logged; info by default

	prepare func(*bot.Bot) // before each start; nothing by default

	numbers *bot.Metrics // of the next start; its own by default
	front   front        // what stands before the pod, if anything
	log     *log
}

// log is what operators read, from info level on.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

const openRules = `
deny:
  - name: contractors
    who: ["user:kim"]
    commands: [newroom]
    reason: Contractors cannot open rooms.
allow:
  - name: everybody
    who: ["*"]
    commands: [newroom, groups]
`

// callTimeout is longer than a machine with too much to do stands still: no call of a test is given
// up for that.
const callTimeout = 20 * time.Second

// settlesSoon is for tests in which the answer to a write is lost or never comes: what it did is
// looked for only when it can no longer be done, which takes callTimeout otherwise. The machine may
// stand still for a while even so.
func settlesSoon(w *world) {
	w.limits.CallTimeout, w.limits.SearchLag = time.Second, 500*time.Millisecond
}

// patientClock has every answer wait until everybody is added, however long the machine stands
// still.
var patientClock = commands.Clock{After: func(time.Duration) <-chan time.Time { return nil }}

func newWorld(t testing.TB, changes ...func(*world)) *world {
	t.Helper()
	k, err := key()
	require.NoError(t, err)
	w := &world{
		t: t, store: filepath.Join(t.TempDir(), "bot.db"), rules: openRules, log: new(log), level: zerolog.InfoLevel, tries: 100,
		limits: commands.Limits{CallTimeout: callTimeout, SearchLag: 50 * time.Millisecond}, clock: patientClock,
	}
	w.bounds.PutOff = time.Nanosecond // a test that fails calls need not wait for what is said of it
	for _, change := range changes {
		change(w)
	}
	signing, err := podKey()
	require.NoError(t, err)
	empty, err := emptyStore()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(w.store, empty, 0o600))
	pod, err := sandbox.New(sandbox.Config{SigningKey: signing, BotKey: k.Public(), Crowd: w.crowd})
	require.NoError(t, err)
	var handler http.Handler = control.New(pod, control.Config{Quiet: 60 * time.Millisecond})
	if w.front != nil {
		handler = w.front(handler)
	}
	if runsWithoutTexts(t) {
		handler = withoutTexts(handler)
	}
	server := httptest.NewServer(handler)
	w.url, w.pod = server.URL, client.New(server.URL)
	t.Cleanup(func() {
		w.pod.Close()
		require.NoError(t, pod.Close())
		server.Close()
		w.requireDiscreetLog()
	})
	w.start()
	return w
}

// front is a pod that differs from the sandbox, or what stands between it and the bot.
type front func(pod http.Handler) http.Handler

func withFront(f front) func(*world) { return func(w *world) { w.front = f } }

// refuseAdding answers the add of one account with a status; the pod itself refuses all or none.
func refuseAdding(account int64, status int) front {
	return func(pod http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if strings.HasSuffix(r.URL.Path, "/membership/add") && strings.Contains(string(body), fmt.Sprint(account)) {
				rw.WriteHeader(status)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			pod.ServeHTTP(rw, r)
		})
	}
}

// withoutAccounts tells of groups whose account is no number.
func withoutAccounts(pod http.Handler) http.Handler {
	account := regexp.MustCompile(`("profile":\{[^}]*"id":)"?\d+"?`)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/profile-manager/") {
			pod.ServeHTTP(rw, r)
			return
		}
		answer := httptest.NewRecorder()
		pod.ServeHTTP(answer, r)
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(account.ReplaceAll(answer.Body.Bytes(), []byte(`$1"none"`)))
	})
}

// indiscreet is what no log may say: the words and names of the messages, an address, a token. Ids
// are random and may spell anything, so that a word counts only as a word and a token only as two
// parts of one.
var indiscreet = regexp.MustCompile(`\b(newroom|Martin|Chen|Earnings)\b|@acme\.test|eyJ[\w-]+\.eyJ`)

// requireDiscreetLog holds the log to what operators may read: ids and codes.
func (w *world) requireDiscreetLog() {
	text := strings.NewReplacer(
		`"command":"newroom"`, "", `"act":"pause newroom"`, "", `"act":"pause newroom drop"`, "", `"act":"resume newroom"`, "",
		`"act":"resume newroom, undo"`, "",
	).Replace(w.log.String())
	require.NotRegexp(w.t, indiscreet, text, "what the log says")
}

// start begins the bot's work, again on the same store after a stop.
func (w *world) start() {
	w.t.Helper()
	k, err := key()
	require.NoError(w.t, err)
	numbers := w.numbers
	if numbers == nil {
		numbers = bot.NewMetrics()
	}
	ahead := w.ahead
	w.client, err = symphony.New(symphony.Config{
		Username: "roombot", Key: k, Endpoints: symphony.Endpoints{Pod: w.url}, Timeout: callTimeout,
		Retry:   symphony.RetryPolicy{Initial: time.Millisecond, Max: 5 * time.Millisecond, MaxAttempts: 2},
		Observe: numbers.Observe,
		Now:     func() time.Time { return time.Now().Add(ahead) },
	})
	require.NoError(w.t, err)
	value, err := schema.Parse("policy.yaml", []byte(w.rules), nil)
	require.NoError(w.t, err)
	rules, err := policy.Compile(value, policy.Options{})
	require.NoError(w.t, err)
	ctx, cancel := context.WithCancel(zerolog.New(w.log).Level(w.level).With().Timestamp().Logger().WithContext(context.Background()))
	live := make(chan struct{})
	c := bot.Config{
		Client: w.client, Policy: rules, PrivateAbove: 10, Limits: w.limits, Clock: w.clock, Bounds: w.bounds, Metrics: numbers,
		Feed: symphony.FeedConfig{MinWait: 5 * time.Millisecond, MaxWait: 20 * time.Millisecond},
		Store: engine.Config{
			Store: engine.FileAddress(w.store), BackoffFloor: time.Millisecond, BackoffCeiling: 5 * time.Millisecond,
			MaxAttempts: w.tries, Workers: cmp.Or(w.hands, 16), Drain: -1,
		},
		Live: sync.OnceFunc(func() { close(live) }),
	}
	if w.change != nil {
		w.change(&c)
	}
	b, err := bot.New(ctx, c)
	require.NoError(w.t, err)
	w.bot = b
	if w.prepare != nil {
		w.prepare(b)
	}
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	<-live
	w.stop = sync.OnceFunc(func() {
		cancel()
		assert.NoError(w.t, <-ended)
		assert.NoError(w.t, b.Close())
		w.client.Close()
		http.DefaultClient.CloseIdleConnections()
		assert.True(w.t, w.hasNoReader() || comesTrue(w.hasNoReader), "the pod knows that the bot is gone")
	})
	w.t.Cleanup(func() { w.stop() })
}

// hasNoReader reports whether nobody reads a feed. What is said while the pod still takes a stopped
// bot for a reader is handed to it, and hidden from the next one for a while.
func (w *world) hasNoReader() bool {
	feeds, err := w.pod.Feeds(context.Background())
	return err != nil || !slices.ContainsFunc(feeds, func(f client.Feed) bool { return f.Readers > 0 })
}

// said is a message and what the bot answered.
type said struct {
	who string
	w   *world
	client.Conversation
}

// plain is a message as a person reads it, with its links.
func plain(m client.Message) string { return messageml.Plain(m.Markup, m.Data) }

// says is somebody writing to the bot in their 1:1 chat.
func (w *world) says(who, text string) said {
	w.t.Helper()
	return w.saysIn("", who, text)
}

func (w *world) saysIn(to, who, text string) said {
	w.t.Helper()
	return w.talk(who)(w.pod.Say(w.t.Context(), client.SayRequest{As: who, To: to, Text: text, Wait: patience.String()}))
}

func (w *world) edits(who, message, text string) said {
	w.t.Helper()
	return w.talk(who)(w.pod.Edit(w.t.Context(), client.EditRequest{As: who, MessageID: message, Text: text, Wait: patience.String()}))
}

func (w *world) click(who string, m client.Message, form, action string, values map[string]any) said {
	w.t.Helper()
	return w.act(patience.String(), who, m, form, action, values)
}

func (w *world) act(wait, who string, m client.Message, form, action string, values map[string]any) said {
	w.t.Helper()
	encoded, err := client.FormValues(values)
	require.NoError(w.t, err)
	return w.talk(who)(w.pod.Act(w.t.Context(), client.ActRequest{
		As: who, MessageID: m.ID, FormID: form, Action: action, Values: encoded, Wait: wait,
	}))
}

// talk is what somebody said or clicked, with all that came of it where an answer was waited for.
func (w *world) talk(who string) func(client.Conversation, error) said {
	return func(talk client.Conversation, err error) said {
		w.t.Helper()
		require.NoError(w.t, err)
		s := said{who: who, w: w, Conversation: talk}
		if len(s.Replies) > 0 {
			w.waitUntilIdle()
			s.Replies = append(s.Replies, w.botMessages(s.who, s.lastReply())...)
		}
		return s
	}
}

// answer is the bot's last word.
func (s said) answer() string {
	s.w.t.Helper()
	require.NotEmpty(s.w.t, s.Replies, "the bot answered")
	return plain(s.lastReply())
}

func (s said) lastReply() client.Message { return s.Replies[len(s.Replies)-1] }

// sees asserts that the bot's last word contains each text.
func (s said) sees(texts ...string) said {
	s.w.t.Helper()
	for _, text := range texts {
		require.Contains(s.w.t, s.answer(), text)
	}
	return s
}

// rooms lists the pod's rooms of that name.
func (w *world) rooms(name string) []client.Room {
	w.t.Helper()
	all, err := w.pod.Rooms(w.t.Context())
	require.NoError(w.t, err)
	return slices.DeleteFunc(all, func(r client.Room) bool { return !strings.EqualFold(r.Name, name) })
}

// theRoom is the only room of that name.
func (w *world) theRoom(name string) client.Room {
	w.t.Helper()
	rooms := w.rooms(name)
	require.Len(w.t, rooms, 1, "rooms called %q", name)
	return rooms[0]
}

// members are the usernames of those in a room, and of its owners.
func members(r client.Room) (all, owners []string) { return r.Usernames(), r.OwnerNames() }
