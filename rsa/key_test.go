package rsa_test

import (
	"crypto"
	"crypto/rand"
	stdrsa "crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"roombot/rsa"
)

// sample is one key for all tests: making one is slow.
var sample = sync.OnceValue(func() *stdrsa.PrivateKey {
	key, err := stdrsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func pkcs1() []byte { return block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(sample())) }

func pkcs8(t testing.TB, key any) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return block("PRIVATE KEY", der)
}

func certificate(t *testing.T) []byte {
	template := x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &sample().PublicKey, sample())
	require.NoError(t, err)
	return block("CERTIFICATE", der)
}

func TestGenerateDefaultsToTheRecommendedSize(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a key of 4096 bits takes seconds to make")
	}
	key, err := rsa.Generate(0)
	require.NoError(t, err)
	require.Equal(t, 4096, key.Public().N.BitLen())

	for bits, cause := range map[int]error{1024: rsa.ErrTooShort, -1: rsa.ErrTooShort, 1 << 20: rsa.ErrTooLong} {
		_, err := rsa.Generate(bits)
		require.ErrorIs(t, err, cause)
	}
}

func parseSample(t *testing.T) *rsa.Key {
	t.Helper()
	key, err := rsa.Parse(pkcs1())
	require.NoError(t, err)
	return key
}

func TestFingerprintIsThatOfThePublicKey(t *testing.T) {
	t.Parallel()
	key := parseSample(t)
	require.Regexp(t, `^SHA256:[A-Za-z0-9+/]{43}$`, key.Fingerprint())
	again, err := rsa.Parse(pkcs8(t, sample()))
	require.NoError(t, err)
	require.Equal(t, key.Fingerprint(), again.Fingerprint())
	require.Equal(t, key.Fingerprint(), rsa.Fingerprint(key.Public()))
}

func TestLoginTokenIsWhatThePodChecks(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	token, err := parseSample(t).LoginToken("room.bot", now)
	require.NoError(t, err)

	parts := strings.Split(token, ".")
	require.Len(t, parts, 3)
	digest := sha512.Sum512([]byte(parts[0] + "." + parts[1]))
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	require.NoError(t, err)
	require.NoError(t, stdrsa.VerifyPKCS1v15(&sample().PublicKey, crypto.SHA512, digest[:], signature))

	claims := jwt.MapClaims{}
	_, err = jwt.NewParser(jwt.WithValidMethods([]string{"RS512"}), jwt.WithTimeFunc(func() time.Time { return now })).
		ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return &sample().PublicKey, nil })
	require.NoError(t, err)
	require.Equal(t, jwt.MapClaims{"sub": "room.bot", "exp": float64(1_700_000_240)}, claims)

	_, err = parseSample(t).LoginToken("", now)
	require.Error(t, err)
}

func TestKeyNeverPrints(t *testing.T) {
	t.Parallel()
	key := parseSample(t)
	secret := sample().D.String()
	encoded, err := json.Marshal(map[string]any{"pointer": key, "value": *key})
	require.NoError(t, err)
	for _, printed := range []string{
		key.String(), string(encoded), fmt.Sprint(key), fmt.Sprint(*key), fmt.Sprintf("%v %+v %#v %s %q %d %x", key, key, key, key, key, key, key),
		fmt.Sprintf("%+v %#v %d", *key, *key, *key), fmt.Sprintf("%+v", struct{ Key *rsa.Key }{key}), fmt.Sprintf("%+v", []rsa.Key{*key}),
	} {
		require.Contains(t, printed, "[redacted]")
		require.NotContains(t, printed, secret[:20])
	}
}
