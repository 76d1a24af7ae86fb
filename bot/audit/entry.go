package audit

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// Kind is what an entry is about.
type Kind string

// The kinds.
const (
	Decision Kind = "decision" // of the policy, about a request that writes, or a refusal
	Approval Kind = "approval" // of a request: somebody was asked, or has decided
	Grant    Kind = "grant"    // an exception from the policy was asked for, decided, used up, revoked, or has expired
	Room     Kind = "room"     // was opened, renamed or closed
	Member   Kind = "member"   // accounts were added to a room, or not
	Owner    Kind = "owner"    // members could not be made owners
	Answer   Kind = "answer"   // a request that has a decision was answered
	Operator Kind = "operator" // somebody acted from the shell
	Pause    Kind = "pause"    // began or ended, from the chat or the shell: an OperatorBody; Operator in entries of before
	Policy   Kind = "policy"   // a version of the policy is in force from here on
	Start    Kind = "start"    // a process
	Stop     Kind = "stop"     // a process
	Restored Kind = "restored" // the store was set back: a RestoredBody
	Removed  Kind = "removed"  // entries before were deleted, since they were too old: a RemovedBody
)

// Kinds are all of them.
func Kinds() []Kind {
	return []Kind{Decision, Approval, Grant, Room, Member, Owner, Answer, Operator, Pause, Policy, Start, Stop, Restored, Removed}
}

// Entry is one entry of the record. Seq, Prev and Hash are zero until it is linked.
type Entry struct {
	Seq       int64           `json:"seq,omitempty"`
	At        time.Time       `json:"at"` // by the store's clock, in microseconds
	Kind      Kind            `json:"kind"`
	Request   string          `json:"request,omitempty"` // its number; empty for what belongs to no request
	Part      string          `json:"part"`              // with Request it names the entry: there are no two of them
	Actor     int64           `json:"actor,omitempty"`   // user id
	Room      string          `json:"room,omitempty"`    // stream id
	Body      json.RawMessage `json:"body"`              // JSON of the kind, ids and codes only
	FactsHash Hash            `json:"factsHash,omitzero"`
	Prev      Hash            `json:"prev,omitzero"`
	Hash      Hash            `json:"hash,omitzero"`
}

// RemovedBody says which entries were deleted: all up to Through.
type RemovedBody struct {
	Through Head `json:"through"`
}

// RestoredBody says where the store was set back to, and the last entry that is known to have been
// in the store before that.
type RestoredBody struct {
	Head Head   `json:"head"`
	Seen Head   `json:"seen"`
	By   string `json:"by"` // where the other one was seen: file or room
}

// ActForget is the act of an operator who has had facts erased.
const ActForget = "forget"

// OperatorBody is what somebody did from the shell, or a pause from either.
type OperatorBody struct {
	Act      string `json:"act"`                // retry, cancel or forget; pause or resume, with the kind
	Operator string `json:"operator,omitempty"` // the system's user, or "user" and the id of an administrator
	Job      string `json:"job,omitempty"`      // empty where facts of the record were erased
	// Acted is when it was done: the entry is recorded up to a second later. There is none in
	// entries of earlier versions, and where the entry is recorded with the act.
	Acted time.Time `json:"acted,omitzero"`
}

// Hash is a SHA-256.
type Hash [sha256.Size]byte

// IsZero reports whether there is none.
func (h Hash) IsZero() bool { return h == Hash{} }

// String is the hash in hex.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes the hash in hex.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads the hash in hex.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(h)) {
		return errors.New("a hash has 64 digits")
	}
	_, err := hex.Decode(h[:], text)
	return err
}

// HashOf is the hash that was stored as bytes; zero for other lengths.
func HashOf(stored []byte) (h Hash) {
	if len(stored) == len(h) {
		copy(h[:], stored)
	}
	return h
}

// BytesOrNull is the hash as it is stored: its bytes, or NULL for the zero hash.
func (h Hash) BytesOrNull() any {
	if h.IsZero() {
		return nil
	}
	return h[:]
}

// Head is the last entry of a chain; the zero value is that of an empty one.
type Head struct {
	Seq  int64 `json:"seq"`
	Hash Hash  `json:"hash"`
}

// Head is the head of the chain that ends with the entry.
func (e Entry) Head() Head { return Head{e.Seq, e.Hash} }

// Link makes the entry the next one after the head.
func (e Entry) Link(after Head) Entry {
	e.Seq, e.Prev = after.Seq+1, after.Hash
	e.Hash, _ = e.computeHash(e.Seq)
	return e
}

const formOfHash = "roombot audit 1"

// computeHash is the hash that the entry has under a number. It reports false where a field has a
// line feed, which no linked entry has.
func (e Entry) computeHash(seq int64) (h Hash, ok bool) {
	fields := []string{string(e.Kind), e.Request, e.Part, e.Room, string(e.Body)}
	for _, field := range fields {
		if strings.Contains(field, "\n") {
			return Hash{}, false
		}
	}
	b := make([]byte, 0, 512)
	line := func(text string) { b = append(append(b, text...), '\n') }
	number := func(n int64) { b = append(strconv.AppendInt(b, n, 10), '\n') }
	sum := func(h Hash) { b = append(hex.AppendEncode(b, h[:]), '\n') }
	line(formOfHash)
	sum(e.Prev)
	number(seq)
	number(e.At.UnixMicro())
	line(string(e.Kind))
	line(e.Request)
	line(e.Part)
	number(e.Actor)
	line(e.Room)
	line(string(e.Body))
	if e.FactsHash.IsZero() {
		line("")
	} else {
		sum(e.FactsHash)
	}
	return sha256.Sum256(b), true
}

// New makes an entry with a body that JSON can encode; what cannot be encoded is a bug and becomes
// an empty body.
func New(kind Kind, request, part string, body any) Entry {
	text, err := json.Marshal(body)
	if err != nil {
		text = []byte("{}")
	}
	return Entry{Kind: kind, Request: plainText(request), Part: plainText(part), Body: text}
}

func plainText(text string) string { return strings.NewReplacer("\n", " ", "\x00", " ").Replace(text) }

// Plain is the entry without what no linked entry may have: line feeds, which have no hash, and a
// body and a time that JSON cannot write, so that no export has what comes behind them. Those that
// the bot makes have none of it.
func (e Entry) Plain() Entry {
	e.Kind, e.Request, e.Part, e.Room = Kind(plainText(string(e.Kind))), plainText(e.Request), plainText(e.Part), plainText(e.Room)
	if !json.Valid(e.Body) || bytes.Contains(e.Body, []byte("\n")) {
		e.Body, _ = json.Marshal(string(e.Body)) // a text never fails
	}
	if earliest := time.Unix(0, 0).UTC(); e.At.Before(earliest) {
		e.At = earliest
	}
	if latest := time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC); e.At.After(latest) {
		e.At = latest
	}
	return e
}

// Facts are what is personal beside an entry. They can be erased.
type Facts struct {
	Salt []byte          `json:"salt"`
	Text json.RawMessage `json:"text"`
}

// saltSize is how long each salt is. The hash does not tell where the salt ends.
const saltSize = 16

// WithFacts adds facts to an entry, under a new salt.
func (e Entry) WithFacts(facts any) (Entry, Facts) {
	text, err := json.Marshal(facts)
	if err != nil {
		return e, Facts{}
	}
	f := Facts{Salt: make([]byte, saltSize), Text: text}
	_, _ = rand.Read(f.Salt) // it never fails
	e.FactsHash = f.hash()
	return e, f
}

func (f Facts) hash() Hash { return sha256.Sum256(append(bytes.Clone(f.Salt), f.Text...)) }

// haveHash reports whether these are the facts that an entry was made with.
func (f Facts) haveHash(h Hash) bool { return len(f.Salt) == saltSize && f.hash() == h }
