package bot_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// A transaction of the store waits for the disk.
func TestACommandTakesFiveCommits(t *testing.T) {
	t.Parallel()
	var w *world
	var atLink atomic.Int64
	countAtLink := func(pod http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/message/create") && w != nil && !strings.HasPrefix(r.URL.Path, "/sandbox") {
				atLink.Store(w.bot.Commits())
			}
			pod.ServeHTTP(rw, r)
		})
	}
	w = newWorld(t, withFront(countAtLink))
	w.says("bob", `/newroom "Warm up" @alice group:"Test Group"`)
	w.waitUntilIdle()
	link, all := int64(100), int64(100)
	for n := range 5 { // on a slow machine results may have to be stored by themselves
		before := w.bot.Commits()
		w.says("bob", fmt.Sprintf(`/newroom "Deal %d" @alice @carol group:"Test Group"`, n))
		w.waitUntilIdle()
		link, all = min(link, atLink.Load()-before), min(all, w.bot.Commits()-before)
	}
	require.LessOrEqual(t, link, int64(4), "the room's is beside the adding")
	require.LessOrEqual(t, all, int64(5))
}

// Whoever has read an answer must read no other one after the process has ended at once: what is
// shown by an edit was stored before.
func TestAnOutcomeIsStoredBeforeAnEditShowsIt(t *testing.T) {
	t.Parallel()
	var w *world
	edited := make(chan []string, 10)
	look := func(pod http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/update") && strings.HasPrefix(r.URL.Path, "/agent/") {
				steps, err := w.bot.StoredSteps(context.Background())
				if err == nil {
					edited <- steps
				}
			}
			pod.ServeHTTP(rw, r)
		})
	}
	w = newWorld(t, withFront(look), func(w *world) { w.crowd, w.limits.AddsPerSecond = 20, 10 })
	people, _ := w.colleagues(20)
	w.says("bob", `/newroom "Big" `+people)
	w.waitUntilIdle()
	require.NotEmpty(t, edited, "the reply took the place of a first answer")
	var last []string
	for len(edited) > 0 {
		last = <-edited
	}
	require.Contains(t, last, "outcome")
}
