package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony"
)

// PastDecision is a decision of the policy, as the audit record has it.
type PastDecision struct {
	policy.Past
	Version  string // of the policy
	Chat     symphony.StreamID
	ChatName string
	Typed    string
	Decision policy.Decision
	// ApprovedBy is who has approved the request, 0 for nobody.
	ApprovedBy symphony.UserID
	// Granted is the grant that admits, nil where none does or it is not known who has made it.
	Granted *commands.StoryGrant
	// IsWhole is false where the facts were erased, or are of a version that did not keep them.
	IsWhole bool
}

// ReadDecision reads an entry about a decision.
func ReadDecision(s engine.StoredEntry) (d PastDecision, err error) {
	var body decisionBody
	if err := json.Unmarshal(s.Body, &body); err != nil {
		return PastDecision{}, err
	}
	var facts decisionFacts
	if s.Facts != nil {
		if err := json.Unmarshal(s.Facts.Text, &facts); err != nil {
			return PastDecision{}, err
		}
	}
	d = PastDecision{Version: body.Version, Chat: body.Chat, ChatName: facts.Chat, Typed: facts.Typed, IsWhole: facts.Asked != nil}
	d.Past = policy.Past{
		Request: s.Request, At: s.At, User: s.Actor, Name: facts.From.Name, Command: body.Command, Outcome: body.Outcome, Rule: body.Rule,
	}
	d.Decision = policy.Decision{
		Allowed: body.Outcome == policy.Allow, Rule: body.Rule, Line: body.Line, Denial: body.Denial, Reason: facts.Why,
		Nearest: body.Nearest, Grant: body.Grant,
	}
	if body.Approval != nil {
		d.ApprovedBy = body.Approval.By
	}
	d.Granted = newStoryGrant(body.Grant, body.Granted)
	if d.Granted != nil && facts.GrantedBy != nil && facts.GrantedBy.ID == d.Granted.By.ID {
		d.Granted.By = *facts.GrantedBy
	}
	for _, c := range append(body.Checks, facts.Checks...) {
		d.Decision.Checks = append(d.Decision.Checks, policy.Check(c))
	}
	d.Decision.NextWithin = policy.LimitSpan(d.Decision.Checks)
	if facts.Asked != nil {
		d.Query = facts.Asked.query(s.Actor, body, facts.Chat)
	}
	return d, nil
}

// ReadApproval reads an entry about an approval: what had become of it then. It is not told by an
// entry about a click that has decided nothing.
func ReadApproval(s engine.StoredEntry) (state commands.ApprovalState, isTold bool, err error) {
	body, facts, err := readApprovalEntry(s)
	switch {
	case err != nil, body.Act == actClicked, body.Act == commands.ApprovalNotReached:
		return commands.ApprovalState{}, false, err
	case body.isQuestion():
		return commands.ApprovalState{Outcome: commands.ApprovalOpen, At: s.At}, true, nil
	case facts.By == "": // erased
		facts.By = fmt.Sprintf("user %d", s.Actor)
	}
	return commands.ApprovalState{Outcome: body.Act, Cause: body.Reason, By: facts.By, At: s.At, Reason: facts.Reason}, true, nil
}

func readApprovalEntry(s engine.StoredEntry) (body approvalBody, facts approvalFacts, err error) {
	if err = json.Unmarshal(s.Body, &body); err == nil && s.Facts != nil {
		err = json.Unmarshal(s.Facts.Text, &facts)
	}
	return body, facts, err
}

// isQuestion reports whether the entry is about a question, and not about its answer.
func (b approvalBody) isQuestion() bool { return b.Act == actAsked || b.Act == actAskedAlso }

// query is what the policy was asked, for one whose names are not resolved.
func (f askedFacts) query(user int64, body decisionBody, chatName string) policy.Query {
	q := policy.Query{User: f.subject(), Command: body.Command, Plan: f.Plan.plan(), Where: policy.Place{Kind: policy.IM}}
	q.User.ID, q.User.Company = user, symphony.UserID(user).Tenant()
	if f.Room {
		q.Where = policy.Place{Kind: policy.Room, StreamID: string(body.Chat), RoomName: chatName}
	}
	return q
}

// EntryLister lists the audit record: an engine, or an inspector.
type EntryLister interface {
	ListEntries(ctx context.Context, f engine.EntryFilter, each func(engine.StoredEntry) error) error
}

// The replay looks back so far, at so many requests.
const (
	replayReach = 30 * 24 * time.Hour
	replayMost  = 5000
)

// PastRequests are the requests of the last 30 days with the decision that counted, the newest
// first, 5,000 at most. Used counts the rooms that the person had opened by then.
func PastRequests(ctx context.Context, record EntryLister, now time.Time) ([]PastDecision, error) {
	r := pastReader{since: now.Add(-replayReach), places: map[string]int{}, rooms: map[int64][]time.Time{}}
	const day = 24 * time.Hour // whose rooms count against limits of the first decision
	err := record.ListEntries(ctx, engine.EntryFilter{Since: r.since.Add(-day)}, r.add)
	if err != nil {
		return nil, err
	}
	all := r.all[max(len(r.all)-replayMost, 0):]
	slices.Reverse(all)
	return all, nil
}

// pastReader gathers decisions while the record is read.
type pastReader struct {
	since  time.Time
	all    []PastDecision
	places map[string]int        // in all, by the request
	rooms  map[int64][]time.Time // when they were opened, by who asked
}

func (r *pastReader) add(s engine.StoredEntry) error {
	if s.Kind == audit.Room && s.Part == "room" {
		r.rooms[s.Actor] = append(r.rooms[s.Actor], s.At)
	}
	if s.Kind != audit.Decision || s.At.Before(r.since) {
		return nil
	}
	d, err := ReadDecision(s)
	if err != nil || d.Command == commands.ButtonUndo { // of a later version, or no decision of rules
		return nil
	}
	d.Query.Used = r.usedBefore(s.Actor, s.At)
	if i, known := r.places[s.Request]; known {
		r.all[i] = d
		return nil
	}
	if len(r.all) >= 2*replayMost {
		r.forgetOldest()
	}
	r.places[s.Request] = len(r.all)
	r.all = append(r.all, d)
	return nil
}

func (r *pastReader) forgetOldest() {
	r.all = slices.Delete(r.all, 0, replayMost)
	clear(r.places)
	for i, d := range r.all {
		r.places[d.Request] = i
	}
}

func (r *pastReader) usedBefore(user int64, at time.Time) *policy.Used {
	used := new(policy.Used)
	for _, opened := range slices.Backward(r.rooms[user]) {
		switch ago := at.Sub(opened); {
		case ago >= 24*time.Hour:
			return used
		case ago < time.Hour:
			used.Hour++
			used.Day++
		default:
			used.Day++
		}
	}
	return used
}
