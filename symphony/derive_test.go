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

func TestSecretsOfReplacedKeysAreDerivedToo(t *testing.T) {
	t.Parallel()
	keys := []*rsa.Key{key(), newKey(t), newKey(t)}
	inFile := keys[0]
	client, err := symphony.New(symphony.Config{
		Username: "roombot", Endpoints: symphony.Endpoints{Pod: "https://acme.test"},
		ReadKey: func() *rsa.Key { return inFile }, PreviousKey: keys[2],
	})
	require.NoError(t, err)
	defer client.Close()
	requireDerived := func(current *rsa.Key, all ...*rsa.Key) {
		t.Helper()
		secret, err := client.DeriveSecret("label")
		require.NoError(t, err)
		require.Equal(t, secretOf(t, current), secret)
		var want [][]byte
		for _, key := range all {
			want = append(want, secretOf(t, key))
		}
		secrets, err := client.DeriveSecrets("label")
		require.NoError(t, err)
		require.Equal(t, want, secrets)
	}
	requireDerived(keys[0], keys[0], keys[2])
	inFile = keys[1]
	requireDerived(keys[0], keys[1], keys[0], keys[2]) // the key is read again by the second call
	requireDerived(keys[1], keys[1], keys[0], keys[2])
	inFile = keys[0]
	requireDerived(keys[1], keys[0], keys[1], keys[2])
}

func TestAClientSignsWithTheKeyInPlace(t *testing.T) {
	t.Parallel()
	inFile := key()
	c := symphony.Config{
		Username: "roombot", Endpoints: symphony.Endpoints{Pod: "https://acme.test"}, ReadKey: func() *rsa.Key { return inFile },
	}
	client, err := symphony.New(c)
	require.NoError(t, err)
	defer client.Close()
	for _, inFile = range []*rsa.Key{key(), newKey(t)} {
		signed, fingerprint, err := client.Sign("note", []byte("text"))
		require.NoError(t, err)
		require.Equal(t, inFile.Fingerprint(), fingerprint)
		payload, err := rsa.Verify("note", signed, inFile.Public())
		require.NoError(t, err)
		require.Equal(t, "text", string(payload))
	}
	c.Certificate = &tls.Certificate{}
	client, err = symphony.New(c)
	require.NoError(t, err)
	defer client.Close()
	_, _, err = client.Sign("note", []byte("text"))
	require.ErrorIs(t, err, symphony.ErrNoSigningKey)
}

func newKey(t *testing.T) *rsa.Key {
	t.Helper()
	key, err := rsa.Generate(2048)
	require.NoError(t, err)
	return key
}

func secretOf(t *testing.T, key *rsa.Key) []byte {
	t.Helper()
	secret, err := key.DeriveSecret("label")
	require.NoError(t, err)
	return secret
}
