// Package commands holds what users can ask of the bot, one file a command.
//
// A command is a value: its description (name, options, examples) serves the
// parser, the help texts and the client's autocompletion alike; its Plan reads
// and decides, and the plan's Apply writes. Nothing here logs, sends messages
// or knows how work is made durable: the runtime does, once, for all commands.
package commands

import (
	"context"
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
}

// Plan is a decided request that has not been carried out yet.
type Plan interface {
	// Preview tells what Apply would do.
	Preview() Reply
	// Apply carries the plan out. It may be called again after a crash with
	// the same Work and then ends in the same state.
	Apply(context.Context, Work) (Reply, error)
}

// Work is what a plan may rely on while it writes: the memory of this request
// and a way to tell the user that it takes a while.
type Work interface {
	// Do runs do once per request and step. Its result is kept as JSON; later
	// calls fill result from what was kept.
	Do(ctx context.Context, step string, result any, do func(context.Context) (any, error)) error
	// Intend commits, before a write that must not happen twice, that it is
	// about to be tried.
	Intend(ctx context.Context, step string) error
	// Intended tells how often the step was intended before and when last.
	Intended(ctx context.Context, step string) (last time.Time, times int, err error)
	// Say shows the user a first answer; the reply that Apply returns replaces
	// it.
	Say(ctx context.Context, first Reply) error
}

// Request is one command that a user gave.
type Request struct {
	ID   RequestID
	From Person
	In   Place
	// Message is what the user typed, for echoing it in errors.
	Message syntax.Message
	syntax.Invocation
}

// Preview reports whether the user asked to be shown the plan only.
func (r *Request) Preview() bool { return r.flag("preview") }

func (r *Request) flag(key string) bool {
	on, _ := r.Options[key].(bool)
	return on
}

func (r *Request) text(key string) string {
	s, _ := r.Options[key].(string)
	return s
}

// Place is where a request was made and is answered.
type Place struct {
	Stream symphony.StreamID
	// Room is false for a 1:1 chat.
	Room bool
	Name string
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

// Later is returned by Apply when the request must wait: for a search index
// to catch up after an unanswered write, or for Symphony to accept calls again.
type Later struct {
	After time.Duration
	Why   string
}

func (l *Later) Error() string { return "to be continued in " + l.After.String() + ": " + l.Why }

// answer is the plan of a command that only reads.
type answer Reply

func (a answer) Preview() Reply                             { return Reply(a) }
func (a answer) Apply(context.Context, Work) (Reply, error) { return Reply(a), nil }
