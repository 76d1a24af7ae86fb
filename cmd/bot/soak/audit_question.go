package soak

import (
	"fmt"
	"slices"
	"time"

	"roombot/bot/approval"
	"roombot/commands"
)

// Question is a question in a store.
type Question struct {
	Request      string // its number
	N            int
	Asked, Until time.Time
	Answered     time.Time // zero while it is open
	Text         approval.Asked
	Answer       approval.Answer
}

// checkQuestions compares the questions in the stores with the record.
func (a *AuditResult) checkQuestions(endings []ending, questions []Question) {
	told := 0
	for _, e := range endings {
		for _, x := range e.record.approvals {
			if x.Act != actAskedAlso && x.Act != actClicked && x.Act != commands.ApprovalNotReached {
				told++
			}
		}
	}
	for _, q := range questions {
		at := slices.IndexFunc(endings, func(e ending) bool { return e.request.Number == q.Request })
		if at < 0 {
			a.addFault("question %d of request %s, which nobody has made", q.N, q.Request)
			continue
		}
		h, _ := historyOf(endings[at].record.approvals)
		for _, what := range q.compare(h) {
			a.addFinding(endings[at].request, fmt.Sprintf("question %d in the store: %s", q.N, what))
		}
		told -= 2
	}
	if told > 0 {
		a.addFault("audit record: %d entries about questions that are not in the store", told)
	}
}

// compare tells where a question differs from what the record says about it.
func (q Question) compare(h approvalHistory) (wrong []string) {
	asked, end := h.asked[q.N], h.ended[q.N]
	by := q.Answer.By
	if by == 0 {
		by = q.Text.Requester // who withdraws it, or whose request it is
	}
	for what, ok := range map[string]bool{
		"nobody has answered it":                 !q.Answered.IsZero(),
		"asked about another plan":               q.Text.Hash == asked.Hash && q.Text.Rule == asked.Rule,
		"asked other people":                     slices.Equal(q.Text.Approvers, asked.Approvers),
		"ended otherwise, " + end.Act:            string(q.Answer.Outcome) == end.Act,
		"ended by somebody else":                 by == end.Actor,
		"not as long as the rule says":           q.Until.Sub(q.Asked).Round(time.Second) == approvalTime,
		"approved or rejected without any click": (q.Answer.By != 0) == (q.Answer.Click != ""),
	} {
		if !ok {
			wrong = append(wrong, what)
		}
	}
	return wrong
}

// countQuestions counts the questions by their ends.
func (a *AuditResult) countQuestions(endings []ending) {
	a.Questions = map[string]int{}
	for _, e := range endings {
		for _, x := range e.record.approvals {
			a.Questions[x.Act]++
		}
	}
}
