package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/approval"
	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/symphony"
)

// While a request waits for an approval, the policy may change, and so may who is an approver. All
// that wait are looked at together: after a change of the policy, each time when the groups of the
// policy were read, after a click of somebody who may not decide, and once after each start, since
// the store may have been set back. A request for which something has changed is decided anew.

const (
	approvalsPause = time.Second     // between two looks at all requests that wait
	approvalsRetry = 2 * time.Second // before a look that could not be finished is repeated
)

// noteApprovalNews has the requests that wait for an approval be looked at.
func (b *Bot) noteApprovalNews() {
	select {
	case b.approvalNews <- struct{}{}:
	default: // it will be done
	}
}

// watchApprovals looks at the requests that wait for an approval, until ctx ends.
func (b *Bot) watchApprovals(ctx context.Context) {
	isFirst := true
	for {
		isDone, err := b.lookAtApprovals(ctx, isFirst)
		err = errors.Join(err, b.lookAtAccess(ctx))
		if err != nil && ctx.Err() == nil {
			zerolog.Ctx(ctx).Warn().Err(err).Msg("requests that wait for an approval could not be looked at, will retry")
		}
		isFirst = isFirst && !isDone
		pause, news := approvalsPause, b.approvalNews
		if !isDone {
			pause, news = approvalsRetry, nil
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		if news == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-news:
		}
	}
}

// lookAtApprovals has those requests decide anew for which something has changed, or all of them.
// It reports false where that has to be done again: replicas of different versions of the policy
// would undo what the others decide.
func (b *Bot) lookAtApprovals(ctx context.Context, all bool) (isDone bool, err error) {
	questions, err := b.engine.OpenQuestions(ctx)
	if err != nil { // health says that the store does not answer
		zerolog.Ctx(ctx).Debug().Err(err).Msg("requests that wait for an approval could not be listed")
		return false, nil
	}
	if len(questions) == 0 {
		return true, nil
	}
	rules := b.rules.now()
	if agree, err := b.replicasDecideBy(ctx, rules.Version()); err != nil || !agree {
		return false, err
	}
	var jobs []string
	found := map[string]foundApprovers{}
	for _, q := range questions {
		isOutdated, err := b.isOutdated(ctx, rules, q, found)
		if err != nil {
			return false, err
		}
		if all || isOutdated {
			jobs = append(jobs, q.Job)
		}
	}
	return true, b.engine.Reconsider(ctx, jobs)
}

// replicasDecideBy reports whether all replicas have a version of the policy.
func (b *Bot) replicasDecideBy(ctx context.Context, version string) (bool, error) {
	labels, err := b.engine.ReplicaLabels(ctx)
	for _, label := range labels {
		if label != version {
			return false, err
		}
	}
	return err == nil, err
}

// isOutdated reports whether a request has to be decided anew. found keeps the approvers of each
// rule for the rest of the look.
func (b *Bot) isOutdated(ctx context.Context, rules *policy.Policy, q engine.Question, found map[string]foundApprovers) (bool, error) {
	var asked approval.Asked
	if err := json.Unmarshal(q.Text, &asked); err != nil {
		return false, fmt.Errorf("read what was asked: %w", err)
	}
	if asked.Look.Version != rules.Version() {
		return true, nil
	}
	of, known := found[asked.Rule]
	if !known {
		var err error
		if of, err = b.findApprovers(ctx, rules, asked.Rule, false); err != nil {
			return false, err
		}
		found[asked.Rule] = of
	}
	return asked.IsOutdated(of.look(symphony.UserID(asked.Requester))), nil
}
