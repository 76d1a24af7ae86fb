package commands_test

import (
	"bytes"
	"crypto/rand"
	stdrsa "crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/rsa"
	"roombot/symphony"
	"roombot/symphony/sandbox"
)

// The keys of the service account and of the pods, made once: that takes a while.
var (
	botKey = sync.OnceValues(func() (*rsa.Key, error) { return rsa.Generate(2048) })
	podKey = sync.OnceValues(func() (*stdrsa.PrivateKey, error) { return stdrsa.GenerateKey(rand.Reader, 2048) })
)

// contact is whom users are sent to, as the configuration names them.
const contact = "the chat desk (chat-help@acme.test)"

// world is a pod over HTTP with the commands that work on it. No bot runs: a test plays its part.
type world struct {
	t       testing.TB
	env     *commands.Env
	pod     *sandbox.Pod
	client  *symphony.Client
	people  map[string]commands.Person // by username
	crowd   int
	limits  commands.Limits
	clock   commands.Clock
	noLists bool // the requester may not use /groups
	// permissions are those of whoever asks for help.
	permissions commands.Permissions
	history     []string // the calls that the pod got, as METHOD path

	mu     sync.Mutex // guards what follows and history
	stubs  []stub
	nextID int
}

// stub answers a call in the pod's place.
type stub struct {
	path  string // a part of METHOD path?query
	body  string // a part of the request's body
	count int    // how many calls, 0 for all
	// pass lets the pod execute the call, and only its answer gets lost.
	pass   bool
	status int
	answer string

	used int // calls so far
}

func newWorld(t testing.TB, changes ...func(*world)) *world {
	t.Helper()
	w := &world{t: t, people: map[string]commands.Person{}, limits: commands.Limits{
		CallTimeout: 20 * time.Second, SearchLag: time.Millisecond, AddsPerSecond: 10_000,
	}}
	w.clock.After = func(time.Duration) <-chan time.Time { return nil } // answers wait until everybody is added
	for _, change := range changes {
		change(w)
	}
	key, err := botKey()
	require.NoError(t, err)
	signing, err := podKey()
	require.NoError(t, err)
	pod, err := sandbox.New(sandbox.Config{SigningKey: signing, BotKey: key.Public(), Crowd: w.crowd})
	require.NoError(t, err)
	w.pod = pod
	server := httptest.NewServer(w.intercept(pod.Handler()))
	w.client, err = symphony.New(symphony.Config{
		Username: "roombot", Key: key, Endpoints: symphony.Endpoints{Pod: server.URL}, Timeout: w.limits.CallTimeout,
		Retry: symphony.RetryPolicy{Initial: time.Millisecond, Max: time.Millisecond, MaxAttempts: 2},
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, pod.Close())
		w.client.Close()
		server.Close()
	})
	self, err := w.client.Me(t.Context())
	require.NoError(t, err)
	w.env = commands.NewEnv(commands.Env{
		Symphony: w.client, Self: self, Groups: commands.NewGroupDirectory(w.client, time.Hour), Limits: w.limits, Clock: w.clock,
		Contact: contact,
	})
	w.loadPeople()
	return w
}

// loadPeople looks the sandbox's people up, before any stub is set.
func (w *world) loadPeople() {
	w.t.Helper()
	ids := []symphony.UserID{104<<36 + 1, 105<<36 + 1}
	for i := range 8 {
		ids = append(ids, symphony.UserID(103<<36+94+i))
	}
	for i := range w.crowd {
		ids = append(ids, symphony.UserID(crowdIDs+i))
	}
	for some := range slices.Chunk(ids, 50) {
		users, err := w.client.UsersByID(w.t.Context(), some...)
		require.NoError(w.t, err)
		for _, u := range users {
			username := u.Username
			if username == "" { // of another company
				username = strings.ToLower(strings.Fields(u.DisplayName)[0])
			}
			w.people[username] = commands.Person{ID: u.ID, Name: u.DisplayName, Username: u.Username, Email: u.Email}
		}
	}
}

// intercept notes each call and lets a stub answer it.
func (w *world) intercept(pod http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		s, stubbed := w.takeStub(r.Method+" "+r.URL.String(), string(body))
		if !stubbed || s.pass {
			out := rw
			if stubbed {
				out = httptest.NewRecorder()
			}
			pod.ServeHTTP(out, r)
		}
		if stubbed {
			rw.Header().Set("Content-Type", "application/json")
			rw.WriteHeader(s.status)
			_, _ = io.WriteString(rw, s.answer)
		}
	})
}

func (w *world) takeStub(call, body string) (stub, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.history = append(w.history, call)
	for i := range w.stubs {
		s := &w.stubs[i]
		if s.count > 0 && s.used == s.count || !strings.Contains(call, s.path) || !strings.Contains(body, s.body) {
			continue
		}
		s.used++
		return *s, true
	}
	return stub{}, false
}

// stub answers calls in the pod's place until the returned function is called.
func (w *world) stub(s stub) (remove func()) {
	if s.answer == "" {
		s.answer = fmt.Sprintf(`{"code":%d,"message":"stubbed"}`, s.status)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stubs = append(w.stubs, s)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.stubs = slices.DeleteFunc(w.stubs, func(other stub) bool { return other.path == s.path && other.body == s.body })
	}
}

// calls counts the calls so far whose METHOD path contains the text.
func (w *world) calls(text string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, call := range w.history {
		if strings.Contains(call, text) {
			n++
		}
	}
	return n
}

// message is what somebody types, in which @First Last is a mention.
func (w *world) message(text string) syntax.Message {
	m := syntax.Message{Text: text}
	runes := []rune(text)
	for _, person := range w.people {
		name := []rune("@" + person.Name)
		for i := 0; i+len(name) <= len(runes); i++ {
			if slices.Equal(runes[i:i+len(name)], name) {
				m.Mentions = append(m.Mentions, syntax.Mention{Start: i, End: i + len(name), UserID: int64(person.ID)})
			}
		}
	}
	return m
}

// crowdIDs is where the ids of the crowd begin.
const crowdIDs = 103<<36 + 10_000

// mentionCrowd mentions the first people of the crowd.
func (w *world) mentionCrowd(n int) string {
	w.t.Helper()
	mentions := make([]string, n)
	for _, p := range w.people {
		if i := int(p.ID - crowdIDs); i >= 0 && i < n {
			mentions[i] = "@" + p.Name
		}
	}
	return strings.Join(mentions, " ")
}

// request is somebody's command, not planned yet.
func (w *world) request(who, text string) *commands.Request {
	w.t.Helper()
	m := w.message(text)
	read := w.grammar(who).Parse(m)
	require.NotNil(w.t, read.Command, "%q: %+v", text, read)
	w.nextID++
	job := fmt.Sprint("message ", w.nextID)
	return &commands.Request{
		ID: commands.NewRequestID(job), Job: job,
		From: w.people[who], Message: m, Invocation: *read.Command, MayListGroups: !w.noLists,
	}
}

func (w *world) grammar(who string) syntax.Grammar {
	g := w.env.Commands().Grammar(w.env.Self.ID, w.env.Limits.MaxMembers)
	g.KnownGroups = func() []string {
		if w.noLists {
			return nil
		}
		return w.env.Groups.Names(w.people[who].ID)
	}
	return g
}

// readGroups reads the groups ahead, as the runtime does.
func (w *world) readGroups() {
	w.t.Helper()
	_, err := w.env.Groups.Refresh(w.t.Context())
	require.NoError(w.t, err)
}

// plan decides a request; a refusal is the error.
func (w *world) plan(r *commands.Request) (commands.Plan, error) {
	w.t.Helper()
	command, ok := w.env.Commands().Lookup(r.Command)
	require.True(w.t, ok)
	return command.Plan(w.t.Context(), r)
}

// mustPlan is the plan of what somebody typed.
func (w *world) mustPlan(who, text string) commands.Plan {
	w.t.Helper()
	plan, err := w.plan(w.request(who, text))
	require.NoError(w.t, err)
	return plan
}

// members are the usernames in the only room of that name, owners with a star, the bot left out.
func (w *world) members(room string) []string {
	w.t.Helper()
	found := w.rooms(room)
	require.Len(w.t, found, 1, "rooms called %q", room)
	members, err := w.client.Members(w.t.Context(), found[0].ID)
	require.NoError(w.t, err)
	var names []string
	for username, person := range w.people {
		for _, m := range members {
			switch {
			case m.User != person.ID:
			case m.Owner:
				names = append(names, username+"*")
			default:
				names = append(names, username)
			}
		}
	}
	slices.Sort(names)
	return names
}

// rooms are the rooms of that name.
func (w *world) rooms(name string) []symphony.Room {
	w.t.Helper()
	var found []symphony.Room
	for room, err := range w.client.SearchRooms(w.t.Context(), symphony.RoomQuery{Text: name, NonDiscoverable: true}) {
		require.NoError(w.t, err)
		if strings.EqualFold(room.Attributes.Name, name) {
			found = append(found, room)
		}
	}
	return found
}
