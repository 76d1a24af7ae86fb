package sandbox_test

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/podtest"
)

func TestALoginTokenOfTheRegisteredKeyOpensASession(t *testing.T) {
	b := loggedIn(t)
	me := b.Get("/pod/v2/sessioninfo").OK()
	require.Equal(t, "roombot", me["username"])
	require.Equal(t, "SYSTEM", me["accountType"])
	require.InDelta(t, b.ID("roombot"), me["id"], 0)
}

func TestTheOldestSessionIsDroppedBeyondTheLimit(t *testing.T) {
	b := loggedIn(t)
	first := b.Tokens["sessionToken"]
	b.Advance(time.Second)
	b.SignIn()
	second := b.Tokens["sessionToken"]
	b.Advance(time.Second)
	token := map[string]string{"token": b.LoginToken(nil)}
	for range 998 {
		b.Post("/login/pubkey/authenticate", token).OK()
	}
	b.Get("/pod/v2/sessioninfo").OK()
	b.Tokens["sessionToken"] = first
	b.Get("/pod/v2/sessioninfo").Refused(http.StatusUnauthorized)
	b.Tokens["sessionToken"] = second
	b.Get("/pod/v2/sessioninfo").OK()
}

func TestLoginsAreRefused(t *testing.T) {
	b := setup(t)
	claim := func(name string, value any) string {
		return b.LoginToken(func(c jwt.MapClaims) { c[name] = value })
	}
	otherKey, err := jwt.NewWithClaims(jwt.SigningMethodRS512, jwt.MapClaims{"sub": "roombot", "exp": time.Now().Add(time.Minute).Unix()}).SignedString(podtest.PodKey())
	require.NoError(t, err)
	weak, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"sub": "roombot", "exp": time.Now().Add(time.Minute).Unix()}).SignedString(podtest.BotKey())
	require.NoError(t, err)
	for reason, token := range map[string]string{
		"for an unknown account":     claim("sub", "nobody"),
		"for a person":               claim("sub", "alice"),
		"when they have expired":     claim("exp", time.Now().Add(-time.Minute).Unix()),
		"when they last too long":    claim("exp", time.Now().Add(6*time.Minute).Unix()),
		"without an expiry":          b.LoginToken(func(c jwt.MapClaims) { delete(c, "exp") }),
		"signed by another key":      otherKey,
		"signed with another method": weak,
		"when malformed":             "not.a.token",
		"when empty":                 "",
	} {
		t.Run(reason, func(t *testing.T) {
			for _, path := range []string{"/login", "/relay"} {
				require.Contains(t, b.Post(path+"/pubkey/authenticate", map[string]string{"token": token}).Refused(http.StatusUnauthorized), "Unauthorized")
			}
		})
	}
}

func TestAPodWithoutAKeyRefusesEveryLogin(t *testing.T) {
	b := setup(t, func(c *config) { c.BotKey = nil })
	b.Post("/login/pubkey/authenticate", map[string]string{"token": b.LoginToken(nil)}).Refused(http.StatusUnauthorized)
}

func TestPreviousKeyIsGoodForThreeDays(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.SessionLife = 14 * 24 * time.Hour })
	before := b.Get("/sandbox/v1/keys").OK()["current"]
	spki, err := x509.MarshalPKIXPublicKey(&podtest.PodKey().PublicKey)
	require.NoError(t, err)
	paste := map[string]string{"publicKey": string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki}))}
	got := b.Post("/sandbox/v1/keys", paste).OK()
	require.NotEqual(t, before, got["current"])
	require.Equal(t, before, got["previous"])
	require.Equal(t, got, b.Post("/sandbox/v1/keys", paste).OK(), "the same key again changes nothing")

	b.SignIn() // by the previous key
	b.Advance(71 * time.Hour)
	signIn := func() podtest.Reply {
		b.Clock = time.Now() // the client's, which is not advanced
		return b.Post("/login/pubkey/authenticate", map[string]string{"token": b.LoginToken(nil)})
	}
	signIn().OK()
	b.Advance(2 * time.Hour)
	require.NotContains(t, b.Get("/sandbox/v1/keys").OK(), "previous")
	require.Contains(t, signIn().Refused(http.StatusUnauthorized), "signature")
	b.Get("/pod/v2/sessioninfo").OK()
	fresh, err := jwt.NewWithClaims(jwt.SigningMethodRS512, jwt.MapClaims{"sub": "roombot", "exp": time.Now().Add(time.Minute).Unix()}).SignedString(podtest.PodKey())
	require.NoError(t, err)
	b.Post("/login/pubkey/authenticate", map[string]string{"token": fresh}).OK()
}

func TestRevocationEndsThePreviousKeyAndItsSessions(t *testing.T) {
	b := loggedIn(t)
	spki, err := x509.MarshalPKIXPublicKey(&podtest.PodKey().PublicKey)
	require.NoError(t, err)
	b.Post("/sandbox/v1/keys", map[string]string{"publicKey": string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki}))}).OK()
	b.Get("/pod/v2/sessioninfo").OK()
	b.Call("DELETE", "/sandbox/v1/keys/previous", nil).OK()
	b.Get("/pod/v2/sessioninfo").Refused(http.StatusUnauthorized)
	b.Post("/login/pubkey/authenticate", map[string]string{"token": b.LoginToken(nil)}).Refused(http.StatusUnauthorized)
	require.Contains(t, b.Post("/sandbox/v1/keys", map[string]string{"publicKey": "x"}).Refused(http.StatusBadRequest), "this is not PEM")
}

func TestCallsNeedTheirTokens(t *testing.T) {
	b := loggedIn(t)
	km := b.Tokens["keyManagerToken"]
	delete(b.Tokens, "keyManagerToken")
	require.Equal(t, "Invalid session", b.Get("/agent/v5/datafeeds").Refused(http.StatusUnauthorized))
	b.Get("/pod/v2/sessioninfo").OK()
	b.Tokens["keyManagerToken"], b.Tokens["sessionToken"] = km, "wrong"
	require.Equal(t, "Invalid session", b.Get("/pod/v2/sessioninfo").Refused(http.StatusUnauthorized))
}

func TestSessionsExpireAndALoginRenewsThem(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.SessionLife = time.Hour })
	b.Advance(59 * time.Minute)
	b.Get("/pod/v2/sessioninfo").OK()
	b.Advance(2 * time.Minute)
	b.Get("/pod/v2/sessioninfo").Refused(http.StatusUnauthorized)
	b.SignIn()
	b.Get("/pod/v2/sessioninfo").OK()
	b.Clock = b.Clock.Add(61 * time.Minute) // a client that goes with the pod
	b.SignIn()
	b.Get("/pod/v2/sessioninfo").OK()
}

func TestSimplifiedKeyDeliverySparesTheKeyManager(t *testing.T) {
	b := setup(t, func(c *config) { c.SimplifiedKeyDelivery = true })
	got := b.Post("/login/pubkey/authenticate", map[string]string{"token": b.LoginToken(nil)}).OK()
	b.Tokens["sessionToken"] = got["token"].(string)
	require.NotContains(t, strings.Split(got["token"].(string), ".")[1], "-")
	require.NotContains(t, strings.Split(got["token"].(string), ".")[1], "_")
	require.Empty(t, b.Get("/agent/v5/datafeeds").List())
}

func TestTheCommonJWTReplacesTheSessionToken(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.CommonJWT = true })
	got := b.Post("/login/pubkey/authenticate", map[string]string{"token": b.LoginToken(nil)}).OK()
	delete(b.Tokens, "sessionToken")
	b.Tokens["Authorization"] = got["authorizationToken"].(string)
	require.True(t, strings.HasPrefix(b.Tokens["Authorization"], "Bearer "))
	b.Get("/pod/v2/sessioninfo").OK()
	b.Tokens["Authorization"] = strings.TrimPrefix(b.Tokens["Authorization"], "Bearer ")
	b.Get("/pod/v2/sessioninfo").OK()
}

func TestAccessTokensAreSignedByThePublishedKeyAndExpire(t *testing.T) {
	b := loggedIn(t)
	token := b.AccessToken()
	keys := b.Get("/login/idm/keys").OK()["keys"].([]any)[0].(map[string]any)
	require.Equal(t, "RSA", keys["kty"])
	parsed, err := jwt.Parse(token, func(tok *jwt.Token) (any, error) {
		require.Equal(t, keys["kid"], tok.Header["kid"])
		return &podtest.PodKey().PublicKey, nil
	})
	require.NoError(t, err)
	require.True(t, parsed.Valid)

	b.Tokens["Authorization"] = "Bearer " + token
	b.Get("/profile-manager/v1/types").OK()
	b.Advance(301 * time.Second)
	require.Equal(t, "401", b.Get("/profile-manager/v1/types").Object()["code"])
	b.Tokens["Authorization"] = "Bearer " + b.AccessToken()
	b.Get("/profile-manager/v1/types").OK()
}

func TestAnAccessTokenOfAnotherScopeIsRefused(t *testing.T) {
	b := loggedIn(t)
	b.Tokens["Authorization"] = "Bearer " + b.Post("/login/idm/tokens", nil).OK()["access_token"].(string)
	b.Get("/profile-manager/v1/types").Refused(http.StatusForbidden)
}

func TestThePodShowsItsCertificate(t *testing.T) {
	b := setup(t)
	block, _ := pem.Decode([]byte(b.Get("/pod/v1/podcert").OK()["certificate"].(string)))
	require.NotNil(t, block)
	_, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
}

func TestACertificateLoginNeedsACertificate(t *testing.T) {
	b := setup(t)
	b.Post("/sessionauth/v1/authenticate", nil).Refused(http.StatusUnauthorized)
	b.Post("/keyauth/v1/authenticate", nil).Refused(http.StatusUnauthorized)
}

func TestALogoutEndsTheSession(t *testing.T) {
	b := loggedIn(t)
	b.Post("/sessionauth/v1/logout", nil).OK()
	b.Get("/pod/v2/sessioninfo").Refused(http.StatusUnauthorized)
}
