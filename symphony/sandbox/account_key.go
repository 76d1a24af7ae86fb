package sandbox

import (
	stdrsa "crypto/rsa"
	"time"

	"roombot/rsa"
	"roombot/symphony/sandbox/client"
)

// previousKeyLife is how long a key is good after another has replaced it.
const previousKeyLife = 72 * time.Hour

// accountKeys are the public keys of the service account. As on a real pod there are two at most:
// whoever pastes a new one makes the one before the previous one.
type accountKeys struct {
	current, previous *stdrsa.PublicKey
	previousUntil     time.Time // by the pod's clock
}

// valid lists the keys that a login may be signed by.
func (k *accountKeys) valid(now time.Time) []*stdrsa.PublicKey {
	var keys []*stdrsa.PublicKey
	if k.current != nil {
		keys = append(keys, k.current)
	}
	if k.previous != nil && now.Before(k.previousUntil) {
		keys = append(keys, k.previous)
	}
	return keys
}

// Keys are the public keys of the service account.
func (p *Pod) Keys() client.Keys {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.encodeKeys()
}

// PasteKey gives the service account a new public key, as an administrator does in the portal. The
// one before is good for three days more. The same key again changes nothing.
func (p *Pod) PasteKey(public *stdrsa.PublicKey) client.Keys {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.keys.current == nil || !p.keys.current.Equal(public) {
		p.keys = accountKeys{current: public, previous: p.keys.current, previousUntil: p.world.Now().Add(previousKeyLife)}
	}
	return p.encodeKeys()
}

// RevokePreviousKey ends the previous key and the sessions that were opened with it.
func (p *Pod) RevokePreviousKey() client.Keys {
	p.mu.Lock()
	defer p.mu.Unlock()
	if previous := p.keys.previous; previous != nil {
		p.endSessions(func(s *session) bool { return s.signer != nil && s.signer.Equal(previous) })
	}
	p.keys = accountKeys{current: p.keys.current}
	return p.encodeKeys()
}

// encodeKeys is called with the pod's mutex held.
func (p *Pod) encodeKeys() (keys client.Keys) {
	for i, key := range p.keys.valid(p.world.Now()) {
		if i == 0 {
			keys.Current = rsa.Fingerprint(key)
			continue
		}
		until := p.keys.previousUntil.UTC()
		keys.Previous, keys.PreviousUntil = rsa.Fingerprint(key), &until
	}
	return keys
}
