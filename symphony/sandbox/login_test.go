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
)

func TestALoginTokenOfTheRegisteredKeyOpensASession(t *testing.T) {
	b := loggedIn(t)
	me := b.get("/pod/v2/sessioninfo").ok()
	require.Equal(t, "roombot", me["username"])
	require.Equal(t, "SYSTEM", me["accountType"])
	require.InDelta(t, b.id("roombot"), me["id"], 0)
}

func TestTheOldestSessionIsDroppedBeyondTheLimit(t *testing.T) {
	b := loggedIn(t)
	first := b.tokens["sessionToken"]
	b.advance(time.Second)
	b.login()
	second := b.tokens["sessionToken"]
	b.advance(time.Second)
	token := map[string]string{"token": b.loginToken(nil)}
	for range 998 {
		b.post("/login/pubkey/authenticate", token).ok()
	}
	b.get("/pod/v2/sessioninfo").ok()
	b.tokens["sessionToken"] = first
	b.get("/pod/v2/sessioninfo").requireRefusal(http.StatusUnauthorized)
	b.tokens["sessionToken"] = second
	b.get("/pod/v2/sessioninfo").ok()
}

func TestLoginsAreRefused(t *testing.T) {
	b := setup(t)
	claim := func(name string, value any) string {
		return b.loginToken(func(c jwt.MapClaims) { c[name] = value })
	}
	otherKey, err := jwt.NewWithClaims(jwt.SigningMethodRS512, jwt.MapClaims{"sub": "roombot", "exp": time.Now().Add(time.Minute).Unix()}).SignedString(podKey())
	require.NoError(t, err)
	weak, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"sub": "roombot", "exp": time.Now().Add(time.Minute).Unix()}).SignedString(botKey())
	require.NoError(t, err)
	for reason, token := range map[string]string{
		"for an unknown account":     claim("sub", "nobody"),
		"for a person":               claim("sub", "alice"),
		"when they have expired":     claim("exp", time.Now().Add(-time.Minute).Unix()),
		"when they last too long":    claim("exp", time.Now().Add(6*time.Minute).Unix()),
		"without an expiry":          b.loginToken(func(c jwt.MapClaims) { delete(c, "exp") }),
		"signed by another key":      otherKey,
		"signed with another method": weak,
		"when malformed":             "not.a.token",
		"when empty":                 "",
	} {
		t.Run(reason, func(t *testing.T) {
			for _, path := range []string{"/login", "/relay"} {
				require.Contains(t, b.post(path+"/pubkey/authenticate", map[string]string{"token": token}).requireRefusal(http.StatusUnauthorized), "Unauthorized")
			}
		})
	}
}

func TestAPodWithoutAKeyRefusesEveryLogin(t *testing.T) {
	b := setup(t, func(c *config) { c.BotKey = nil })
	b.post("/login/pubkey/authenticate", map[string]string{"token": b.loginToken(nil)}).requireRefusal(http.StatusUnauthorized)
}

func TestCallsNeedTheirTokens(t *testing.T) {
	b := loggedIn(t)
	km := b.tokens["keyManagerToken"]
	delete(b.tokens, "keyManagerToken")
	require.Equal(t, "Invalid session", b.get("/agent/v5/datafeeds").requireRefusal(http.StatusUnauthorized))
	b.get("/pod/v2/sessioninfo").ok()
	b.tokens["keyManagerToken"], b.tokens["sessionToken"] = km, "wrong"
	require.Equal(t, "Invalid session", b.get("/pod/v2/sessioninfo").requireRefusal(http.StatusUnauthorized))
}

func TestSessionsExpireAndALoginRenewsThem(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.SessionLife = time.Hour })
	b.advance(59 * time.Minute)
	b.get("/pod/v2/sessioninfo").ok()
	b.advance(2 * time.Minute)
	b.get("/pod/v2/sessioninfo").requireRefusal(http.StatusUnauthorized)
	b.login()
	b.get("/pod/v2/sessioninfo").ok()
	b.clock = b.clock.Add(61 * time.Minute) // a client that goes with the pod
	b.login()
	b.get("/pod/v2/sessioninfo").ok()
}

func TestSimplifiedKeyDeliverySparesTheKeyManager(t *testing.T) {
	b := setup(t, func(c *config) { c.SimplifiedKeyDelivery = true })
	got := b.post("/login/pubkey/authenticate", map[string]string{"token": b.loginToken(nil)}).ok()
	b.tokens["sessionToken"] = got["token"].(string)
	require.NotContains(t, strings.Split(got["token"].(string), ".")[1], "-")
	require.NotContains(t, strings.Split(got["token"].(string), ".")[1], "_")
	require.Empty(t, b.get("/agent/v5/datafeeds").list())
}

func TestTheCommonJWTReplacesTheSessionToken(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.CommonJWT = true })
	got := b.post("/login/pubkey/authenticate", map[string]string{"token": b.loginToken(nil)}).ok()
	delete(b.tokens, "sessionToken")
	b.tokens["Authorization"] = got["authorizationToken"].(string)
	require.True(t, strings.HasPrefix(b.tokens["Authorization"], "Bearer "))
	b.get("/pod/v2/sessioninfo").ok()
	b.tokens["Authorization"] = strings.TrimPrefix(b.tokens["Authorization"], "Bearer ")
	b.get("/pod/v2/sessioninfo").ok()
}

func TestAccessTokensAreSignedByThePublishedKeyAndExpire(t *testing.T) {
	b := loggedIn(t)
	token := b.accessToken()
	keys := b.get("/login/idm/keys").ok()["keys"].([]any)[0].(map[string]any)
	require.Equal(t, "RSA", keys["kty"])
	parsed, err := jwt.Parse(token, func(tok *jwt.Token) (any, error) {
		require.Equal(t, keys["kid"], tok.Header["kid"])
		return &podKey().PublicKey, nil
	})
	require.NoError(t, err)
	require.True(t, parsed.Valid)

	b.tokens["Authorization"] = "Bearer " + token
	b.get("/profile-manager/v1/types").ok()
	b.advance(301 * time.Second)
	require.Equal(t, "401", b.get("/profile-manager/v1/types").object()["code"])
	b.tokens["Authorization"] = "Bearer " + b.accessToken()
	b.get("/profile-manager/v1/types").ok()
}

func (b *bundle) accessToken() string {
	b.Helper()
	got := b.post("/login/idm/tokens?scope=profile-manager", nil).ok()
	require.Equal(b, "Bearer", got["token_type"])
	require.InDelta(b, 300, got["expires_in"], 0)
	return got["access_token"].(string)
}

func TestAnAccessTokenOfAnotherScopeIsRefused(t *testing.T) {
	b := loggedIn(t)
	b.tokens["Authorization"] = "Bearer " + b.post("/login/idm/tokens", nil).ok()["access_token"].(string)
	b.get("/profile-manager/v1/types").requireRefusal(http.StatusForbidden)
}

func TestThePodShowsItsCertificate(t *testing.T) {
	b := setup(t)
	block, _ := pem.Decode([]byte(b.get("/pod/v1/podcert").ok()["certificate"].(string)))
	require.NotNil(t, block)
	_, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
}

func TestACertificateLoginNeedsACertificate(t *testing.T) {
	b := setup(t)
	b.post("/sessionauth/v1/authenticate", nil).requireRefusal(http.StatusUnauthorized)
	b.post("/keyauth/v1/authenticate", nil).requireRefusal(http.StatusUnauthorized)
}

func TestALogoutEndsTheSession(t *testing.T) {
	b := loggedIn(t)
	b.post("/sessionauth/v1/logout", nil).ok()
	b.get("/pod/v2/sessioninfo").requireRefusal(http.StatusUnauthorized)
}
