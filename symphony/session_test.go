package symphony_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

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

func TestRejectedLoginsSayWhatToDo(t *testing.T) {
	t.Parallel()
	now := time.Now().Truncate(time.Second)
	for name, tc := range map[string]struct {
		status int
		text   string
		skew   time.Duration
		door   string
		cause  symphony.LoginCause
		says   string
	}{
		"a clock that is ahead":           {401, "", 3 * time.Minute, "login", symphony.ClockSkew, "3m0s ahead of"},
		"a clock that is behind":          {401, "", -10 * time.Minute, "login", symphony.ClockSkew, "10m0s behind"},
		"a clock that is a little behind": {401, "", -2 * time.Minute, "login", symphony.Undetermined, "disabled"},
		"a bad signature":                 {401, "Signature verification failed", 0, "login", symphony.WrongKey, "upload the public half"},
		"an unknown user":                 {401, "User not found", 0, "login", symphony.UnknownUser, "spelling and case"},
		"a name without a key":            {401, "no service account of that name has a public key on this pod", 0, "login", symphony.UnknownUser, "spelling and case"},
		"a disabled account":              {401, "Account is disabled", 0, "login", symphony.DisabledAccount, "enable the service account"},
		"a forbidden door":                {403, "", 0, "login", symphony.NotAllowed, "allow this account"},
		"a key manager that disagrees":    {401, "", 0, "relay", symphony.WrongKey, "key manager"},
		"nothing to go by":                {401, "Unauthorized", 0, "login", symphony.Undetermined, "not uploaded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPod(t)
			p.on("POST /"+tc.door+"/pubkey/authenticate", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", now.Add(-tc.skew).UTC().Format(http.TimeFormat))
				reply(w, tc.status, `{"code":401,"message":"`+tc.text+`"}`)
			})
			c := p.client(func(c *symphony.Config) { c.Now = func() time.Time { return now } })
			err := c.Login(t.Context())
			require.ErrorIs(t, err, symphony.ErrLoginRejected)
			var rejected *symphony.LoginError
			require.ErrorAs(t, err, &rejected)
			require.Equal(t, tc.cause, rejected.Cause)
			require.ErrorContains(t, err, tc.says)
			require.ErrorContains(t, err, key().Fingerprint())
			require.Len(t, p.requestsTo("POST", "/"+tc.door+"/pubkey/authenticate"), 1, "a rejection is not repeated")
		})
	}
}

func TestRemedySaysClocksAgreeOnlyIfTheyWereCompared(t *testing.T) {
	t.Parallel()
	for dated, date := range map[bool][]string{true: {time.Now().UTC().Format(http.TimeFormat)}, false: nil} {
		p := newPod(t)
		p.on("POST /login/pubkey/authenticate", func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Date"] = date
			reply(w, 401, `{}`)
		})
		err := p.client().Login(t.Context())
		require.ErrorContains(t, err, "see it in the admin portal")
		require.Equal(t, dated, strings.Contains(err.Error(), "the clocks agree"), err)
	}
}

func TestLoginThatIsDownIsRepeated(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answers("POST /login/pubkey/authenticate", answerWith(503, ``), answerWith(500, `<html>`), answerWith(200, `{"token":"s"}`))
	require.NoError(t, p.client().Login(t.Context()))
	require.Len(t, p.waitsSoFar(), 2)
}

func TestWaitsBetweenLoginsHaveACeilingOfTheirOwn(t *testing.T) {
	t.Parallel()
	for calls, longest := range map[time.Duration]time.Duration{5 * time.Minute: 7500 * time.Millisecond, time.Second: 1500 * time.Millisecond} {
		p := newPod(t)
		p.answer("POST /login/pubkey/authenticate", 503, ``)
		c := p.client(func(c *symphony.Config) {
			c.Retry = symphony.RetryPolicy{Max: calls, MaxElapsed: time.Hour, MaxAttempts: 20}
		})
		require.Error(t, c.Login(t.Context()))
		require.Len(t, p.waitsSoFar(), 19)
		for _, wait := range p.waitsSoFar() {
			require.LessOrEqual(t, wait, longest)
		}
	}
}

func TestRepeatedLoginIsSignedAnew(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	clock := &movingClock{now: time.Now()}
	down := clock.now.Add(10 * time.Minute)
	p.on("POST /login/pubkey/authenticate", func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Token string }
		require.NoError(t, json.NewDecoder(r.Body).Decode(&body))
		_, err := jwt.Parse(body.Token, func(*jwt.Token) (any, error) { return key().Public(), nil }, jwt.WithTimeFunc(clock.Now))
		switch {
		case clock.Now().Before(down):
			reply(w, 503, ``)
		case err != nil:
			reply(w, 401, `{"code":401,"message":"Invalid token"}`)
		default:
			reply(w, 200, `{"token":"s"}`)
		}
	})
	c := p.client(func(c *symphony.Config) {
		c.Now, c.Retry = clock.Now, symphony.RetryPolicy{MaxElapsed: time.Hour, MaxAttempts: 1000}
	})
	c.SetSleep(clock.Sleep)
	require.NoError(t, c.Login(t.Context()))
}

func TestLoginAnsweredByAProxyPageIsNotRejected(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("POST /login/pubkey/authenticate", 403, `<html>blocked by the gateway</html>`)
	err := p.client().Login(t.Context())
	require.ErrorIs(t, err, symphony.ErrForbidden)
	require.NotErrorIs(t, err, symphony.ErrLoginRejected)
}

func TestLoginThatStaysDownIsNotRejected(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("POST /login/pubkey/authenticate", 503, ``)
	p.answer(sessionInfo, 200, me)
	_, err := p.client(func(c *symphony.Config) { c.Retry.MaxAttempts = 3 }).Me(t.Context())
	require.ErrorIs(t, err, symphony.ErrUnavailable)
	require.NotErrorIs(t, err, symphony.ErrLoginRejected)
	require.Len(t, p.requestsTo("POST", "/login/pubkey/authenticate"), 3, "the call does not repeat its login's repetition")
}
