package soak

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"roombot/cmd/bot/trial"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// grantMessages are the messages about one request for access, of each the latest version.
type grantMessages struct {
	cards   map[int64][]client.Message // by user id
	told    []client.Message           // who has asked: what was decided
	ends    []client.Message           // that it ends soon
	revoked []client.Message           // that it was revoked
}

// The texts about the end of a grant.
var (
	grantEndsText    = regexp.MustCompile(`^Your grant (\d+) ends on `)
	grantRevokedText = regexp.MustCompile(` has revoked your grant (\d+)\.`)
)

// splitGrantMessages tells messages about grants from others.
func splitGrantMessages(all []client.Message) (about map[int64]*grantMessages, others []client.Message) {
	about = map[int64]*grantMessages{}
	replaced, first := map[string]bool{}, map[string]int64{}
	for _, m := range all {
		replaced[m.Replacing] = true
	}
	of := func(n int64) *grantMessages {
		if about[n] == nil {
			about[n] = &grantMessages{cards: map[int64][]client.Message{}}
		}
		return about[n]
	}
	for _, m := range all {
		part := trial.ReadStamp(m).Part
		switch {
		case !strings.HasPrefix(part, "grant"):
			others = append(others, m)
		case grantCardPart.MatchString(part):
			if n, who := cardOfGrant(m, first); !replaced[m.ID] {
				of(n).cards[who] = append(of(n).cards[who], m)
			}
		case part == "grant-told":
			x := of(numberIn(grantToldText, m.Text))
			x.told = append(x.told, m)
		case grantEndsText.MatchString(m.Text):
			x := of(numberIn(grantEndsText, m.Text))
			x.ends = append(x.ends, m)
		default:
			x := of(numberIn(grantRevokedText, m.Text))
			x.revoked = append(x.revoked, m)
		}
	}
	return about, others
}

// numberIn is the number of the grant in a text; 0 for none.
func numberIn(shape *regexp.Regexp, text string) int64 {
	found := shape.FindStringSubmatch(text)
	if found == nil {
		return 0
	}
	n, err := strconv.ParseInt(found[1], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// checkGrantMessages compares what people read of grants with the record.
func (a *AuditResult) checkGrantMessages(g *Governance, about map[int64]*grantMessages, names map[string]string) {
	for _, n := range slices.Sorted(maps.Keys(g.grants)) {
		x := about[n]
		if x == nil {
			x = &grantMessages{}
		}
		for _, what := range append(a.checkGrantCards(g, g.grants[n], x, names), g.checkGrantTold(g.grants[n], x, names)...) {
			a.addFault("grant %d: %s", n, what)
		}
		delete(about, n)
	}
	for n := range about {
		a.addFault("messages about grant %d, which there is not", n)
	}
}

// decisionWords are the words by which people read of a decision.
func (g *Governance) decisionWords(d *grantEntry, names map[string]string) string {
	by := names[g.usernameOf(d.Actor)]
	switch {
	case d.Act == actRefused:
		return "refused by " + by + " on "
	case d.Once:
		return "✓ allowed once by " + by + " on "
	}
	return "✓ allowed by " + by + " on "
}

// checkGrantCards tells what is wrong with the cards: each administrator has one, unless somebody
// has decided before it could be sent, and it says what was decided, and by whom.
func (a *AuditResult) checkGrantCards(g *Governance, h *grantHistory, x *grantMessages, names map[string]string) (wrong []string) {
	expected := map[int64]bool{}
	for _, name := range administrators() {
		id := g.People[name]
		expected[id] = true
		if sent := len(x.cards[id]); sent > 1 || sent == 0 && h.decided == nil {
			wrong = append(wrong, fmt.Sprintf("%s has %d cards", name, len(x.cards[id])))
		}
	}
	for who, cards := range x.cards {
		if !expected[who] {
			wrong = append(wrong, fmt.Sprintf("a card for user %d, who is no administrator", who))
		}
		for _, m := range cards {
			a.GrantCards++
			switch {
			case h.decided == nil && len(m.Forms) == 0:
				wrong = append(wrong, "the card of "+g.usernameOf(who)+" has no buttons, and nothing is decided")
			case h.decided != nil && len(m.Forms) > 0:
				wrong = append(wrong, "the card of "+g.usernameOf(who)+" has its buttons still")
			case h.decided != nil && !strings.Contains(m.Text, g.decisionWords(h.decided, names)):
				wrong = append(wrong, "the card of "+g.usernameOf(who)+" does not say what was decided: "+firstLine(m.Text))
			}
		}
	}
	return wrong
}

// checkGrantTold tells what is wrong with what who has asked reads: once what was decided and by
// whom, at most once that it ends soon, and at most once who has revoked it.
func (g *Governance) checkGrantTold(h *grantHistory, x *grantMessages, names map[string]string) (wrong []string) {
	if h.decided == nil {
		if len(x.told)+len(x.ends)+len(x.revoked) > 0 {
			wrong = append(wrong, "who has asked was told, and nothing is decided")
		}
		return wrong
	}
	if len(x.told) != 1 {
		wrong = append(wrong, fmt.Sprintf("who has asked was told %d times", len(x.told)))
	}
	for _, m := range x.told {
		if m.StreamID != g.Chats[g.usernameOf(h.decided.For)] || !strings.Contains(m.Text, g.decisionWords(h.decided, names)) {
			wrong = append(wrong, "who has asked does not read what was decided: "+firstLine(m.Text))
		}
	}
	isRevoked, by := h.ended != nil && h.ended.Act == actRevoked, "An administrator"
	if isRevoked && h.ended.Operator == "" {
		by = names[g.usernameOf(h.ended.Actor)]
	}
	if len(x.revoked) > 1 || len(x.revoked) == 1 && !isRevoked {
		wrong = append(wrong, fmt.Sprintf("who has asked was told %d times that it was revoked", len(x.revoked)))
	}
	for _, m := range x.revoked {
		if isRevoked && !strings.HasPrefix(m.Text, by+" has revoked ") {
			wrong = append(wrong, "who has asked does not read who has revoked it: "+firstLine(m.Text))
		}
	}
	if len(x.ends) > 1 || len(x.ends) == 1 && (h.decided.Once || h.permit.Until.Sub(h.decided.At) < 2*grantDay) {
		wrong = append(wrong, fmt.Sprintf("who has asked was told %d times that it ends soon", len(x.ends)))
	}
	return wrong
}

// checkRevocationAnswers notes where an administrator does not read that a grant was revoked, or
// that it was not.
func (a *AuditResult) checkRevocationAnswers(g *Governance, said map[string][]client.Message) {
	for _, r := range g.Revocations {
		if r.Command == nil {
			continue
		}
		h := g.grants[r.N]
		isRevoked := h != nil && h.ended != nil && g.isBy(h.ended, r)
		for _, m := range said[r.Command.Number] {
			if isRevoked != strings.Contains(m.Text, fmt.Sprintf("Grant %d is revoked", r.N)) {
				a.addFinding(r.Command, fmt.Sprintf("grant %d was revoked by that: %v, answered: %s", r.N, isRevoked, firstLine(m.Text)))
			}
		}
	}
}

// clickKind is what an answer to a click says that it has done, as it is counted; empty for nothing
// that the record has.
type clickKind string

const (
	clickApproval clickKind = "decisions"
	clickAccess   clickKind = "requests for access"
	clickGrant    clickKind = "decisions about access"
)

func kindOfClickAnswer(m client.Message) clickKind {
	switch {
	case trial.ReadStamp(m).Outcome != commands.CodeDone:
		return ""
	case isAccessAsked(m):
		return clickAccess
	case isAccessAnswer(m):
		return ""
	case strings.HasPrefix(m.Text, "✓ You have allowed it ") || strings.HasPrefix(m.Text, "✓ You have refused it"):
		return clickGrant
	}
	return clickApproval
}

// countGrantClicks takes what the record has of grants off what people were told that their clicks
// have done.
func (g *Governance) countGrantClicks(told map[clickOf]int) {
	for _, h := range g.grants {
		for _, x := range h.asked {
			told[clickOf{g.usernameOf(x.Actor), clickAccess}]--
		}
		if h.decided != nil {
			told[clickOf{g.usernameOf(h.decided.Actor), clickGrant}]--
		}
	}
}
