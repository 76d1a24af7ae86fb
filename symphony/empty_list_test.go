package symphony_test

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// count is how many items a search yields.
func count[T any](items iter.Seq2[T, error]) (n int, err error) {
	for _, err := range items {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// TestEmptyResultOfASearch has both answers that pods give: an empty list, or 204 without content.
func TestEmptyResultOfASearch(t *testing.T) {
	t.Parallel()
	messages := func(n int) string { return "[" + strings.TrimSuffix(strings.Repeat(sent+",", n), ",") + "]" }
	for name, search := range map[string]struct {
		pattern, empty, full string
		size                 int
		call                 func(context.Context, *symphony.Client) (int, error)
	}{
		"stream messages": {"GET /agent/v4/stream/{sid}/message", `[]`, messages(100), 100, func(ctx context.Context, c *symphony.Client) (int, error) {
			return count(c.MessagesSince(ctx, "s", time.Now()))
		}},
		"message search": {"POST /agent/v1/message/search", `[]`, messages(50), 50, func(ctx context.Context, c *symphony.Client) (int, error) {
			return count(c.SearchMessages(ctx, symphony.MessageQuery{Text: "ready", Stream: "s"}))
		}},
		"user search": {"POST /pod/v1/user/search", `{"count":0,"skip":0,"limit":50,"users":[]}`, `{"count":1,"users":[{"id":7},{"id":8}]}`, 2,
			func(ctx context.Context, c *symphony.Client) (int, error) {
				return count(c.SearchUsers(ctx, symphony.UserQuery{Text: "nobody", PageSize: 2}))
			}},
	} {
		for kind, empty := range map[string]http.HandlerFunc{"empty list": answerWith(200, search.empty), "204": answerWith(204, ``)} {
			t.Run(name+", "+kind, func(t *testing.T) {
				t.Parallel()
				p := newPod(t)
				p.on(search.pattern, empty)
				n, err := search.call(t.Context(), p.client())
				require.NoError(t, err)
				require.Zero(t, n)
			})
			t.Run(name+", "+kind+" after a full page", func(t *testing.T) {
				t.Parallel()
				p := newPod(t)
				p.answers(search.pattern, answerWith(200, search.full), empty)
				n, err := search.call(t.Context(), p.client())
				require.NoError(t, err)
				require.Equal(t, search.size, n)
			})
		}
	}
}
