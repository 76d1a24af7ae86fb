package rsa_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"roombot/rsa"
)

const receiptKind = "roombot-receipt"

// withHeader is a signed text whose header is another one, with the old signature.
func withHeader(signed, header string) string {
	parts := strings.Split(signed, ".")
	parts[0] = base64.RawURLEncoding.EncodeToString([]byte(header))
	return strings.Join(parts, ".")
}

func TestWhatAKeySignsVerifiesWithItsPublicHalfOnly(t *testing.T) {
	t.Parallel()
	key, err := rsa.Generate(2048)
	require.NoError(t, err)
	other, err := rsa.Generate(2048)
	require.NoError(t, err)
	signed, err := key.Sign(receiptKind, []byte(`{"v":1}`))
	require.NoError(t, err)
	payload, err := rsa.Verify(receiptKind, signed, key.Public())
	require.NoError(t, err)
	require.Equal(t, `{"v":1}`, string(payload))
	header, err := base64.RawURLEncoding.DecodeString(strings.Split(signed, ".")[0])
	require.NoError(t, err)
	require.JSONEq(t, `{"alg":"RS256","typ":"roombot-receipt","kid":"`+key.Fingerprint()+`"}`, string(header))

	public := `"kid":"` + key.Fingerprint() + `"`
	for text, words := range map[string]string{
		signed[:len(signed)-4] + "AAAA":                                                "the signature does not fit",
		strings.Replace(signed, ".eyJ2Ijox", ".eyJ2Ijoy", 1):                           "the signature does not fit",
		withHeader(signed, `{"alg":"none","typ":"roombot-receipt",`+public+`}`):        `signed by the method "none"`,
		withHeader(signed, `{"alg":"RS512","typ":"roombot-receipt",`+public+`}`):       `signed by the method "RS512"`,
		withHeader(signed, `{"alg":"HS256","typ":"roombot-receipt",`+public+`}`):       `signed by the method "HS256"`,
		withHeader(signed, `{"alg":"RS256","typ":"JWT",`+public+`}`):                   `this is a "JWT"`,
		withHeader(signed, `{"alg":"RS256","typ":"roombot-receipt"}`):                  `signed by the key ""`,
		withHeader(signed, `{"alg":"RS256","typ":"roombot-receipt","crit":["b64"]}`):   "of a form that this version does not know",
		withHeader(signed, `{"alg":"RS256","typ":"roombot-receipt","x":1,`+public+`}`): "the signature does not fit",
		withHeader(signed, `[]`):                 "its header is not JSON",
		signed + ".":                             "it has 4 parts",
		"":                                       "it has 1 parts",
		strings.Replace(signed, ".", "..", 1):    "it has 4 parts",
		strings.Split(signed, ".")[0] + ".a b.c": "part 2 is not base64",
		strings.Join(strings.Split(signed, ".")[:2], ".") + ".": "the signature does not fit",
	} {
		_, err := rsa.Verify(receiptKind, text, key.Public())
		require.ErrorIs(t, err, rsa.ErrNotSigned, text)
		require.ErrorContains(t, err, words, text)
	}
	_, err = rsa.Verify(receiptKind, signed, other.Public())
	require.ErrorContains(t, err, key.Fingerprint())
	require.ErrorContains(t, err, other.Fingerprint())
	_, err = rsa.Verify("another kind", signed, key.Public())
	require.ErrorContains(t, err, "not a another kind")
}

func TestALoginTokenAndAReceiptNeverPassForEachOther(t *testing.T) {
	t.Parallel()
	key, err := rsa.Generate(2048)
	require.NoError(t, err)
	token, err := key.LoginToken("room.bot", time.Now())
	require.NoError(t, err)
	_, err = rsa.Verify(receiptKind, token, key.Public())
	require.ErrorContains(t, err, `signed by the method "RS512"`)

	claims := fmt.Sprintf(`{"sub":"room.bot","exp":%d}`, time.Now().Add(time.Minute).Unix())
	signed, err := key.Sign(receiptKind, []byte(claims)) // whatever it says
	require.NoError(t, err)
	_, err = jwt.ParseWithClaims(signed, &jwt.RegisteredClaims{}, func(*jwt.Token) (any, error) { return key.Public(), nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodRS512.Alg()})) // as the pod does
	require.ErrorIs(t, err, jwt.ErrTokenSignatureInvalid)
}
