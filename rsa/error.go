package rsa

import (
	"errors"
	"fmt"
)

// The causes for which a key is refused, for errors.Is. The error itself says what the thing is and
// what to do.
var (
	ErrNotPEM      = errors.New("not PEM")
	ErrPublicKey   = errors.New("public key")
	ErrEncrypted   = errors.New("encrypted key")
	ErrCertificate = errors.New("certificate")
	ErrNotRSA      = errors.New("not an RSA key")
	ErrTooShort    = errors.New("key too short")
	ErrTooLong     = errors.New("key too long")
	ErrDamaged     = errors.New("damaged key")
	ErrTooLarge    = errors.New("file too large")
	ErrPrivateKey  = errors.New("private key")
	ErrPassphrase  = errors.New("wrong passphrase")
)

// keyError is a sentence for the operator. errors.Is finds its cause, which the sentence does not
// repeat.
type keyError struct {
	cause    error
	sentence string
}

func (r *keyError) Error() string { return r.sentence }
func (r *keyError) Unwrap() error { return r.cause }

func newKeyError(cause error, format string, values ...any) error {
	return &keyError{cause: cause, sentence: fmt.Sprintf(format, values...)}
}
