package rsa_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/rsa"
)

// encryption describes an encrypted key as a file states it. Each field can be made wrong.
type encryption struct {
	plain                                []byte
	algorithm, derivation, cipher, prf   asn1.ObjectIdentifier
	salt, iv                             []byte
	iterations, statedIterations, length int
	shorten                              int // bytes cut off the encrypted text
}

// passphrase is that of every key of these tests.
const passphrase = "correct horse battery"

// encrypt makes the PEM of an encrypted key. Without change it is AES-256 with HMAC-SHA-256.
func encrypt(t testing.TB, change ...func(*encryption)) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(sample())
	require.NoError(t, err)
	e := encryption{
		plain: der, algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}, derivation: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12},
		cipher: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, prf: asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9},
		salt: []byte("saltsalt"), iv: bytes.Repeat([]byte{7}, aes.BlockSize), iterations: 10,
	}
	for _, c := range change {
		c(&e)
	}
	secret, err := pbkdf2.Key(sha256.New, passphrase, e.salt, e.iterations, 32)
	require.NoError(t, err)
	block, err := aes.NewCipher(secret)
	require.NoError(t, err)
	n := aes.BlockSize - len(e.plain)%aes.BlockSize
	text := append(bytes.Clone(e.plain), bytes.Repeat([]byte{byte(n)}, n)...)
	if len(e.iv) == aes.BlockSize {
		cipher.NewCBCEncrypter(block, e.iv).CryptBlocks(text, text)
	}
	if e.statedIterations == 0 {
		e.statedIterations = e.iterations
	}
	return pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: e.marshal(t, text[:len(text)-e.shorten])})
}

func (e encryption) marshal(t testing.TB, text []byte) []byte {
	t.Helper()
	raw := func(value any) asn1.RawValue {
		der, err := asn1.Marshal(value)
		require.NoError(t, err)
		return asn1.RawValue{FullBytes: der}
	}
	derivation := raw(struct {
		Salt       []byte
		Iterations int
		Length     int `asn1:"optional"`
		PRF        pkix.AlgorithmIdentifier
	}{e.salt, e.statedIterations, e.length, pkix.AlgorithmIdentifier{Algorithm: e.prf, Parameters: asn1.NullRawValue}})
	parameters := raw(struct{ Derivation, Cipher pkix.AlgorithmIdentifier }{
		pkix.AlgorithmIdentifier{Algorithm: e.derivation, Parameters: derivation},
		pkix.AlgorithmIdentifier{Algorithm: e.cipher, Parameters: raw(e.iv)},
	})
	return raw(struct {
		Algorithm pkix.AlgorithmIdentifier
		Text      []byte
	}{pkix.AlgorithmIdentifier{Algorithm: e.algorithm, Parameters: parameters}, text}).FullBytes
}

func TestEncryptedKeyOpensWithItsPassphraseOnly(t *testing.T) {
	t.Parallel()
	for name, content := range map[string][]byte{
		"plain":                encrypt(t),
		"length of key stated": encrypt(t, func(e *encryption) { e.length = 32 }),
		"text before it":       append([]byte("Bag Attributes\n"), encrypt(t)...),
		"from a variable":      bytes.ReplaceAll(encrypt(t), []byte("\n"), []byte(`\n`)),
	} {
		key, err := rsa.ParseEncrypted(content, passphrase)
		require.NoError(t, err, name)
		require.True(t, key.Public().Equal(&sample().PublicKey), name)
		require.Empty(t, key.Warnings(), name)
	}
	for range 300 { // one wrong key in 256 decrypts to what ends like padding
		_, err := rsa.ParseEncrypted(encrypt(t), rand.Text())
		require.ErrorIs(t, err, rsa.ErrPassphrase)
		require.ErrorContains(t, err, "the passphrase is wrong")
	}
	_, err := rsa.Parse(encrypt(t))
	require.ErrorIs(t, err, rsa.ErrEncrypted)
	require.ErrorContains(t, err, "no passphrase")
}

func TestPassphraseOfAPlainKeyIsAWarning(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.pem")
	require.NoError(t, os.WriteFile(path, pkcs1(), 0o644))
	key, err := rsa.LoadEncrypted(path, passphrase)
	require.NoError(t, err)
	require.Len(t, key.Warnings(), 2)
	require.Contains(t, key.Warnings()[0], "chmod 600")
	require.Contains(t, key.Warnings()[1], "not encrypted")
}

func TestHostileEncryptedKeysAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	other, err := x509.MarshalPKCS8PrivateKey(curve)
	require.NoError(t, err)
	unknown := asn1.ObjectIdentifier{1, 2, 3}
	for name, c := range map[string]struct {
		change func(*encryption)
		cause  error
		says   string
	}{
		"iterations above the bound": {func(e *encryption) { e.statedIterations = rsa.MaximumIterations + 1 }, rsa.ErrEncrypted, "iterations"},
		"iterations for years":       {func(e *encryption) { e.statedIterations = math.MaxInt }, rsa.ErrEncrypted, "iterations"},
		"negative iterations":        {func(e *encryption) { e.statedIterations = -1 }, rsa.ErrDamaged, "copy the file again"},
		"another length of key":      {func(e *encryption) { e.length = 1 << 40 }, rsa.ErrDamaged, "copy the file again"},
		"short initial block":        {func(e *encryption) { e.iv = e.iv[:3] }, rsa.ErrDamaged, "copy the file again"},
		"cut text":                   {func(e *encryption) { e.shorten = 5 }, rsa.ErrDamaged, "copy the file again"},
		"scrypt":                     {func(e *encryption) { e.derivation = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11591, 4, 11} }, rsa.ErrEncrypted, "key derivation (1.3.6.1.4.1.11591.4.11)"},
		"triple DES":                 {func(e *encryption) { e.cipher = asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 7} }, rsa.ErrEncrypted, "its cipher (1.2.840.113549.3.7)"},
		"unknown hash":               {func(e *encryption) { e.prf = unknown }, rsa.ErrEncrypted, "hash"},
		"PBES1":                      {func(e *encryption) { e.algorithm = unknown }, rsa.ErrEncrypted, "openssl pkcs8 -topk8"},
		"elliptic curve":             {func(e *encryption) { e.plain = other }, rsa.ErrNotRSA, "ECDSA"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content, begin := encrypt(t, c.change), time.Now()
			key, err := rsa.ParseEncrypted(content, passphrase)
			require.Nil(t, key)
			require.ErrorIs(t, err, c.cause)
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), passphrase)
			require.Less(t, time.Since(begin), 10*time.Second)
		})
	}
	_, err = rsa.ParseEncrypted(block("ENCRYPTED PRIVATE KEY", []byte("damaged")), passphrase)
	require.ErrorIs(t, err, rsa.ErrDamaged)
}

// openssl runs the program and returns its output.
func openssl(t *testing.T, input []byte, args ...string) []byte {
	t.Helper()
	program, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	c := exec.CommandContext(t.Context(), program, args...)
	c.Stdin = bytes.NewReader(input)
	output, err := c.Output()
	require.NoError(t, err, strings.Join(args, " "))
	return output
}

func TestKeysThatOpenSSLEncryptsAreRead(t *testing.T) {
	t.Parallel()
	for _, form := range []string{
		"", "-v2 aes-128-cbc", "-v2 aes-192-cbc", "-v2 aes-256-cbc -iter 100000", "-v2 aes-256-cbc -v2prf hmacWithSHA1",
		"-v2 aes-256-cbc -v2prf hmacWithSHA384", "-v2 aes-256-cbc -v2prf hmacWithSHA512",
	} {
		args := append([]string{"pkcs8", "-topk8", "-passout", "pass:" + passphrase}, strings.Fields(form)...)
		key, err := rsa.ParseEncrypted(openssl(t, pkcs1(), args...), passphrase)
		require.NoError(t, err, form)
		require.True(t, key.Public().Equal(&sample().PublicKey), form)
	}
	for _, form := range []string{"-v2 des3", "-scrypt"} {
		args := append([]string{"pkcs8", "-topk8", "-passout", "pass:" + passphrase}, strings.Fields(form)...)
		_, err := rsa.ParseEncrypted(openssl(t, pkcs1(), args...), passphrase)
		require.ErrorIs(t, err, rsa.ErrEncrypted, form)
	}
	old := openssl(t, pkcs1(), "rsa", "-traditional", "-aes128", "-passout", "pass:"+passphrase)
	_, err := rsa.ParseEncrypted(old, passphrase)
	require.ErrorIs(t, err, rsa.ErrEncrypted)
	require.ErrorContains(t, err, "openssl pkcs8 -topk8")
}

func FuzzParseEncrypted(f *testing.F) {
	f.Add([]byte("x"))
	whole, _ := pem.Decode(encrypt(f))
	f.Add(whole.Bytes)
	f.Fuzz(func(t *testing.T, der []byte) {
		key, err := rsa.ParseEncrypted(block("ENCRYPTED PRIVATE KEY", der), passphrase)
		require.Equal(t, err == nil, key != nil)
	})
}
