package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/bot/policy/request"
	"roombot/commands"
)

// pauser is what /pause and /resume work with.
type pauser struct{ bot *Bot }

// Pause has no request of the kind begin to write from now on, in any replica.
func (p pauser) Pause(ctx context.Context, by commands.PauseRequest, kind, reason string, drop bool) error {
	if kind == "" {
		kind = engine.EveryKind
	}
	_, err := p.bot.engine.Pause(withAdmin(ctx, by), engine.Pause{Kind: kind, By: by.Name, Reason: reason, Drop: drop})
	return pauseError(err)
}

// Resume lets what a pause holds go on.
func (p pauser) Resume(ctx context.Context, by commands.PauseRequest, kind string) (commands.Resumed, error) {
	ended, freed, err := p.bot.engine.Resume(withAdmin(ctx, by), kind)
	if err != nil {
		return commands.Resumed{}, pauseError(err)
	}
	done := commands.Resumed{Freed: freed}
	for _, pause := range ended {
		done.Ended = append(done.Ended, kindOfPause(pause))
	}
	done.Left, err = p.InForce(ctx)
	return done, err
}

// kindOfPause is the kind of requests that a pause stops, empty for all.
func kindOfPause(p engine.Pause) string {
	if p.Kind == engine.EveryKind {
		return ""
	}
	return p.Kind
}

// InForce are the pauses in force, the oldest first.
func (p pauser) InForce(ctx context.Context) (all []commands.PauseInForce, err error) {
	pauses, err := p.bot.engine.Pauses(ctx)
	for _, pause := range pauses {
		all = append(all, commands.PauseInForce{
			Kind: kindOfPause(pause), By: commands.PausedBy{Name: pause.By, Reason: pause.Reason}, Drop: pause.Drop, Since: pause.At,
		})
	}
	return all, err
}

func pauseError(err error) error {
	if errors.Is(err, engine.ErrOvertaken) {
		return commands.ErrOvertaken
	}
	return err
}

// Kinds are the kinds of requests that one may pause.
func (p pauser) Kinds() []string { return PausableKinds() }

// adminAct is the operator of an act of an administrator in the chat.
const adminAct = "user "

// withAdmin has the act stored as that of an administrator in the chat.
func withAdmin(ctx context.Context, by commands.PauseRequest) context.Context {
	return engine.WithOperator(engine.AskedAt(ctx, by.At), fmt.Sprint(adminAct, int64(by.ID)))
}

// adminOfAct is the administrator whose act in the chat it was, 0 for one from the shell.
func adminOfAct(act engine.Act) int64 {
	number, fromChat := strings.CutPrefix(act.Operator, adminAct)
	id, err := strconv.ParseInt(number, 10, 64)
	if !fromChat || err != nil {
		return 0
	}
	return id
}

// checkAdmin refuses a command about the policy for whom the policy does not name as an
// administrator. The refusal is in the audit record.
func (a *attempt) checkAdmin(ctx context.Context, r *commands.Request) error {
	rules := a.bot.rules.now()
	who, err := a.bot.policySubject(ctx, r.From.ID, rules.AdminGroups(), true)
	if err != nil {
		return err
	}
	is := rules.IsAdmin(who)
	decision := policy.Decision{Allowed: is}
	if !is {
		decision = request.NotAnAdmin(r.Command)
	}
	a.asked, a.refused = &policy.Query{User: who, Where: policyPlace(r.Chat), Command: r.Command}, decision
	a.checks = checksOf(decision)
	a.decided, err = json.Marshal(a.decisionOf(r.Command, rules.Version(), decision))
	if err != nil || is {
		return err
	}
	a.decision = policyDecision{command: r.Command}
	return commands.Denied(decision.Reason+" Ask "+a.bot.env.Contact+".", a.bot.env.Contact)
}
