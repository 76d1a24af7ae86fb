package rsa

import (
	stdrsa "crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// ErrNotSigned is the cause where a text was not signed by the key in question, or was changed.
var ErrNotSigned = errors.New("not signed by this key")

// signedHeader is the protected header of what Key.Sign makes.
type signedHeader struct {
	Algorithm string          `json:"alg"`
	Kind      string          `json:"typ"`
	Key       string          `json:"kid"` // Key.Fingerprint
	Critical  json.RawMessage `json:"crit,omitempty"`
}

// Sign signs a payload as a compact JWS: RS256, the kind as its type, and the key's fingerprint as
// its key id. It is no login token, which is RS512.
func (k *Key) Sign(kind string, payload []byte) (string, error) {
	method := jwt.SigningMethodRS256
	header, err := json.Marshal(signedHeader{Algorithm: method.Alg(), Kind: kind, Key: k.Fingerprint()})
	if err != nil {
		return "", fmt.Errorf("sign %s: %w", kind, err)
	}
	text := encodePart(header) + "." + encodePart(payload)
	signature, err := method.Sign(text, k.private)
	if err != nil {
		return "", fmt.Errorf("sign %s: %w", kind, err)
	}
	return text + "." + encodePart(signature), nil
}

// Verify returns the payload of what Key.Sign has made of this kind with the private half of a key.
// The error is ErrNotSigned.
func Verify(kind, signed string, public *stdrsa.PublicKey) (payload []byte, err error) {
	parts := strings.Split(signed, ".")
	if len(parts) != 3 {
		return nil, newKeyError(ErrNotSigned, "this is not a signed text: it has %d parts between dots, not 3", len(parts))
	}
	var decoded [3][]byte
	for i, part := range parts {
		if decoded[i], err = base64.RawURLEncoding.Strict().DecodeString(part); err != nil {
			return nil, newKeyError(ErrNotSigned, "this is not a signed text: part %d is not base64", i+1)
		}
	}
	if err := checkHeader(kind, decoded[0], public); err != nil {
		return nil, err
	}
	if jwt.SigningMethodRS256.Verify(parts[0]+"."+parts[1], decoded[2], public) != nil {
		return nil, newKeyError(ErrNotSigned, "the signature does not fit: the text was changed, or another key has signed it")
	}
	return decoded[1], nil
}

func checkHeader(kind string, header []byte, public *stdrsa.PublicKey) error {
	var h signedHeader
	switch err := json.Unmarshal(header, &h); {
	case err != nil:
		return newKeyError(ErrNotSigned, "this is not a signed text: its header is not JSON")
	case h.Algorithm != jwt.SigningMethodRS256.Alg():
		return newKeyError(ErrNotSigned, "this is signed by the method %q, not by %s", h.Algorithm, jwt.SigningMethodRS256.Alg())
	case h.Kind != kind:
		return newKeyError(ErrNotSigned, "this is a %q, not a %s", h.Kind, kind)
	case h.Critical != nil:
		return newKeyError(ErrNotSigned, "this is a %s of a form that this version does not know", kind)
	case h.Key != Fingerprint(public):
		return newKeyError(ErrNotSigned, "this is signed by the key %q; the public key is %s: give that of the bot when it signed this", h.Key, Fingerprint(public))
	}
	return nil
}

func encodePart(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
