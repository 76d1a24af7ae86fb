package rsa_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	stdrsa "crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
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

func TestParseTakesEveryFormOfAPrivateKey(t *testing.T) {
	t.Parallel()
	for name, content := range map[string][]byte{
		"PKCS#1":                    pkcs1(),
		"PKCS#8":                    pkcs8(t, sample()),
		"Windows line ends":         bytes.ReplaceAll(pkcs1(), []byte("\n"), []byte("\r\n")),
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

func TestParseSaysWhatTheThingIsAndWhatToDo(t *testing.T) {
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
		"encrypted PKCS#1":     {encrypted, rsa.ErrEncrypted, "openssl pkey"},
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
		"1024 bits":            {pkcs8(t, short(t, 1024)), rsa.ErrTooShort, "2048"},
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

func short(t *testing.T, bits int) *stdrsa.PrivateKey {
	key, err := stdrsa.GenerateKey(rand.Reader, bits)
	require.NoError(t, err)
	return key
}

func TestLoadReadsAFileAndWarnsWhenOthersMayReadIt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.pem")
	require.NoError(t, os.WriteFile(path, pkcs1(), 0o600))
	key, err := rsa.Load(path)
	require.NoError(t, err)
	require.Empty(t, key.Warnings())

	if runtime.GOOS == "windows" {
		return
	}
	require.NoError(t, os.Chmod(path, 0o644))
	key, err = rsa.Load(path)
	require.NoError(t, err)
	require.Len(t, key.Warnings(), 1)
	require.Contains(t, key.Warnings()[0], "chmod 600")
}

func TestLoadRefusesWhatIsNoKeyFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	_, err := rsa.Load(filepath.Join(folder, "none.pem"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "none.pem does not exist")

	_, err = rsa.Load(folder)
	require.ErrorContains(t, err, "is a folder")

	huge := filepath.Join(folder, "huge.pem")
	require.NoError(t, os.WriteFile(huge, make([]byte, 300<<10), 0o600))
	_, err = rsa.Load(huge)
	require.ErrorIs(t, err, rsa.ErrTooLarge)

	public := filepath.Join(folder, "public.pem")
	require.NoError(t, os.WriteFile(public, []byte("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n"), 0o600))
	_, err = rsa.Load(public)
	require.ErrorIs(t, err, rsa.ErrPublicKey)
	require.ErrorContains(t, err, "public.pem")

	if os.Getuid() > 0 {
		require.NoError(t, os.Chmod(public, 0))
		_, err = rsa.Load(public)
		require.ErrorIs(t, err, fs.ErrPermission)
	}
}

func TestLoadDoesNotHangOnAPipe(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	defer reader.Close()
	path := fmt.Sprintf("/dev/fd/%d", reader.Fd())
	if _, err := os.Stat(path); err != nil {
		t.Skip("this system has no /dev/fd")
	}
	_, err = writer.Write(pkcs1())
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	key, err := rsa.Load(path)
	require.NoError(t, err)
	require.Empty(t, key.Warnings())
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

func parsed(t *testing.T) *rsa.Key {
	t.Helper()
	key, err := rsa.Parse(pkcs1())
	require.NoError(t, err)
	return key
}

func TestWritePairCanBeLoadedAgain(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	private, public := filepath.Join(folder, "bot.pem"), filepath.Join(folder, "bot.pub.pem")
	require.NoError(t, parsed(t).WritePair(private, public))

	key, err := rsa.Load(private)
	require.NoError(t, err)
	require.True(t, key.Public().Equal(&sample().PublicKey))
	require.Empty(t, key.Warnings())
	content, err := os.ReadFile(private)
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix(content, []byte("-----BEGIN PRIVATE KEY-----")), "PKCS#8")

	content, err = os.ReadFile(public)
	require.NoError(t, err)
	half, err := rsa.ParsePublic(content)
	require.NoError(t, err)
	require.True(t, half.Equal(&sample().PublicKey))

	if runtime.GOOS != "windows" {
		for path, mode := range map[string]fs.FileMode{private: 0o600, public: 0o644} {
			info, err := os.Stat(path)
			require.NoError(t, err)
			require.Equal(t, mode, info.Mode().Perm())
		}
	}
}

func TestWritePairNeverOverwritesAndLeavesNoHalf(t *testing.T) {
	t.Parallel()
	for name, there := range map[string]string{"private key there": "private.pem", "public key there": "public.pem"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(folder, there), []byte("precious"), 0o600))

			err := parsed(t).WritePair(filepath.Join(folder, "private.pem"), filepath.Join(folder, "public.pem"))
			require.ErrorIs(t, err, fs.ErrExist)
			require.ErrorContains(t, err, there)

			entries, err := os.ReadDir(folder)
			require.NoError(t, err)
			require.Len(t, entries, 1, "no half of the pair is left")
			content, err := os.ReadFile(filepath.Join(folder, there))
			require.NoError(t, err)
			require.Equal(t, "precious", string(content))
		})
	}
	folder := t.TempDir()
	require.Error(t, parsed(t).WritePair(filepath.Join(folder, "no", "private.pem"), filepath.Join(folder, "public.pem")))
	require.Error(t, parsed(t).WritePair(filepath.Join(folder, "one.pem"), filepath.Join(folder, "one.pem")))
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestFingerprintIsThatOfThePublicKey(t *testing.T) {
	t.Parallel()
	key := parsed(t)
	require.Regexp(t, `^SHA256:[A-Za-z0-9+/]{43}$`, key.Fingerprint())
	again, err := rsa.Parse(pkcs8(t, sample()))
	require.NoError(t, err)
	require.Equal(t, key.Fingerprint(), again.Fingerprint())
}

func TestLoginTokenIsWhatThePodChecks(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	token, err := parsed(t).LoginToken("room.bot", now)
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

	_, err = parsed(t).LoginToken("", now)
	require.Error(t, err)
}

func TestKeyNeverPrints(t *testing.T) {
	t.Parallel()
	key := parsed(t)
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

func TestParsePublicSaysWhatTheThingIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content []byte
		cause   error
	}{
		"private key": {pkcs1(), rsa.ErrPrivateKey},
		"certificate": {certificate(t), rsa.ErrCertificate},
		"not PEM":     {[]byte("x"), rsa.ErrNotPEM},
		"damaged":     {block("PUBLIC KEY", []byte("x")), rsa.ErrDamaged},
		"short":       {block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&short(t, 1024).PublicKey)), rsa.ErrTooShort},
	} {
		_, err := rsa.ParsePublic(c.content)
		require.ErrorIs(t, err, c.cause, name)
	}
	half, err := rsa.ParsePublic(block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&sample().PublicKey)))
	require.NoError(t, err)
	require.True(t, half.Equal(&sample().PublicKey))
	half, err = rsa.ParsePublic(parsed(t).PublicPEM())
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
