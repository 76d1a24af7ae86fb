// Package approval says who may decide about a request that has to be approved, and what is asked
// of them. It is pure: no clock, no network, no store.
//
// A request is asked about with a hash of what it would do: a decision counts for that and for
// nothing else. Who decides must have been among those who were asked, must be among them now, and
// is never who has asked for it.
package approval

import (
	"slices"
	"time"
)

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
	Replaced  Outcome = "replaced"  // by a newer version of the message
)

// Cause is why a question has ended without an answer; empty where the outcome says it.
type Cause string

// The causes.
const (
	NotNeeded  Cause = "not-needed"  // the policy wants no approval any more
	AskedAnew  Cause = "asked-anew"  // something else would be done, or others are asked
	WasRefused Cause = "was-refused" // the request was refused meanwhile
)

// Asked is what somebody was asked about. It is a stored format: fields are added, none is renamed.
type Asked struct {
	Rule      string `json:"rule"`
	Version   string `json:"version"` // of the policy
	Hash      string `json:"hash"`    // of what would be done
	Requester int64  `json:"requester"`
	// Message is the first version of the message, and Sent when this version came. They are zero in
	// questions of earlier versions of the program.
	Message string    `json:"message,omitempty"`
	Sent    time.Time `json:"sent,omitzero"`
	// Approvers are who was asked so far; empty where Room was.
	Approvers []int64 `json:"approvers,omitempty"`
	Room      string  `json:"room,omitempty"` // stream id
	// Look is the last look at who may decide. It is zero in questions of earlier versions.
	Look Look `json:"look,omitzero"`
	// NoCard are those of the last look who could not be given a card.
	NoCard []int64 `json:"noCard,omitempty"`
}

// WithCard are those of the last look who have a card.
func (a Asked) WithCard() []int64 {
	return slices.DeleteFunc(slices.Clone(a.Look.Approvers), func(id int64) bool { return slices.Contains(a.NoCard, id) })
}

// Look is who may decide, as the policy and the directory have it at one time. It is a stored
// format.
type Look struct {
	N       int    `json:"n,omitempty"`       // how often who may decide was found to have changed
	Version string `json:"version,omitempty"` // of the policy
	// Approvers are who may decide, in order; empty where a room was asked.
	Approvers []int64 `json:"approvers,omitempty"`
	Nobody    bool    `json:"nobody,omitempty"` // nobody may
}

// isLike reports whether two looks have found the same people.
func (l Look) isLike(other Look) bool {
	return l.Nobody == other.Nobody && slices.Equal(l.Approvers, other.Approvers)
}

// lastLook is the last look at who may decide. Before there were any, all who were asked might.
func (a Asked) lastLook() Look {
	if a.Look.Version == "" && a.Look.Approvers == nil {
		a.Look.Approvers = a.Approvers
	}
	return a.Look
}

// IsOutdated reports whether the request has to be decided anew, by what is found now: by another
// policy, or with other people who may decide.
func (a Asked) IsOutdated(now Look) bool {
	return a.Look.Version != now.Version || !a.lastLook().isLike(now)
}

// LookAgain is the question after another look: who may decide now is asked as well.
func (a Asked) LookAgain(now Look) Asked {
	now.N = a.Look.N
	if !a.lastLook().isLike(now) {
		now.N++
	}
	a.Look, a.Approvers = now, slices.Clone(a.Approvers)
	for _, id := range now.Approvers {
		if !slices.Contains(a.Approvers, id) {
			a.Approvers = append(a.Approvers, id)
		}
	}
	return a
}

// Answer is what was decided. It is a stored format.
type Answer struct {
	Outcome Outcome `json:"outcome"`
	Cause   Cause   `json:"cause,omitempty"`
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
	Late          Refusal = "late"            // the question had been answered, or has ended
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
