package symphony_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

func TestCallsAreSpreadOverAgents(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		balance symphony.Balance
		check   func(t *testing.T, asked []string)
	}{
		"each in turn": {symphony.Balance{Mode: symphony.RoundRobin}, func(t *testing.T, asked []string) {
			require.Equal(t, []string{"a1", "a2", "a3", "a1", "a2", "a3"}, asked[:6])
		}},
		"the first for good": {symphony.Balance{Mode: symphony.RoundRobin, Sticky: true}, func(t *testing.T, asked []string) {
			require.NotContains(t, asked, "a2")
			require.NotContains(t, asked, "a3")
		}},
		"at random": {symphony.Balance{Mode: symphony.Random}, func(t *testing.T, asked []string) {
			for _, name := range []string{"a1", "a2", "a3"} {
				require.Contains(t, asked, name)
			}
		}},
		"any one for good": {symphony.Balance{Mode: symphony.Random, Sticky: true}, func(t *testing.T, asked []string) {
			for _, name := range asked {
				require.Equal(t, asked[0], name)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T) {
				f := newFleet(t, tc.balance)
				f.makeReads(60)
				asked := f.askedAgents()
				require.Len(t, asked, 60)
				tc.check(t, asked)
			})
		})
	}
}

func TestUnsafeWritesWithSeveralAgents(t *testing.T) {
	t.Parallel()
	t.Run("try the next agent when none was reached", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(t *testing.T) {
			f := newFleet(t, symphony.Balance{Mode: symphony.RoundRobin})
			f.takeDown("a1")
			begin := time.Now()
			require.NoError(t, f.sendMessage())
			require.Zero(t, time.Since(begin))
			require.Equal(t, []string{"a2"}, f.askedAgents())
		})
	})

	t.Run("stop when an agent may have been reached, and the next call goes elsewhere", func(t *testing.T) {
		t.Parallel()
		for _, ill := range []http.HandlerFunc{dropConnection, answerWith(503, `{}`), answerWith(502, ``), breakOff, answerWith(200, `<html>`), neverAnswer} {
			inBubble(t, func(t *testing.T) {
				f := newFleet(t, symphony.Balance{Mode: symphony.RoundRobin, Sticky: true})
				f.setHandler("a1", ill)
				require.ErrorIs(t, f.sendMessage(), symphony.ErrOutcomeUnknown)
				require.Equal(t, []string{"a1"}, f.askedAgents())
				require.NoError(t, f.sendMessage())
				require.Equal(t, []string{"a2"}, f.askedAgents())
			})
		}
	})

	t.Run("stop after a refusal", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(t *testing.T) {
			f := newFleet(t, symphony.Balance{Mode: symphony.RoundRobin, Sticky: true})
			f.setHandler("a1", answerWith(400, `{"message":"bad markup"}`))
			require.ErrorIs(t, f.sendMessage(), symphony.ErrBadRequest)
			require.Equal(t, []string{"a1"}, f.askedAgents())
			require.Zero(t, f.client.Stats().Agents[0].Failures)
		})
	})
}

func TestTimedOutCallIsNotSentToTheNextAgent(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		f := newFleet(t, symphony.Balance{Mode: symphony.RoundRobin}, func(c *symphony.Config) {
			c.Timeout, c.Retry.MaxAttempts = 10*time.Second, 1
		})
		f.setHandler("a1", neverAnswer)
		_, err := f.client.Message(t.Context(), "m")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, []string{"a1"}, f.askedAgents())
	})
}

func TestFeedMovesToTheNextAgent(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		f := newFleet(t, symphony.Balance{Mode: symphony.RoundRobin})
		l := &listener{feedService: newFeedService(f.pod), t: t, net: f.network, heard: map[string]int{}, ended: make(chan error, 1), client: f.client}
		f.backend = f.pod.handler() // with the feeds
		l.start()
		time.Sleep(time.Minute)
		f.makeReads(7) // do not move the feed
		time.Sleep(time.Minute)
		own := f.client.Stats()
		require.Len(t, own.Agents, 3)
		f.askedAgents()
		time.Sleep(2 * parks)
		first := f.askedAgents()
		require.Len(t, first, 2)
		require.Equal(t, first[0], first[1])

		l.publish("before")
		time.Sleep(3 * time.Second)
		id := l.feed.Stats().Feed
		f.takeDown(first[0])
		l.setFault(nil)
		l.publish("m")
		time.Sleep(2 * parks)
		require.Equal(t, 1, l.timesHandled("before"), "the acknowledgement went along")
		require.Equal(t, 1, l.timesHandled("m"))
		require.Equal(t, id, l.feed.Stats().Feed)
		require.Equal(t, 1, l.made)
		second := f.askedAgents()
		require.NotEqual(t, first[0], second[len(second)-1])
		f.bringUp(first[0])
		time.Sleep(2 * time.Minute)
		for _, name := range f.askedAgents() {
			require.Equal(t, second[len(second)-1], name, "it stays where it is")
		}
		l.stop()
	})
}

func TestUnknownBalanceModeIsAnError(t *testing.T) {
	t.Parallel()
	_, err := symphony.New(symphony.Config{
		Username: "room.bot", Key: key(), Balance: symphony.Balance{Mode: "fastest"},
		Endpoints: symphony.Endpoints{Pod: "https://acme.test", Agents: []string{"https://a1.acme.test", "a2.acme.test"}},
	})
	require.ErrorContains(t, err, "fastest")
	require.ErrorContains(t, err, `endpoint of agent: "a2.acme.test"`)
	require.NotContains(t, err.Error(), "a1")
}

func TestAgentsOverRealConnections(t *testing.T) {
	t.Parallel()
	agent := func(address string) *httptest.Server {
		s := httptest.NewUnstartedServer(answerWith(200, `{"messageId":"m"}`))
		if address != "" {
			var l net.Listener
			require.Eventually(t, func() (free bool) {
				var err error
				l, err = net.Listen("tcp", address)
				return err == nil
			}, time.Minute, 10*time.Millisecond, "another test may have had the port given for a moment")
			require.NoError(t, s.Listener.Close())
			s.Listener = l
		}
		s.Start()
		t.Cleanup(s.Close)
		return s
	}
	first, second := agent(""), agent("")
	p := newPod(t)
	c := p.client(func(c *symphony.Config) {
		c.Endpoints.Agents = []string{first.URL, second.URL}
		c.Balance = symphony.Balance{Mode: symphony.RoundRobin, Sticky: true}
	})
	read := func() {
		_, err := c.Message(t.Context(), "m")
		require.NoError(t, err)
	}
	write := func() error {
		_, err := c.SendMessage(t.Context(), "s", symphony.Outgoing{MessageML: "<messageML>hi</messageML>"})
		return err
	}
	read()
	first.CloseClientConnections()
	first.Close()
	read()
	require.NoError(t, write())
	second.CloseClientConnections()
	second.Close()
	c.Close()
	require.ErrorIs(t, write(), symphony.ErrUnavailable)
	require.NotErrorIs(t, write(), symphony.ErrOutcomeUnknown, "nobody was reached")
	agent(strings.TrimPrefix(first.URL, "http://"))
	require.NoError(t, write(), "at once, although both are aside")
	read()
}
