package symphony_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// nameAgent makes an agent answer with the name of another when it is asked who it is.
func (f *fleet) nameAgent(front, name string) {
	f.setHandler(front, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/v1/info") {
			reply(w, 200, `{"version":"Agent-25.8.1","serverFqdn":"`+name+`"}`)
			return
		}
		f.backend.ServeHTTP(w, r)
	})
}

func externalBalance(sticky bool) symphony.Balance {
	return symphony.Balance{Mode: symphony.External, Sticky: sticky}
}

func TestExternalBalancer(t *testing.T) {
	t.Parallel()
	t.Run("named agent is kept until it fails", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(t *testing.T) {
			f := newFleet(t, externalBalance(true))
			f.nameAgent("a1", "http://a2")
			f.makeReads(3)
			time.Sleep(time.Hour)
			f.makeReads(1)
			require.Equal(t, []string{"a1", "a2", "a2", "a2", "a2"}, f.askedAgents())
			f.nameAgent("a1", "a3")
			f.takeDown("a2")
			begin := time.Now()
			f.makeReads(3)
			require.Zero(t, time.Since(begin))
			require.Equal(t, []string{"a1", "a3", "a3", "a3"}, f.askedAgents())
		})
	})

	t.Run("balancer is asked again when not sticky", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(t *testing.T) {
			f := newFleet(t, externalBalance(false))
			f.nameAgent("a1", "http://a2")
			f.makeReads(2)
			f.nameAgent("a1", "a3:80")
			time.Sleep(time.Minute)
			f.makeReads(2)
			require.Equal(t, []string{"a1", "a2", "a2", "a1", "a3", "a3"}, f.askedAgents())
		})
	})

	t.Run("balancer serves when the agent it names is down", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(t *testing.T) {
			f := newFleet(t, externalBalance(true))
			f.nameAgent("a1", "http://a3")
			f.takeDown("a3")
			f.makeReads(2)
			require.NoError(t, f.sendMessage())
			require.Contains(t, f.askedAgents(), "a1")
		})
	})

	for name, answer := range map[string]http.HandlerFunc{
		"has no name to give":       answerWith(200, `{"version":"Agent-25.8.1"}`),
		"gives one that is no host": answerWith(200, `{"serverFqdn":"ftp://x"}`),
	} {
		t.Run("balancer serves when it "+name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T) {
				f := newFleet(t, externalBalance(true))
				f.setHandler("a1", func(w http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, "/v1/info") {
						answer(w, r)
						return
					}
					f.backend.ServeHTTP(w, r)
				})
				f.makeReads(3)
				require.Equal(t, []string{"a1", "a1", "a1", "a1"}, f.askedAgents())
			})
		})
	}

	t.Run("next balancer is asked when the first is down", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(t *testing.T) {
			f := newFleet(t, externalBalance(true))
			f.takeDown("a1")
			f.nameAgent("a2", "a3")
			f.makeReads(2)
			require.Equal(t, []string{"a2", "a3", "a3"}, f.askedAgents())
		})
	})

	t.Run("first that is back serves when all were down", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(t *testing.T) {
			f := newFleet(t, externalBalance(true))
			f.takeDown("a1", "a2", "a3")
			_, err := f.client.Message(t.Context(), "m")
			require.ErrorIs(t, err, symphony.ErrUnavailable)
			f.bringUp("a1", "a2", "a3")
			f.nameAgent("a1", "a3")
			f.makeReads(1)
			require.NoError(t, f.sendMessage())
		})
	})
}

func TestAddressOfANamedAgent(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ front, name, base string }{
		{"https://lb.acme.test:7443/app", "agent2.acme.test", "https://agent2.acme.test:7443/app"},
		{"https://lb.acme.test/app", "agent2.acme.test:8443", "https://agent2.acme.test:8443/app"},
		{"https://lb.acme.test", "https://agent2.acme.test:8443/x/", "https://agent2.acme.test:8443/x"},
		{"http://lb.acme.test", "http://agent2.acme.test", "http://agent2.acme.test"},
		{"https://lb.acme.test", "http://agent2.acme.test", ""},
		{"https://lb.acme.test", "", ""},
		{"https://lb.acme.test", "agent2/../x y", ""},
		{"https://lb.acme.test", "user:pass@agent2", ""},
		{"https://lb.acme.test", "AGENT2.Acme.Test", "https://AGENT2.Acme.Test"},
		{"https://lb.acme.test", "agent2.east.acme.test", "https://agent2.east.acme.test"},
		{"https://lb.acme.test", "lb.acme.test:8443", "https://lb.acme.test:8443"},
		{"https://lb.acme.test", "agent2.other.test", ""},
		{"https://lb.acme.test", "agent2.evilacme.test", ""},
		{"https://lb.acme.test", "acme.test.evil.test", ""},
		{"https://lb.acme.test", "acme.test", ""},
		{"https://lb.acme.test", "10.0.0.7", ""},
		{"https://acme.com", "evil.com", ""},
		{"https://acme.co.uk", "evil.co.uk", ""},
		{"https://acme.github.io", "evil.github.io", ""},
		{"https://lb", "agent2", ""},
		{"https://10.0.0.1", "10.0.0.7", ""},
		{"https://10.0.0.1", "evil.0.0.1", ""},
		{"https://10.0.0.1:7443", "10.0.0.1", "https://10.0.0.1:7443"},
	} {
		base, err := symphony.NamedAgent(tc.front, tc.name)
		require.Equal(t, tc.base, base)
		require.Equal(t, tc.base == "", err != nil, tc.name)
	}
	base, err := symphony.NamedAgent("https://lb.acme.test", "agent2.other.test", "https://agent1.other.test", "https://Agent2.other.test:8443")
	require.NoError(t, err, "a configured agent")
	require.Equal(t, "https://agent2.other.test", base)
}

func TestAgentThatNobodyConfiguredGetsNoToken(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		f := newFleet(t, externalBalance(false))
		f.host(t, "evil", f.agent("evil"))
		f.nameAgent("a1", "http://evil")
		log := &logbook{}
		ctx := log.context(t.Context())
		for range 5 {
			_, err := f.client.Message(ctx, "m")
			require.NoError(t, err)
			time.Sleep(time.Minute)
		}
		require.NotContains(t, f.askedAgents(), "evil")
		lines := log.lines(t)
		require.Len(t, lines, 1, "a reason is logged once")
		require.Equal(t, "named agent is not used, the one that names it is", lines[0].Message)
		f.nameAgent("a1", "a2")
		f.makeReads(1)
		require.Contains(t, f.askedAgents(), "a2")
	})
}
