package rsa

import (
	stdrsa "crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
)

// ParsePublic reads a public key from PEM: SubjectPublicKeyInfo ("PUBLIC KEY") or PKCS#1 ("RSA
// PUBLIC KEY"). The error answers errors.Is for the causes of this package.
func ParsePublic(content []byte) (*stdrsa.PublicKey, error) {
	block, _ := pem.Decode(unescapeLines(content))
	if block == nil {
		return nil, newKeyError(ErrNotPEM, "this is not PEM: give the public key as a text that begins with -----BEGIN PUBLIC KEY-----")
	}
	public, err := decodePublic(block)
	if err != nil {
		return nil, err
	}
	if err := checkBits(public.N.BitLen()); err != nil {
		return nil, err
	}
	return public, nil
}

// Fingerprint names a public key as Key.Fingerprint does; empty for one that cannot be encoded.
func Fingerprint(public *stdrsa.PublicKey) string {
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return ""
	}
	return fingerprint(spki)
}

func decodePublic(block *pem.Block) (*stdrsa.PublicKey, error) {
	switch {
	case strings.HasSuffix(block.Type, "PRIVATE KEY"):
		return nil, newKeyError(ErrPrivateKey, "this is a private key where the public one belongs: "+
			"give the public key, and keep this one to yourself")
	case strings.Contains(block.Type, "CERTIFICATE"):
		return nil, newKeyError(ErrCertificate, "this is a certificate where a public key belongs: "+
			"extract the key with openssl x509 -pubkey -noout -in CERTIFICATE")
	case block.Type == "RSA PUBLIC KEY":
		public, err := x509.ParsePKCS1PublicKey(block.Bytes)
		if err != nil {
			return nil, damagedError(err)
		}
		return public, nil
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, damagedError(err)
	}
	if public, ok := key.(*stdrsa.PublicKey); ok {
		return public, nil
	}
	return nil, newKeyError(ErrNotRSA, "this is not an RSA public key: Symphony's login needs one")
}
