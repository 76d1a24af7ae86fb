package commands

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"roombot/symphony"
)

// ProofKey makes and checks the proofs of rooms. Whoever has it can make rooms that the bot takes
// for its own. Without it no room has a right proof.
type ProofKey []byte

// prove is the proof that a room was made for a job: every replica makes the same one, also when
// the store is lost, and nobody else can.
func (k ProofKey) prove(job string) string {
	if len(k) == 0 {
		return ""
	}
	code := hmac.New(sha256.New, k)
	code.Write([]byte(job))
	return hex.EncodeToString(code.Sum(nil)[:proofSize])
}

// hasProof reports whether a room carries the proof for a job.
func (k ProofKey) hasProof(room symphony.Room, job string) bool {
	right := k.prove(job)
	return right != "" && slices.ContainsFunc(room.Attributes.Keywords, func(keyword symphony.Keyword) bool {
		return keyword.Key == ProofKeyword && hmac.Equal([]byte(keyword.Value), []byte(right))
	})
}

// isOwnRoom reports whether the bot has made a room for the request. Anybody can compute the number
// of a request and write it on a room; a room's name belongs to its owners. So neither counts, but
// who created the room, and the proof. A version before the proofs left it out.
func (p *roomPlan) isOwnRoom(room symphony.Room) bool {
	if room.CreatedBy != p.env.Self.ID {
		return false
	}
	isProof := func(keyword symphony.Keyword) bool { return keyword.Key == ProofKeyword }
	if p.req.BeforeProofs && !slices.ContainsFunc(room.Attributes.Keywords, isProof) {
		return slices.Contains(room.Attributes.Keywords, symphony.Keyword{Key: RequestKeyword, Value: string(p.req.ID)})
	}
	return p.env.ProofKey.hasProof(room, p.req.Job)
}
