package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite"

	"roombot/symphony"
)

// checkpoint is a moment of the work: before or after a write to the pod or a commit to the store.
// The zero value is none.
type checkpoint struct {
	event string // what, and the how-manieth of its kind
	after bool
}

func (c checkpoint) String() string {
	if c.after {
		return "after " + c.event
	}
	return "before " + c.event
}

// watch stands between the program and all that it changes, the pod and its own store. It hears of
// each write and each commit before it takes effect, and kills the program at the one checkpoint.
type watch struct {
	pod   http.Handler
	store string
	end   checkpoint

	mu      sync.Mutex // guards all below
	on      bool       // events count
	counts  map[string]int
	events  []string // in their order
	reached bool     // end
	life    *life    // of the program
}

// life is one process of the program.
type life struct {
	cmd       *exec.Cmd
	doomed    bool          // about to be killed: nothing that it does has an effect any more; guarded by watch.mu
	listening chan struct{} // closed when it hears what is said
	listens   func()
	ended     chan struct{}
}

// begin starts the program. Its standard error goes to log.
func (w *watch) begin(ctx context.Context, address, config string, log *os.File) error {
	l := &life{cmd: process(ctx, "run", "--config", config), listening: make(chan struct{}), ended: make(chan struct{})}
	l.listens = sync.OnceFunc(func() { close(l.listening) })
	l.cmd.Env = append(l.cmd.Env, askBeforeCommit+"="+address+"/commit")
	l.cmd.Stderr = log
	w.mu.Lock() // so that its first call finds it
	defer w.mu.Unlock()
	if err := l.cmd.Start(); err != nil {
		return err
	}
	w.life = l
	go func() {
		_ = l.cmd.Wait() // killed, nearly always
		close(l.ended)
	}()
	return nil
}

func (w *watch) current() (l *life, doomed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.life, w.life != nil && w.life.doomed
}

// handler serves the pod to the program, and to the test.
func (w *watch) handler() http.Handler {
	calls := http.NewServeMux()
	calls.Handle("/", w.pod)
	calls.HandleFunc("POST /commit", w.commit)
	calls.HandleFunc("POST /agent/v5/datafeeds/{id}/read", func(rw http.ResponseWriter, r *http.Request) {
		l, _ := w.current()
		l.listens()
		w.pod.ServeHTTP(rw, r)
	})
	for _, op := range symphony.Operations() {
		if name := writing(op); name != "" {
			calls.HandleFunc(op.String(), func(rw http.ResponseWriter, r *http.Request) { w.write(name, rw, r) })
		}
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/sandbox/") { // the test itself
			w.pod.ServeHTTP(rw, r)
			return
		}
		if l, doomed := w.current(); doomed {
			l.outlive()
		}
		calls.ServeHTTP(rw, r)
	})
}

// writing names an operation by which a command changes the pod, such as "room create". Signing in
// and reading the feed belong to no command.
func writing(op symphony.Operation) string {
	path := strings.Split(op.Path, "/")
	chats := slices.Contains(path, "room") || slices.Contains(path, "stream") || slices.Contains(path, "im")
	if op.Class == symphony.Read || !chats {
		return ""
	}
	path = slices.DeleteFunc(path, func(part string) bool { return strings.HasPrefix(part, "{") })
	return strings.Join(path[len(path)-2:], " ")
}

func (w *watch) write(name string, rw http.ResponseWriter, r *http.Request) {
	l, before, after := w.note(name)
	switch {
	case before:
		l.kill()
	case after:
		w.pod.ServeHTTP(httptest.NewRecorder(), r) // the answer is lost
		w.doom(l)
		l.kill()
	default:
		w.pod.ServeHTTP(rw, r)
	}
}

// commit is asked by the program in the middle of a commit, when it has done nothing yet that
// lasts, and answers when the program may go on with it.
//
// SQLite has no word for "just committed" that a test could hear. So, to kill after a commit, the
// program goes on with this one while all else that it might do stands still: its calls get no
// answer and have no effect, its next commit waits here. When another process sees the commit in
// the file it is as durable as it ever gets, and nothing that follows from it has happened.
func (w *watch) commit(rw http.ResponseWriter, r *http.Request) {
	what, _ := io.ReadAll(r.Body)
	l, before, after := w.note("commit of " + string(what))
	switch {
	case before:
		l.kill()
	case after:
		w.doom(l)
		w.seen(r.Context(), func() {
			rw.WriteHeader(http.StatusNoContent)
			_ = http.NewResponseController(rw).Flush()
		})
		l.kill()
	}
}

// seen returns when another process could read what do has let happen.
func (w *watch) seen(ctx context.Context, do func()) {
	db, err := sql.Open("sqlite", "file:"+w.store+"?mode=ro")
	if err != nil {
		panic(err)
	}
	defer db.Close() // before the kill: the next process is to find the file as if it were alone
	db.SetMaxOpenConns(1)
	version := func() (n int64) { // changes when others have committed
		if err := db.QueryRowContext(context.WithoutCancel(ctx), `PRAGMA data_version`).Scan(&n); err != nil {
			panic(err)
		}
		return n
	}
	before := version()
	do()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for version() == before {
		<-look.C
	}
}

// note counts an event and tells whether the program dies of it.
func (w *watch) note(what string) (l *life, before, after bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.on {
		return w.life, false, false
	}
	w.counts[what]++
	event := fmt.Sprintf("%s, %d", what, w.counts[what])
	w.events = append(w.events, event)
	if event != w.end.event {
		return w.life, false, false
	}
	w.reached = true
	w.life.doomed = !w.end.after
	return w.life, !w.end.after, w.end.after
}

func (w *watch) doom(l *life) {
	w.mu.Lock()
	defer w.mu.Unlock()
	l.doomed = true
}

// count switches counting on or off and tells what there was.
func (w *watch) count(on bool) (events []string, reached bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.on = on
	return w.events, w.reached
}

// kill ends the process as a crash would, and with it the call that is served.
func (l *life) kill() {
	_ = l.cmd.Process.Kill()
	l.outlive()
}

// outlive ends the call that is served, without an answer, once the process is no more.
func (l *life) outlive() {
	<-l.ended
	panic(http.ErrAbortHandler)
}

// askBeforeCommit is the address at which the program asks, if it is set.
const askBeforeCommit = "ROOMBOT_TEST_COMMIT"

// The program knows nothing of tests, so this is no part of its main.
func init() {
	if address := os.Getenv(askBeforeCommit); address != "" {
		sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, _ string) error {
			askFirst(conn.(sqlite.HookRegisterer), address)
			return nil
		})
	}
}

// askFirst sends what a transaction has changed to the address and commits it when that has
// answered. Transactions that change no command are none.
func askFirst(conn sqlite.HookRegisterer, address string) {
	var changed []string
	conn.RegisterPreUpdateHook(func(row sqlite.SQLitePreUpdateData) {
		if what := change(row); what != "" && !slices.Contains(changed, what) {
			changed = append(changed, what)
		}
	})
	conn.RegisterRollbackHook(func() { changed = nil })
	conn.RegisterCommitHook(func() int32 {
		what := strings.Join(changed, ", ")
		changed = nil
		if what == "" {
			return 0
		}
		answer, err := http.Post(address, "text/plain", strings.NewReader(what))
		if err == nil {
			_ = answer.Body.Close()
		}
		return 0
	})
}

// change names what happens to a row of a command, by the row's table and, of a step, its name.
func change(row sqlite.SQLitePreUpdateData) string {
	const inserted, updated, deleted = 18, 23, 9 // as SQLite numbers them
	verb := map[int32]string{inserted: "new", updated: "changed", deleted: "deleted"}[row.Op]
	switch row.TableName {
	case "command", "claim", "river_job":
		return verb + " " + strings.TrimPrefix(row.TableName, "river_")
	case "step", "intent":
		columns := make([]any, 2)
		read := row.New
		if row.Op == deleted {
			read = row.Old
		}
		if err := read(columns...); err != nil {
			panic(err)
		}
		return fmt.Sprint(verb, " ", row.TableName, " ", columns[1])
	}
	return ""
}
