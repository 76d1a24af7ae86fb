package soak

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/commands"
)

// The acts of entries of the record about grants.
const (
	actGranted  = "granted"
	actRefused  = "refused"
	actRevoked  = "revoked"
	actExpired  = "expired"
	actUsed     = "used"
	actReturned = "returned"
)

// grantEntry is an entry of the record about a request for access, or about the grant that came of
// it.
type grantEntry struct {
	At      time.Time `json:"-"`
	Actor   int64     `json:"-"`
	Request string    `json:"-"`
	Act     string
	N       int64
	For     int64
	Key     string
	Times   int
	Until   time.Time
	Once    bool

	Version, Operator string
	Refused           string // number of the request that was refused
}

// grantHistory is what the record and the store say of one request for access.
type grantHistory struct {
	n       int64
	asked   []grantEntry
	decided *grantEntry
	ended   *grantEntry
	used    []grantEntry // used and returned in turn
	permit  engine.Permit
	origin  *Request // that was refused first
}

// grantHistories are the histories by their numbers.
func grantHistories(r *Record) (all map[int64]*grantHistory, wrong []string) {
	all = map[int64]*grantHistory{}
	for _, e := range r.Entries {
		if e.Kind != audit.Grant {
			continue
		}
		var x grantEntry
		_ = json.Unmarshal(e.Body, &x) // one that cannot be read is of no act
		x.At, x.Actor, x.Request = e.At, e.Actor, e.Request
		if all[x.N] == nil {
			all[x.N] = &grantHistory{n: x.N}
		}
		if what := all[x.N].note(x); what != "" {
			wrong = append(wrong, fmt.Sprintf("grant %d: %s", x.N, what))
		}
	}
	for _, p := range r.Permits {
		if h := all[p.N]; h != nil {
			h.permit = p
		}
	}
	return all, wrong
}

// note takes an entry in, and tells what is wrong with its place.
func (h *grantHistory) note(x grantEntry) (wrong string) {
	isGood := h.decided != nil && h.decided.Act == actGranted && h.ended == nil
	switch x.Act {
	case actAsked:
		h.asked = append(h.asked, x)
		if h.decided != nil || x.Times != len(h.asked) {
			return fmt.Sprintf("asked for at the wrong place, as time %d", x.Times)
		}
	case actGranted, actRefused:
		if h.decided != nil || len(h.asked) == 0 {
			return x.Act + ", after it was decided or before it was asked for"
		}
		h.decided = &x
	case actUsed, actReturned:
		isUse := x.Act == actUsed
		if h.used = append(h.used, x); !isGood || !h.decided.Once || isUse != (len(h.used)%2 == 1) {
			return x.Act + ", which it could not be"
		}
	case actRevoked, actExpired:
		if !isGood || len(h.used)%2 == 1 {
			return x.Act + ", and it was not in force"
		}
		h.ended = &x
	default:
		return fmt.Sprintf("%q, which is no act", x.Act)
	}
	return ""
}

// endedAt is from when on the grant admits nothing any more, for a request; it is known where it
// was granted.
func (h *grantHistory) endedAt(request string) time.Time {
	at := h.permit.Until
	if h.ended != nil && h.ended.At.Before(at) {
		at = h.ended.At
	}
	last := len(h.used) - 1
	switch isUsed := last >= 0 && last%2 == 0 && h.used[last].At.Before(at); {
	case isUsed && h.used[last].Request == request:
		return at.AddDate(1, 0, 0) // what has used it up is carried to its end
	case isUsed:
		return h.used[last].At
	}
	return at
}

// state is how the store should have it.
func (h *grantHistory) state() engine.PermitState {
	switch {
	case h.decided == nil:
		return engine.PermitAsked
	case h.decided.Act == actRefused:
		return engine.PermitRefused
	case h.ended != nil:
		return engine.PermitState(h.ended.Act)
	case len(h.used)%2 == 1:
		return engine.PermitUsed
	}
	return engine.PermitGranted
}

// admits reports whether the grant admits a request by its shape and chat.
func (h *grantHistory) admits(c *Request) bool {
	o := h.origin
	if o == nil || o.As != c.As || o.destination() != c.destination() {
		return false
	}
	for _, bound := range boundWords {
		if bound.MatchString(c.Text) && !bound.MatchString(o.Text) {
			return false
		}
	}
	group := groupWord.FindString(c.Text)
	return c.people() <= o.people() && len(c.Owners) <= len(o.Owners) && (group == "" || group == groupWord.FindString(o.Text))
}

// checkGrants compares the requests for access with the clicks, the rules and the store.
func (a *AuditResult) checkGrants(g *Governance, plan []*Request, r *Record) {
	var wrong []string
	g.grants, wrong = grantHistories(r)
	a.Grants = map[string]int{}
	for _, e := range r.Entries {
		var x grantEntry
		if e.Kind == audit.Grant && json.Unmarshal(e.Body, &x) == nil {
			a.Grants[x.Act]++
		}
	}
	for _, n := range slices.Sorted(maps.Keys(g.grants)) {
		h := g.grants[n]
		for _, what := range append(g.checkAccessAsked(h, plan), append(g.checkGrantDecided(h), g.checkGrantEnd(h)...)...) {
			wrong = append(wrong, fmt.Sprintf("grant %d: %s", n, what))
		}
	}
	for _, what := range append(wrong, g.checkAsksTogether(plan)...) {
		a.addFault("%s", what)
	}
	if len(r.Permits) != len(g.grants) {
		a.addFault("%d grants in the store, %d in the audit record", len(r.Permits), len(g.grants))
	}
}

// checkAccessAsked tells what is wrong with who has asked for access: they were refused a request,
// no rule in force said anything about it, and they have clicked.
func (g *Governance) checkAccessAsked(h *grantHistory, plan []*Request) (wrong []string) {
	for i, x := range h.asked {
		at := slices.IndexFunc(plan, func(c *Request) bool { return c.Number == x.Refused })
		if at < 0 {
			wrong = append(wrong, "asked for after a refusal of no request")
			continue
		}
		c := plan[at]
		if i == 0 {
			h.origin = c
		}
		rules := g.rulesAt(x.Version, c.Sent, x.At)
		switch {
		case g.People[c.As] != x.For || x.Actor != x.For:
			wrong = append(wrong, "asked for by another than who was refused")
		case rules == nil:
			wrong = append(wrong, "asked for by version "+x.Version+" of the policy, which was not in force")
		case rules.rulingFor(c).rule != "":
			wrong = append(wrong, fmt.Sprintf("asked for, although rule %q of version %s is about it", rules.rulingFor(c).rule, x.Version))
		}
	}
	return wrong
}

// checkAsksTogether tells which requests for access nobody has clicked for, and which are two at a
// time for one person and the same.
func (g *Governance) checkAsksTogether(plan []*Request) (wrong []string) {
	clicks, asked := map[string]int{}, map[string]int{}
	for _, c := range g.GrantClicks {
		if c.Button == commands.ButtonAccess {
			clicks[c.Request]++
		}
	}
	for _, n := range slices.Sorted(maps.Keys(g.grants)) {
		h := g.grants[n]
		for _, x := range h.asked {
			if asked[x.Refused]++; asked[x.Refused] > clicks[x.Refused] {
				wrong = append(wrong, fmt.Sprintf("grant %d: asked for, and nobody has clicked so", n))
			}
		}
		for _, before := range g.grants {
			if before.n < n && before.key() == h.key() && len(h.asked) > 0 && (before.decided == nil || before.decided.At.After(h.asked[0].At)) {
				wrong = append(wrong, fmt.Sprintf("grant %d: asked for while grant %d, for the same, waits", n, before.n))
			}
		}
	}
	return wrong
}

func (h *grantHistory) key() string {
	if len(h.asked) == 0 {
		return ""
	}
	return fmt.Sprint(h.asked[0].For, " ", h.asked[0].Key)
}
