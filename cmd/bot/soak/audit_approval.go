package soak

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"roombot/bot/approval"
	"roombot/bot/audit"
	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// mostAsked is how often a request is asked about at most, and approvalChanged how one is answered
// for which that is not enough.
const (
	mostAsked       = 5
	approvalChanged = "approval-changed"
)

// actAsked is the act of an entry of the record about a question, and actAskedAlso that of people
// who are asked it later; any other one is its end.
const (
	actAsked     = "asked"
	actAskedAlso = "asked-also"
	actClicked   = "clicked" // and nothing was decided by it
)

// approvalEntry is an entry of the record about a question to those who may approve a request, or
// about its end.
type approvalEntry struct {
	At    time.Time `json:"-"`
	Actor int64     `json:"-"`
	Act   string
	N     int

	Reason              string // why it has ended without an answer
	Rule, Version, Hash string
	Approvers           []int64
	First               []int64 `json:"-"` // of Approvers, those who were asked at once
}

func readApproval(e audit.Entry) approvalEntry {
	var a approvalEntry
	_ = json.Unmarshal(e.Body, &a) // one that cannot be read is of no act
	a.At, a.Actor = e.At, e.Actor
	return a
}

// approvedBy is which approval a decision rests on.
type approvedBy struct {
	N    int
	By   int64
	Hash string
}

// clockStep is by how much times of the store and of the record may differ that are of one moment.
const clockStep = time.Millisecond

// approvalHistory is what the record says of the questions about one request.
type approvalHistory struct {
	asked, ended map[int]approvalEntry
	last         int // number of the last question; 0 for none
}

// outcome is what has become of the last question; empty without one.
func (h approvalHistory) outcome() approval.Outcome { return approval.Outcome(h.ended[h.last].Act) }

// historyOf tells what is wrong with the order of the entries: each question is asked once, and
// ends once after that.
func historyOf(entries []approvalEntry) (h approvalHistory, wrong []string) {
	h = approvalHistory{asked: map[int]approvalEntry{}, ended: map[int]approvalEntry{}}
	for _, x := range entries {
		_, asked := h.asked[x.N]
		_, ended := h.ended[x.N]
		switch {
		case asked && (x.Act == actClicked || x.Act == commands.ApprovalNotReached):
		case x.Act == actAsked && asked:
			wrong = append(wrong, fmt.Sprintf("question %d was asked twice", x.N))
		case x.Act == actAsked:
			x.First = x.Approvers
			h.asked[x.N], h.last = x, max(h.last, x.N)
		case !asked:
			wrong = append(wrong, fmt.Sprintf("question %d has ended before it was asked", x.N))
		case x.Act == actAskedAlso && !ended:
			h.addAlso(x)
		case ended:
			wrong = append(wrong, fmt.Sprintf("question %d has two ends: %s, %s", x.N, h.ended[x.N].Act, x.Act))
		default:
			h.ended[x.N] = x
		}
	}
	for n := range h.asked {
		if _, ended := h.ended[n]; !ended {
			wrong = append(wrong, fmt.Sprintf("question %d has no end", n))
		}
	}
	return h, wrong
}

// needsAnother reports whether the rules want another approval after the one that was given last:
// what would be done has changed once more.
func (h approvalHistory) needsAnother(record *recordOfRequest) bool {
	if h.outcome() != approval.Approved || len(record.decided) == 0 {
		return false
	}
	last := record.decided[len(record.decided)-1]
	return last.Outcome == policy.Approve && last.At.After(h.ended[h.last].At)
}

// addAlso adds people who were asked later to those of their question.
func (h *approvalHistory) addAlso(x approvalEntry) {
	first := h.asked[x.N]
	first.Approvers = append(slices.Clip(first.Approvers), x.Approvers...)
	h.asked[x.N] = first
}

// hasWithdrawn reports whether who has made a request has clicked to withdraw it.
func (g *Governance) hasWithdrawn(c *Request) bool {
	return slices.ContainsFunc(g.Clicks, func(k Click) bool { return k.Request == c.Number && k.Button == withdrawButton })
}

// checkAllApprovals compares questions, cards and answers with each other and with the policy.
func (a *AuditResult) checkAllApprovals(endings []ending, cards, said map[string][]client.Message, w Outcome) {
	a.countQuestions(endings)
	for _, e := range endings {
		for _, what := range w.Governance.checkApprovals(e) {
			a.addFinding(e.request, what)
		}
		a.checkCards(e, cards[e.request.Number], w.Governance, w.Names)
		delete(cards, e.request.Number)
		if answers := withoutPointers(said[e.request.Number]); len(answers) == 1 {
			a.checkRejection(e, answers[0], w.Governance, w.Names)
		}
	}
	for _, of := range cards {
		a.Stray += len(of)
	}
	a.checkQuestions(endings, w.Record.Questions)
}

// checkApprovals tells what is wrong with the approvals of a request.
func (g *Governance) checkApprovals(e ending) (wrong []string) {
	h, wrong := historyOf(e.record.approvals)
	for n, x := range h.asked {
		wrong = append(wrong, g.checkAsked(e, x)...)
		if end, ended := h.ended[n]; ended {
			wrong = append(wrong, g.checkEnd(e, x, end)...)
		}
	}
	for _, d := range e.record.decided {
		wrong = append(wrong, g.checkApprovedDecision(e, h, d)...)
	}
	outcome := h.outcome()
	switch {
	case e.refusal != policy.Approve:
	case len(h.asked) == mostAsked && (outcome == approval.Ended || h.needsAnother(e.record)): // asked about again and again
	case e.withdrawn && slices.Contains([]approval.Outcome{approval.Expired, approval.Rejected, approval.Ended}, outcome):
		// who has asked stopped it before that was told
	case e.withdrawn && outcome != approval.Withdrawn && outcome != approval.Approved:
		wrong = append(wrong, fmt.Sprintf("said to be withdrawn, and was %q", outcome))
	case !e.withdrawn && outcome != approval.Rejected && outcome != approval.Expired && outcome != approval.Unreached:
		wrong = append(wrong, fmt.Sprintf("said to be not approved, and was %q", outcome))
	}
	if e.room != nil && slices.Contains([]approval.Outcome{approval.Rejected, approval.Expired, approval.Withdrawn, approval.Unreached}, outcome) {
		wrong = append(wrong, fmt.Sprintf("a room, although it was %s", outcome))
	}
	return wrong
}

// checkAsked tells what is wrong with a question: the rules in force want an approval, by those who
// were asked, and not by who has asked for the room.
func (g *Governance) checkAsked(e ending, x approvalEntry) (wrong []string) {
	rules := g.rulesAt(x.Version, e.request.Sent, x.At)
	if rules == nil {
		return []string{fmt.Sprintf("question %d is by version %s, which was not in force", x.N, x.Version)}
	}
	r := rules.rulingFor(e.request)
	if r.approvers == nil || r.rule != x.Rule {
		wrong = append(wrong, fmt.Sprintf("question %d by rule %q of version %s, which says %q", x.N, x.Rule, x.Version, r.rule))
	}
	var expected []int64
	for _, name := range r.approvers {
		if id := g.People[name]; id != 0 && name != e.request.As {
			expected = append(expected, id)
		}
	}
	slices.Sort(expected)
	if got := slices.Sorted(slices.Values(x.First)); !slices.Equal(got, expected) {
		wrong = append(wrong, fmt.Sprintf("question %d went to %v, not to %v", x.N, got, expected))
	}
	return wrong
}

// checkEnd tells what is wrong with the end of a question.
func (g *Governance) checkEnd(e ending, asked, end approvalEntry) (wrong []string) {
	add := func(ok bool, what string) {
		if !ok {
			wrong = append(wrong, fmt.Sprintf("question %d was %s, %s", end.N, end.Act, what))
		}
	}
	requester, until := g.People[e.request.As], asked.At.Add(approvalTime)
	add(end.Hash == asked.Hash && end.Hash != "", "for another plan than was asked about")
	add(end.Rule == asked.Rule, "by another rule than was asked about")
	button := map[approval.Outcome]string{
		approval.Approved: commands.ButtonApprove, approval.Rejected: commands.ButtonReject, approval.Withdrawn: withdrawButton,
	}[approval.Outcome(end.Act)]
	first, clicked := g.firstClick(end, e.request.Number, button)
	switch approval.Outcome(end.Act) {
	case approval.Approved, approval.Rejected:
		add(end.Actor != requester, "by who has asked for it")
		add(slices.Contains(asked.Approvers, end.Actor), "by somebody who was not asked")
		add(end.At.Before(until.Add(clockStep)), "when its time had passed")
		add(clicked, "and nobody has clicked so")
		add(!clicked || g.hadApprover(e.request, end, first), "by somebody who may not any more")
	case approval.Withdrawn:
		add(end.Actor == requester, "by somebody else")
		add(clicked, "and nobody has clicked so")
	case approval.Expired:
		// The entry about the question is stored some milliseconds after its time has begun.
		add(!end.At.Before(until.Add(-200*time.Millisecond)), "before its time had passed")
	case approval.Unreached:
		add(g.mayReachNobody(e.request, asked, end.At), "although somebody could be asked")
	case approval.Ended:
		add(g.mayNotAskSo(e.request, asked, end.At), "without a reason")
	default:
		add(false, "which is no end")
	}
	return wrong
}

// mayReachNobody reports whether nobody could be asked about a request, or by rules that came into
// force while it waited.
func (g *Governance) mayReachNobody(c *Request, asked approvalEntry, end time.Time) bool {
	if len(asked.Approvers) == 0 {
		return true
	}
	for _, p := range g.Periods {
		if p.From.After(end) || !p.Until.IsZero() && p.Until.Before(asked.At) {
			continue
		}
		r := p.Rules.rulingFor(c)
		isReached := func(name string) bool { return g.People[name] != 0 && name != c.As }
		if r.approvers != nil && !slices.ContainsFunc(r.approvers, isReached) {
			return true
		}
	}
	return false
}

// firstClick is when whoever has brought about the end of a question has first pressed the button,
// before it.
func (g *Governance) firstClick(end approvalEntry, request, button string) (at time.Time, found bool) {
	for _, c := range g.Clicks {
		isIt := c.Request == request && c.Button == button && (c.N == end.N || c.N == 0)
		if isIt && g.People[c.As] == end.Actor && !c.At.After(end.At) && (!found || c.At.Before(at)) {
			at, found = c.At, true
		}
	}
	return at, found
}

// mayNotAskSo reports whether rules that want no approval of a request, deny it, or want one by
// another rule, may have been in force between a question and its end.
func (g *Governance) mayNotAskSo(c *Request, asked approvalEntry, to time.Time) bool {
	return slices.ContainsFunc(g.Periods, func(p Period) bool {
		r := p.rulingFor(c)
		asksOtherwise := r.approvers == nil || r.rule != asked.Rule
		return asksOtherwise && !p.From.After(to) && (p.Until.IsZero() || !p.Until.Before(asked.At))
	})
}

// hadApprover reports whether who has decided was an approver by rules that may have been in force
// since the click.
func (g *Governance) hadApprover(c *Request, end approvalEntry, from time.Time) bool {
	for _, p := range g.Periods {
		if p.Approval == nil || p.Approval.Rule != end.Rule || p.From.After(end.At) || !p.Until.IsZero() && p.Until.Before(from) {
			continue
		}
		if slices.ContainsFunc(p.Approval.Approvers, func(name string) bool { return g.People[name] == end.Actor && name != c.As }) {
			return true
		}
	}
	return false
}

// checkApprovedDecision tells what is wrong with the approval of one decision: it has one where the
// rules want it, which was given for the same plan, before the decision.
func (g *Governance) checkApprovedDecision(e ending, h approvalHistory, d decidedEntry) (wrong []string) {
	rules := g.rulesAt(d.Version, e.request.Sent, d.At)
	if rules == nil {
		return nil // which checkDecisions notes
	}
	wanted := rules.rulingFor(e.request).approvers != nil
	said := fmt.Sprintf("decided %s by rule %q of version %s", d.Outcome, d.Rule, d.Version)
	switch {
	case d.Outcome == policy.Approve && !wanted:
		return []string{said + ", which wants no approval"}
	case d.Outcome != policy.Allow:
		return nil
	case wanted != (d.Approval != nil):
		return []string{fmt.Sprintf("%s with an approval: %v, wanted: %v", said, d.Approval != nil, wanted)}
	case !wanted:
		return nil
	}
	end := h.ended[d.Approval.N]
	switch {
	case end.Act != string(approval.Approved):
		return []string{said + ", and nobody has approved it"}
	case end.Actor != d.Approval.By, end.Rule != d.Rule:
		return []string{said + " on another approval"}
	case end.Hash != d.Approval.Hash:
		return []string{said + " for another plan than was approved"}
	case end.At.After(d.At.Add(clockStep)):
		return []string{said + " before it was approved"}
	}
	return nil
}
