package symphony_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/rsa"
	"roombot/symphony"
)

func TestSecretFollowsFromTheKeyThatSignsIn(t *testing.T) {
	t.Parallel()
	derive := func(c symphony.Config) []byte {
		c.Username, c.Endpoints.Pod = "roombot", "https://acme.test"
		client, err := symphony.New(c)
		require.NoError(t, err)
		defer client.Close()
		secret, err := client.DeriveSecret("label")
		require.NoError(t, err)
		return secret
	}
	fromKey, err := key().DeriveSecret("label")
	require.NoError(t, err)
	require.Equal(t, fromKey, derive(symphony.Config{Key: key()}))
	reading := symphony.Config{ReadKey: func() *rsa.Key { return key() }}
	require.Equal(t, fromKey, derive(reading), "a key that is read anew")

	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	fromCertificate, err := rsa.DeriveSecret(curve, "label")
	require.NoError(t, err)
	certificate := &tls.Certificate{PrivateKey: curve}
	require.Equal(t, fromCertificate, derive(symphony.Config{Key: key(), Certificate: certificate}), "a certificate wins, as at the sign-in")
}
