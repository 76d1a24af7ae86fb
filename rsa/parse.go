package rsa

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	stdrsa "crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
)

// Parse reads a private key from PEM, PKCS#1 ("RSA PRIVATE KEY") or PKCS#8 ("PRIVATE KEY"). Text
// before the first private key and certificates beside it are passed over. The error answers
// errors.Is for the causes of this package.
func Parse(content []byte) (*Key, error) { return ParseEncrypted(content, "") }

// ParseEncrypted is Parse for a key that may be encrypted with a passphrase, as PKCS#8 ("ENCRYPTED
// PRIVATE KEY") by PBES2 with PBKDF2 and AES. A wrong passphrase is ErrPassphrase, none is
// ErrEncrypted. A key that needs none is read with a warning.
func ParseEncrypted(content []byte, passphrase string) (*Key, error) {
	block, err := privateBlock(content)
	if err != nil {
		return nil, err
	}
	private, err := decodePrivate(block, passphrase)
	if err != nil {
		return nil, err
	}
	key, err := newKey(private)
	if err != nil {
		return nil, err
	}
	if passphrase != "" && block.Type != encryptedBlock {
		key.warnings = append(key.warnings, "the private key is not encrypted, so that its passphrase has no effect")
	}
	return key, nil
}

const encryptedBlock = "ENCRYPTED PRIVATE KEY"

// privateBlock is the first block that may be a private key. Blocks of other kinds are an error
// only when there is none: the parameters of an elliptic curve and a certificate's chain may stand
// beside a key.
func privateBlock(content []byte) (*pem.Block, error) {
	var refused error
	for rest := unescapeLines(content); ; {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		switch {
		case block == nil && refused != nil:
			return nil, refused
		case block == nil:
			return nil, notPEMError(content)
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			return block, nil
		case refused == nil:
			refused = wrongBlockError(block.Type)
		}
	}
}

// unescapeLines makes lines of the two characters `\n`: a key that passed through an environment
// variable has them. It removes the mark that Windows editors put before a text, because PEM has to
// begin its line.
func unescapeLines(content []byte) []byte {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if bytes.ContainsRune(content, '\n') || !bytes.Contains(content, []byte(`\n`)) {
		return content
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(content, []byte(`\r`), nil), []byte(`\n`), []byte("\n"))
}

func notPEMError(content []byte) error {
	trimmed := bytes.TrimSpace(content)
	switch {
	case len(trimmed) == 0:
		return newKeyError(ErrNotPEM, "the key is empty: give the private key as PEM (a text that begins with -----BEGIN PRIVATE KEY-----)")
	case bytes.HasPrefix(trimmed, []byte("ssh-")):
		return newKeyError(ErrPublicKey, "this is an SSH public key: give the private key as PEM, "+
			"and upload its public half to the service account")
	case bytes.Contains(trimmed, []byte("-----BEGIN ")):
		return newKeyError(ErrNotPEM, "this begins like PEM but is cut or altered: copy the whole file, "+
			"from -----BEGIN to the end of the -----END line, with its line breaks")
	case trimmed[0] == 0x30:
		return newKeyError(ErrNotPEM, "this looks like DER, not PEM: convert it with openssl pkey -inform DER -in KEY -out KEY.pem")
	}
	return newKeyError(ErrNotPEM, "this is not PEM: give the private key as a text that begins with -----BEGIN PRIVATE KEY-----")
}

func wrongBlockError(kind string) error {
	switch kind {
	case "PUBLIC KEY", "RSA PUBLIC KEY":
		return newKeyError(ErrPublicKey, "this is the public key: give the private key of the pair; "+
			"the public one is for the pod's administrator, who uploads it to the service account")
	case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST":
		return newKeyError(ErrCertificate, "this is a certificate, not a private key: give the key that belongs to it, "+
			"or configure certificate login instead of an RSA key")
	}
	return newKeyError(ErrNotRSA, "this PEM holds %q, not an RSA private key: generate an RSA pair", clip(kind))
}

func decodePrivate(block *pem.Block, passphrase string) (*stdrsa.PrivateKey, error) {
	if strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
		return nil, newKeyError(ErrEncrypted, "this private key is encrypted in the old way of PEM, which protects it badly: "+
			"encrypt it again with %s", encryptAgain)
	}
	switch block.Type {
	case encryptedBlock:
		return decryptPKCS8(block.Bytes, passphrase)
	case "RSA PRIVATE KEY":
		return decodePKCS1(block.Bytes)
	case "PRIVATE KEY":
		return decodePKCS8(block.Bytes)
	case "OPENSSH PRIVATE KEY":
		return nil, newKeyError(ErrNotRSA, "this is a key in OpenSSH's own format: convert it with ssh-keygen -p -m PKCS8 -f KEY")
	}
	return nil, newKeyError(ErrNotRSA, "this PEM holds %q, not an RSA private key: generate an RSA pair", clip(block.Type))
}

func decodePKCS1(der []byte) (*stdrsa.PrivateKey, error) {
	private, err := x509.ParsePKCS1PrivateKey(der)
	if err == nil {
		return private, nil
	}
	// Some tools write the one format under the other's name.
	if key, other := x509.ParsePKCS8PrivateKey(der); other == nil {
		return requireRSA(key)
	}
	return nil, damagedError(err)
}

func decodePKCS8(der []byte) (*stdrsa.PrivateKey, error) {
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err == nil {
		return requireRSA(key)
	}
	if private, other := x509.ParsePKCS1PrivateKey(der); other == nil {
		return private, nil
	}
	return nil, damagedError(err)
}

func requireRSA(key any) (*stdrsa.PrivateKey, error) {
	switch key := key.(type) {
	case *stdrsa.PrivateKey:
		return key, nil
	case *ecdsa.PrivateKey:
		return nil, notRSAError("an elliptic-curve (ECDSA)")
	case ed25519.PrivateKey:
		return nil, notRSAError("an Ed25519")
	}
	return nil, notRSAError("another kind of")
}

func notRSAError(kind string) error {
	return newKeyError(ErrNotRSA, "this is %s key, and Symphony's login needs an RSA key: generate an RSA pair", kind)
}

// damagedError keeps the standard library's reason for errors.Is. It is not in the sentence,
// because it advises programmers, not operators.
func damagedError(reason error) error {
	return newKeyError(errors.Join(ErrDamaged, reason), "the PEM is whole but what it holds is not an RSA key: "+
		"copy the file again, or generate a new pair")
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40]
	}
	return s
}
