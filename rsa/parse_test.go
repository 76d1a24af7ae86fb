package rsa_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	stdrsa "crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/rsa"
)

func TestParseTakesEveryFormOfAPrivateKey(t *testing.T) {
	t.Parallel()
	for name, content := range map[string][]byte{
		"PKCS#1":                    pkcs1(),
		"PKCS#8":                    pkcs8(t, sample()),
		"Windows line ends":         bytes.ReplaceAll(pkcs1(), []byte("\n"), []byte("\r\n")),
		"a Windows editor's mark":   append([]byte("\xef\xbb\xbf"), pkcs8(t, sample())...),
		"text before it":            append([]byte("Bag Attributes\n  friendlyName: bot\n"), pkcs1()...),
		"its certificate beside it": append(certificate(t), pkcs8(t, sample())...),
		"from a variable, with \\n": bytes.ReplaceAll(pkcs1(), []byte("\n"), []byte(`\n`)),
		"PKCS#8 under the old name": bytes.ReplaceAll(pkcs8(t, sample()), []byte("PRIVATE"), []byte("RSA PRIVATE")),
		"PKCS#1 under the new name": bytes.ReplaceAll(pkcs1(), []byte("RSA PRIVATE"), []byte("PRIVATE")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key, err := rsa.Parse(content)
			require.NoError(t, err)
			require.True(t, key.Public().Equal(&sample().PublicKey))
			require.Empty(t, key.Warnings())
		})
	}
}

func TestParseErrorsSayWhatTheFileIsAndWhatToDo(t *testing.T) {
	t.Parallel()
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	sec1, err := x509.MarshalECPrivateKey(curve)
	require.NoError(t, err)
	spki, err := x509.MarshalPKIXPublicKey(&sample().PublicKey)
	require.NoError(t, err)
	encrypted := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED"}, Bytes: []byte("x")})

	for name, c := range map[string]struct {
		content []byte
		cause   error
		says    string
	}{
		"public key":           {block("PUBLIC KEY", spki), rsa.ErrPublicKey, "give the private key"},
		"old public key":       {block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&sample().PublicKey)), rsa.ErrPublicKey, "give the private key"},
		"SSH public key":       {[]byte("ssh-rsa AAAA bot@host"), rsa.ErrPublicKey, "SSH"},
		"encrypted PKCS#8":     {block("ENCRYPTED PRIVATE KEY", []byte("x")), rsa.ErrEncrypted, "openssl pkey"},
		"encrypted PKCS#1":     {encrypted, rsa.ErrEncrypted, "openssl pkcs8 -topk8"},
		"certificate":          {certificate(t), rsa.ErrCertificate, "certificate"},
		"elliptic curve":       {pkcs8(t, curve), rsa.ErrNotRSA, "ECDSA"},
		"elliptic curve, SEC1": {block("EC PRIVATE KEY", sec1), rsa.ErrNotRSA, "EC PRIVATE KEY"},
		"Ed25519":              {pkcs8(t, edwards), rsa.ErrNotRSA, "Ed25519"},
		"OpenSSH":              {block("OPENSSH PRIVATE KEY", []byte("x")), rsa.ErrNotRSA, "ssh-keygen"},
		"another PEM":          {block("PGP MESSAGE", []byte("x")), rsa.ErrNotRSA, "PGP MESSAGE"},
		"damaged":              {block("PRIVATE KEY", []byte("damaged")), rsa.ErrDamaged, "copy the file again"},
		"not PEM":              {[]byte("hello"), rsa.ErrNotPEM, "-----BEGIN PRIVATE KEY-----"},
		"empty":                {[]byte(" \n"), rsa.ErrNotPEM, "empty"},
		"cut":                  {pkcs1()[:500], rsa.ErrNotPEM, "cut"},
		"DER":                  {x509.MarshalPKCS1PrivateKey(sample()), rsa.ErrNotPEM, "DER"},
		"1024 bits":            {pkcs8(t, generateKey(t, 1024)), rsa.ErrTooShort, "2048"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key, err := rsa.Parse(c.content)
			require.Nil(t, key)
			require.ErrorIs(t, err, c.cause)
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), "failed to")
		})
	}
}

func generateKey(t *testing.T, bits int) *stdrsa.PrivateKey {
	key, err := stdrsa.GenerateKey(rand.Reader, bits)
	require.NoError(t, err)
	return key
}

func TestParsePublicErrorsSayWhatTheFileIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content []byte
		cause   error
	}{
		"private key": {pkcs1(), rsa.ErrPrivateKey},
		"certificate": {certificate(t), rsa.ErrCertificate},
		"not PEM":     {[]byte("x"), rsa.ErrNotPEM},
		"damaged":     {block("PUBLIC KEY", []byte("x")), rsa.ErrDamaged},
		"short":       {block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&generateKey(t, 1024).PublicKey)), rsa.ErrTooShort},
	} {
		_, err := rsa.ParsePublic(c.content)
		require.ErrorIs(t, err, c.cause, name)
	}
	half, err := rsa.ParsePublic(block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&sample().PublicKey)))
	require.NoError(t, err)
	require.True(t, half.Equal(&sample().PublicKey))
	half, err = rsa.ParsePublic(parseSample(t).PublicPEM())
	require.NoError(t, err)
	require.True(t, half.Equal(&sample().PublicKey))
}

func FuzzParse(f *testing.F) {
	f.Add(pkcs1())
	f.Add(pkcs8(f, sample()))
	f.Add(block("PUBLIC KEY", []byte("x")))
	f.Add([]byte(`-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----`))
	f.Fuzz(func(t *testing.T, content []byte) {
		key, err := rsa.Parse(content)
		require.Equal(t, err == nil, key != nil)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		require.GreaterOrEqual(t, key.Public().N.BitLen(), rsa.MinimumBits)
		_, err = key.LoginToken("bot", time.Now())
		require.NoError(t, err, "a key that was accepted signs")
	})
}
