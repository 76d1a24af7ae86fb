package symphony_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

func TestStatsOfAClient(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		p, n := newPod(t), newNetwork()
		p.answers("POST /login/pubkey/authenticate", answerWith(503, ``), answerWith(200, `{"token":"a"}`))
		p.answers(roomInfo, answerWith(500, `{}`), answerWith(429, `{}`), answerWith(401, `{}`), answerWith(200, room))
		c := n.client(t, p)
		require.Equal(t, symphony.Stats{Agents: []symphony.AgentStats{{Base: "http://symphony"}}}, c.Stats())
		_, err := c.Room(t.Context(), "r")
		require.NoError(t, err)
		s := c.Stats()
		require.EqualValues(t, 2, s.Logins)
		require.EqualValues(t, 0, s.FailedLogins)
		require.Equal(t, time.Now(), s.LastLogin)
		require.NoError(t, s.LoginError)
		require.EqualValues(t, 3, s.Retries, "of the login and twice of the call")
		require.EqualValues(t, 1, s.Throttled)
		require.Positive(t, s.Pace)
		require.Positive(t, s.Waited)
	})
}

func TestFailedSignIn(t *testing.T) {
	t.Parallel()
	t.Run("is in the stats before its repetition ends, and logged once a minute", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(t *testing.T) {
			var log logbook
			p, n := newPod(t), newNetwork()
			p.answer("POST /login/pubkey/authenticate", 200, `{"note":"no token here"}`)
			c := n.client(t, p)
			for range 30 {
				require.Error(t, c.Login(log.context(t.Context())))
				require.ErrorContains(t, c.Stats().LoginError, "no token")
				time.Sleep(10 * time.Second)
			}
			require.Len(t, log.lines(t), 5)
			require.EqualValues(t, 30, c.Stats().FailedLogins)
		})
	})

	t.Run("by a rejection is returned and not logged", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(t *testing.T) {
			var log logbook
			p, n := newPod(t), newNetwork()
			p.answer("POST /login/pubkey/authenticate", 401, `{"code":401}`)
			c := n.client(t, p)
			require.ErrorIs(t, c.Login(log.context(t.Context())), symphony.ErrLoginRejected)
			require.Empty(t, log.lines(t))
		})
	})

	t.Run("ends when the session that was refused is accepted again", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(t *testing.T) {
			var log logbook
			p, n := newPod(t), newNetwork()
			p.answers("POST /login/pubkey/authenticate", answerWith(200, `{"token":"a"}`), answerWith(503, ``))
			p.answers(roomInfo, answerWith(401, `{}`), answerWith(200, room))
			c := n.client(t, p, func(c *symphony.Config) { c.Retry.MaxAttempts = 1 })
			_, err := c.Room(log.context(t.Context()), "r")
			require.ErrorIs(t, err, symphony.ErrUnavailable)
			require.ErrorIs(t, c.Stats().LoginError, symphony.ErrUnavailable)
			_, err = c.Room(log.context(t.Context()), "r")
			require.NoError(t, err)
			require.NoError(t, c.Stats().LoginError)
			lines := log.lines(t, "signed in to Symphony")
			require.Len(t, lines, 2)
			require.Equal(t, "signing in fails", lines[0].Message)
			require.Equal(t, "the session is accepted again", lines[1].Message)
		})
	})

	t.Run("does not end when a call of before it is answered", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		asked, failed := make(chan struct{}), make(chan struct{})
		p.on("GET /pod/v2/user/presence", func(w http.ResponseWriter, _ *http.Request) {
			close(asked)
			<-failed // as a read of the feed, which was accepted while the session held
			reply(w, 200, `{"category":"AVAILABLE"}`)
		})
		p.answers("POST /login/pubkey/authenticate", answerWith(200, `{"token":"a"}`), answerWith(503, ``))
		p.answer(roomInfo, 401, `{}`)
		c := p.client(func(c *symphony.Config) { c.Retry.MaxAttempts = 1 })
		require.NoError(t, c.Login(t.Context()))
		var late sync.WaitGroup
		late.Go(func() {
			_, err := c.OwnPresence(context.Background())
			require.NoError(t, err)
		})
		<-asked
		_, err := c.Room(t.Context(), "r")
		require.ErrorIs(t, err, symphony.ErrUnavailable)
		close(failed)
		late.Wait()
		require.ErrorIs(t, c.Stats().LoginError, symphony.ErrUnavailable)
	})

	t.Run("with sessions that end at once does not flood the log", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(t *testing.T) {
			var log logbook
			p, n := newPod(t), newNetwork()
			p.answer(sessionInfo, 401, `{}`)
			c := n.client(t, p)
			for range 100 {
				_, err := c.Me(log.context(t.Context()))
				require.ErrorIs(t, err, symphony.ErrUnauthorized)
				time.Sleep(time.Second)
			}
			require.Len(t, log.lines(t), 2)
			require.EqualValues(t, 101, c.Stats().Logins)
		})
	})
}
