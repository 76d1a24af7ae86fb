package commands

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"roombot/symphony"
)

// proofKey makes and checks the proofs of rooms. Whoever has it can make rooms that the bot takes
// for its own.
type proofKey []byte

// prove is the proof that a room was made for a job: every replica makes the same one, also when
// the store is lost, and nobody else can.
func (k proofKey) prove(job string) string {
	code := hmac.New(sha256.New, k)
	code.Write([]byte(job))
	return hex.EncodeToString(code.Sum(nil)[:proofSize])
}

// acceptedProofKeys are the keys of right proofs: that of the private key as it is now, and those
// of keys before it, since the private key may have been replaced between two attempts at a room.
func (env *Env) acceptedProofKeys() (keys []proofKey, err error) {
	secrets, err := env.Symphony.DeriveSecrets(ProofLabel)
	for _, secret := range secrets {
		keys = append(keys, secret)
	}
	return keys, err
}

// proveRoom is the room to be created, with its proof by the private key of this moment.
func (p *roomPlan) proveRoom() (symphony.RoomAttributes, error) {
	key, err := p.env.Symphony.DeriveSecret(ProofLabel)
	if err != nil {
		return symphony.RoomAttributes{}, err
	}
	room := p.room
	room.Keywords = append(slices.Clone(room.Keywords), symphony.Keyword{Key: ProofKeyword, Value: proofKey(key).prove(p.req.Job)})
	return room, nil
}

// isOwnRoom reports whether the bot has made a room for the request. Anybody can compute the number
// of a request and write it on a room; a room's name belongs to its owners. So neither counts, but
// who created the room, and a proof by one of the keys. A version before the proofs left it out. An
// owner can copy the proof onto an older room of the bot, so the age of the room counts as well.
func (p *roomPlan) isOwnRoom(room symphony.Room, keys []proofKey) bool {
	if room.CreatedBy != p.env.Self.ID || p.isOlderThanRequest(room) {
		return false
	}
	isProof := func(keyword symphony.Keyword) bool { return keyword.Key == ProofKeyword }
	if p.req.BeforeProofs && !slices.ContainsFunc(room.Attributes.Keywords, isProof) {
		return slices.Contains(room.Attributes.Keywords, symphony.Keyword{Key: RequestKeyword, Value: string(p.req.ID)})
	}
	return hasProof(room, p.req.Job, keys)
}

// hasProof reports whether a room has a right proof for the job.
func hasProof(room symphony.Room, job string, keys []proofKey) bool {
	return slices.ContainsFunc(room.Attributes.Keywords, func(keyword symphony.Keyword) bool {
		return keyword.Key == ProofKeyword && slices.ContainsFunc(keys, func(key proofKey) bool {
			return hmac.Equal([]byte(keyword.Value), []byte(key.prove(job)))
		})
	})
}

// clockTolerance is by how much the clocks of Symphony's servers may differ.
const clockTolerance = time.Minute

// isOlderThanRequest reports whether the room existed before the request was made. Both times are
// the pod's; where one of them is not known, it reports false.
func (p *roomPlan) isOlderThanRequest(room symphony.Room) bool {
	if room.CreatedAt.IsZero() || p.req.At.IsZero() {
		return false
	}
	return room.CreatedAt.Before(p.req.At.Add(-clockTolerance))
}
