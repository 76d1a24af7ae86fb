// Package request tells a policy what a request would do.
package request

import (
	"errors"
	"fmt"
	"strings"

	"roombot/bot/policy"
	"roombot/commands"
	"roombot/commands/syntax"
)

// Read reads a command as it is typed, for the tests of a policy and for questions about it.
// People are as they are named: an @username or an address of the own company, who is a person.
func Read(line string) (command string, plan *policy.Plan, err error) {
	grammar := new(commands.Env).Commands().Grammar(0, syntax.DefaultMaxMembers)
	result := grammar.Parse(syntax.Message{Text: line})
	switch {
	case result.Error != nil:
		return "", nil, errors.New(result.Error.Message)
	case IsHelp(line):
		return syntax.TopicGeneral, nil, nil
	case result.Form != nil:
		return "", nil, fmt.Errorf("it would open the form of /%s: write what is wanted as well, such as /newroom \"Q2\" @bob", result.Form.Command)
	case result.Command == nil:
		return "", nil, errors.New("write it with its slash, such as /newroom \"Q2\" @bob")
	}
	return result.Command.Command, PlanOf(commands.TypedFacts(*result.Command)), nil
}

// Reader reads the commands in the tests of a policy.
func Reader() policy.CommandReader {
	catalogue := new(commands.Env).Commands()
	return policy.CommandReader{
		Read: Read,
		DecideWithoutRules: func(command string, isAdmin bool) (policy.Decision, bool) {
			return DecideWithoutRules(catalogue, command, isAdmin)
		},
	}
}

// DecideWithoutRules decides about a command that no rule is about: one that is open to everybody,
// or one of the administrators.
func DecideWithoutRules(catalogue commands.Catalogue, command string, isAdmin bool) (d policy.Decision, decided bool) {
	switch {
	case catalogue.IsOpen(command):
		return policy.Decision{Allowed: true, Checks: []policy.Check{{What: "/" + command + " is open to everybody", OK: true}}}, true
	case !catalogue.IsAdmin(command):
		return policy.Decision{}, false
	case isAdmin:
		return policy.Decision{Allowed: true, Checks: []policy.Check{{What: "who is one of the administrators", OK: true}}}, true
	}
	return NotAnAdmin(command), true
}

// NotAnAdmin is the decision about a command of administrators for somebody else.
func NotAnAdmin(command string) policy.Decision {
	return policy.Decision{
		Denial: policy.ByDefault, Reason: "/" + command + " is for administrators of the policy.",
		Checks: []policy.Check{{What: "who is one of the administrators"}},
	}
}

// IsHelp reports whether a command is /help.
func IsHelp(line string) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return strings.EqualFold(first, "/"+syntax.TopicGeneral)
}

// ListCommands gives the commands that rules may be about, for a comparison of policies.
func ListCommands() (all []policy.ComparedCommand) {
	for _, name := range new(commands.Env).Commands().Names() {
		isPlanned := commands.TypedFacts(syntax.Invocation{Command: name}) != nil
		all = append(all, policy.ComparedCommand{Name: name, IsPlanned: isPlanned})
	}
	return all
}

// PlanOf is a plan as rules turn on it, without companies and those behind groups; its members are
// persons of the own company by the names that they have in the request.
func PlanOf(f *commands.Facts) *policy.Plan {
	if f == nil {
		return nil
	}
	p := &policy.Plan{
		External: f.Room.CrossPod, Public: f.Room.Public, ReadOnly: f.Room.ReadOnly, NoCopy: f.Room.CopyProtected,
		History: f.Room.ViewHistory, Discoverable: f.Room.Discoverable, MembersCanAdd: f.Room.MembersCanInvite,
		People: f.People, Owners: f.Owners, Groups: f.Groups,
	}
	p.BehindUnknown = len(f.Groups) > 0
	p.PeopleUnknown = p.BehindUnknown && len(f.GroupAccounts) == 0 // as it was typed
	for _, who := range f.Named {
		member := policy.PersonByNames(who.Username, who.Email)
		member.ID = int64(who.ID)
		p.Members = append(p.Members, member)
	}
	return p
}
