package commands

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"roombot/commands/syntax"
)

// Pauser stops requests from changing anything in Symphony, in all replicas, and lets them go on.
type Pauser interface {
	// Pause holds requests of a kind, or of all where kind is empty; with drop it refuses them.
	Pause(ctx context.Context, by PauseRequest, kind, reason string, drop bool) error
	// Resume ends the pause of a kind, or all pauses where kind is empty. It returns how many held
	// requests go on, and whether anything was paused.
	Resume(ctx context.Context, by PauseRequest, kind string) (freed int, paused bool, err error)
	// Kinds are the kinds of requests that one may pause.
	Kinds() []string
}

// PauseRequest is who has typed /pause or /resume, and when.
type PauseRequest struct {
	Person
	At time.Time
}

// ErrOvertaken says that a /pause or /resume that was typed later has been carried out already.
var ErrOvertaken = errors.New("a later /pause or /resume was carried out before")

// overtakenReply answers what came late or out of order. A pause after its end would hold
// everything, and nobody would know.
func overtakenReply() Reply {
	return openReply(CodeDone, "This has reached me after a /pause or /resume that was typed later, so I have changed nothing. Type it again if it is still wanted.")
}

// maxReason is how much is kept of the reason of a pause, in letters.
const maxReason = 300

func (env *Env) pauseCommand() Command {
	return Command{
		Command: syntax.Command{
			Name:     "pause",
			Unlisted: true,
			Summary:  "hold all requests, or those of one command, in all replicas",
			Args:     syntax.ArgsText,
			Examples: []string{"/pause", "/pause market event", "/pause newroom drop market event"},
		},
		Arguments: []string{"command", "drop", "reason"},
		Admin:     true,
		Plan: func(_ context.Context, r *Request) (Plan, error) {
			kind, words := env.cutKind(r.Text)
			if refusal := env.refuseKind(r.Text); refusal != nil {
				return nil, refusal
			}
			drop := len(words) > 0 && strings.EqualFold(words[0], "drop")
			if drop {
				words = words[1:]
			}
			reason := syntax.Truncate(strings.Trim(strings.Join(words, " "), `"`), maxReason)
			return actPlan(func(ctx context.Context) (Reply, error) {
				if err := env.Pauses.Pause(ctx, PauseRequest{r.From, r.At}, kind, reason, drop); errors.Is(err, ErrOvertaken) {
					return overtakenReply(), nil
				} else if err != nil {
					return Reply{}, err
				}
				text := "⏸ Paused: " + describeKind(kind) + ". They are kept, and go on after /resume."
				if drop {
					text = "⏸ Paused: " + describeKind(kind) + ". They are refused until /resume."
				}
				return openReply(CodeDone, text+" What has begun to change something in Symphony is finished."), nil
			}), nil
		},
	}
}

func (env *Env) resumeCommand() Command {
	return Command{
		Command: syntax.Command{
			Name:     "resume",
			Unlisted: true,
			Summary:  "end a pause; what was held goes on",
			Args:     syntax.ArgsText,
			Examples: []string{"/resume", "/resume newroom"},
		},
		Arguments: []string{"command"},
		Admin:     true,
		Plan: func(_ context.Context, r *Request) (Plan, error) {
			kind, _ := env.cutKind(r.Text)
			if refusal := env.refuseKind(r.Text); refusal != nil {
				return nil, refusal
			}
			return actPlan(func(ctx context.Context) (Reply, error) {
				freed, paused, err := env.Pauses.Resume(ctx, PauseRequest{r.From, r.At}, kind)
				switch {
				case errors.Is(err, ErrOvertaken):
					return overtakenReply(), nil
				case err != nil:
					return Reply{}, err
				case !paused:
					return openReply(CodeDone, "Nothing was paused."), nil
				}
				return openReply(CodeDone, "▶ Resumed: "+describeKind(kind)+". "+countNoun(freed, "held request goes", "held requests go")+" on."), nil
			}), nil
		},
	}
}

// cutKind reads the kind of requests that a text begins with; "all" and none are every kind.
func (env *Env) cutKind(text string) (kind string, rest []string) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return "", nil
	}
	first := strings.ToLower(strings.TrimPrefix(words[0], "/"))
	switch {
	case first == "all":
		return "", words[1:]
	case slices.Contains(env.Pauses.Kinds(), first):
		return first, words[1:]
	}
	return "", words
}

// refuseKind refuses a command that cannot be paused by itself: taken for the reason of a pause of
// everything, it would pause too much.
func (env *Env) refuseKind(text string) *Refusal {
	words := strings.Fields(strings.ToLower(text))
	if len(words) == 0 {
		return nil
	}
	word := words[0]
	name := strings.TrimPrefix(word, "/")
	_, isCommand := env.Commands().Lookup(name)
	if name == "all" || slices.Contains(env.Pauses.Kinds(), name) || !isCommand && name == word {
		return nil
	}
	return NoKind(word, env.Pauses.Kinds())
}

// NoKind refuses a word that names nothing that can be paused.
func NoKind(word string, kinds []string) *Refusal {
	return &Refusal{
		Code: "no-kind", Message: "“" + syntax.Truncate(word, maxEcho) + "” cannot be paused by itself." + nothingChanged,
		Next: "Write all, or one of " + strings.Join(kinds, ", ") + ", and then the reason.", Private: true, Final: true,
		Offers: []Offer{helpOffer()},
	}
}

func describeKind(kind string) string {
	if kind == "" {
		return "all requests that change something"
	}
	return "/" + kind
}

// actPlan is the plan of a command that does something outside of Symphony, which may be done
// again.
type actPlan func(context.Context) (Reply, error)

func (actPlan) Preview() Reply                                        { return openReply(CodeDone, "Nothing was done.") }
func (p actPlan) Apply(ctx context.Context, _ Attempt) (Reply, error) { return p(ctx) }
