package symphony

import (
	"errors"
	"slices"
	"sync"

	"roombot/rsa"
)

// DeriveSecret is a secret that follows from the label and the private key that the client has read
// last, which is the certificate's where there is one: every process with that key derives the same
// secret, and nobody else can.
func (c *Client) DeriveSecret(label string) ([]byte, error) {
	if certificate := c.config.Certificate; certificate != nil {
		return rsa.DeriveSecret(certificate.PrivateKey, label)
	}
	key := c.keys.newest()
	if key == nil {
		key = c.readKey()
	}
	return key.DeriveSecret(label)
}

// DeriveSecrets reads the private key again and derives the secret of each key that is or was in
// use: the present one, those that it has replaced while the client runs, and Config.PreviousKey.
func (c *Client) DeriveSecrets(label string) (secrets [][]byte, err error) {
	if c.config.Certificate != nil {
		secret, err := c.DeriveSecret(label)
		return [][]byte{secret}, err
	}
	c.readKey()
	keys := c.keys.all()
	if c.config.PreviousKey != nil {
		keys = append(keys, c.config.PreviousKey)
	}
	for _, key := range keys {
		secret, err := key.DeriveSecret(label)
		if err != nil {
			return nil, err
		}
		secrets = append(secrets, secret)
	}
	return secrets, nil
}

// ErrNoSigningKey is the error of Client.Sign where the client signs in with a certificate.
var ErrNoSigningKey = errors.New("a bot that signs in with a certificate has no key to sign with")

// Sign reads the private key again and signs a payload with it; see [rsa.Key.Sign]. It returns the
// fingerprint of the key as well.
func (c *Client) Sign(kind string, payload []byte) (signed, fingerprint string, err error) {
	key := c.readKey()
	if key == nil {
		return "", "", ErrNoSigningKey
	}
	signed, err = key.Sign(kind, payload)
	return signed, key.Fingerprint(), err
}

// readKey is the key for one sign-in, nil with a certificate.
func (c *Client) readKey() *rsa.Key {
	key := c.config.signer()
	if key != nil {
		c.keys.note(key)
	}
	return key
}

// readKeys are the private keys that a client has read, the newest first.
type readKeys struct {
	mu   sync.Mutex // guards keys
	keys []*rsa.Key
}

// note has the key be the newest.
func (r *readKeys) note(key *rsa.Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	isSame := func(other *rsa.Key) bool { return other.Fingerprint() == key.Fingerprint() }
	r.keys = slices.Insert(slices.DeleteFunc(r.keys, isSame), 0, key)
}

func (r *readKeys) newest() *rsa.Key {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.keys) == 0 {
		return nil
	}
	return r.keys[0]
}

func (r *readKeys) all() []*rsa.Key {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.keys)
}
