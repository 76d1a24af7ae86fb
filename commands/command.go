// Package commands holds what users can ask of the bot, one file a command.
//
// A command is a value: its description (name, options, examples) serves the
// parser, the help texts and the client's autocompletion alike; its Plan reads
// and decides, and the plan's Apply writes. Nothing here logs, sends messages
// or knows how work is made durable: the runtime does, once, for all commands.
package commands

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// Command is one thing users can ask for.
type Command struct {
	syntax.Command

	// Arguments are what the client's completion shows after the name.
	Arguments []string

	// Plan reads what the request needs (people, groups, limits) and decides
	// what would be done. It writes nothing. A *Refusal is an answer for the
	// user; any other error is the operator's business and is tried again.
	Plan func(context.Context, *Request) (Plan, error)

	// Resume is for commands that write: it reads back a plan that was kept as
	// JSON, so that a request goes on after a crash as it was decided, whatever
	// the directory or the policy say by then. Nil for commands that only read.
	Resume func(*Request, json.RawMessage) (Plan, error)
}

// Writes reports whether the command changes something in Symphony, so that
// its message must not be carried out twice.
func (c Command) Writes() bool { return c.Resume != nil }

// Plan is a decided request that has not been carried out yet. Where the
// command writes, it is kept as JSON.
type Plan interface {
	// Preview tells what Apply would do.
	Preview() Reply
	// Apply carries the plan out. It may be called again after a crash with
	// the same job and then ends in the same state.
	Apply(context.Context, Attempt) (Reply, error)
}

// Attempt is what a plan may rely on while it writes: the memory of this request
// and a way to tell the user something before all is done.
type Attempt interface {
	// Do runs do once per request and step. Its result is kept as JSON; later
	// calls fill result from what was kept.
	Do(ctx context.Context, step string, result any, do func(context.Context) (any, error)) error
	// Result reads into value what a step has stored. It reports false while the step has not been done.
	Result(step string, into any) (bool, error)
	// Intend commits, before a write that must not happen twice, that it is
	// about to be tried.
	Intend(ctx context.Context, step string) error
	// Withdraw takes the last intention back: the write surely never left.
	Withdraw(ctx context.Context, step string) error
	// Intended tells how often the step was intended before and when last.
	Intended(ctx context.Context, step string) (last time.Time, times int, err error)
	// Say shows the user a first answer. The reply that Apply returns takes its
	// place, unless it says the same: so what will very likely be the reply may
	// be said before the last of it is done. A failure to show it stops nothing.
	Say(ctx context.Context, first Reply)
}

// Set is all commands, in the order in which help lists them.
type Set []Command

// Grammar describes the set to the parser.
func (s Set) Grammar(bot symphony.UserID, maxMembers int) syntax.Grammar {
	g := syntax.Grammar{BotID: int64(bot), MaxMembers: maxMembers}
	for _, c := range s {
		g.Commands = append(g.Commands, c.Command)
	}
	return g
}

// Writes reports whether what was asked for changes something in Symphony.
func (s Set) Writes(asked syntax.Invocation) bool {
	c, ok := s.Lookup(asked.Command)
	r := Request{Invocation: asked}
	return ok && c.Writes() && !r.Preview()
}

// Lookup finds a command by its name.
func (s Set) Lookup(name string) (Command, bool) {
	i := slices.IndexFunc(s, func(c Command) bool { return c.Name == name })
	if i < 0 {
		return Command{}, false
	}
	return s[i], true
}

// Names lists the commands' names.
func (s Set) Names() []string {
	names := make([]string, len(s))
	for i, c := range s {
		names[i] = c.Name
	}
	return names
}

// WaitError is returned by Apply when the request must wait until an earlier,
// unanswered write shows or is certain to show no more; or, where that is
// planned, to let others work meanwhile.
type WaitError struct {
	After   time.Duration
	Why     string
	Planned bool
}

func (l *WaitError) Error() string { return "waits " + l.After.String() + ": " + l.Why }

// answer is the plan of a command that only reads.
type answer Reply

func (a answer) Preview() Reply                                { return Reply(a) }
func (a answer) Apply(context.Context, Attempt) (Reply, error) { return Reply(a), nil }
