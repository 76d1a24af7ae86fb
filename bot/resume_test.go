package bot_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAfterARestartOnlyThoseOutsideAreLetIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.crowd, w.limits.AddsPerSecond = 40, 25 })
	people, names := w.colleagues(40)
	asked := w.asks("bob", `/newroom "Long way" `+people+` group:"Test Group"`)
	require.Eventually(t, func() bool {
		rooms := w.rooms("Long way")
		return len(rooms) == 1 && len(rooms[0].Members) > 15
	}, patience, 2*time.Millisecond)
	w.stop()
	begun := w.calls("addMember")
	inside := len(w.rooms("Long way")[0].Members) - 1 // without the bot
	w.start()
	asked.ends("✓ Long way", "and 20 more")
	w.theOnly("Long way", append(names, "bob", "alice", "carol")...)
	require.LessOrEqual(t, w.calls("addMember")-begun, 42-inside)
}

// calls counts the calls of an operation.
func (w *world) calls(operation string) int {
	w.t.Helper()
	var wire struct {
		Calls []struct{ Operation string } `json:"calls"`
	}
	w.control(http.MethodGet, "wire", nil, &wire)
	n := 0
	for _, c := range wire.Calls {
		if c.Operation == operation {
			n++
		}
	}
	return n
}
