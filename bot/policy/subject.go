package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"roombot/bot/config/schema"
	"roombot/commands/syntax"
)

// subject is one entry of `who`.
type subject struct {
	kind   string // "*", "internal", "external", "bot", "user", "email", "company", "userid" or "group"
	deny   bool   // entry of a deny rule
	user   string // folded
	mail   glob
	number int64 // of a company or an account; of a user once names are resolved

	group    string // folded name of a distribution list
	resolved bool   // the user or the group goes by its id
	groupID  string // empty where there is no such group
	value    schema.Value
}

// needsDirectory reports whether the entry turns on what only the directory tells.
func (s subject) needsDirectory() bool {
	return s.kind != "*" && s.kind != "external" && s.kind != "userid" && s.kind != "group"
}

func (s *subject) matches(q *foldedQuery) truth {
	switch s.kind {
	case "*":
		return yes
	case "external":
		return truthOf(q.external)
	case "userid":
		return truthOf(q.id == s.number)
	case "company":
		if q.external || q.company != s.number {
			return truthOf(q.company == s.number)
		}
		return q.hasAccount(PersonAccount)
	case "internal":
		return q.hasAccount(PersonAccount)
	case "bot":
		return q.hasAccount(ServiceAccount)
	case "group":
		return s.matchesGroup(q)
	}
	return s.matchesDirectory(q)
}

// matchAny is whether any of the entries matches.
func matchAny(entries []subject, q *foldedQuery) truth {
	t := no
	for i := range entries {
		if t = max(t, entries[i].matches(q)); t == yes {
			break
		}
	}
	return t
}

// matchesGroup is whether the account is in the group. Before names are resolved, groups go by
// their folded name. A group that the directory does not have is nobody's.
func (s *subject) matchesGroup(q *foldedQuery) truth {
	id := s.group
	if s.resolved {
		id = s.groupID
	}
	isMember, known := q.groups[id]
	if known || q.allGroups || id == "" {
		return truthOf(isMember)
	}
	return unknown
}

// matchesDirectory compares with the directory's username or address. A deny rule names service
// accounts that way as well, lest it refuse less than its author meant.
func (s *subject) matchesDirectory(q *foldedQuery) truth {
	known := q.hasAccount(PersonAccount)
	if s.deny {
		known = max(known, q.hasAccount(ServiceAccount))
	}
	if s.kind == "user" {
		return min(known, s.matchesUser(q))
	}
	return min(known, ifKnown(q.email, s.mail.match(q.email)))
}

// matchesUser compares with a username and, once that was looked up, with the account that had it
// then. Somebody who takes another's name gains nothing, nor does who was renamed; a deny rule goes
// on to refuse both.
func (s *subject) matchesUser(q *foldedQuery) truth {
	hasName := ifKnown(q.username, q.username == s.user)
	if !s.resolved {
		return hasName
	}
	isAccount := truthOf(s.number != 0 && q.id == s.number)
	if s.deny {
		return max(isAccount, hasName)
	}
	return min(isAccount, hasName)
}

// hasAccount is whether the own company's directory has an account of this kind for who asks.
func (q *foldedQuery) hasAccount(kind AccountKind) truth {
	if q.external {
		return no
	}
	return ifKnown(string(q.kind), q.kind == kind)
}

// ifKnown is whether a condition on text holds, unknown where the text is not known.
func ifKnown(text string, holds bool) truth {
	if text == "" {
		return unknown
	}
	return truthOf(holds)
}

const whoFix = `write "*", "internal", "external", "bot", "user:USERNAME", "email:*@acme.com", "group:NAME", "set:NAME", "company:TENANT" or "userid:ID"`

// wholeKinds are the entries that name everybody of a kind.
var wholeKinds = []string{"*", "internal", "external", "bot"}

func parseSubject(text string, deny bool) (subject, *schema.InvalidValue) {
	s, wrong := parseSubjectText(text)
	s.deny = deny
	return s, wrong
}

func parseSubjectText(text string) (subject, *schema.InvalidValue) {
	kind, rest, colon := strings.Cut(text, ":")
	rest = strings.TrimSpace(rest)
	switch {
	case !colon && slices.Contains(wholeKinds, text):
		return subject{kind: text}, nil
	case kind == "group":
		return parseGroup(rest)
	case kind == "user":
		return parseUser(rest)
	case kind == "email":
		return parseEmail(rest)
	case kind == "company", kind == "userid":
		return parseNumber(kind, rest)
	}
	return subject{}, &schema.InvalidValue{What: "says nobody", Fix: fixSubject(kind, rest, colon)}
}

// fixSubject says what to write instead of an entry that says nobody.
func fixSubject(kind, rest string, colon bool) string {
	names := []string{"internal", "external", "bot"}
	if colon {
		names = []string{"user", "email", "group", "set", "company", "userid"}
	}
	near := schema.NearestName(kind, names)
	switch {
	case near == "":
		return whoFix
	case colon:
		near += ":" + rest
	}
	return fmt.Sprintf("did you mean %q?", near)
}

func parseGroup(name string) (subject, *schema.InvalidValue) {
	switch {
	case name == "":
		return subject{}, &schema.InvalidValue{What: "has no name of a group", Fix: `write "group:NAME"`}
	case strings.ContainsAny(name, "*?"):
		return subject{}, &schema.InvalidValue{What: "has a wildcard, which groups do not take here", Fix: "write the name of one group, or a set of several"}
	}
	return subject{kind: "group", group: syntax.FoldGroupName(name)}, nil
}

func parseUser(name string) (subject, *schema.InvalidValue) {
	switch {
	case name == "":
		return subject{}, &schema.InvalidValue{What: "has no username", Fix: whoFix}
	case strings.ContainsAny(name, "*?"):
		return subject{}, &schema.InvalidValue{What: "has a wildcard, which usernames do not take", Fix: `write one username, "*" or "email:*@acme.com"`}
	}
	return subject{kind: "user", user: fold(name)}, nil
}

// parseNumber reads the number of a company or an account.
func parseNumber(kind, text string) (subject, *schema.InvalidValue) {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number <= 0 {
		return subject{}, &schema.InvalidValue{What: "has no number", Fix: numberFixes[kind]}
	}
	return subject{kind: kind, number: number}, nil
}

var numberFixes = map[string]string{
	"company": `write the number in the user ids of that company, which is the id divided by 68719476736, such as "company:104"`,
	"userid":  `write one user id, such as "userid:7146825580545"`,
}

func parseEmail(pattern string) (subject, *schema.InvalidValue) {
	if wrong := checkPattern(pattern); wrong != nil {
		return subject{}, wrong
	}
	switch {
	case strings.HasPrefix(pattern, ".*"), strings.ContainsAny(pattern, `[](){}|^$\ `):
		return subject{}, &schema.InvalidValue{What: "looks like a regular expression", Fix: `only * and ? are special: write "email:*@acme.com"`}
	case !strings.ContainsAny(pattern, "@*"), strings.HasPrefix(pattern, "@"), strings.HasSuffix(pattern, "@"):
		return subject{}, &schema.InvalidValue{What: "can match no e-mail address", Fix: `write "email:*@acme.com" or "email:*acme.com*"`}
	}
	return subject{kind: "email", mail: newGlob(pattern)}, nil
}

// checkPattern refuses what no glob may be.
func checkPattern(pattern string) *schema.InvalidValue {
	switch {
	case pattern == "":
		return &schema.InvalidValue{What: "has nothing after the colon", Fix: "write a text in which * stands for anything and ? for one character"}
	case len(pattern) > 256:
		return &schema.InvalidValue{What: "is longer than any name", Fix: "write at most 256 characters"}
	case strings.ContainsFunc(pattern, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return &schema.InvalidValue{What: "has a control character", Fix: "remove it"}
	}
	return nil
}
