package bot_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/engine"
	"roombot/bot/engine/postgrestest"
	"roombot/symphony/sandbox/client"
)

// setBack copies the store at a moment of a request, and puts the copy in its place later.
type setBack struct {
	t       *testing.T
	w       *world
	moment  string // when the copy is made; one of moments
	half    bool   // from the third person on nobody can be added, until the store is set back
	copy    func()
	restore func() // while the bot is stopped

	mu     sync.Mutex
	copied bool
	adds   int
	added  map[string]int // how often somebody was added to a room
}

// moments are when a copy is made: before or after a call of the bot, the first of its kind or the
// third.
var moments = []string{"before the room", "after the room", "after some members", "after the answer"}

// front stands between the bot and the pod.
func (s *setBack) front(pod http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/v3/users"): // looked up for the policy and the plan
			s.reach("before the plan")
			pod.ServeHTTP(rw, r)
		case strings.HasSuffix(r.URL.Path, "/room/create"):
			s.reach("before the room")
			pod.ServeHTTP(rw, r)
		case strings.HasSuffix(r.URL.Path, "/membership/add"):
			s.add(rw, r, pod)
		case strings.HasSuffix(r.URL.Path, "/message/create"):
			answer := httptest.NewRecorder()
			pod.ServeHTTP(answer, r)
			s.reach("after the answer")
			maps.Copy(rw.Header(), answer.Header())
			rw.WriteHeader(answer.Code)
			_, _ = rw.Write(answer.Body.Bytes())
		default:
			pod.ServeHTTP(rw, r)
		}
	})
}

func (s *setBack) add(rw http.ResponseWriter, r *http.Request, pod http.Handler) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	n, fails := s.countAdd(r.URL.Path + string(body))
	switch n {
	case 1:
		s.reach("after the room")
	case 3:
		s.reach("after some members")
	}
	if fails {
		rw.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	pod.ServeHTTP(rw, r)
}

// countAdd returns the number of a call that adds somebody, and whether it fails.
func (s *setBack) countAdd(member string) (n int, fails bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.adds++
	fails = s.half && s.adds >= 3
	if !fails {
		s.added[member]++
	}
	return s.adds, fails
}

// reach makes the copy if it is the moment for it.
func (s *setBack) reach(moment string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if moment == s.moment && !s.copied {
		s.copy()
		s.copied = true
	}
}

func (s *setBack) isCopied() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.copied
}

// addedTwice are the members that were added to a room more than once.
func (s *setBack) addedTwice() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for member, times := range s.added {
		if times > 1 {
			all = append(all, member)
		}
	}
	return all
}

// newSetBack starts a bot whose store will be set back.
func newSetBack(t *testing.T, moment string, half bool, on func(*setBack) func(*world)) *setBack {
	t.Helper()
	s := &setBack{t: t, moment: moment, half: half, added: map[string]int{}}
	s.w = newWorld(t, settlesSoon, withFront(s.front), on(s))
	return s
}

// onSQLite copies the file as a backup does, while the bot is at work on it.
func onSQLite(s *setBack) func(*world) {
	return func(w *world) {
		backup := filepath.Join(filepath.Dir(w.store), "backup.db")
		s.copy = func() {
			db, err := sql.Open("sqlite", "file:"+w.store+"?_pragma=busy_timeout(5000)")
			if assert.NoError(s.t, err) {
				_, err = db.Exec(`VACUUM INTO ?`, backup)
				assert.NoError(s.t, err)
				assert.NoError(s.t, db.Close())
			}
		}
		s.restore = func() {
			content, err := os.ReadFile(backup)
			require.NoError(s.t, err)
			for _, end := range []string{"-wal", "-shm"} {
				_ = os.Remove(w.store + end)
			}
			require.NoError(s.t, os.WriteFile(w.store, content, 0o600))
		}
	}
}

// onPostgres copies the rows of all tables in one transaction, as a dump does.
func onPostgres(s *setBack) func(*world) {
	_, store := postgrestest.NewServer(s.t)
	address, err := engine.ParseAddress(store)
	require.NoError(s.t, err)
	run := func(each string) error {
		ctx := context.Background()
		conn, err := pgx.Connect(ctx, store)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, fmt.Sprintf(`BEGIN ISOLATION LEVEL REPEATABLE READ; CREATE SCHEMA IF NOT EXISTS backup;
			DO $$ DECLARE t text; BEGIN
				FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP %s END LOOP;
			END $$; COMMIT`, each))
		return err
	}
	return func(w *world) {
		w.change = func(c *bot.Config) {
			c.Store.Store, c.Store.TakeoverAfter = address, 500*time.Millisecond
		}
		s.copy = func() { assert.NoError(s.t, run(`EXECUTE format('CREATE TABLE backup.%I AS TABLE public.%I', t, t);`)) }
		s.restore = func() {
			require.NoError(s.t, run(`EXECUTE format('TRUNCATE public.%I', t);
				EXECUTE format('INSERT INTO public.%I SELECT * FROM backup.%I', t, t);`))
		}
	}
}

var databases = map[string]func(*setBack) func(*world){"sqlite": onSQLite, "postgres": onPostgres}

func TestARequestIsCarriedOutOnceThoughTheStoreIsSetBack(t *testing.T) {
	t.Parallel()
	for name, on := range databases {
		for _, moment := range moments {
			t.Run(name+", copied "+moment+", answered", func(t *testing.T) {
				t.Parallel()
				s := newSetBack(t, moment, false, on)
				asked := s.w.asks("bob", `/newroom "Desk" @alice @cora group:"FX EMEA"`)
				asked.endsWith("✓ Desk", "is open")
				s.w.stop()
				s.isDoneAfterRestore(asked)
				if moment != "after the answer" { // which is looked for only to be delivered
					require.Contains(t, s.w.log.String(), "it was set back")
				}
			})
			if moment == "after the answer" {
				continue
			}
			t.Run(name+", copied "+moment+", half done", func(t *testing.T) {
				t.Parallel()
				s := newSetBack(t, moment, true, on)
				asked := s.w.asks("bob", `/newroom "Desk" @alice @cora group:"FX EMEA"`)
				s.waitUntilHalfDone()
				s.w.stop()
				s.isDoneAfterRestore(asked)
			})
		}
	}
}

// waitUntilHalfDone waits until the store is copied and the room has some of its people.
func (s *setBack) waitUntilHalfDone() {
	s.t.Helper()
	require.Eventually(s.t, func() bool {
		rooms := s.w.rooms("Desk")
		return s.isCopied() && len(rooms) == 1 && len(rooms[0].Members) > 2
	}, patience, tick)
}

// isDoneAfterRestore sets the store back, starts the bot again, and asserts that one room and one
// answer come of it.
func (s *setBack) isDoneAfterRestore(asked said) {
	s.t.Helper()
	require.True(s.t, s.isCopied())
	s.restore()
	s.mu.Lock()
	s.half = false
	s.mu.Unlock()
	s.w.start()
	asked.endsWith("✓ Desk", "is open", "Alice Martin")
	s.w.theOnly("Desk", "bob", "alice", "cora", "carol", "kim")
	require.Len(s.t, s.w.shownAnswers("bob", asked.Message), 1)
	require.Empty(s.t, s.addedTwice())
}

// What the store never had is found in the history, though the feed is the same.
func TestARequestThatCameAfterTheBackupIsFoundInTheHistory(t *testing.T) {
	t.Parallel()
	for name, on := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetBack(t, "before the room", true, on)
			s.half = false
			s.w.says("alice", `/newroom "Earlier"`).sees("✓ Earlier")
			answered := s.w.says("bob", `/newroom "Answered" @alice`).sees("✓ Answered")
			half := s.w.asks("carol", "/help")
			half.endsWith("I open rooms")
			s.adds, s.half = 2, true
			asked := s.w.asks("bob", `/newroom "Desk" @alice @cora group:"FX EMEA"`)
			require.Eventually(t, func() bool { return len(s.w.rooms("Desk")) == 1 }, patience, tick)
			s.w.stop()
			s.isDoneAfterRestore(asked)
			s.w.theOnly("Earlier", "alice")
			s.w.theOnly("Answered", "bob", "alice")
			require.Len(t, s.w.shownAnswers("bob", answered.Message), 2, "one answer each")
			require.Len(t, s.w.shownAnswers("carol", half.Message), 1)
			require.Eventually(t, func() bool { // the history may be done after the last answer
				log := s.w.log.String()
				return strings.Contains(log, "history had requests that the store did not have, which may have been set back") ||
					strings.Contains(log, "feed is new, history was searched for missed requests") // the copy is older than the note of the feed
			}, patience, tick)
		})
	}
}

func TestARequestThatIsCancelledAfterTheStoreWasSetBackIsNotAnsweredAgain(t *testing.T) {
	t.Parallel()
	for _, half := range []bool{false, true} {
		t.Run(fmt.Sprint("half done: ", half), func(t *testing.T) {
			t.Parallel()
			s := newSetBack(t, "before the room", half, onSQLite)
			asked := s.w.asks("bob", `/newroom "Desk" @alice @cora`)
			if half {
				s.waitUntilHalfDone()
			} else {
				asked.endsWith("✓ Desk", "is open")
			}
			s.w.stop()
			s.restore()
			store, err := engine.Inspect(t.Context(), engine.FileAddress(s.w.store))
			require.NoError(t, err)
			require.NoError(t, store.Cancel(t.Context(), asked.Message.ID))
			require.NoError(t, store.Close())
			s.w.start()
			if half {
				asked.endsWith("Your administrators have ended this before it was finished", "Desk", "is open, without ")
			} else {
				asked.endsWith("✓ Desk", "is open")
			}
			require.Len(t, s.w.rooms("Desk"), 1)
		})
	}
}

// One notice answers for a whole flood, and after the restore only the notice shows that the others
// were left out.
func TestSurplusRequestsAreAskedAboutAfterTheStoreWasSetBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, func(w *world) { w.bounds = bot.Bounds{PerConversation: 2} })
	restore := w.backsUp()
	w.fail(client.Fault{Path: onCreate, Delay: "10m"}) // no request ends before all are sent
	first := w.sendFlood("bob", 6)
	w.heal()
	w.waitUntilIdle()
	answers := func(text string) (n int) {
		for _, shown := range w.shownAnswers("bob", first.Message) {
			if strings.Contains(shown, text) {
				n++
			}
		}
		return n
	}
	require.Equal(t, 2, answers("is open"))
	require.Equal(t, 1, answers("commands are waiting in this chat"))
	w.stop()
	restore()
	w.start()
	require.Eventually(t, func() bool {
		return answers("when you wrote this, and I may have left it out. Nothing was created.") == 3 && w.isIdle()
	}, patience, tick)
	require.Equal(t, 2, answers("is open"))
	for n := range 6 {
		require.Len(t, w.rooms(fmt.Sprintf("Flood %d", n)), map[bool]int{true: 1}[n < 2])
	}
	other := w.says("alice", `/newroom "Other"`)
	other.sees("✓ Other")
}
