package soak

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/symphony/sandbox/client"
)

// checkGrantDecided tells what is wrong with the decision about a request for access: another
// administrator has clicked so, and a grant is good for as long as the button says.
func (g *Governance) checkGrantDecided(h *grantHistory) (wrong []string) {
	check := func(ok bool, format string, args ...any) {
		if !ok {
			wrong = append(wrong, fmt.Sprintf(format, args...))
		}
	}
	d := h.decided
	if d == nil {
		clicked := slices.ContainsFunc(g.GrantClicks, func(c Click) bool { return int64(c.N) == h.n })
		check(!clicked, "somebody has clicked, and nothing is decided")
		check(h.permit.State == engine.PermitAsked, "not decided, and %s in the store", h.permit.State)
		return wrong
	}
	check(slices.Contains(administrators(), g.usernameOf(d.Actor)), "%s by somebody who is no administrator", d.Act)
	check(d.Actor != d.For, "%s by who has asked for it", d.Act)
	clicked := slices.ContainsFunc(g.GrantClicks, func(c Click) bool {
		days, known := daysOf(c.Button)
		isIt := int64(c.N) == h.n && g.People[c.As] == d.Actor && !c.At.After(d.At) && known && (days > 0) == (d.Act == actGranted)
		if !isIt || days == 0 {
			return isIt
		}
		span := time.Duration(days) * grantDay
		return d.Once == (c.Button == grantOnce) && h.permit.Until.Sub(d.At).Round(time.Second) == span
	})
	check(clicked, "%s, and nobody has clicked so", d.Act)
	check(h.permit.State == h.state(), "%s by the record, %s in the store", h.state(), h.permit.State)
	return wrong
}

// expiryDelay is how soon after its end the record says of a grant that it has expired.
const expiryDelay = 5 * time.Second

// checkGrantEnd tells what is wrong with the end of a grant: somebody has revoked it, or its time
// has passed.
func (g *Governance) checkGrantEnd(h *grantHistory) (wrong []string) {
	if h.decided == nil || h.decided.Act != actGranted {
		return nil
	}
	switch end := h.ended; {
	case end == nil:
		if len(h.used)%2 == 0 && h.permit.Until.Add(expiryDelay).Before(g.Stopped) {
			wrong = append(wrong, "its time has passed, and the record does not say so")
		}
	case end.Act == actExpired && end.At.Before(h.permit.Until.Add(-clockStep)):
		wrong = append(wrong, "expired before its time had passed")
	case end.Act == actRevoked && !slices.ContainsFunc(g.Revocations, func(r Revocation) bool { return g.isBy(end, r) }):
		wrong = append(wrong, "revoked, and nobody has asked for that")
	}
	for _, r := range g.Revocations {
		if r.N == h.n && r.Done && (h.ended == nil || !g.isBy(h.ended, r)) {
			wrong = append(wrong, "said to be revoked, and the record does not say so")
		}
	}
	return wrong
}

// isBy reports whether the end of a grant is of a revocation.
func (g *Governance) isBy(end *grantEntry, r Revocation) bool {
	if end.Act != actRevoked || end.N != r.N || end.At.Before(r.From) {
		return false
	}
	if r.Command != nil {
		return end.Actor == g.People[r.Command.As] && end.Operator == ""
	}
	return end.Actor == 0 && end.Operator != ""
}

// boundWords are the options of a request that a grant is bound by.
var boundWords = []*regexp.Regexp{
	regexp.MustCompile(` history:yes`), regexp.MustCompile(` members-can-add:yes`), regexp.MustCompile(` external:yes`),
}

// groupWord is the group that a request names.
var groupWord = regexp.MustCompile(`group:"[^"]*"`)

// people is how many people a request brings together: the bot does not count, and who cannot be
// added does.
func (c *Request) people() int { return len(c.Members) - 1 + len(c.Absent) }

// checkGrantUse tells what is wrong with a decision about a request that no rule admits: it is
// refused, or a grant of that person admits it, which is in force then.
func (g *Governance) checkGrantUse(e ending, d decidedEntry, r ruling) (wrong []string) {
	c := e.request
	said := fmt.Sprintf("decided %s by rule %q of version %s", d.Outcome, d.Rule, d.Version)
	h := g.grants[d.Grant]
	switch {
	case r.rule != "":
		return []string{fmt.Sprintf("%s, by grant %d, which says %q", said, d.Grant, r.rule)}
	case d.Grant == 0:
		if d.Outcome != policy.Deny || d.Rule != "" {
			wrong = append(wrong, said+", although no rule admits it")
		}
		return append(wrong, g.checkRefusedDespite(c, d, said)...)
	case h == nil || h.decided == nil || h.decided.Act != actGranted:
		return []string{fmt.Sprintf("%s, and there is no grant %d", said, d.Grant)}
	case d.Outcome == policy.Deny:
		if !h.endedAt(c.Number).Before(d.At.Add(clockStep)) {
			wrong = append(wrong, fmt.Sprintf("%s, while grant %d was in force", said, d.Grant))
		}
		return wrong
	case d.Outcome != policy.Allow || d.Rule != fmt.Sprintf("grant %d", d.Grant):
		return []string{said}
	case !h.admits(c):
		return []string{fmt.Sprintf("%s, which is for other requests", said)}
	case !e.isGrantedBy(h, d):
		return []string{fmt.Sprintf("%s, which was not in force", said)}
	}
	return nil
}

// isGrantedBy reports whether a grant was in force when it decided. The entry about a decision that
// another one has followed is written with that, and so may be later than the decision.
func (e *ending) isGrantedBy(h *grantHistory, d decidedEntry) bool {
	from := d.At
	if d != e.record.decided[len(e.record.decided)-1] {
		from = e.request.Sent
	}
	return !d.At.Before(h.decided.At.Add(-clockStep)) && from.Before(h.endedAt(e.request.Number).Add(clockStep))
}

// checkRefusedDespite tells of the grants that were in force all the time between a request and its
// refusal, and admit it.
func (g *Governance) checkRefusedDespite(c *Request, d decidedEntry, said string) (wrong []string) {
	for _, h := range g.grants {
		if h.decided == nil || h.decided.Act != actGranted || !h.admits(c) || h.decided.At.After(c.Sent) {
			continue
		}
		isUsed := len(h.used) > 0 && h.used[0].At.Before(d.At)
		if !isUsed && h.endedAt("").After(d.At.Add(clockStep)) {
			wrong = append(wrong, fmt.Sprintf("%s, while grant %d was in force", said, h.n))
		}
	}
	return wrong
}

// createDelay is how long after the end of its grant a room is created at most: the call may have
// begun before.
const createDelay = 10 * time.Second

// checkGrantRooms notes the rooms that grants have let be opened: one of each that is good once,
// and none long after a grant has ended. What has used a grant up may be let by a rule in the end,
// where that is in force before the room is opened.
func (a *AuditResult) checkGrantRooms(g *Governance, endings []ending) {
	opened, mayHaveUsed := map[int64]int{}, map[int64][]string{}
	for _, e := range endings {
		if e.room == nil {
			continue
		}
		for i, d := range e.record.decided {
			h := g.grants[d.Grant]
			if h == nil || h.decided == nil || d.Outcome != policy.Allow { // which checkGrantUse notes
				continue
			}
			mayHaveUsed[h.n] = append(mayHaveUsed[h.n], e.request.Number)
			if i < len(e.record.decided)-1 {
				continue
			}
			a.GrantRooms++
			opened[h.n]++
			if e.createdAt().After(h.endedAt(e.request.Number).Add(createDelay)) {
				a.addFinding(e.request, fmt.Sprintf("a room, opened long after grant %d had ended", h.n))
			}
		}
	}
	for n, h := range g.grants {
		if h.decided != nil && h.decided.Once {
			a.checkUse(h, opened[n], mayHaveUsed[n])
		}
	}
}

// checkUse notes a grant that is good once and was used more often, or in vain.
func (a *AuditResult) checkUse(h *grantHistory, opened int, mayHaveUsed []string) {
	switch isUsed := len(h.used)%2 == 1; {
	case opened > 1:
		a.addFault("grant %d: good once, and opened %d rooms", h.n, opened)
	case isUsed && !slices.Contains(mayHaveUsed, h.used[len(h.used)-1].Request):
		a.addFault("grant %d: used up by a request without a room", h.n)
	case !isUsed && opened > 0:
		a.addFault("grant %d: has opened a room, and is not used up", h.n)
	}
}

// checkDeniedAnswers notes refusals by the policy that do not say why: one that a rule has made
// says the rule's reason, and any other one that nobody has allowed it, and how to ask for that.
func (a *AuditResult) checkDeniedAnswers(endings []ending, said map[string][]client.Message) {
	for _, e := range endings {
		answers, last := withoutPointers(said[e.request.Number]), len(e.record.decided)-1
		if e.refusal != policy.Deny || last < 0 || len(answers) != 1 {
			continue
		}
		m, d := answers[0], e.record.decided[last]
		isByRule := d.Grant == 0 && d.Rule != ""
		offersAccess := strings.Contains(m.Markup, ">Request access<")
		if isByRule != strings.Contains(m.Text, denyReason) || isByRule == strings.Contains(m.Text, notAllowed) || isByRule == offersAccess {
			a.Wrong++
			a.addFinding(e.request, "does not say why it is refused, or what to do: "+firstLine(m.Text))
		}
	}
}
