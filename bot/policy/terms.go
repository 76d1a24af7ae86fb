package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// access is what a policy lets somebody do with a command somewhere: one of ways, and none of
// exceptions.
type access struct {
	ways       [][]string // the terms of each allow rule, in their order; none where nothing is allowed
	exceptions []string
}

// ruleOf is a rule with its terms for a command.
type ruleOf struct {
	*rule
	terms  []string
	isOpen bool // has no condition that could fail
}

// rulesOf are the rules about a command. Where it has no plan, conditions are open: they neither
// keep an allow rule from admitting nor have a deny rule match.
func rulesOf(rules []rule, command ComparedCommand, deny bool) (all []ruleOf) {
	for i := range rules {
		r := &rules[i]
		if !r.concerns(commandName(command.Name)) || deny && !command.IsPlanned && len(r.when) > 0 {
			continue
		}
		of := ruleOf{rule: r, terms: r.terms(), isOpen: len(r.when) == 0}
		if !command.IsPlanned {
			of.terms, of.isOpen = nil, true
			if r.approval != nil && len(r.approval.when) == 0 {
				of.terms = []string{r.approval.text()}
			}
		}
		all = append(all, of)
	}
	return all
}

// accessOf is what the rules about a command give to somebody in a place.
func accessOf(deny, allow []ruleOf, q *foldedQuery) (a access) {
	for _, r := range deny {
		switch {
		case r.isAbout(q) == no:
		case r.isOpen:
			return access{}
		default:
			a.exceptions = append(a.exceptions, strings.Join(r.terms, " and "))
		}
	}
	for _, r := range allow {
		if r.isAbout(q) != yes {
			continue
		}
		if !slices.ContainsFunc(a.ways, func(known []string) bool { return slices.Equal(known, r.terms) }) {
			a.ways = append(a.ways, r.terms)
		}
		if r.isOpen { // which admits whatever a later rule does
			break
		}
	}
	if a.ways == nil {
		return access{}
	}
	slices.Sort(a.exceptions)
	a.exceptions = slices.Compact(a.exceptions)
	return a
}

// isAbout is whether the rule is about somebody in a place.
func (r *rule) isAbout(q *foldedQuery) truth {
	t := no
	for i := range r.where {
		if t = max(t, r.where[i].matches(q)); t == yes {
			break
		}
	}
	if t == no {
		return no
	}
	return min(t, matchAny(r.who, q))
}

// limitWords begin the term that a limit is, and no other term.
const limitWords = "at most "

// terms are the conditions, the limits and the approval of a rule in words.
func (r *rule) terms() []string {
	terms := conditionTexts(r.when)
	if r.limits.PerHour > 0 {
		terms = append(terms, fmt.Sprintf(limitWords+"%d an hour", r.limits.PerHour))
	}
	if r.limits.PerDay > 0 {
		terms = append(terms, fmt.Sprintf(limitWords+"%d a day", r.limits.PerDay))
	}
	if r.approval != nil {
		terms = append(terms, r.approval.text())
	}
	return terms
}

func (a *approval) text() string {
	text := "approval by " + strings.Join(textsOf(a.by), ", ")
	if a.room != "" {
		text += " in roomid:" + a.room
	}
	text += " within " + formatSpan(a.within)
	if when := conditionTexts(a.when); len(when) > 0 {
		text += " where " + strings.Join(when, " and ")
	}
	return text
}

func conditionTexts(when []condition) (texts []string) {
	for i := range when {
		c := &when[i]
		switch {
		case len(c.subjects) > 0:
			texts = append(texts, c.key+" "+strings.Join(textsOf(c.subjects), ", "))
		case c.written == "false":
			texts = append(texts, c.key+": no")
		case c.written == "true":
			texts = append(texts, c.key+": yes")
		default:
			texts = append(texts, c.key+" "+c.written)
		}
	}
	return texts
}

// describe says under which conditions something is allowed; empty for none.
func (a access) describe() string {
	var ways []string
	for _, terms := range a.ways {
		ways = append(ways, strings.Join(terms, ", "))
	}
	if slices.Contains(ways, "") {
		ways = nil
	}
	return joinNonEmpty("; ", strings.Join(ways, "; or "), a.describeExceptions())
}

func (a access) describeExceptions() string {
	if len(a.exceptions) == 0 {
		return ""
	}
	return "not where " + strings.Join(a.exceptions, ", nor where ")
}

// change is what a command's conditions become, in words; empty where they stay.
func (a access) change(after access) string {
	fresh, gone := waysWithout(after.ways, a.ways), waysWithout(a.ways, after.ways)
	var parts []string
	switch {
	case len(fresh) == 1 && len(gone) == 1:
		parts = append(parts, changeOfTerms(gone[0], fresh[0]))
	case len(fresh)+len(gone) > 0:
		for _, terms := range fresh {
			parts = append(parts, "also with "+nameTerms(terms))
		}
		for _, terms := range gone {
			parts = append(parts, "no longer with "+nameTerms(terms))
		}
	case !slices.EqualFunc(a.ways, after.ways, slices.Equal[[]string]):
		parts = append(parts, "another rule comes first: "+nameTerms(after.ways[0]))
	}
	for _, delta := range compareEntries(a.exceptions, after.exceptions) {
		if delta.What == "new" {
			parts = append(parts, "refused where "+delta.Entry)
		} else {
			parts = append(parts, "no longer refused where "+delta.Entry)
		}
	}
	return strings.Join(parts, "; ")
}

func nameTerms(terms []string) string {
	if len(terms) == 0 {
		return "no condition"
	}
	return strings.Join(terms, ", ")
}

func waysWithout(ways, known [][]string) (left [][]string) {
	for _, terms := range ways {
		if !slices.ContainsFunc(known, func(k []string) bool { return slices.Equal(k, terms) }) {
			left = append(left, terms)
		}
	}
	return left
}

// changeOfTerms says which terms take the place of which.
func changeOfTerms(before, after []string) string {
	var fresh, gone []string
	for _, delta := range compareEntries(before, after) {
		if delta.What == "new" {
			fresh = append(fresh, delta.Entry)
		} else {
			gone = append(gone, delta.Entry)
		}
	}
	switch {
	case len(gone) == 0:
		return nameApart(fresh, "only with ", "now ")
	case len(fresh) == 0:
		return nameApart(gone, "no longer only with ", "no longer ")
	}
	return strings.Join(fresh, ", ") + " instead of " + strings.Join(gone, ", ")
}

// nameApart lists terms: limits, which say "at most" themselves, behind other words than the rest.
func nameApart(terms []string, before, beforeLimits string) string {
	isLimit := func(term string) bool { return strings.HasPrefix(term, limitWords) }
	var parts []string
	if rest := slices.DeleteFunc(slices.Clone(terms), isLimit); len(rest) > 0 {
		parts = append(parts, before+strings.Join(rest, ", "))
	}
	if limits := slices.DeleteFunc(slices.Clone(terms), func(term string) bool { return !isLimit(term) }); len(limits) > 0 {
		parts = append(parts, beforeLimits+strings.Join(limits, ", "))
	}
	return strings.Join(parts, "; ")
}

func joinNonEmpty(with string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), with)
}

func textsOf(list []subject) (texts []string) {
	for i := range list {
		texts = append(texts, list[i].text())
	}
	return texts
}

// text is the entry as it is written.
func (s *subject) text() string {
	switch s.kind {
	case "user":
		return "user:" + s.user
	case "email":
		return "email:" + s.mail.pattern
	case "group":
		var written string
		if _, problems := s.value.Decode(&written); len(problems) > 0 || !strings.HasPrefix(written, "group:") {
			return "group:" + s.group
		}
		return written
	case "company", "userid":
		return s.kind + ":" + strconv.FormatInt(s.number, 10)
	}
	return s.kind
}

func (p place) text() string {
	switch {
	case p.kind != "room":
		return p.kind
	case p.byID && p.name.pattern == "":
		return "roomid:" + p.stream
	}
	return "room:" + p.name.pattern
}

// formatSpan is a duration as administrators write it, such as 4h.
func formatSpan(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}
