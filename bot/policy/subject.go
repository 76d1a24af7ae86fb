package policy

import (
	"strings"

	"roombot/bot/config/schema"
)

// subject is one entry of `who`.
type subject struct {
	kind string // "*", "internal", "external", "user" or "email"
	user string // folded
	mail glob
}

func (s *subject) matches(q *foldedQuery) truth {
	switch s.kind {
	case "*":
		return yes
	case "internal":
		return truthOf(!q.external)
	case "external":
		return truthOf(q.external)
	case "user":
		if q.external { // usernames are those of one's own company; Symphony shows no others
			return no
		}
		return ifKnown(q.username, q.username == s.user)
	}
	return ifKnown(q.email, s.mail.match(q.email))
}

// ifKnown is whether a condition on text holds, unknown where the text is not known.
func ifKnown(text string, holds bool) truth {
	if text == "" {
		return unknown
	}
	return truthOf(holds)
}

const whoFix = `write "*", "internal", "external", "user:USERNAME" or "email:*@acme.com"`

func parseSubject(text string) (subject, *schema.InvalidValue) {
	kind, rest, colon := strings.Cut(text, ":")
	rest = strings.TrimSpace(rest)
	switch {
	case !colon && (text == "*" || text == "internal" || text == "external"):
		return subject{kind: text}, nil
	case kind == "group" || kind == "set":
		return subject{}, &schema.InvalidValue{
			What: "names a " + kind + ", which rules cannot do yet", Fix: `write "user:USERNAME" or "email:*@acme.com"`,
		}
	case kind == "user":
		return parseUser(rest)
	case kind == "email":
		return parseEmail(rest)
	}
	return subject{}, &schema.InvalidValue{What: "says nobody", Fix: whoFix}
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

func parseEmail(pattern string) (subject, *schema.InvalidValue) {
	if wrong := checkPattern(pattern); wrong != nil {
		return subject{}, wrong
	}
	switch {
	case strings.HasPrefix(pattern, ".*"), strings.ContainsAny(pattern, `[](){}|^$\ `):
		return subject{}, &schema.InvalidValue{What: "looks like a regular expression", Fix: `only * and ? are special: write "email:*@acme.com"`}
	case !strings.ContainsAny(pattern, "@*"):
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
