package commands

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// ApprovalCard is what a card stands for on which somebody approves a request, or rejects it.
type ApprovalCard struct {
	Job  string `json:"job"`
	N    int    `json:"n"`    // of the questions of the job
	Hash string `json:"hash"` // of what would be done
}

// Approval is a question to somebody who has to approve a request.
type Approval struct {
	Card    ApprovalCard
	Request RequestID
	From    Person
	Rule    string
	Version string // of the policy
	Until   time.Time
	// Why is why it is asked again, and Before what the last card said would be done where that has
	// changed, one thing a line.
	Why    WhyAgain
	Before []string
	// Rejected says who has rejected the same before, one rejection a line.
	Rejected []string
}

// DescribeRejection says that somebody has rejected the same in an earlier request, for those who
// are asked now.
func DescribeRejection(by string, at time.Time, request RequestID) string {
	return "Rejected before: by " + by + " on " + formatTime(at) + ", request " + string(request)
}

// WhyAgain is why somebody is asked again to approve a request, as they read it; empty for the
// first time.
type WhyAgain string

// The reasons.
const (
	PlanChanged      WhyAgain = "what would be done has changed"
	PolicyChanged    WhyAgain = "the policy has changed"
	ApproversChanged WhyAgain = "who may approve it has changed" // the requester alone is told
	AnswerLost       WhyAgain = "I do not know any more what was decided"
)

// ApprovalState says what has become of an approval, for those who were asked and for who has
// asked.
type ApprovalState struct {
	Outcome string // one of those below
	Cause   string // why it has ended, one of those below; empty for another reason
	By      string // name of who has decided
	At      time.Time
	Reason  string
	Waited  bool // somebody was asked before nobody could be any more
}

// The outcomes of an approval.
const (
	ApprovalOpen      = "open" // nobody has decided yet
	Approved          = "approved"
	ApprovalRejected  = "rejected"
	ApprovalExpired   = "expired"   // nobody has decided in time
	ApprovalWithdrawn = "withdrawn" // by who has asked
	ApprovalEnded     = "ended"     // the request has, for another reason
	ApprovalUnreached = "unreached" // nobody who may decide could be asked
	ApprovalReplaced  = "replaced"  // by a newer version of the message
	// ApprovalNotReached is of who could not be given a card: the record alone tells.
	ApprovalNotReached = "not-reached"
	ApprovalClicked    = "clicked" // by somebody whose click has decided nothing: the record alone tells
)

// Why an approval has ended without an answer.
const (
	causeNotNeeded = "not-needed"
	causeAskedAnew = "asked-anew"
	causeRefused   = "was-refused"
)

// PlanHash is equal for two plans that would do the same by the same rule: the same people, owners,
// options and name, and the same groups with as many people.
func PlanHash(p Plan, rule string) string {
	room, ok := p.(*roomPlan)
	if !ok {
		return ""
	}
	ids := func(people []Person) (all []symphony.UserID) {
		for _, person := range people {
			all = append(all, person.ID)
		}
		slices.Sort(all)
		return all
	}
	groups := map[symphony.UserID]int{}
	for _, g := range room.Groups {
		groups[g.ID] = g.People
	}
	options := room.room
	options.Keywords = nil
	text, err := json.Marshal([]any{"roombot plan 2", rule, room.req.From.ID, options, ids(room.People), ids(room.Owners), groups})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// DescribePlan says what a plan would do, for somebody who has to approve it: one thing a line,
// with all people by the names that the directory has, those of other companies with these.
func (env *Env) DescribePlan(ctx context.Context, p Plan) ([]string, error) {
	room, ok := p.(*roomPlan)
	if !ok {
		return nil, nil
	}
	lines := []string{"Name: " + room.room.Name}
	if desc := room.req.Value("desc"); desc != "" {
		lines = append(lines, "Description: "+strings.Join(strings.FieldsFunc(desc, isLineBreak), " ⏎ "))
	}
	lines = append(lines, "Room: "+room.describeRoom())
	requester := room.req.From
	names, err := env.namesOf(ctx, append(slices.Clip(room.People), requester))
	if err != nil {
		return nil, err
	}
	lines = append(lines, "Owner: "+names[requester.ID]+", who asks for it")
	for _, person := range room.People {
		role := "Member"
		if slices.ContainsFunc(room.Owners, func(o Person) bool { return o.ID == person.ID }) {
			role = "Owner"
		}
		lines = append(lines, role+": "+names[person.ID])
	}
	for _, g := range room.Groups {
		lines = append(lines, "Group: "+g.Name+personCount(g.People))
	}
	if room.room.CopyProtected {
		lines = append(lines, "Cannot be undone: members can never copy messages")
	}
	if room.room.CrossPod {
		lines = append(lines, "Cannot be undone: other companies keep what they have read")
	}
	return lines, nil
}

// isLineBreak reports whether a letter begins a line: what somebody wrote must not look like
// another line of the card.
func isLineBreak(r rune) bool { return strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", r) }

// namesOf are the names of people as the directory has them: what somebody wrote proves nothing.
func (env *Env) namesOf(ctx context.Context, people []Person) (map[symphony.UserID]string, error) {
	names := map[symphony.UserID]string{}
	var ids []symphony.UserID
	for _, p := range people {
		names[p.ID] = placeholderName(int64(p.ID))
		ids = append(ids, p.ID)
	}
	for part := range slices.Chunk(ids, 100) {
		found, err := env.Symphony.UsersByID(ctx, part...)
		if err != nil && symphony.VerdictOf(err) != symphony.Refused {
			return nil, fmt.Errorf("look up who is to come in: %w", err)
		}
		for _, u := range found {
			name := u.DisplayName
			if env.IsExternal(u.ID) {
				name += " (" + cmp.Or(u.Company, "another company") + ")"
			}
			names[u.ID] = name
		}
	}
	return names, nil
}

// fieldReason is the field of a card for why something is rejected.
const fieldReason = "reason"

// CardFor asks somebody to approve what the lines say.
func (a Approval) CardFor(lines []string) Reply {
	title := a.From.Name + " asks for your approval to open this room:"
	if a.Why != "" {
		title = a.From.Name + " asks for your approval again, since " + string(a.Why) + ":"
	}
	items := listLabelled(append(slices.Clip(a.Rejected), markChanges(a.Before, lines)...))
	rule := fmt.Sprintf("Rule “%s” of policy version %s wants it. Without an answer it ends on %s. Request %s.", a.Rule, a.Version, formatTime(a.Until), a.Request)
	return Reply{
		Code: CodePutOff,
		Body: []messageml.Node{
			messageml.Paragraph(messageml.Bold(messageml.Text(title))),
			messageml.List(items...),
			messageml.Paragraph(messageml.Text(rule)),
			messageml.Form(FormApproval,
				messageml.TextArea{Name: fieldReason, Label: "Reason, which " + a.From.Name + " reads if you reject", MaxLength: maxReason},
				messageml.Button{Name: ButtonApprove, Label: "Approve", Class: messageml.Primary},
				messageml.Button{Name: ButtonReject, Label: "Reject", Class: messageml.Secondary},
			),
		},
		Approval: &a.Card,
	}
}

// markChanges marks the lines that were not there before, and adds those that are gone.
func markChanges(before, now []string) []string {
	if len(before) == 0 {
		return now
	}
	var marked []string
	for _, line := range now {
		if !slices.Contains(before, line) {
			line = "New: " + line
		}
		marked = append(marked, line)
	}
	for _, line := range before {
		if !slices.Contains(now, line) {
			marked = append(marked, "No more: "+line)
		}
	}
	return marked
}

// EndedCard takes the place of a card once somebody has decided, or nobody can any more. The lines
// are those of the card: what was decided about.
func (a Approval) EndedCard(s ApprovalState, room string, lines []string) Reply {
	if s.Outcome == ApprovalWithdrawn {
		s.By = a.From.Name
	}
	about := a.From.Name + "'s room “" + room + "” (request " + string(a.Request) + "): "
	reply := textReply(CodePutOff, about+s.String())
	if len(lines) > 0 {
		reply.Body = append(reply.Body, messageml.List(listLabelled(lines)...))
	}
	return reply
}

// listLabelled lists lines that begin with what they tell of, such as "Name: Q2".
func listLabelled(lines []string) (items []messageml.Item) {
	for _, line := range lines {
		label, text, _ := strings.Cut(line, ": ")
		items = append(items, messageml.Item{messageml.Bold(messageml.Text(label + ": ")), messageml.Text(text)})
	}
	return items
}

// String says what has become of an approval.
func (s ApprovalState) String() string {
	var text string
	switch s.Outcome {
	case ApprovalOpen:
		return "nobody has decided yet."
	case Approved:
		text = "approved by " + s.By
	case ApprovalRejected:
		text = "rejected by " + s.By
	case ApprovalExpired:
		return "nobody has decided in time."
	case ApprovalWithdrawn:
		text = "withdrawn by " + cmp.Or(s.By, "who asked for it")
	case ApprovalUnreached:
		return "nobody who may approve it could be asked."
	case ApprovalReplaced:
		return "replaced by a newer version of the message."
	default:
		return s.describeEnd()
	}
	text += " on " + formatTime(s.At)
	if s.Reason != "" {
		text += ": “" + s.Reason + "”"
	}
	return text + "."
}

// describeEnd says why an approval has ended without an answer.
func (s ApprovalState) describeEnd() string {
	switch s.Cause {
	case causeNotNeeded:
		return "nobody has to approve it any more, by the policy as it is now, and it goes on without."
	case causeAskedAnew:
		return "it is asked about anew, since what would be done, or who is asked, has changed."
	case causeRefused:
		return "it was refused before anybody had decided."
	}
	return "it has ended already."
}

// WhomAsked is who was asked to approve a request, as its requester reads it.
type WhomAsked struct {
	Names    []string // none where others could read them
	InRoom   bool     // the card is in a room
	IsListed bool     // /approvals tells the requester
}

func (w WhomAsked) String() string {
	names := strings.Join(shortenList(w.Names), ", ")
	switch {
	case names != "" && w.InRoom:
		return "in a room (" + names + " may approve it)"
	case names != "":
		return names
	case w.IsListed:
		return "those who may approve it (/approvals tells you whom)"
	}
	return "those who may approve it"
}

// TellAsked is the first answer to a request that somebody has to approve. Who that is stays unsaid
// where others could read it.
func TellAsked(s Subject, job string, asked WhomAsked, until time.Time, why WhyAgain) Reply {
	whom := asked.String()
	text := "⏳ " + s.String() + " needs an approval. "
	switch why {
	case "":
		text += "I have asked " + whom
	case ApproversChanged:
		text += "Who may approve it has changed: I have asked " + whom
	default:
		text += "I have asked " + whom + " again, since " + string(why)
	}
	reply := openReply(CodePutOff, text+". Nothing is created before that. Without an answer it ends on "+formatTime(until)+". I report here.")
	reply.Offers = []Offer{withdrawOffer(job)}
	return reply
}

// withdrawOffer stops a request that waits.
func withdrawOffer(job string) Offer { return Offer{Label: "Withdraw", Act: ActStop, Job: job} }

// NotApproved refuses a request that nobody has approved.
func NotApproved(s ApprovalState, contact string, asked syntax.Message) *Refusal {
	r := &Refusal{Code: "not-approved", Private: true, Offers: offersLater(asked)}
	for i := range r.Offers {
		if !r.Offers[i].Edit {
			r.Offers[i].Label = "Ask again"
		}
	}
	switch s.Outcome {
	case ApprovalRejected:
		r.Message = s.By + " has not approved this"
		if s.Reason != "" {
			r.Message += ": “" + s.Reason + "”"
		}
		r.Message += "." + nothingCreated
		r.Next = "Talk to them, or change it and send it again."
	case ApprovalExpired:
		r.Message = "Nobody has approved this in time." + nothingCreated
		r.Next = "Send it again, or talk to those who may approve it: /why says which rule that is."
	case ApprovalUnreached:
		r.Message = "This needs an approval, and nobody who may give it can be asked now." + nothingCreated
		if s.Waited {
			r.Message = "Nobody whom I have asked may approve this any more, and there is nobody else who may." + nothingCreated
		}
		r.Next = "Ask " + contact + "."
	case ApprovalReplaced:
		r.Message = "You have sent a newer version of this, which takes its place." + nothingCreated
		r.Next = "My answer to the newer one says how it goes on."
		r.Offers, r.Final = []Offer{approvalsOffer()}, true
	default:
		r.Message = "This was not approved." + nothingCreated
		r.Next = "Send it again."
	}
	return r
}

// ApprovalsFull refuses a request since as many wait for an approval as may.
func ApprovalsFull(own int, asked syntax.Message) *Refusal {
	return &Refusal{
		Code: "approvals-full", Private: true, Offers: offersLater(asked),
		Message: fmt.Sprintf("This needs an approval, and %d of your requests, or too many in all, wait for one already.", own) + nothingCreated,
		Next:    "Withdraw one of them, or wait: /approvals lists them.",
	}
}

// TooManyChanges refuses a request that changed between each approval and what it would do then.
func TooManyChanges(asked syntax.Message) *Refusal {
	return &Refusal{
		Code: "approval-changed", Private: true, Offers: offersLater(asked),
		Message: "What this would do has changed each time it was approved." + nothingCreated,
		Next:    "Send it again once its people, its groups and the policy stay as they are.",
	}
}

// AddApproval ends the answer to a request with who has approved it.
func AddApproval(reply Reply, s ApprovalState) Reply {
	line := messageml.Paragraph(messageml.SecondaryText(messageml.Text("✓ Approved by " + s.By + " on " + formatTime(s.At) + ".")))
	reply.Body = append(slices.Clip(reply.Body), line)
	return reply
}

// AddNoApproval ends the answer to a request that had waited for an approval, and needed none in
// the end.
func AddNoApproval(reply Reply) Reply {
	line := messageml.Paragraph(messageml.SecondaryText(messageml.Text("The policy wants no approval of it any more.")))
	reply.Body = append(slices.Clip(reply.Body), line)
	return reply
}

// AddEarlierVersionWaits ends the answer to an edited message with that an earlier version of it
// waits for an approval.
func AddEarlierVersionWaits(reply Reply, earlier RequestID) Reply {
	text := "Your message as it was (request " + string(earlier) + ") still waits for an approval. Withdraw is below my answer to it."
	reply.Body = append(slices.Clip(reply.Body), messageml.Paragraph(messageml.Text(text)))
	return reply
}

// RefusedAfterWait is the refusal of a request that had waited for an approval.
func RefusedAfterWait(r *Refusal) *Refusal {
	told := *r
	told.Message = "This waited for an approval, and the policy refuses it now. " + told.Message
	return &told
}

// AddNeedsApproval ends a preview with that somebody has to approve the request first.
func AddNeedsApproval(reply Reply, rule string) Reply {
	line := messageml.Paragraph(messageml.Text("Somebody has to approve it first (rule “" + rule + "”)."))
	reply.Body = append(slices.Clip(reply.Body), line)
	return reply
}

// ClickedApproval is what somebody has decided on a card, read from the stamp of the card, and
// whether the card is for one person.
func ClickedApproval(data string, values symphony.FormValues) (card ApprovalCard, outcome, reason string, err error) {
	e, ok := readStamp(data)
	if !ok || e.Approval == nil {
		return ApprovalCard{}, "", "", Expired()
	}
	switch values.Action() {
	case ButtonApprove:
		outcome = Approved
	case ButtonReject:
		outcome = ApprovalRejected
	default:
		return ApprovalCard{}, "", "", Expired()
	}
	reason = syntax.Truncate(strings.Join(strings.Fields(values.Text(fieldReason)), " "), maxReason)
	return *e.Approval, outcome, reason, nil
}

// ConfirmDecision is the answer to who has decided about a request.
func ConfirmDecision(outcome string, from string) Reply {
	reply := textReply(CodeDone, "✓ You have rejected it. Nothing is created, and "+from+" is told.")
	if outcome == Approved {
		reply = textReply(CodeDone, "✓ You have approved it. "+from+" reads what comes of it.")
	}
	reply.Private, reply.Unannounced = true, true // a card in a room says itself who has decided
	return reply
}

// DecidedAlready answers a click on a card about which somebody has decided before.
func DecidedAlready(s ApprovalState) *Refusal {
	return &Refusal{
		Code: "decided", Message: "Your click changes nothing: " + s.String(), Next: stillWaits, Final: true, Offers: []Offer{approvalsOffer()},
		Private: true, Unannounced: true,
	}
}

// MayNotDecide answers a click on a card by somebody who may not decide about the request.
func MayNotDecide(why string) *Refusal {
	return &Refusal{
		Code: "may-not-decide", Message: why + " Nothing was decided.", Next: stillWaits, Final: true, Offers: []Offer{approvalsOffer()},
		Private: true, Unannounced: true,
	}
}

const stillWaits = "What waits for you:"

// approvalsOffer shows what waits for somebody's approval.
func approvalsOffer() Offer {
	return Offer{Label: "What waits", Command: syntax.Message{Text: "/approvals"}}
}
