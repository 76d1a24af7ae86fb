package symphony_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

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
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&body))
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
