package soak

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"roombot/bot/approval"
	"roombot/bot/policy"
	"roombot/cmd/bot/trial"
	"roombot/symphony/sandbox/client"
)

// cardEnds are the words of a card about each end of its question.
func cardEnds(end approvalEntry) string {
	if end.Act == string(approval.Ended) {
		return map[approval.Cause]string{
			approval.NotNeeded: "nobody has to approve it any more", approval.AskedAnew: "it is asked about anew",
			approval.WasRefused: "it was refused before anybody had decided", "": "it has ended already",
		}[approval.Cause(end.Reason)]
	}
	return map[approval.Outcome]string{
		approval.Approved: "approved by ", approval.Rejected: "rejected by ", approval.Expired: "nobody has decided in time",
		approval.Withdrawn: "withdrawn by ", approval.Unreached: "could be asked", approval.Replaced: "replaced by a newer version",
	}[approval.Outcome(end.Act)]
}

// splitCards tells cards from answers: the latest version of each card, by the number of the
// request.
func splitCards(all []client.Message) (cards map[string][]client.Message, others []client.Message) {
	cards = map[string][]client.Message{}
	replaced := map[string]bool{}
	for _, m := range all {
		replaced[m.Replacing] = true
	}
	for _, m := range all {
		request, _, _, isCard := cardOf(m)
		switch {
		case !isCard:
			others = append(others, m)
		case !replaced[m.ID]:
			cards[request] = append(cards[request], m)
		}
	}
	return cards, others
}

// checkCards compares the cards of a request with the record: each approver has one card at most of
// a question, and it says what has become of it, and by whom.
func (a *AuditResult) checkCards(e ending, cards []client.Message, g *Governance, names map[string]string) {
	h, _ := historyOf(e.record.approvals)
	seen := map[string]bool{}
	for _, m := range cards {
		_, n, who, _ := cardOf(m)
		key := fmt.Sprint(n, "/", who)
		if seen[key] {
			a.addFinding(e.request, fmt.Sprintf("two cards of question %d for user %d", n, who))
		}
		seen[key] = true
		a.Cards++
		if !slices.Contains(h.asked[n].Approvers, who) {
			a.addFinding(e.request, fmt.Sprintf("a card of question %d for user %d, who was not asked", n, who))
		}
		end, ended := h.ended[n]
		words := cardEnds(end)
		if at := approval.Outcome(end.Act); at == approval.Approved || at == approval.Rejected {
			words += names[g.usernameOf(end.Actor)]
		}
		switch {
		case len(m.Forms) > 0:
			a.OpenCards++
			a.addFinding(e.request, fmt.Sprintf("the card of question %d for user %d has its buttons still", n, who))
		case ended && !strings.Contains(m.Text, words):
			a.addFinding(e.request, fmt.Sprintf("the card of question %d, which was %s, says: %s", n, end.Act, firstLine(m.Text)))
		}
	}
}

// usernameOf is the username of an account; empty for an unknown one.
func (g *Governance) usernameOf(id int64) string {
	for name, known := range g.People {
		if known == id {
			return name
		}
	}
	return ""
}

// clickOf are the clicks of somebody that have done something of a kind.
type clickOf struct {
	who  string
	kind clickKind
}

// checkClicks takes the answers to clicks out of what was said: each click has one at most, and as
// many say that it has decided as the record has decisions of that person.
func (a *AuditResult) checkClicks(g *Governance, endings []ending, said map[string][]client.Message, known map[string]bool) {
	if g == nil {
		return
	}
	a.Clicks = len(g.Clicks) + len(g.GrantClicks)
	left, told := map[string]int{}, map[clickOf]int{}
	for _, c := range slices.Concat(g.Clicks, g.GrantClicks) {
		left[c.As]++
	}
	for _, request := range slices.Sorted(maps.Keys(said)) {
		if request == "" || known[request] {
			continue
		}
		answers := withoutPointers(said[request])
		who := g.usernameOf(trial.ReadStamp(answers[0]).For)
		if left[who] == 0 {
			continue
		}
		left[who]--
		known[request] = true
		if len(answers) != 1 {
			a.Findings = append(a.Findings, Finding{Request: request, Command: who + " clicked", What: fmt.Sprintf("%d answers to a click", len(answers))})
		}
		if kind := kindOfClickAnswer(answers[0]); kind != "" {
			told[clickOf{who, kind}]++
		}
	}
	for _, e := range endings {
		for _, x := range e.record.approvals {
			if x.Act == string(approval.Approved) || x.Act == string(approval.Rejected) {
				told[clickOf{g.usernameOf(x.Actor), clickApproval}]--
			}
		}
	}
	g.countGrantClicks(told)
	for of, more := range told {
		if more != 0 {
			a.addFault("%s was told of %+d %s more than the record has", of.who, more, of.kind)
		}
	}
}

// checkRejection checks that who reads that a request is rejected reads by whom, and why.
func (a *AuditResult) checkRejection(e ending, answer client.Message, g *Governance, names map[string]string) {
	h, _ := historyOf(e.record.approvals)
	if e.refusal != policy.Approve || e.withdrawn || h.outcome() != approval.Rejected {
		return
	}
	by := names[g.usernameOf(h.ended[h.last].Actor)]
	if !strings.Contains(answer.Text, by) || !strings.Contains(answer.Text, rejection) {
		a.Wrong++
		a.addFinding(e.request, "does not say who has rejected it, and why: "+firstLine(answer.Text))
	}
}
