// Package audit is the record of what the bot was asked, what the policy decided and what came of
// it: a chain of entries, each of which holds the hash of the one before it.
//
// The package is pure: it makes entries, links them, and verifies a chain. Package engine stores
// them.
//
// # The chain
//
// The hash of an entry is the SHA-256 of these lines, each ended by a line feed:
//
//	roombot audit 1
//	hash of the entry before it, in hex; zeros for the first
//	number of the entry, from 1
//	when it was stored, in microseconds since 1970
//	kind
//	request
//	part
//	number of the user who acted, 0 for none
//	room
//	body
//	hash of the facts in hex; empty where there are none
//
// No field has a line feed in it, so that no two entries have the same lines. Whoever has an export
// of the record can compute each hash with a shell.
//
// What is personal beyond ids lies beside an entry as its facts. The chain holds only their hash,
// with a salt that is kept with them and erased with them: what is erased cannot be guessed from
// the hash, and the chain still verifies.
//
// Whoever can write the store can link a chain anew from any entry on. So the head, which is the
// number and the hash of the last entry, is told to others from time to time: these are anchors.
// All entries up to an anchor are certain where the chain is whole and has the anchor's hash at its
// number.
package audit
