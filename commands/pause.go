package commands

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"roombot/commands/syntax"
)

// Pauser stops requests from changing anything in Symphony, in all replicas, and lets them go on.
type Pauser interface {
	// Pause holds requests of a kind, or of all where kind is empty; with drop it refuses them.
	Pause(ctx context.Context, by PauseRequest, kind, reason string, drop bool) error
	// Resume ends the pause of a kind, or all pauses where kind is empty.
	Resume(ctx context.Context, by PauseRequest, kind string) (Resumed, error)
	// InForce are the pauses in force, the oldest first.
	InForce(ctx context.Context) ([]PauseInForce, error)
	// Kinds are the kinds of requests that one may pause.
	Kinds() []string
}

// Resumed is what came of a /resume.
type Resumed struct {
	Ended []string       // the kinds of the pauses that have ended; the empty one is of all
	Freed int            // how many held requests go on
	Left  []PauseInForce // the pauses that are still in force
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
		Plan:      env.planPause,
	}
}

func (env *Env) planPause(_ context.Context, r *Request) (Plan, error) {
	asked := env.readPause(r.Text)
	switch {
	case asked.namesNoKind():
		return nil, NoKind(asked.others[0], env.Pauses.Kinds())
	case env.meansResume(asked.reason):
		return nil, PauseAsEnd(asked.reason)
	case pauseEnd.MatchString(asked.reason):
		return nil, PauseUntil(asked.reason)
	}
	return actPlan(func(ctx context.Context) (Reply, error) {
		for _, kind := range asked.kinds {
			err := env.Pauses.Pause(ctx, PauseRequest{r.From, r.At}, kind, asked.reason, asked.drop)
			if errors.Is(err, ErrOvertaken) {
				return overtakenReply(), nil
			} else if err != nil {
				return Reply{}, err
			}
		}
		return openReply(CodeDone, asked.tellPaused()), nil
	}), nil
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
		Plan:      env.planResume,
	}
}

// planResume refuses what it does not know: it would end every pause by a slip.
func (env *Env) planResume(_ context.Context, r *Request) (Plan, error) {
	asked := env.readPause(r.Text)
	switch {
	case asked.namesNoKind():
		return nil, NoKindToResume(asked.others[0], env.Pauses.Kinds())
	case asked.isAllByDefault() && asked.reason != "":
		return nil, NoKindToResume(asked.reason, env.Pauses.Kinds())
	}
	return actPlan(func(ctx context.Context) (Reply, error) {
		var all Resumed
		for _, kind := range asked.kinds {
			done, err := env.Pauses.Resume(ctx, PauseRequest{r.From, r.At}, kind)
			switch {
			case errors.Is(err, ErrOvertaken):
				return overtakenReply(), nil
			case err != nil:
				return Reply{}, err
			}
			all = Resumed{Ended: append(all.Ended, done.Ended...), Freed: all.Freed + done.Freed, Left: done.Left}
		}
		return openReply(CodeDone, asked.tellResumed(all)), nil
	}), nil
}

// PauseAsEnd refuses a /pause whose words rather say that a pause is to end.
func PauseAsEnd(words string) *Refusal {
	return &Refusal{
		Code: "pause-as-end", Message: "“" + syntax.Truncate(words, maxEcho) + "” would be the reason of another pause." + nothingChanged,
		Next: "/resume ends a pause. To pause for that reason, say more of it, such as /pause trading has to stop.", Private: true, Final: true,
		Offers: []Offer{{Label: "Resume", Command: syntax.Message{Text: "/resume"}}},
	}
}

// pauseEnd is how people say until when, or for how long.
var pauseEnd = regexp.MustCompile(`(?i)^(until|till|for) [0-9]`)

// PauseUntil refuses a /pause whose words say when it is to end.
func PauseUntil(words string) *Refusal {
	return &Refusal{
		Code: "pause-until", Message: "“" + syntax.Truncate(words, maxEcho) + "” would be the reason: a pause lasts until somebody types /resume." + nothingChanged,
		Next: "To pause now, say why, such as /pause market event.", Private: true, Final: true,
		Offers: []Offer{{Label: "Pause all", Command: syntax.Message{Text: "/pause"}}},
	}
}

// NoKind refuses a word that names nothing that can be paused.
func NoKind(word string, kinds []string) *Refusal {
	r := NoKindToResume(word, kinds)
	r.Next = strings.TrimSuffix(r.Next, ".") + ", and then the reason."
	return r
}

// NoKindToResume is NoKind for the end of a pause, which has no reason.
func NoKindToResume(word string, kinds []string) *Refusal {
	return &Refusal{
		Code: "no-kind", Message: "“" + syntax.Truncate(word, maxEcho) + "” cannot be paused by itself." + nothingChanged,
		Next: "Write all, or one of " + strings.Join(kinds, ", ") + ".", Private: true, Final: true,
		Offers: []Offer{helpOffer()},
	}
}

// actPlan is the plan of a command that does something outside of Symphony, which may be done
// again.
type actPlan func(context.Context) (Reply, error)

func (actPlan) Preview() Reply                                        { return openReply(CodeDone, "Nothing was done.") }
func (p actPlan) Apply(ctx context.Context, _ Attempt) (Reply, error) { return p(ctx) }
