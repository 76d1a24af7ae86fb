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
	event string // what, and its number among those of its kind
	after bool
}

func (c checkpoint) String() string {
	if c.after {
		return "after " + c.event
	}
	return "before " + c.event
}

// watch is between the program and the pod and the store. It learns of each write and each commit
// before it takes effect, and kills the program at the checkpoint.
type watch struct {
	pod   http.Handler
	store string
	end   checkpoint

	stirred chan struct{} // has a token after a write or a commit

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
	doomed    bool          // about to be killed: what it does has no effect any more; guarded by watch.mu
	listening chan struct{} // closed when it reads the datafeed
	listens   func()
	ended     chan struct{}
}

// begin starts the program. Its standard error goes to log.
func (w *watch) begin(ctx context.Context, address, config string, log *os.File) error {
	l := &life{cmd: process(ctx, "run", "--config", config), listening: make(chan struct{}), ended: make(chan struct{})}
	l.listens = sync.OnceFunc(func() { close(l.listening) })
	l.cmd.Env = append(l.cmd.Env, commitAddressVariable+"="+address+"/commit")
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

func (w *watch) currentLife() (l *life, doomed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.life, w.life != nil && w.life.doomed
}

// handler serves the pod to the program and to the test.
func (w *watch) handler() http.Handler {
	calls := http.NewServeMux()
	calls.Handle("/", w.pod)
	calls.HandleFunc("POST /commit", w.interceptCommit)
	calls.HandleFunc("POST /agent/v5/datafeeds/{id}/read", func(rw http.ResponseWriter, r *http.Request) {
		l, _ := w.currentLife()
		l.listens()
		w.pod.ServeHTTP(rw, r)
	})
	for _, op := range symphony.Operations() {
		if name := writeOperationName(op); name != "" {
			calls.HandleFunc(op.String(), func(rw http.ResponseWriter, r *http.Request) { w.interceptWrite(name, rw, r) })
		}
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/sandbox/") { // the test itself
			w.pod.ServeHTTP(rw, r)
			return
		}
		if l, doomed := w.currentLife(); doomed {
			l.abortAfterExit()
		}
		calls.ServeHTTP(rw, r)
	})
}

// writeOperationName names an operation by which a job changes the pod, such as "room create". It
// is empty for other operations, such as signing in and reading the feed.
func writeOperationName(op symphony.Operation) string {
	path := strings.Split(op.Path, "/")
	chats := slices.Contains(path, "room") || slices.Contains(path, "stream") || slices.Contains(path, "im")
	if op.Class == symphony.Read || !chats {
		return ""
	}
	path = slices.DeleteFunc(path, func(part string) bool { return strings.HasPrefix(part, "{") })
	return strings.Join(path[len(path)-2:], " ")
}

func (w *watch) interceptWrite(name string, rw http.ResponseWriter, r *http.Request) {
	l, before, after := w.recordEvent(name)
	switch {
	case before:
		l.kill()
	case after:
		w.pod.ServeHTTP(httptest.NewRecorder(), r) // the answer is lost
		w.markDoomed(l)
		l.kill()
	default:
		w.pod.ServeHTTP(rw, r)
	}
}

// interceptCommit is called by the program before it commits. It answers when the program may
// commit.
//
// SQLite has no hook after a commit. To kill the program after one, the commit proceeds while
// everything else stands still: calls get no answer and have no effect, the next commit waits here.
// Once another process sees the commit in the file it is durable, and nothing that follows from it
// has happened.
func (w *watch) interceptCommit(rw http.ResponseWriter, r *http.Request) {
	what, _ := io.ReadAll(r.Body)
	l, before, after := w.recordEvent("commit of " + string(what))
	switch {
	case before:
		l.kill()
	case after:
		w.markDoomed(l)
		w.waitForCommit(r.Context(), func() {
			rw.WriteHeader(http.StatusNoContent)
			_ = http.NewResponseController(rw).Flush()
		})
		l.kill()
	}
}

// waitForCommit calls do and returns when another process can read what it committed.
func (w *watch) waitForCommit(ctx context.Context, do func()) {
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

// recordEvent counts an event and says whether the program is killed before or after it.
func (w *watch) recordEvent(what string) (l *life, before, after bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case w.stirred <- struct{}{}:
	default:
	}
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

func (w *watch) markDoomed(l *life) {
	w.mu.Lock()
	defer w.mu.Unlock()
	l.doomed = true
}

// count switches counting on or off and returns the events so far.
func (w *watch) count(on bool) (events []string, reached bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.on = on
	return w.events, w.reached
}

// kill kills the process and aborts the call.
func (l *life) kill() {
	_ = l.cmd.Process.Kill()
	l.abortAfterExit()
}

// abortAfterExit waits for the end of the process and aborts the call without an answer.
func (l *life) abortAfterExit() {
	<-l.ended
	panic(http.ErrAbortHandler)
}

// commitAddressVariable names the variable with the address that is called before each commit.
const commitAddressVariable = "ROOMBOT_TEST_COMMIT"

// The program has no code for tests, so this is not in its main.
func init() {
	if address := os.Getenv(commitAddressVariable); address != "" {
		sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, _ string) error {
			askBeforeEachCommit(conn.(sqlite.HookRegisterer), address)
			return nil
		})
	}
}

// askBeforeEachCommit sends what a transaction has changed to the address, and commits when that
// has answered. Transactions that change no job are ignored.
func askBeforeEachCommit(conn sqlite.HookRegisterer, address string) {
	var changed []string
	conn.RegisterPreUpdateHook(func(row sqlite.SQLitePreUpdateData) {
		if what := describeRowChange(row); what != "" && !slices.Contains(changed, what) {
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

// describeRowChange names a change of a job's row by its table and, for a step, the step's name.
func describeRowChange(row sqlite.SQLitePreUpdateData) string {
	const inserted, updated, deleted = 18, 23, 9 // as SQLite numbers them
	verb := map[int32]string{inserted: "new", updated: "changed", deleted: "deleted"}[row.Op]
	switch row.TableName {
	case "command", "claim", "quota", "question", "river_job":
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
