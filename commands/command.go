// Package commands holds what users can ask of the bot, and every text that they read.
//
// A command is a value: its description (name, options, examples) serves the parser, the help texts
// and the client's autocompletion alike; its Plan reads and decides, and the plan's Apply writes.
// Nothing here logs, sends messages or knows how jobs are stored: the runtime does, once, for all
// commands.
package commands

import (
	"context"
	"encoding/json"
	"slices"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// Command is an entry of the catalogue: one thing users can ask for.
type Command struct {
	syntax.Command

	// Admin marks a command of the administrators whom the policy names: they may always use it, and
	// nobody else may, whatever the rules say.
	Admin bool

	// Open marks a command that everybody may always use, whatever the rules say.
	Open bool

	// Arguments are what the client's completion shows after the name.
	Arguments []string

	// Plan reads what the request needs (people, groups, limits) and decides what would be done. It
	// writes nothing. A *Refusal is a reply for the user; any other error is for the operator, and
	// the job is tried again.
	Plan func(context.Context, *Request) (Plan, error)

	// Resume reads back a plan that was stored as JSON, so that a job goes on after a crash as it
	// was decided, whatever the directory or the policy say by then. Nil for commands that only
	// read.
	Resume func(*Request, json.RawMessage) (Plan, error)
}

// Writes reports whether the command changes something in Symphony, so that its message must not be
// executed twice.
func (c Command) Writes() bool { return c.Resume != nil }

// Plan is what a request would do, decided and not executed yet. Where the command writes, the plan
// is stored as JSON.
type Plan interface {
	// Preview tells what Apply would do.
	Preview() Reply
	// Apply executes the plan. Another attempt at the same job may call it again and then ends in
	// the same state.
	Apply(context.Context, Attempt) (Reply, error)
}

// Catalogue is all commands, in the order in which help lists them.
type Catalogue []Command

// Grammar describes the catalogue to the parser.
func (c Catalogue) Grammar(bot symphony.UserID, maxMembers int) syntax.Grammar {
	g := syntax.Grammar{BotID: int64(bot), MaxMembers: maxMembers}
	for _, command := range c {
		g.Commands = append(g.Commands, command.Command)
	}
	return g
}

// Writes reports whether what was asked for changes something in Symphony.
func (c Catalogue) Writes(asked syntax.Invocation) bool {
	command, ok := c.Lookup(asked.Command)
	r := Request{Invocation: asked}
	return ok && command.Writes() && !r.Preview()
}

// Lookup finds a command by its name.
func (c Catalogue) Lookup(name string) (Command, bool) {
	i := slices.IndexFunc(c, func(command Command) bool { return command.Name == name })
	if i < 0 {
		return Command{}, false
	}
	return c[i], true
}

// Names lists the names of the commands that rules may be about.
func (c Catalogue) Names() []string {
	var names []string
	for _, command := range c {
		if !command.Admin && !command.Open {
			names = append(names, command.Name)
		}
	}
	return names
}

// IsAdmin reports whether a command is one of the administrators.
func (c Catalogue) IsAdmin(name string) bool {
	command, ok := c.Lookup(name)
	return ok && command.Admin
}

// IsOpen reports whether a command is open to everybody, whatever the rules say.
func (c Catalogue) IsOpen(name string) bool {
	command, ok := c.Lookup(name)
	return ok && command.Open
}

// readOnlyPlan is the plan of a command that only reads.
type readOnlyPlan Reply

func (p readOnlyPlan) Preview() Reply                                { return Reply(p) }
func (p readOnlyPlan) Apply(context.Context, Attempt) (Reply, error) { return Reply(p), nil }
