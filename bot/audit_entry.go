package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/rs/zerolog"

	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony"
)

// The audit record tells of each request that writes, and of each that the policy has refused:
// which decision counted, what was done, and that it was answered. Its entries are stored in
// transactions that there are anyway. That of a decision stands before the first write: it is on
// disk before anything is done.

// The bodies of entries are a stored format: fields are added, none is renamed.
type (
	decisionBody struct {
		Command string            `json:"command"`
		Outcome policy.Outcome    `json:"outcome"`
		Rule    string            `json:"rule,omitempty"`
		Line    int               `json:"line,omitempty"`
		Denial  policy.Denial     `json:"denial,omitempty"`
		Grant   int64             `json:"grant,omitempty"`   // that admits, where no rule does
		Granted *grantedBody      `json:"granted,omitempty"` // whose decision that was; none in entries of earlier versions
		Nearest string            `json:"nearest,omitempty"` // the allow rule that came closest, where none admits
		Version string            `json:"version,omitempty"` // of the policy
		Chat    symphony.StreamID `json:"chat,omitempty"`
		// Approval is of a request that had to be approved, and was.
		Approval *approvedBody `json:"approval,omitempty"`
		// Checks are the conditions, in entries of earlier versions. They name people, and whom a rule
		// is for, and stand among the facts now.
		Checks []decisionCheck `json:"checks,omitempty"`
	}
	// approvedBody says which approval of the request counts, and who has given it.
	approvedBody struct {
		N  int             `json:"n"`
		By symphony.UserID `json:"by"`
		// Hash is of what is done; none in entries of earlier versions.
		Hash string `json:"hash,omitempty"`
	}
	decisionCheck struct {
		Key  string `json:"key,omitempty"` // see policy.Check
		What string `json:"what"`
		OK   bool   `json:"ok"`
		Open bool   `json:"open,omitempty"`
	}
	// decisionFacts are what is personal beside a decision.
	decisionFacts struct {
		From  commands.Person `json:"from"`
		Chat  string          `json:"chat,omitempty"` // its name
		Typed string          `json:"typed,omitempty"`
		// GrantedBy has made the grant that admits. The number is there for bot forget.
		GrantedBy *commands.Person `json:"grantedBy,omitempty"`
		// Checks are the conditions, and how each was found. In entries of earlier versions those of a
		// refusal are in the body.
		Checks []decisionCheck `json:"checks,omitempty"`
		// Why says in words why a decision does not allow it.
		Why string `json:"why,omitempty"`
		// Asked is what the policy was asked; nil for a decision of an earlier version.
		Asked *askedFacts `json:"asked,omitempty"`
	}
	roomBody struct {
		Act string `json:"act"` // opened, renamed or closed
	}
	memberBody struct {
		Added  []symphony.UserID `json:"added,omitempty"`
		Owners []symphony.UserID `json:"owners,omitempty"` // made owners
		Absent []absentBody      `json:"absent,omitempty"` // not added, or not made owners
		// Invited are people of other companies who were asked to come in. Another entry tells whether
		// they did.
		Invited []symphony.UserID `json:"invited,omitempty"`
	}
	absentBody struct {
		User  symphony.UserID `json:"user"`
		Cause commands.Cause  `json:"cause"`
	}
	answerBody struct {
		Outcome string       `json:"outcome"`          // none where the request ends without an answer
		Reason  ignoreReason `json:"reason,omitempty"` // why
		Untold  bool         `json:"untold,omitempty"` // Symphony let nobody tell the user
	}
)

// addEntry has an entry about the request stored with the next write.
func (a *attempt) addEntry(ctx context.Context, e audit.Entry, facts *audit.Facts) {
	e.Actor = int64(a.request.From.ID)
	a.AddEntry(ctx, e, facts)
}

// addRoomEntry adds an entry about a room, after one about the decision.
func (a *attempt) addRoomEntry(ctx context.Context, part, act string, room symphony.StreamID) {
	a.addMissingDecision(ctx)
	e := audit.New(audit.Room, string(a.id), part, roomBody{Act: act})
	e.Room = string(room)
	a.addEntry(ctx, e, nil)
}

// addMemberEntry adds an entry about the accounts of a step: one of owners where nobody was to be
// added.
func (a *attempt) addMemberEntry(ctx context.Context, room symphony.StreamID, step string, members []commands.AuditedMember) {
	kind := audit.Owner
	var body memberBody
	for _, m := range members {
		if !m.IsMember {
			kind = audit.Member
		}
		if m.IsAdded() {
			body.Added = append(body.Added, m.ID)
		}
		if m.Owner {
			body.Owners = append(body.Owners, m.ID)
		}
		switch m.Cause {
		case "":
		case commands.CauseInvited:
			body.Invited = append(body.Invited, m.ID)
		default:
			body.Absent = append(body.Absent, absentBody{m.ID, m.Cause})
		}
	}
	if len(members) == 0 {
		return
	}
	if step == commands.StepEnd { // of one series; another one may have another end
		step = a.inSeries(step)
	}
	e := audit.New(kind, string(a.id), "member/"+step, body)
	e.Room = string(room)
	a.addEntry(ctx, e, nil)
}

// noOutcome is the outcome of a request that ends without an answer.
const noOutcome = "none"

// addAnswerEntry adds an entry about the end of a request whose decision is in the record.
func (a *attempt) addAnswerEntry(ctx context.Context, body answerBody, room symphony.StreamID) error {
	recorded, err := a.hasDecisionEntry()
	if err != nil || !recorded {
		return err
	}
	e := audit.New(audit.Answer, string(a.id), a.inSeries("answer"), body)
	e.Room = string(room)
	a.addEntry(ctx, e, nil)
	return nil
}

// decisionOf is the body for what a version of the policy has decided.
func (a *attempt) decisionOf(command, version string, d policy.Decision) decisionBody {
	body := decisionBody{
		Command: command, Outcome: d.Outcome(), Rule: d.Rule, Line: d.Line, Denial: d.Denial, Nearest: d.Nearest, Grant: d.Grant,
		Chat: a.request.Stream, Version: version,
	}
	if d.Grant != 0 && a.granted != nil {
		body.Granted = grantedOf(*a.granted)
	}
	return body
}

func checksOf(d policy.Decision) (all []decisionCheck) {
	for _, c := range d.Checks {
		all = append(all, decisionCheck(c))
	}
	return all
}

// keepPlannedDecision keeps the decision by which the request was planned. It has an entry only if
// the one that counts is another.
func (a *attempt) keepPlannedDecision(ctx context.Context) error {
	return a.Attempt.Do(ctx, stepDecided, nil, func(context.Context) (any, error) { return a.decided, nil })
}

// addDecisionEntry adds an entry about the decision, unless the last one says the same.
func (a *attempt) addDecisionEntry(ctx context.Context, decided json.RawMessage) error {
	if decided == nil {
		return nil
	}
	var last json.RawMessage
	n := 0
	for ; ; n++ {
		known, err := a.Result(stepDecision(n+1), &last)
		if err != nil {
			return err
		}
		if !known {
			break
		}
	}
	if n == 0 {
		planned, err := a.Result(stepDecided, &last)
		if err != nil {
			return err
		}
		if planned && !bytes.Equal(last, decided) {
			n++
			if err := a.addNthDecision(ctx, n, last); err != nil {
				return err
			}
		}
	} else if bytes.Equal(last, decided) {
		return nil
	}
	return a.addNthDecision(ctx, n+1, decided)
}

func (a *attempt) addNthDecision(ctx context.Context, n int, decided json.RawMessage) error {
	return a.Attempt.Do(ctx, stepDecision(n), nil, func(ctx context.Context) (any, error) {
		told := decisionFacts{From: a.request.From, Chat: a.request.Name, Typed: a.said.Text}
		if bytes.Equal(decided, a.decided) {
			told.Checks, told.Why, told.Asked = a.checks, a.refused.WhyForUser(), a.askedFacts()
			told.GrantedBy = a.grantor(ctx)
		}
		e, facts := audit.New(audit.Decision, string(a.id), stepDecision(n), decided).WithFacts(told)
		a.addEntry(ctx, e, &facts)
		a.bot.metrics.countDecision(decided)
		return decided, nil
	})
}

func (a *attempt) hasDecisionEntry() (bool, error) {
	return a.Result(stepDecision(1), new(json.RawMessage))
}

// decidingVersion is the version of the policy by which the request was decided last; empty where
// it was not, and for a store that was set back.
func (a *attempt) decidingVersion() string { return a.lastDecision().Version }

// lastDecision is what was decided last about the request, in this attempt or an earlier one; zero
// where nothing was, and for a store that was set back.
func (a *attempt) lastDecision() (body decisionBody) {
	decided := a.decided
	for n := 1; a.decided == nil; n++ {
		if known, err := a.Result(stepDecision(n), &decided); err != nil || !known {
			break
		}
	}
	if decided == nil {
		_, _ = a.Result(stepDecided, &decided) // an answer without it is as true
	}
	_ = json.Unmarshal(decided, &body) // nil, or written by the bot
	return body
}

// addMissingDecision adds the decision of a room that was found: it was opened by an attempt whose
// entries this store does not have, since it was set back.
func (a *attempt) addMissingDecision(ctx context.Context) {
	if recorded, err := a.hasDecisionEntry(); err != nil || recorded {
		return
	}
	decided := a.decided
	if _, err := a.Result(stepDecided, &decided); err != nil || decided == nil {
		return
	}
	if err := a.addDecisionEntry(ctx, decided); err != nil {
		zerolog.Ctx(ctx).Error().Err(err).Msg("decision could not be added to the audit record")
	}
}

// addUndoEntry adds the decision about a click on Undo, which needs no rule.
func (a *attempt) addUndoEntry(ctx context.Context) error {
	decided, err := json.Marshal(a.decisionOf(commands.ButtonUndo, a.bot.rules.now().Version(), policy.Decision{Allowed: true}))
	if err != nil {
		return err
	}
	return a.addDecisionEntry(ctx, decided)
}

// addLimitEntry adds an entry about a decision that a limit has taken back, of the rule or of the
// configuration.
func (a *attempt) addLimitEntry(ctx context.Context, reached engine.Quota) error {
	check := policy.LimitCheck(reached.Limit, reached.Span)
	checks := slices.DeleteFunc(slices.Clone(a.checks), func(c decisionCheck) bool { return policy.Check(c).IsOfLimit(check) })
	a.refused = policy.Decision{Denial: policy.LimitReached}
	a.decision.allowed = false
	a.auditDecision(ctx)
	return a.takeDecisionBack(ctx, policy.Limit, policy.LimitReached, append(checks, decisionCheck(check)))
}

// takeDecisionBack adds an entry about a decision that could not be carried out; checks are its
// conditions then.
func (a *attempt) takeDecisionBack(ctx context.Context, outcome policy.Outcome, denial policy.Denial, checks []decisionCheck) error {
	var body decisionBody
	if err := json.Unmarshal(a.decided, &body); err != nil {
		return err
	}
	body.Outcome, body.Denial, a.checks = outcome, denial, checks
	decided, err := json.Marshal(body)
	if err != nil {
		return err
	}
	a.decided = decided
	return a.addDecisionEntry(ctx, decided)
}
