package rsa_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	stdrsa "crypto/rsa"
	"encoding/hex"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/rsa"
)

func TestSecretIsTheSameForEveryFormOfAKey(t *testing.T) {
	t.Parallel()
	private := sample()
	want, err := rsa.DeriveSecret(private, "label")
	require.NoError(t, err)
	require.Len(t, want, 32)
	swapped := &stdrsa.PrivateKey{
		PublicKey: private.PublicKey, D: private.D, Primes: []*big.Int{private.Primes[1], private.Primes[0]},
	}
	swapped.Precompute()
	for name, content := range map[string][]byte{
		"PKCS#1": pkcs1(), "PKCS#8": pkcs8(t, private), "primes in the other order": pkcs8(t, swapped),
	} {
		key, err := rsa.Parse(content)
		require.NoError(t, err)
		got, err := key.DeriveSecret("label")
		require.NoError(t, err)
		require.Equal(t, want, got, name)
	}
}

func TestSecretsOfOtherLabelsAndKeysDiffer(t *testing.T) {
	t.Parallel()
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	other, err := stdrsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, private := range []any{sample(), other, curve} {
		for _, label := range []string{"a", "b"} {
			secret, err := rsa.DeriveSecret(private, label)
			require.NoError(t, err)
			again, err := rsa.DeriveSecret(private, label)
			require.NoError(t, err)
			require.Equal(t, secret, again)
			seen[string(secret)] = true
		}
	}
	require.Len(t, seen, 6)
}

// Proofs in rooms that exist hang on the derivation: it never changes. The primes are those of no
// real key.
func TestSecretOfAKnownKeyNeverChanges(t *testing.T) {
	t.Parallel()
	known := &stdrsa.PrivateKey{Primes: []*big.Int{big.NewInt(1_000_003), big.NewInt(999_983)}}
	secret, err := rsa.DeriveSecret(known, "roombot-proof")
	require.NoError(t, err)
	require.Equal(t, "647137b7650793a394c98ae68f5d1b1d1438c76b7fc26bceb69761488c39101d", hex.EncodeToString(secret))
}

func TestSecretOfAKeyInADeviceIsAnError(t *testing.T) {
	t.Parallel()
	_, err := rsa.DeriveSecret(struct{}{}, "label")
	require.ErrorContains(t, err, "derive a secret of the private key")
}
