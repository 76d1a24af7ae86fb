package bot

import (
	"context"
	"errors"
	"fmt"

	"roombot/bot/config/schema"
	"roombot/bot/policy"
	"roombot/bot/policy/request"
	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
)

// Question is who asks for what, and where.
type Question struct {
	From    symphony.User
	Where   policy.Place
	Command string // as it is typed
	Used    *policy.Used
}

// Answer is what the policy decides.
type Answer struct {
	policy.Decision
	// Names are the names in the policy that nobody has, or several have.
	Names schema.Problems
}

// ErrNoCommand is in the chain of the errors about a question whose text is no command.
var ErrNoCommand = errors.New("no command")

// noCommandError says what is wrong with the text.
type noCommandError string

func (e noCommandError) Error() string { return string(e) }

func (e noCommandError) Is(target error) bool { return target == ErrNoCommand }

// AskPolicy decides a question as a running bot would, with people and groups as Symphony's
// directory has them now. Nothing is written. An error that is a *commands.Refusal says that the
// request is refused whatever the policy says.
func AskPolicy(ctx context.Context, c Config, q Question) (Answer, error) {
	b, names, err := newAskedBot(ctx, c)
	if err != nil {
		return Answer{}, err
	}
	result := b.catalogue.Grammar(b.self.ID, b.env.Limits.MaxMembers).Parse(syntax.Message{Text: q.Command})
	switch {
	case result.Error != nil:
		return Answer{}, noCommandError(result.Error.Message)
	case request.IsHelp(q.Command):
		return Answer{b.rules.now().Decide(policy.Query{Command: syntax.TopicGeneral}), names}, nil
	case result.Command == nil:
		return Answer{}, noCommandError("write it with its slash, such as /newroom \"Q2\" @bob")
	}
	r := &commands.Request{
		From:    commands.Person{ID: q.From.ID, Name: q.From.DisplayName, Username: q.From.Username, Email: q.From.Email},
		Chat:    commands.Chat{Room: q.Where.Kind == policy.Room, Stream: symphony.StreamID(q.Where.StreamID), Name: q.Where.RoomName},
		Message: syntax.Message{Text: q.Command}, Invocation: *result.Command, MayListGroups: true,
	}
	decided, err := b.decideQuestion(ctx, r, q.Used)
	return Answer{decided, names}, err
}

// newAskedBot is a bot that only asks its policy.
func newAskedBot(ctx context.Context, c Config) (*Bot, schema.Problems, error) {
	self, err := c.Client.Me(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("sign in: %w", err)
	}
	env := commands.NewEnv(commands.Env{
		Symphony: c.Client, Self: self, Groups: commands.NewGroupDirectory(c.Client, directoryAge), Limits: c.Limits, Contact: c.Policy.Contact(),
	})
	b := &Bot{client: c.Client, self: self, env: env, catalogue: env.Commands()}
	b.rules = &policyInForce{client: c.Client, groups: newGroupMembers(c.Client)}
	resolved, names, err := b.rules.resolve(ctx, c.Policy)
	if err != nil {
		return nil, nil, err
	}
	b.rules.current.Store(&policyState{policy: resolved, read: c.Policy})
	return b, names, nil
}

// decideQuestion asks the policy before and after the request is planned.
func (b *Bot) decideQuestion(ctx context.Context, r *commands.Request, used *policy.Used) (policy.Decision, error) {
	rules := b.rules.now()
	is, err := b.catalogue.IsAdmin(r.Command), error(nil)
	if is {
		is, err = b.isAdmin(ctx, r.From.ID)
	}
	if d, decided := request.DecideWithoutRules(b.catalogue, r.Command, is); decided || err != nil {
		return d, err
	}
	query, err := b.policyQuery(ctx, rules, r)
	if err != nil {
		return policy.Decision{}, err
	}
	query.Used = used
	command, _ := b.catalogue.Lookup(r.Command)
	decided := rules.Decide(query)
	if !decided.Allowed || !command.Writes() {
		return decided, nil
	}
	plan, err := command.Plan(ctx, r)
	if err != nil {
		return policy.Decision{}, err
	}
	if query.Plan, err = b.policyPlan(ctx, rules, r.Command, commands.FactsOf(plan)); err != nil {
		return policy.Decision{}, err
	}
	return rules.Decide(query), nil
}
