// Package rsa keeps a bot's RSA key pair: it loads and makes private keys, writes the pair to disk,
// and signs the login token that Symphony exchanges for a session.
//
// It never prints a private key, and it refuses keys that a pod would refuse later with a bare 401.
package rsa

import (
	"crypto/rand"
	stdrsa "crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"slices"
)

const (
	// MinimumBits is the smallest modulus that is accepted.
	MinimumBits = 2048
	// DefaultBits is the modulus of a generated key; the vendor recommends it.
	DefaultBits = 4096
	// MaximumBits keeps a hostile or mistyped file from costing minutes of arithmetic.
	MaximumBits = 16384
)

const redacted = "[redacted]"

// Key is a private RSA key that redacts itself wherever it is printed. It is safe for concurrent
// use.
type Key struct {
	private  *stdrsa.PrivateKey
	spki     []byte // the public half, DER
	warnings []string
}

// Generate makes a key of so many bits; 0 means DefaultBits. Fewer than MinimumBits is ErrTooShort.
func Generate(bits int) (*Key, error) {
	if bits == 0 {
		bits = DefaultBits
	}
	if err := checkBits(bits); err != nil {
		return nil, err
	}
	private, err := stdrsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, fmt.Errorf("generate an RSA key of %d bits: %w", bits, err)
	}
	return newKey(private)
}

func newKey(private *stdrsa.PrivateKey) (*Key, error) {
	if err := checkBits(private.N.BitLen()); err != nil {
		return nil, err
	}
	spki, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("encode the public key: %w", err)
	}
	return &Key{private: private, spki: spki}, nil
}

func checkBits(bits int) error {
	switch {
	case bits < MinimumBits:
		return newKeyError(ErrTooShort, "this RSA key has %d bits, and Symphony needs at least %d (%d recommended): "+
			"generate a new pair and upload its public key to the service account", bits, MinimumBits, DefaultBits)
	case bits > MaximumBits:
		return newKeyError(ErrTooLong, "this RSA key has %d bits; use %d", bits, DefaultBits)
	}
	return nil
}

// Public is the half that is not secret.
func (k *Key) Public() *stdrsa.PublicKey { return &k.private.PublicKey }

// PublicPEM is the public half as the pod's administrator uploads it: SubjectPublicKeyInfo in PEM.
func (k *Key) PublicPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: k.spki})
}

// Fingerprint names the key without revealing it: "SHA256:" and the unpadded base64 of the SHA-256
// of the SubjectPublicKeyInfo. Both halves of a pair have the same one.
func (k *Key) Fingerprint() string { return fingerprint(k.spki) }

func fingerprint(spki []byte) string {
	sum := sha256.Sum256(spki)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

// Warnings says what is unwise about the key though it works, one sentence each, for the operator.
func (k *Key) Warnings() []string { return slices.Clone(k.warnings) }

// String redacts.
func (k Key) String() string { return redacted }

// GoString redacts.
func (k Key) GoString() string { return redacted }

// Format redacts, whatever the verb: without it %d and %x would print the numbers inside.
func (k Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalJSON redacts.
func (k Key) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText redacts.
func (k Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }
