package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ReceiptKind is the kind of a signed receipt.
const ReceiptKind = "roombot-receipt"

// MaxReceipt is the most that a receipt may take, in bytes.
const MaxReceipt = 1 << 20

// receiptVersion is of the form in which receipts are written.
const receiptVersion = 1

// Receipt tells how a room came about: the entries of all requests that concern it. Whoever has it
// computes the hash of each entry without the store.
type Receipt struct {
	Room    string    // stream id
	At      time.Time // when it was made
	Head    Head      // of the record at that time
	Entries []ReceiptEntry
}

// ReceiptEntry is a linked entry, and its facts where they are not erased or left out.
type ReceiptEntry struct {
	Entry
	Facts *Facts
}

// writtenReceipt and the types below are the form of a receipt: others verify it as well. Bodies
// and facts are texts, so that no program that reads and writes JSON changes a byte of what was
// hashed.
type (
	writtenReceipt struct {
		Version int                   `json:"v"`
		Room    string                `json:"room"`
		At      time.Time             `json:"at"`
		Head    Head                  `json:"head"`
		Entries []writtenReceiptEntry `json:"entries"`
	}
	writtenReceiptEntry struct {
		Seq       int64         `json:"seq"`
		At        time.Time     `json:"at"`
		Kind      Kind          `json:"kind"`
		Request   string        `json:"request"`
		Part      string        `json:"part"`
		Actor     int64         `json:"actor"`
		Room      string        `json:"room"`
		Body      string        `json:"body"`
		FactsHash Hash          `json:"factsHash,omitzero"`
		Facts     *writtenFacts `json:"facts,omitempty"`
		Prev      Hash          `json:"prev"`
		Hash      Hash          `json:"hash"`
	}
	writtenFacts struct {
		Salt []byte `json:"salt"`
		Text string `json:"text"`
	}
)

// WithoutFacts is the receipt without what is personal beyond ids. It verifies all the same.
func (r Receipt) WithoutFacts() Receipt {
	entries := make([]ReceiptEntry, len(r.Entries))
	for i, e := range r.Entries {
		entries[i].Entry = e.Entry
	}
	r.Entries = entries
	return r
}

// Write writes the receipt as ReadReceipt reads it. One that would be longer than MaxReceipt is an
// error.
func (r Receipt) Write() ([]byte, error) {
	w := writtenReceipt{Version: receiptVersion, Room: r.Room, At: r.At, Head: r.Head, Entries: []writtenReceiptEntry{}}
	for _, e := range r.Entries {
		written := writtenReceiptEntry{
			e.Seq, e.At, e.Kind, e.Request, e.Part, e.Actor, e.Room, string(e.Body), e.FactsHash, nil, e.Prev, e.Hash,
		}
		if e.Facts != nil {
			written.Facts = &writtenFacts{e.Facts.Salt, string(e.Facts.Text)}
		}
		w.Entries = append(w.Entries, written)
	}
	text, err := json.Marshal(w)
	switch {
	case err != nil:
		return nil, fmt.Errorf("write receipt: %w", err)
	case len(text) > MaxReceipt:
		return nil, fmt.Errorf("write receipt: it would take %d bytes, more than %d", len(text), MaxReceipt)
	}
	return text, nil
}

// ReadReceipt reads a receipt, and does not verify it.
func ReadReceipt(text []byte) (Receipt, error) {
	if len(text) > MaxReceipt {
		return Receipt{}, fmt.Errorf("read receipt: it takes %d bytes, more than %d", len(text), MaxReceipt)
	}
	var w writtenReceipt
	switch err := json.Unmarshal(text, &w); {
	case err != nil:
		return Receipt{}, fmt.Errorf("read receipt: %w", err)
	case w.Version != receiptVersion:
		return Receipt{}, fmt.Errorf("read receipt: its form has version %d, this program knows %d", w.Version, receiptVersion)
	case len(w.Entries) == 0:
		return Receipt{}, errors.New("read receipt: it has no entries")
	}
	r := Receipt{Room: w.Room, At: w.At, Head: w.Head}
	for _, e := range w.Entries {
		read := ReceiptEntry{Entry: Entry{
			e.Seq, e.At, e.Kind, e.Request, e.Part, e.Actor, e.Room, json.RawMessage(e.Body), e.FactsHash, e.Prev, e.Hash,
		}}
		if e.Facts != nil {
			read.Facts = &Facts{e.Facts.Salt, json.RawMessage(e.Facts.Text)}
		}
		r.Entries = append(r.Entries, read)
	}
	return r, nil
}

// Verify returns everything that is wrong with a receipt: entries that were changed, that are not
// in their order or not about the room, a room that was opened by no decision, and a decision that
// names an approval of which no entry tells.
func (r Receipt) Verify() (faults []Fault) {
	v := receiptVerifier{Receipt: r, requests: map[string]bool{}, allowed: map[string]bool{}, told: map[requestApproval]bool{}}
	for _, e := range r.Entries {
		if e.Room == r.Room && e.Request != "" {
			v.requests[e.Request] = true
		}
	}
	for _, e := range r.Entries {
		v.checkEntry(e)
		v.checkOrder(e)
		v.checkSubject(e)
		v.last = e.Entry
	}
	v.checkApprovals()
	if !v.opened {
		v.addFault(0, "no entry says that the room was opened")
	}
	return v.faults
}

// receiptVerifier verifies a receipt, entry by entry.
type receiptVerifier struct {
	Receipt
	requests map[string]bool // that concern the room
	allowed  map[string]bool // of these, those of which a decision was seen that allows them
	told     map[requestApproval]bool
	named    []namedApproval
	opened   bool
	last     Entry
	faults   []Fault
}

// requestApproval is an approval of a request, and who has given it.
type requestApproval struct {
	request string
	n       int
	by      int64
}

// namedApproval is an approval that a decision names.
type namedApproval struct {
	requestApproval
	seq int64 // of the decision
}

func (v *receiptVerifier) addFault(seq int64, format string, args ...any) {
	if len(v.faults) < maxFaults {
		v.faults = append(v.faults, Fault{seq, fmt.Sprintf(format, args...)})
	}
}

func (v *receiptVerifier) checkEntry(e ReceiptEntry) {
	if h, ok := e.computeHash(e.Seq); !ok || h != e.Hash {
		v.addFault(e.Seq, "entry %d was changed", e.Seq)
	}
	if e.Facts != nil && !e.Facts.haveHash(e.FactsHash) {
		v.addFault(e.Seq, "the facts of entry %d were changed", e.Seq)
	}
}

func (v *receiptVerifier) checkOrder(e ReceiptEntry) {
	switch {
	case e.Seq <= v.last.Seq:
		v.addFault(e.Seq, "entry %d stands after entry %d", e.Seq, v.last.Seq)
	case e.Seq == v.last.Seq+1 && v.last.Seq > 0 && e.Prev != v.last.Hash:
		v.addFault(e.Seq, "entry %d does not follow entry %d", e.Seq, v.last.Seq)
	case e.Seq > v.Head.Seq, e.Seq == v.Head.Seq && e.Hash != v.Head.Hash:
		v.addFault(e.Seq, "entry %d is not of the record whose head is %s", e.Seq, v.Head)
	}
}

// receiptBody are the fields of bodies by which a room is opened.
type receiptBody struct {
	Outcome  string `json:"outcome"` // of a decision
	Approval *struct {
		N  int   `json:"n"`
		By int64 `json:"by"`
	} `json:"approval"` // that a decision names
	Act string `json:"act"` // on a room, or of an approval
	N   int    `json:"n"`   // of an approval
}

// The values of these fields.
const (
	outcomeAllow = "allow"
	actOpened    = "opened"
	actApproved  = "approved"
)

// checkSubject checks that an entry is about the room, and that what was done was decided before.
func (v *receiptVerifier) checkSubject(e ReceiptEntry) {
	if !v.requests[e.Request] || e.Room != "" && e.Room != v.Room {
		v.addFault(e.Seq, "entry %d is not about the room", e.Seq)
		return
	}
	var body receiptBody
	if json.Unmarshal(e.Body, &body) != nil {
		return // its kind tells nothing by these fields
	}
	switch {
	case e.Kind == Decision:
		v.allowed[e.Request] = body.Outcome == outcomeAllow
		if a := body.Approval; a != nil {
			v.named = append(v.named, namedApproval{requestApproval{e.Request, a.N, a.By}, e.Seq})
		}
	case e.Kind == Approval && body.Act == actApproved:
		v.told[requestApproval{e.Request, body.N, e.Actor}] = true
	case e.Kind == Room && body.Act == actOpened:
		v.opened = true
		if !v.allowed[e.Request] {
			v.addFault(e.Seq, "no decision before entry %d allows that the room is opened", e.Seq)
		}
	}
}

// checkApprovals finds decisions that name an approval which no entry tells of. Entries of several
// replicas may be linked in another order than they were stored in.
func (v *receiptVerifier) checkApprovals() {
	for _, a := range v.named {
		if !v.told[a.requestApproval] {
			v.addFault(a.seq, "entry %d names approval %d of its request, by %d, and no entry tells of that: it was left out", a.seq, a.n, a.by)
		}
	}
}
