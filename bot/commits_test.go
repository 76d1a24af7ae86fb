package bot_test

import (
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
	before := w.bot.Commits()
	w.says("bob", `/newroom "Deal" @alice @carol group:"Test Group"`)
	w.waitUntilIdle()
	t.Log(atLink.Load()-before, w.bot.Commits()-before)
	require.LessOrEqual(t, atLink.Load()-before, int64(4))
	require.LessOrEqual(t, w.bot.Commits()-before, int64(5))
}
