package policy

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Past is a request of the past, and what was decided then. Groups are known by their names.
type Past struct {
	Request string    `json:"request"` // its number
	At      time.Time `json:"at"`
	User    int64     `json:"user"`
	Name    string    `json:"name,omitempty"` // of who asked
	Command string    `json:"command"`
	Outcome Outcome   `json:"outcome"`
	Rule    string    `json:"rule,omitempty"`
	Query   Query     `json:"-"`
}

// Redecision is a request of the past that would be decided otherwise.
type Redecision struct {
	Past
	Now     Outcome `json:"now"`
	NowRule string  `json:"nowRule,omitempty"`
	Why     string  `json:"why,omitempty"` // it is not allowed now
}

// maxUndecided bounds how many requests are named that could not be decided again.
const maxUndecided = 20

// Replay is what another policy would have decided.
type Replay struct {
	Requests  int          `json:"requests"`  // that were decided again
	Otherwise []Redecision `json:"otherwise"` // the newest first
	// Unknown counts the requests of which not enough is known.
	Unknown int `json:"unknown,omitempty"`
	// Undecided are the numbers of some of them, whose facts are there: a rule asks about something
	// that nobody looked up then.
	Undecided []string `json:"undecided,omitempty"`
}

// ReplayPast decides requests again. Those that the earlier policy would decide as the later one
// does are not listed: it was not this change that made the difference. The names of both policies
// must not be resolved. What is left when ctx ends counts as not known.
func ReplayPast(ctx context.Context, commands CommandReader, before, after *Policy, past []Past) Replay {
	r := Replay{Otherwise: []Redecision{}}
	for i, p := range past {
		if ctx.Err() != nil {
			r.Unknown += len(past) - i
			break
		}
		runtime.Gosched() // requests that are under way go first
		now, known := after.decideAgain(commands, p.Query)
		if !known {
			if r.Unknown++; len(r.Undecided) < maxUndecided {
				r.Undecided = append(r.Undecided, p.Request)
			}
			continue
		}
		r.Requests++
		if now.Outcome() == p.Outcome {
			continue
		}
		if then, _ := before.decideAgain(commands, p.Query); now.Outcome() == then.Outcome() {
			continue
		}
		r.Otherwise = append(r.Otherwise, Redecision{Past: p, Now: now.Outcome(), NowRule: now.Rule, Why: now.Why()})
	}
	slices.SortStableFunc(r.Otherwise, func(a, b Redecision) int { return b.At.Compare(a.At) })
	return r
}

// decideAgain decides as the bot does, and reports whether enough is known for that. No rule is
// about the commands of administrators: those turn on who is one.
func (p *Policy) decideAgain(commands CommandReader, q Query) (d Decision, known bool) {
	isAdmin := p.findAdmin(q.User)
	if d, decided := commands.decideWithoutRules(q.Command, isAdmin == yes); decided {
		return d, isAdmin != unknown
	}
	d = p.Decide(q)
	return d, !d.turnsOnUnknown()
}

// turnsOnUnknown reports whether the request was refused since something is not known of it.
func (d Decision) turnsOnUnknown() bool {
	switch d.Denial {
	case UnknownAccount, UnknownAddress, UnknownGroup, UnknownMember, UnknownRoom:
		return true
	case ByDefault, ByCondition, OutsideIM:
		return slices.ContainsFunc(d.Checks, func(c Check) bool { return !c.OK && strings.HasSuffix(c.What, unknownHint(unknown)) })
	}
	return false
}

// String is the request in a line.
func (r Redecision) String() string {
	text := fmt.Sprintf("%s, %s, /%s of %s: %s", r.Request, nameOf(r.Past), r.Command, r.At.UTC().Format("2 Jan 15:04"), describeOutcome(r.Outcome, r.Rule))
	text += "; now " + describeOutcome(r.Now, r.NowRule)
	if r.Why != "" {
		text += ": " + r.Why
	}
	return text
}

func nameOf(p Past) string {
	if p.Name == "" {
		return fmt.Sprint(p.User)
	}
	return p.Name
}

// Lines say what would be decided otherwise: a line in all, and one for each request.
func (r Replay) Lines() []string {
	if r.Requests+r.Unknown == 0 {
		return []string{"The record has no requests that could be decided again."}
	}
	lines := []string{fmt.Sprintf("Of %d past requests %d would be decided otherwise.", r.Requests, len(r.Otherwise))}
	if r.Unknown > 0 {
		lines[0] += fmt.Sprintf(" Of %d more not enough is known", r.Unknown)
		if some := r.Undecided[:min(len(r.Undecided), 2)]; len(some) > 0 {
			lines[0] += ", such as " + strings.Join(some, ", ")
		}
		lines[0] += "."
	}
	for _, o := range r.Otherwise {
		lines = append(lines, o.String())
	}
	return lines
}
