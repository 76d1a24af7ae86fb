package rsa

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	stdrsa "crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"hash"
	"slices"
)

// MaximumIterations is the greatest work factor of an encrypted key that is carried out: some
// seconds. OpenSSL writes 2048, and advice for passphrases of people ends below a million.
const MaximumIterations = 10_000_000

// Encrypted keys are read as RFC 5958 (EncryptedPrivateKeyInfo) and RFC 8018 (PBES2, PBKDF2)
// describe them.
var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
)

// aesKeySizes are the ciphers, AES in CBC mode, with the bytes of their keys.
var aesKeySizes = map[string]int{
	"2.16.840.1.101.3.4.1.2":  16,
	"2.16.840.1.101.3.4.1.22": 24,
	"2.16.840.1.101.3.4.1.42": 32,
}

// prfHashes are the hashes of PBKDF2's HMAC. Where a file names none, SHA-1 is meant.
var prfHashes = map[string]func() hash.Hash{
	"":                    sha1.New,
	"1.2.840.113549.2.7":  sha1.New,
	"1.2.840.113549.2.8":  sha256.New224,
	"1.2.840.113549.2.9":  sha256.New,
	"1.2.840.113549.2.10": sha512.New384,
	"1.2.840.113549.2.11": sha512.New,
}

type encryptedKeyInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

type pbes2Params struct {
	Derivation, Cipher pkix.AlgorithmIdentifier
}

type pbkdf2Params struct {
	Salt       []byte
	Iterations int
	KeyLength  int                      `asn1:"optional"`
	PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
}

// decryptPKCS8 decrypts a key and reads it.
func decryptPKCS8(der []byte, passphrase string) (*stdrsa.PrivateKey, error) {
	if passphrase == "" {
		return nil, newKeyError(ErrEncrypted, "this private key is encrypted, and no passphrase is given for it: give the passphrase, or decrypt it with "+
			"openssl pkey -in KEY -out KEY.plain and protect the file by its permissions (0600) instead")
	}
	var info encryptedKeyInfo
	if err := unmarshalWhole(der, &info); err != nil {
		return nil, damagedError(err)
	}
	plain, err := decryptPBES2(info, passphrase)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(plain)
	if err != nil { // by chance the padding was right
		return nil, wrongPassphraseError()
	}
	return requireRSA(key)
}

func decryptPBES2(info encryptedKeyInfo, passphrase string) ([]byte, error) {
	var params pbes2Params
	if !info.Algorithm.Algorithm.Equal(oidPBES2) {
		return nil, unsupportedError("its algorithm (" + info.Algorithm.Algorithm.String() + ")")
	}
	if err := unmarshalWhole(info.Algorithm.Parameters.FullBytes, &params); err != nil {
		return nil, damagedError(err)
	}
	size, known := aesKeySizes[params.Cipher.Algorithm.String()]
	if !known {
		return nil, unsupportedError("its cipher (" + params.Cipher.Algorithm.String() + ")")
	}
	var iv []byte
	err := unmarshalWhole(params.Cipher.Parameters.FullBytes, &iv)
	if err != nil || len(iv) != aes.BlockSize || len(info.Data) == 0 || len(info.Data)%aes.BlockSize != 0 {
		return nil, damagedError(err)
	}
	secret, err := derivePBKDF2(params.Derivation, passphrase, size)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	plain := make([]byte, len(info.Data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, info.Data)
	return removePadding(plain)
}

// derivePBKDF2 makes the cipher's key of the passphrase. The file says how much work that is, so
// the work is bounded.
func derivePBKDF2(derivation pkix.AlgorithmIdentifier, passphrase string, size int) ([]byte, error) {
	if !derivation.Algorithm.Equal(oidPBKDF2) {
		return nil, unsupportedError("its key derivation (" + derivation.Algorithm.String() + ")")
	}
	var params pbkdf2Params
	if err := unmarshalWhole(derivation.Parameters.FullBytes, &params); err != nil {
		return nil, damagedError(err)
	}
	hashOf, known := prfHashes[params.PRF.Algorithm.String()]
	switch {
	case !known:
		return nil, unsupportedError("the hash of its key derivation (" + params.PRF.Algorithm.String() + ")")
	case params.Iterations > MaximumIterations:
		return nil, newKeyError(ErrEncrypted, "this private key is encrypted with %d iterations, more than the %d that are carried out: "+
			"encrypt it again with %s", params.Iterations, MaximumIterations, encryptAgain)
	case params.Iterations < 1, params.KeyLength != 0 && params.KeyLength != size:
		return nil, damagedError(errors.New("PBKDF2 parameters out of range"))
	}
	secret, err := pbkdf2.Key(hashOf, passphrase, params.Salt, params.Iterations, size)
	if err != nil {
		return nil, unsupportedError("its key derivation (" + err.Error() + ")")
	}
	return secret, nil
}

// removePadding is where a wrong passphrase shows: what it decrypts has no padding.
func removePadding(plain []byte) ([]byte, error) {
	n := int(plain[len(plain)-1])
	if n < 1 || n > aes.BlockSize {
		return nil, wrongPassphraseError()
	}
	text, padding := plain[:len(plain)-n], plain[len(plain)-n:]
	if slices.ContainsFunc(padding, func(b byte) bool { return int(b) != n }) {
		return nil, wrongPassphraseError()
	}
	return text, nil
}

var errTrailingBytes = errors.New("trailing bytes")

func unmarshalWhole(der []byte, into any) error {
	rest, err := asn1.Unmarshal(der, into)
	if err == nil && len(rest) > 0 {
		err = errTrailingBytes
	}
	return err
}

// encryptAgain is the command that writes an encrypted key that can be read here.
const encryptAgain = "openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out KEY.new"

func unsupportedError(what string) error {
	return newKeyError(ErrEncrypted, "this private key is encrypted in a way that is not supported, by %s: encrypt it again with %s", what, encryptAgain)
}

func wrongPassphraseError() error {
	return newKeyError(ErrPassphrase, "the passphrase is wrong for this private key (or the key's file is damaged)")
}
