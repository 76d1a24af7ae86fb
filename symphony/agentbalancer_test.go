package symphony_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// names makes an agent name another when it is asked who it is.
func (f *fleet) names(front, name string) {
	f.does(front, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/v1/info") {
			reply(w, 200, `{"version":"Agent-25.8.1","serverFqdn":"`+name+`"}`)
			return
		}
		f.backend.ServeHTTP(w, r)
	})
}

func external(sticky bool) symphony.Balance {
	return symphony.Balance{Mode: symphony.External, Sticky: sticky}
}

func TestAnExternalBalancerNamesTheAgent(t *testing.T) {
	t.Parallel()
	t.Run("which is kept until it fails, and then another is asked for", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T) {
			f := newFleet(t, external(true))
			f.names("a1", "http://a2")
			f.read(3)
			time.Sleep(time.Hour)
			f.read(1)
			require.Equal(t, []string{"a1", "a2", "a2", "a2", "a2"}, f.asked())
			f.names("a1", "a3")
			f.kill("a2")
			begin := time.Now()
			f.read(3)
			require.Zero(t, time.Since(begin))
			require.Equal(t, []string{"a1", "a3", "a3", "a3"}, f.asked())
		})
	})

	t.Run("again and again when not sticky", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T) {
			f := newFleet(t, external(false))
			f.names("a1", "http://a2")
			f.read(2)
			f.names("a1", "a3:80")
			time.Sleep(time.Minute)
			f.read(2)
			require.Equal(t, []string{"a1", "a2", "a2", "a1", "a3", "a3"}, f.asked())
		})
	})

	t.Run("and serves itself when the one it names is down", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T) {
			f := newFleet(t, external(true))
			f.names("a1", "http://nowhere")
			f.read(2)
			require.NoError(t, f.write())
			require.Contains(t, f.asked(), "a1")
		})
	})

	for name, answer := range map[string]http.HandlerFunc{
		"has no name to give":       with(200, `{"version":"Agent-25.8.1"}`),
		"gives one that is no host": with(200, `{"serverFqdn":"ftp://x"}`),
	} {
		t.Run("and serves itself when it "+name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				f := newFleet(t, external(true))
				f.does("a1", func(w http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, "/v1/info") {
						answer(w, r)
						return
					}
					f.backend.ServeHTTP(w, r)
				})
				f.read(3)
				require.Equal(t, []string{"a1", "a1", "a1", "a1"}, f.asked())
			})
		})
	}

	t.Run("and when it is down the next one is asked", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T) {
			f := newFleet(t, external(true))
			f.kill("a1")
			f.names("a2", "a3")
			f.read(2)
			require.Equal(t, []string{"a2", "a3", "a3"}, f.asked())
		})
	})

	t.Run("and when all are down the first that is back serves", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T) {
			f := newFleet(t, external(true))
			f.kill("a1", "a2", "a3")
			_, err := f.client.Message(t.Context(), "m")
			require.ErrorIs(t, err, symphony.ErrUnavailable)
			f.revive("a1", "a2", "a3")
			f.names("a1", "a3")
			f.read(1)
			require.NoError(t, f.write())
		})
	})
}

func TestANamedAgent(t *testing.T) {
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
	} {
		base, err := symphony.NamedAgent(tc.front, tc.name)
		require.Equal(t, tc.base, base)
		require.Equal(t, tc.base == "", err != nil, tc.name)
	}
}
