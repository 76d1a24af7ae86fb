// Package policy decides who may run which command, and says why. It is pure: no file, no clock, no
// network.
//
// Everything is denied that no rule allows, /help aside, which is open to everybody. Any deny rule
// that matches wins; otherwise the first allow rule that matches admits. What cannot be known (an
// account that the directory does not show) never admits anybody, and refuses where a deny rule
// turns on it.
package policy

import (
	"encoding/json"
	"slices"
)

// Policy is a set of rules, ready to decide. It never changes and may be used from any number of
// goroutines. The zero value and nil allow /help only.
type Policy struct {
	deny, allow []rule
	admins      []subject
	tests       []Test
	hash        string
	document    json.RawMessage
	contact     string
	index       *ruleIndex
	lists       listNumbers // how many lists there are
	resolvedBy  Directory
}

// Options is what the rules are checked against and how refusals speak.
type Options struct {
	Commands []string // the commands that rules may name, without slash; empty: any
	Contact  string   // whom a refused user should ask; default DefaultContact
}

// Document is what the rules say, as JSON.
func (p *Policy) Document() json.RawMessage {
	if p == nil {
		return nil
	}
	return p.document
}

// Hash is the SHA-256 of the rules in hex, without regard to comments, blanks and the order of
// keys; empty without rules.
func (p *Policy) Hash() string {
	if p == nil {
		return ""
	}
	return p.hash
}

// versionDigits are how many digits of the hash people read. Two policies can be made to have the
// same ones, so policies are compared by the whole hash.
const versionDigits = 8

// Version is the beginning of the hash, for people.
func (p *Policy) Version() string {
	return p.Hash()[:min(versionDigits, len(p.Hash()))]
}

// IsAdmin reports whether somebody is known to be an administrator of the policy.
func (p *Policy) IsAdmin(who Subject) bool { return p.findAdmin(who) == yes }

// findAdmin is whether somebody is an administrator, as far as that is known.
func (p *Policy) findAdmin(who Subject) truth {
	if p == nil {
		return no
	}
	q := foldSubject(who)
	return matchAny(p.admins, &q)
}

// Rules is how many rules there are of each kind.
func (p *Policy) Rules() (deny, allow int) {
	if p == nil {
		return 0, 0
	}
	return len(p.deny), len(p.allow)
}

// Contact is whom a refused user should ask.
func (p *Policy) Contact() string {
	if p == nil {
		return DefaultContact
	}
	return p.contact
}

// NeedsDirectory reports whether a rule about the command turns on what only the directory tells of
// the own company's accounts.
func (p *Policy) NeedsDirectory(command string) bool {
	name := commandName(command)
	return name != help && p.rulesAbout(name).needsDirectory
}

// NamedRule is a rule by its name and its line in the file.
type NamedRule struct {
	Name string
	Line int
}

// AllowsByRoomName lists the allow rules that admit in rooms of a name. Whoever owns a room chooses
// its name.
func (p *Policy) AllowsByRoomName() []NamedRule {
	if p == nil {
		return nil
	}
	var named []NamedRule
	for _, r := range p.allow {
		if slices.ContainsFunc(r.where, place.isByName) {
			named = append(named, NamedRule{Name: r.name, Line: r.line})
		}
	}
	return named
}

// NamedAccount is an account that a rule names by its username or its whole address, folded.
type NamedAccount struct {
	Rule            NamedRule
	Username, Email string // one of them
	Deny            bool
}

// String is the account as a rule names it.
func (a NamedAccount) String() string {
	if a.Username != "" {
		return "user:" + a.Username
	}
	return "email:" + a.Email
}

// NamedAccounts lists the accounts that rules and admins name by username or address, for a look
// whether there are such accounts. Patterns of addresses are left out.
func (p *Policy) NamedAccounts() []NamedAccount {
	if p == nil {
		return nil
	}
	all := namedAccounts(NamedRule{Name: "admins"}, p.admins)
	for _, r := range slices.Concat(p.deny, p.allow) {
		named := NamedRule{Name: r.name, Line: r.line}
		all = append(all, namedAccounts(named, r.who)...)
		for _, c := range r.when {
			all = append(all, namedAccounts(named, c.subjects)...)
		}
		if r.approval != nil {
			all = append(all, namedAccounts(named, r.approval.by)...)
		}
	}
	return all
}

// NamesAddresses reports whether a rule is about people by their addresses.
func (p *Policy) NamesAddresses() bool {
	return p != nil && slices.ContainsFunc(slices.Concat(p.deny, p.allow), func(r rule) bool {
		return slices.ContainsFunc(r.who, func(s subject) bool { return s.kind == "email" })
	})
}

// namedAccounts are the accounts in a list of the rule. A list that is no rule's has the lines of
// its entries.
func namedAccounts(rule NamedRule, list []subject) (all []NamedAccount) {
	for _, s := range list {
		account := NamedAccount{Rule: rule, Username: s.user, Deny: s.deny}
		if s.kind == "email" && s.mail.plain {
			account.Email = s.mail.pattern
		}
		if rule.Line == 0 {
			account.Rule.Line = s.value.Line()
		}
		if account.Username != "" || account.Email != "" {
			all = append(all, account)
		}
	}
	return all
}

// OpenRules are the names of the rules that allow everybody, people of other companies included,
// to run every command.
func (p *Policy) OpenRules() []string {
	if p == nil {
		return nil
	}
	var names []string
	for _, r := range p.allow {
		if r.isForEverybody() && r.commands == nil {
			names = append(names, r.name)
		}
	}
	return names
}

// AllowsAnybody reports whether anybody at all may use the command: a rule allows it, and none
// denies it to everybody everywhere.
func (p *Policy) AllowsAnybody(command string) bool {
	rules := p.rulesAbout(commandName(command))
	closes := func(r listedRule) bool { return r.isForEverybody() && r.isForEverywhere() }
	return len(rules.allow) > 0 && !slices.ContainsFunc(rules.deny, closes)
}
