package bot

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"time"

	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony"
)

// governance answers what /can, /why, /policy and /receipt ask of the policy in force and of the
// record.
type governance struct{ bot *Bot }

// IsAdmin reports whether the policy names somebody as an administrator.
func (g governance) IsAdmin(ctx context.Context, who symphony.UserID) (bool, error) {
	return g.bot.isAdmin(ctx, who)
}

// Decide says what becomes of a request by the policy and its limits. Nothing is recorded of it.
func (g governance) Decide(ctx context.Context, r *commands.Request, plan commands.Plan) (commands.Decision, error) {
	rules := g.bot.rules.now()
	query, err := g.bot.policyQuery(ctx, rules, r)
	if err != nil {
		return commands.Decision{}, err
	}
	var facts *commands.Facts
	if plan != nil {
		facts = commands.FactsOf(plan)
	}
	if query.Plan, err = g.bot.policyPlan(ctx, rules, r.Command, facts); err != nil {
		return commands.Decision{}, err
	}
	d := rules.Decide(query)
	var next time.Time
	if facts != nil && (d.Allowed || d.Outcome() == policy.Approve) {
		used, usedUp, err := g.bot.roomsUsed(ctx, r.From.ID, d.Limits)
		if err != nil {
			return commands.Decision{}, err
		}
		query.Used = &used
		if usedUp != nil {
			next = usedUp.Next
		}
		d = rules.Decide(query)
	}
	told := tellWithAccount(rules, query, d)
	told.Next = next
	if !next.IsZero() && told.Outcome != commands.OutcomeLimit { // a limit of the configuration, which no rule lifts
		told.Outcome, told.Why = commands.OutcomeLimit, "You have opened as many rooms in the last hour as anybody may."
	}
	return told, nil
}

// tellWithAccount is a decision that tells whether the directory shows who would ask.
func tellWithAccount(rules *policy.Policy, query policy.Query, d policy.Decision) commands.Decision {
	told := tellDecision(d, rules.Version())
	told.IsAccountHidden = rules.NeedsDirectory(query.Command) && !query.User.External && query.User.Kind == ""
	if told.IsAccountHidden && d.Denial == policy.UnknownAccount {
		told.Why = "" // which says the same of nobody in particular
	}
	return told
}

func tellDecision(d policy.Decision, version string) commands.Decision {
	told := commands.Decision{
		Outcome: string(d.Outcome()), Rule: d.Rule, Line: d.Line, Nearest: d.Nearest, Version: version, Why: d.WhyForUser(),
		Grant: d.Grant,
	}
	for _, c := range d.Checks {
		told.Checks = append(told.Checks, commands.Check(c))
	}
	return told
}

// Rights are the rules that concern a command of somebody, or all of their commands.
func (g governance) Rights(ctx context.Context, r *commands.Request, command string) (commands.Rights, error) {
	rules := g.bot.rules.now()
	asked := *r
	asked.Command = command
	query, err := g.bot.policyQuery(ctx, rules, &asked)
	if err != nil {
		return commands.Rights{}, err
	}
	var rights commands.Rights
	if command == "" {
		query.Where = policy.Place{}
		var groups []string
		for _, name := range g.bot.catalogue.Names() {
			groups = append(groups, rules.GroupsAsked(name)...)
		}
		if query.User, err = g.bot.policySubject(ctx, r.From.ID, groups, true); err != nil {
			return commands.Rights{}, err
		}
	} else {
		rights.Decision = tellWithAccount(rules, query, rules.Decide(query))
	}
	deny, allow := rules.Rights(query)
	rights.Deny, rights.Allow = tellRights(deny), tellRights(allow)
	used, _, err := g.bot.roomsUsed(ctx, r.From.ID, policy.Limits{})
	rights.UsedHour, rights.UsedDay = used.Hour, used.Day
	return rights, err
}

func tellRights(rules []policy.Right) (told []commands.Right) {
	for _, r := range rules {
		right := commands.Right{
			Rule: r.Rule, Line: r.Line, Reason: r.Reason, Where: r.Where, Commands: r.Commands,
			PerHour: r.Limits.PerHour, PerDay: r.Limits.PerDay, Approval: r.Approval, Grant: r.Grant,
			Conditions: tellConditions(r.Conditions), ApprovalWhen: tellConditions(r.ApprovalWhen),
		}
		told = append(told, right)
	}
	return told
}

func tellConditions(all []policy.Condition) (told []commands.Condition) {
	for _, c := range all {
		told = append(told, commands.Condition(c))
	}
	return told
}

// InForce describes the policy.
func (g governance) InForce() commands.PolicyInForce {
	state := g.bot.rules.current.Load()
	deny, allow := state.policy.Rules()
	p := commands.PolicyInForce{Version: state.policy.Version(), Since: state.since, Before: state.before, Deny: deny, Allow: allow}
	if state.fault != nil {
		p.Fault = state.fault.Error()
	}
	return p
}

// decisionsKept is how far back LastRefusal looks.
const decisionsKept = 30 * 24 * time.Hour

// LastRefusal is the last refusal of a request of somebody, whatever the command. Of each request
// the last decision counts.
func (g governance) LastRefusal(ctx context.Context, who symphony.UserID) (last commands.Decision, found bool, err error) {
	filter := engine.EntryFilter{Since: time.Now().Add(-decisionsKept), Actor: int64(who), Kind: audit.Decision}
	seen := map[string]bool{}
	err = g.bot.engine.ListNewest(ctx, filter, func(s engine.StoredEntry) error {
		if seen[s.Request] {
			return nil
		}
		seen[s.Request] = true
		last, err = g.readDecision(ctx, s)
		if found = err == nil && last.Outcome != commands.OutcomeAllow; found {
			return engine.ErrStop
		}
		return err
	})
	return last, found, err
}

// DecisionOf is the last decision about a request, and who asked for it.
func (g governance) DecisionOf(ctx context.Context, request commands.RequestID) (last commands.Decision, who symphony.UserID, found bool, err error) {
	isPaused := false
	err = g.bot.engine.ListNewest(ctx, engine.EntryFilter{Request: string(request)}, func(s engine.StoredEntry) error {
		if s.Kind == audit.Answer {
			isPaused = isPaused || endedPaused(s)
			return nil
		}
		if s.Kind != audit.Decision {
			return nil
		}
		last, err = g.readDecision(ctx, s)
		if err != nil {
			return err
		}
		found, who, last.IsPaused = true, symphony.UserID(s.Actor), isPaused
		return engine.ErrStop
	})
	if err == nil && found {
		last.Pause, err = g.findPause(ctx, request, who)
	}
	return last, who, found, err
}

// findPause is the pause that holds a request of somebody; nil for none.
func (g governance) findPause(ctx context.Context, request commands.RequestID, who symphony.UserID) (*commands.PauseInForce, error) {
	jobs, err := g.bot.engine.List(ctx, engine.Filter{Owner: ownerOf(who), Limit: math.MaxInt32})
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(jobs, func(s engine.Summary) bool { return s.PausedKind() != "" && commands.NewRequestID(s.ID) == request })
	if i < 0 {
		return nil, nil
	}
	all, err := g.bot.env.Pauses.InForce(ctx)
	if err != nil {
		return nil, err
	}
	return commands.PauseOf(all, jobs[i].PausedKind()), nil
}

// readDecision reads an entry of the record about a decision.
func (g governance) readDecision(ctx context.Context, s engine.StoredEntry) (commands.Decision, error) {
	past, err := ReadDecision(s)
	if err != nil {
		return commands.Decision{}, err
	}
	told := tellPast(past)
	if past.ApprovedBy != 0 {
		told.ApprovedBy = g.bot.nameOf(ctx, past.ApprovedBy)
	}
	if told.Outcome == commands.OutcomeApprove {
		told.Approval, err = g.lastApproval(ctx, s.Request)
	}
	return told, err
}

// endedPaused reports whether an answer in the record refused the request because of a pause.
func endedPaused(s engine.StoredEntry) bool {
	var body answerBody
	return json.Unmarshal(s.Body, &body) == nil && (body.Outcome == commands.CodePaused || body.Outcome == commands.CodePausedFull)
}

// lastApproval is what has become of the approval of a request.
func (g governance) lastApproval(ctx context.Context, request string) (last *commands.ApprovalState, err error) {
	filter := engine.EntryFilter{Request: request, Kind: audit.Approval}
	err = g.bot.engine.ListNewest(ctx, filter, func(s engine.StoredEntry) error {
		state, isTold, err := ReadApproval(s)
		if err != nil || !isTold {
			return err
		}
		last = &state
		return engine.ErrStop
	})
	return last, err
}

func tellPast(past PastDecision) commands.Decision {
	told := tellDecision(past.Decision, past.Version)
	told.Outcome, told.Request, told.Command, told.At = string(past.Outcome), commands.RequestID(past.Request), past.Command, past.At
	return told
}
