package commands

import (
	"context"
	"time"

	"roombot/symphony"
)

// Rules answers what people ask of the policy in force.
type Rules interface {
	// IsAdmin reports whether the policy names somebody as an administrator.
	IsAdmin(ctx context.Context, who symphony.UserID) (bool, error)
	// Decide says what becomes of a request by the policy, as far as its plan is known: nil for not
	// yet. Nothing is recorded of it.
	Decide(ctx context.Context, r *Request, plan Plan) (Decision, error)
	// Rights are the rules that concern a command of somebody in a chat, or all their commands
	// everywhere where command is empty.
	Rights(ctx context.Context, r *Request, command string) (Rights, error)
	// InForce describes the policy.
	InForce() PolicyInForce
}

// Record answers what was decided. Nothing is found of what the record does not hold any more.
type Record interface {
	// LastRefusal is the policy's last refusal of a request of somebody, whatever the command.
	LastRefusal(ctx context.Context, who symphony.UserID) (d Decision, found bool, err error)
	// DecisionOf is the last decision about a request, and who asked for it.
	DecisionOf(ctx context.Context, request RequestID) (d Decision, who symphony.UserID, found bool, err error)
	// Receipt is what the record tells of a room that the bot has opened, signed by the bot's key.
	// Without facts nothing is signed that is personal beyond ids, nor the conditions of a rule.
	Receipt(ctx context.Context, room symphony.StreamID, withFacts bool) (r Receipt, found bool, err error)
}

// The outcomes of a decision.
const (
	OutcomeAllow   = "allow"
	OutcomeDeny    = "deny"
	OutcomeApprove = "approve"
	OutcomeLimit   = "limit"
)

// Decision is what a policy has decided, or would decide, and all that led to it.
type Decision struct {
	Outcome string // one of those above
	Rule    string // empty where none decided
	Line    int
	Grant   int64  // that admits, where no rule does; 0 for none
	Nearest string // the allow rule that came closest, where none admits
	Version string // of the policy
	Why     string // in words, why it is not allowed; empty where it is, and where that was erased
	Checks  []Check
	Next    time.Time // of a limit: when the next room may be opened; zero where that is not known
	// IsAccountHidden is set where rules turn on the account of who asks, and the directory shows
	// no active one.
	IsAccountHidden bool

	ApprovedBy string         // name of who has approved it; empty for nobody
	Approval   *ApprovalState // what has become of an approval that it wants; nil where that is not known

	// Of decisions in the record:
	Request RequestID
	Command string
	At      time.Time
	// IsPaused is set where the request was refused after that, since the bot was paused.
	IsPaused bool
	// Pause is what the request waits for the end of; nil for none.
	Pause *PauseInForce
}

// Receipt tells how a room came about.
type Receipt struct {
	Story     RoomStory
	Signed    string // a JWS; empty where nothing is signed
	Key       string // fingerprint of the key that has signed it
	HasNoKey  bool   // the bot signs in with a certificate
	IsChanged bool   // somebody has changed the record: nothing else is told
}

// Check is one condition of a rule and whether the request meets it.
type Check struct {
	Key  string // who, where, command, or the name of the condition; empty where that is not known
	What string
	OK   bool
	Open bool // not known yet: the request is not planned
}

// Rights are the rules that concern somebody.
type Rights struct {
	Decision    Decision // about a request of which nothing but the command is known
	Deny, Allow []Right
	UsedHour    int // rooms of the last hour and of the last day that count
	UsedDay     int
}

// Right is a rule that concerns somebody: an allow rule admits where all conditions hold, a deny
// rule refuses where all hold.
type Right struct {
	Rule            string
	Line            int
	Reason          string // of a deny rule
	Where, Commands string // as the policy has them
	Conditions      []Condition
	PerHour, PerDay int // 0 for any number
	// Approval is set where somebody has to approve: requests that meet all of ApprovalWhen.
	Approval     bool
	ApprovalWhen []Condition
	Grant        int64 // its number, of a grant and not of a rule
}

// Condition is one condition of a rule in words, such as "at most 50 people".
type Condition struct{ Key, Words string }

// PolicyInForce describes a policy.
type PolicyInForce struct {
	Version     string // empty for one without rules
	Since       time.Time
	Before      string // the version before it, as far as this process has seen one
	Deny, Allow int    // rules
	Fault       string // what is wrong with the text that should have replaced it; empty for nothing
}
