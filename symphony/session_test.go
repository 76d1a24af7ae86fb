package symphony_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"sync"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"roombot/rsa"
	"roombot/symphony"
)

const (
	sessionInfo = "GET /pod/v2/sessioninfo"
	me          = `{"id":7078106103815,"emailAddress":"room.bot@acme.test","firstName":null,"lastName":null,
		"displayName":"Room Bot","company":"Acme","username":"room.bot","accountType":"SYSTEM","roles":["INDIVIDUAL"]}`
)

func TestMakingAClientOpensNoConnection(t *testing.T) {
	t.Parallel()
	c, err := symphony.New(symphony.Config{
		Username: "room.bot", Key: key(), Endpoints: symphony.Endpoints{Pod: "https://127.0.0.1:1"},
	})
	require.NoError(t, err)
	c.Close()
}

func TestAllErrorsOfAConfigurationAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := symphony.New(symphony.Config{Endpoints: symphony.Endpoints{Pod: "https://acme.test", Agent: "agent.acme.test"}})
	require.ErrorContains(t, err, "a username and a key")
	require.ErrorContains(t, err, `endpoint of agent`)
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	t.Run("the first call signs in with a signed login and carries the session", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer(sessionInfo, 200, me)
		user, err := p.client().Me(t.Context())
		require.NoError(t, err)
		require.Equal(t, symphony.User{
			ID: 7078106103815, Username: "room.bot", DisplayName: "Room Bot", Email: "room.bot@acme.test",
			Company: "Acme", AccountType: symphony.ServiceAccount, Roles: []string{"INDIVIDUAL"},
		}, user)
		require.Equal(t, "session-1", p.requestsTo("GET", "/pod/v2/sessioninfo")[0].Header.Get("sessionToken"))

		login := fields(t, p.requestsTo("POST", "/login/pubkey/authenticate")[0].Body)["token"].(string)
		claims := jwt.MapClaims{}
		_, err = jwt.ParseWithClaims(login, claims, func(*jwt.Token) (any, error) { return key().Public(), nil },
			jwt.WithValidMethods([]string{"RS512"}))
		require.NoError(t, err)
		require.Equal(t, "room.bot", claims["sub"])
	})

	t.Run("only the agent gets the key manager's token", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer(sessionInfo, 200, me)
		p.answer("GET /agent/v1/message/{id}", 200, `{"messageId":"m"}`)
		c := p.client()
		_, err := c.Me(t.Context())
		require.NoError(t, err)
		_, err = c.Message(t.Context(), "m")
		require.NoError(t, err)
		require.Empty(t, p.requestsTo("GET", "/pod/v2/sessioninfo")[0].Header.Get("keyManagerToken"))
		require.Equal(t, "keys", p.requestsTo("GET", "/agent/v1/message/m")[0].Header.Get("keyManagerToken"))
	})

	t.Run("an ended session is renewed once and the call repeated", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answers(sessionInfo, answerWith(401, `{"code":401,"message":"Invalid session"}`), answerWith(200, me))
		_, err := p.client().Me(t.Context())
		require.NoError(t, err)
		require.Len(t, p.requestsTo("POST", "/login/pubkey/authenticate"), 2)
		require.Len(t, p.requestsTo("POST", "/relay/pubkey/authenticate"), 2, "both tokens are replaced")
		require.Equal(t, "session-2", p.requestsTo("GET", "/pod/v2/sessioninfo")[1].Header.Get("sessionToken"))
		require.Empty(t, p.waitsSoFar())
	})

	t.Run("a session refused twice is the caller's error", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer(sessionInfo, 401, `{"code":401,"message":"Invalid session"}`)
		_, err := p.client().Me(t.Context())
		require.ErrorIs(t, err, symphony.ErrUnauthorized)
		require.NotErrorIs(t, err, symphony.ErrLoginRejected)
		require.Len(t, p.requestsTo("POST", "/login/pubkey/authenticate"), 2)
	})
}

func TestManyRefusedCallsSignInOnce(t *testing.T) {
	t.Parallel()
	const callers = 40
	p := newPod(t)
	var together sync.WaitGroup
	together.Add(callers)
	p.on(sessionInfo, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("sessionToken") == "session-1" {
			together.Done()
			together.Wait() // all are refused with the same token
			reply(w, 401, `{}`)
			return
		}
		reply(w, 200, me)
	})
	c := p.client()
	require.NoError(t, c.Login(t.Context()))
	var done sync.WaitGroup
	for range callers {
		done.Go(func() {
			_, err := c.Me(context.Background())
			require.NoError(t, err)
		})
	}
	done.Wait()
	require.Len(t, p.requestsTo("POST", "/login/pubkey/authenticate"), 2)
}

func TestLateRefusalOfAnOldTokenSignsInNoMore(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	slow, renewed := make(chan struct{}), make(chan struct{})
	p.on("GET /pod/v2/user/presence", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("sessionToken") == "session-1" {
			close(slow)
			<-renewed // the refusal comes after somebody else has renewed
			reply(w, 401, `{}`)
			return
		}
		reply(w, 200, `{"category":"AVAILABLE"}`)
	})
	p.answers(sessionInfo, answerWith(401, `{}`), answerWith(200, me))
	c := p.client()
	require.NoError(t, c.Login(t.Context()))
	var done sync.WaitGroup
	done.Go(func() {
		_, err := c.OwnPresence(context.Background())
		require.NoError(t, err)
	})
	<-slow
	_, err := c.Me(t.Context())
	require.NoError(t, err)
	close(renewed)
	done.Wait()
	require.Len(t, p.requestsTo("POST", "/login/pubkey/authenticate"), 2)
}

func TestKeyIsReadAnewForEachSignIn(t *testing.T) {
	t.Parallel()
	second, err := rsa.Generate(2048)
	require.NoError(t, err)
	keys, reads := []*rsa.Key{key(), second}, 0
	p := newPod(t)
	p.answers(sessionInfo, answerWith(200, me), answerWith(401, `{}`), answerWith(200, me))
	c := p.client(func(c *symphony.Config) {
		c.Key = nil
		c.ReadKey = func() *rsa.Key { reads++; return keys[reads-1] }
	})
	for range 2 {
		_, err := c.Me(t.Context())
		require.NoError(t, err)
	}
	require.Equal(t, 2, reads, "both tokens of a session are had by one key")
	for _, path := range []string{"/login/pubkey/authenticate", "/relay/pubkey/authenticate"} {
		for i, login := range p.requestsTo("POST", path) {
			_, err := jwt.Parse(fields(t, login.Body)["token"].(string), func(*jwt.Token) (any, error) { return keys[i].Public(), nil },
				jwt.WithValidMethods([]string{"RS512"}))
			require.NoError(t, err, path)
		}
	}
}

func simplifiedToken(claims string) string {
	return "e30." + base64.StdEncoding.EncodeToString([]byte(claims)) + ".c2ln"
}

func TestSimplifiedKeyDelivery(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		token, version string
		relay          int
	}{
		"a new agent and a willing pod need no key manager": {simplifiedToken(`{"canUseSimplifiedKeyDelivery":true}`), "Agent-24.12.3", 0},
		"an old agent needs it":                             {simplifiedToken(`{"canUseSimplifiedKeyDelivery":true}`), "Agent-24.9.3", 1},
		"an agent without a version needs it":               {simplifiedToken(`{"canUseSimplifiedKeyDelivery":true}`), "", 1},
		"an unwilling pod needs it":                         {simplifiedToken(`{"sub":"1"}`), "Agent-25.8.1", 1},
		"a token that is no JWT needs it":                   {"opaque", "Agent-25.8.1", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPod(t)
			p.answer("POST /login/pubkey/authenticate", 200, `{"token":"`+tc.token+`"}`)
			p.answer("GET /agent/v1/info", 200, `{"version":"`+tc.version+`"}`)
			p.answer("GET /agent/v1/message/{id}", 200, `{"messageId":"m"}`)
			_, err := p.client().Message(t.Context(), "m")
			require.NoError(t, err)
			require.Len(t, p.requestsTo("POST", "/relay/pubkey/authenticate"), tc.relay)
			_, sent := p.requestsTo("GET", "/agent/v1/message/m")[0].Header["Keymanagertoken"]
			require.Equal(t, tc.relay == 1, sent)
		})
	}
}

func TestAgentWithoutAVersionIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("POST /login/pubkey/authenticate", 200, `{"token":"`+simplifiedToken(`{"canUseSimplifiedKeyDelivery":true}`)+`"}`)
	p.answer("GET /agent/v1/info", 503, ``)
	require.NoError(t, p.client().Login(t.Context()))
	require.Len(t, p.requestsTo("POST", "/relay/pubkey/authenticate"), 1)
	require.Empty(t, p.waitsSoFar())
}
