package bot_test

import (
	"io"
	stdlog "log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/engine"
	"roombot/bot/engine/postgrestest"
	"roombot/symphony/sandbox/client"
)

func TestAnAnswerAfterARestartSaysWhoApproved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(approvalRules))
	w.fail(client.Fault{Path: onAdd, Delay: "300ms", Drop: "before"})
	asked := w.asks("bob", `/newroom "Elm" external @alice`)
	w.act("", "cora", w.waitForCard("cora", 1), "roombot-approval", "approve", nil)
	w.waitForFaults(1)
	w.stop()
	w.heal()
	w.start()
	asked.endsWith("✓ Elm", "Alice Martin", "Approved by Cora Lind")
	w.theOnly("Elm", "bob", "alice")
}

// What was approved and done is in the chats, wherever the store has it as a question.
func TestAnApprovalIsCarriedOutOnceThoughTheStoreIsSetBack(t *testing.T) {
	t.Parallel()
	isFound := func(w *world) {
		require.Eventually(w.t, func() bool { return strings.Contains(w.log.String(), "it was set back") }, patience, tick)
	}
	for name, next := range map[string]func(*world, client.Message){
		"somebody clicks again": func(w *world, card client.Message) {
			w.start()
			isFound(w)
			w.decides("cora", card, "approve", "").seesAmong("Your click changes nothing: it has ended already.")
		},
		"nobody does anything": func(w *world, _ client.Message) {
			w.start()
			isFound(w)
		},
		"the time passes": func(w *world, _ client.Message) {
			w.changeStore(`UPDATE question SET until = asked`)
			w.start()
			isFound(w)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, settlesSoon, withRules(approvalRules))
			asked := w.asks("bob", `/newroom "Elm" external @alice`)
			card := w.waitForCard("cora", 1)
			asked.waitForAnswer("needs an approval")
			w.waitUntilIdle()
			w.stop()
			backup, err := os.ReadFile(w.store)
			require.NoError(t, err)
			w.start()
			w.decides("cora", card, "approve", "").seesAmong("You have approved it.")
			asked.endsWith("✓ Elm", "Approved by Cora Lind")
			w.stop()
			require.NoError(t, os.WriteFile(w.store, backup, 0o600))
			next(w, card)
			w.waitUntilIdle()
			asked.endsWith("✓ Elm", "Approved by Cora Lind")
			w.theOnly("Elm", "bob", "alice")
		})
	}
}

// keepsStore copies the store while the bot stands still, and puts the copy in its place later.
func (w *world) keepsStore() (restore func()) {
	w.t.Helper()
	w.waitUntilIdle()
	w.stop()
	backup, err := os.ReadFile(w.store)
	require.NoError(w.t, err)
	w.start()
	return func() {
		w.stop()
		require.NoError(w.t, os.WriteFile(w.store, backup, 0o600))
		w.start()
	}
}

// Nobody could click on a card that says how its question has ended.
func TestAnApprovalThatTheStoreHasLostIsAskedForAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external @alice`)
	card := w.waitForCard("cora", 1)
	asked.waitForAnswer("needs an approval")
	restore := w.keepsStore()
	w.says("ops", "/pause newroom").sees("Paused") // so that nothing comes of the approval
	w.decides("cora", card, "approve", "").seesAmong("You have approved it.")
	w.waitForChat("kim", "approved by Cora Lind on ")
	asked.waitForAnswer("has paused me")
	restore()
	again := w.waitForCard("cora", 1)
	require.Contains(t, plain(again), "asks for your approval again, since I do not know any more what was decided:")
	require.Contains(t, w.waitForChat("cora", "approved by Cora Lind on "), "[ Approve ]", "the old card says what it did")
	require.Empty(t, w.rooms("Elm"))
	w.decides("cora", again, "approve", "").seesAmong("You have approved it.")
	asked.seesAmong("Approved by Cora Lind")
	w.theOnly("Elm", "bob", "alice")
}

// The room is finished, and is no second one.
func TestARoomThatWasBegunBeforeTheStoreWasSetBackIsFinishedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(approvalRules))
	asked := w.asks("bob", `/newroom "Elm" external @alice`)
	card := w.waitForCard("cora", 1)
	asked.waitForAnswer("needs an approval")
	restore := w.keepsStore()
	w.fail(client.Fault{Path: onAdd, Delay: "10m"})
	w.act("", "cora", card, "roombot-approval", "approve", nil)
	w.waitForChat("kim", "approved by Cora Lind on ")
	require.True(t, comesTrue(func() bool { return len(w.rooms("Elm")) == 1 }))
	restore()
	again := w.waitForCard("kim", 1)
	w.heal()
	w.decides("kim", again, "approve", "").seesAmong("You have approved it.")
	asked.seesAmong("Approved by Kim Novak")
	w.theOnly("Elm", "bob", "alice")
}

// The card that stands there is for the request that is found in the history.
func TestARequestThatTheStoreHasLostIsApprovedOnItsCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, withRules(approvalRules))
	restore := w.backsUp()
	asked := w.asks("bob", `/newroom "Elm" external @alice`)
	card := w.waitForCard("cora", 1)
	asked.waitForAnswer("needs an approval")
	w.waitUntilIdle()
	w.stop()
	restore()
	w.start()
	require.Eventually(t, func() bool {
		var questions int
		w.readStore(&questions, `SELECT count(*) FROM question`)
		return questions == 1
	}, patience, tick)
	w.waitUntilIdle()
	require.Len(t, w.cards("cora"), 1)
	w.decides("cora", card, "approve", "").seesAmong("You have approved it.")
	asked.seesAmong("Approved by Cora Lind")
	w.theOnly("Elm", "bob", "alice")
}

// silence keeps the events from whoever reads them at the pod's own address.
type silence struct{ on atomic.Bool }

const throughOther = "X-Other-Replica"

func (s *silence) front(pod http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if s.on.Load() && strings.HasSuffix(r.URL.Path, "/read") && r.Header.Get(throughOther) == "" {
			rw.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		pod.ServeHTTP(rw, r)
	})
}

// otherAddress is another address of the pod.
func (w *world) otherAddress() string {
	w.t.Helper()
	address, err := url.Parse(w.url)
	require.NoError(w.t, err)
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(address)
			r.Out.Header.Set(throughOther, "yes")
		},
		ErrorLog: stdlog.New(io.Discard, "", 0), // of calls that the bot has ended
	})
	w.t.Cleanup(proxy.Close)
	return proxy.URL
}

func TestAClickCountsOnceWhicheverReplicaReadsIt(t *testing.T) {
	t.Parallel()
	_, store := postgrestest.NewServer(t)
	address, err := engine.ParseAddress(store)
	require.NoError(t, err)
	var silence silence
	w := newWorld(t, settlesSoon, withFront(silence.front), withRules(approvalRules), func(w *world) {
		w.change = func(c *bot.Config) { c.Store.Store = address }
	})
	asked := w.asks("bob", `/newroom "Elm" external @alice`)
	card := w.waitForCard("cora", 1)
	asked.waitForAnswer("needs an approval")

	one, stopOne := w.client, w.stop
	w.url = w.otherAddress()
	w.start()
	defer func() {
		var stopped sync.WaitGroup // at once: each waits until nobody reads the feed
		stopped.Go(stopOne)
		w.stop()
		stopped.Wait()
		one.Close()
	}()
	silence.on.Store(true) // the first is at work, and hears nothing
	w.act("", "cora", card, "roombot-approval", "approve", nil)
	w.waitForChat("cora", "You have approved it.")
	asked.endsWith("✓ Elm", "Approved by Cora Lind")
	w.theOnly("Elm", "bob", "alice")
	silence.on.Store(false)

	oak := w.asks("alice", `/newroom "Oak" external`)
	coras, kims := w.waitForCard("cora", 1), w.waitForCard("kim", 1)
	oak.waitForAnswer("needs an approval")
	var both sync.WaitGroup
	both.Go(func() { w.act("", "cora", coras, "roombot-approval", "approve", nil) })
	both.Go(func() { w.act("", "kim", kims, "roombot-approval", "reject", nil) })
	both.Wait()
	require.True(t, comesTrue(func() bool {
		told := w.waitForChat("cora", "") + w.waitForChat("kim", "")
		return strings.Count(told, "Your click changes nothing: ") == 1 && strings.Count(told, "✓ You have ") == 2 // with that of Elm
	}))
	if strings.Contains(w.waitForChat("cora", ""), "Your click changes nothing") {
		require.Contains(t, oak.endsWith("Kim Novak has not approved this"), "Nothing was created")
		require.Empty(t, w.rooms("Oak"))
		return
	}
	oak.endsWith("✓ Oak", "Approved by Cora Lind")
	w.theOnly("Oak", "alice")
}
