// Package approval says who may decide about a request that has to be approved, and what is asked
// of them. It is pure: no clock, no network, no store.
//
// A request is asked about with a hash of what it would do: a decision counts for that and for
// nothing else. Who decides must have been among those who were asked, must be among them now, and
// is never who has asked for it.
package approval

import "slices"

// Outcome is what has become of a question.
type Outcome string

// The outcomes.
const (
	Approved  Outcome = "approved"
	Rejected  Outcome = "rejected"
	Expired   Outcome = "expired"   // nobody has decided in time
	Withdrawn Outcome = "withdrawn" // by who has asked
	Ended     Outcome = "ended"     // the request has, for another reason
	Unreached Outcome = "unreached" // nobody who may decide could be asked
)

// Asked is what somebody was asked about. It is a stored format: fields are added, none is renamed.
type Asked struct {
	Rule      string `json:"rule"`
	Version   string `json:"version"` // of the policy
	Hash      string `json:"hash"`    // of what would be done
	Requester int64  `json:"requester"`
	// Approvers are who was asked; empty where Room was.
	Approvers []int64 `json:"approvers,omitempty"`
	Room      string  `json:"room,omitempty"` // stream id
}

// Answer is what was decided. It is a stored format.
type Answer struct {
	Outcome Outcome `json:"outcome"`
	By      int64   `json:"by,omitempty"`    // user id
	Click   string  `json:"click,omitempty"` // the job of the click
}

// Click is somebody's decision on a card.
type Click struct {
	Who      int64
	External bool   // of another company
	For      int64  // whom the card is for; 0 for a card in a room
	Hash     string // of what the card shows
	// IsApprover says that the policy in force names them as an approver of the rule, by what the
	// directory says at the click.
	IsApprover bool
}

// Refusal is why a click decides nothing; empty where it does.
type Refusal string

// The refusals.
const (
	None          Refusal = ""
	OwnRequest    Refusal = "own-request"
	ForAnother    Refusal = "for-another" // the card is another person's
	AnotherPlan   Refusal = "another-plan"
	NeverAsked    Refusal = "never-asked"
	NotAnApprover Refusal = "not-an-approver" // any more, or of the policy in force
)

// Check says whether a click decides about what was asked.
func (a Asked) Check(c Click) Refusal {
	switch {
	case c.Who == 0 || c.Who == a.Requester:
		return OwnRequest
	case c.For != 0 && c.For != c.Who:
		return ForAnother
	case c.Hash == "" || c.Hash != a.Hash:
		return AnotherPlan
	case c.External || a.Room == "" && !slices.Contains(a.Approvers, c.Who):
		return NeverAsked
	case !c.IsApprover:
		return NotAnApprover
	}
	return None
}
