package rsa

import (
	"bytes"
	"crypto"
	"crypto/hkdf"
	stdrsa "crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"math/big"
	"slices"
)

// secretSize is the length of a derived secret in bytes.
const secretSize = 32

// DeriveSecret is a secret that follows from the key and the label, in whatever form the key is
// stored: whoever has the key derives the same one, and nobody else can. Labels have unrelated
// secrets.
func (k *Key) DeriveSecret(label string) ([]byte, error) { return DeriveSecret(k.private, label) }

// DeriveSecret is Key.DeriveSecret for the private key of a certificate, of any kind. A key that
// does not leave its device is an error.
func DeriveSecret(private crypto.PrivateKey, label string) ([]byte, error) {
	material, err := keyMaterial(private)
	if err != nil {
		return nil, fmt.Errorf("derive a secret of the private key: %w", err)
	}
	return hkdf.Key(sha256.New, material, nil, label, secretSize)
}

// keyMaterial is the secret part of a key. Of an RSA key it is the primes in order: two files of
// one key may differ in everything else.
func keyMaterial(private crypto.PrivateKey) ([]byte, error) {
	key, ok := private.(*stdrsa.PrivateKey)
	if !ok {
		return x509.MarshalPKCS8PrivateKey(private)
	}
	var primes [][]byte
	for _, prime := range slices.SortedFunc(slices.Values(key.Primes), (*big.Int).Cmp) {
		primes = append(primes, prime.Bytes())
	}
	return bytes.Join(primes, nil), nil
}
