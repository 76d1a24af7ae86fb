package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/rs/zerolog"

	"roombot/bot/approval"
	"roombot/bot/engine"
	"roombot/commands"
)

// Of the versions of a message one is carried out, which claims the message. A version that waits
// for an approval has claimed nothing yet: the newest one that may be carried out, or asked about,
// takes the place of those before it.

// replaceEarlierVersions ends the open questions of earlier versions of the message. It refuses the
// request where an earlier version is carried out or approved, or would do the same, or where a
// newer one waits. The hash is that of what would be asked about, empty for nothing.
func (a *attempt) replaceEarlierVersions(ctx context.Context, hash string) error {
	if a.request.Form == nil && a.request.Message == a.request.Origin && hash == "" { // it is the first version
		return nil
	}
	for _, claim := range append(a.excludedClaims(), messageClaim(a.request.Origin)) {
		owner, err := a.bot.engine.ClaimOwner(ctx, claim)
		switch {
		case err != nil:
			return err
		case owner != "" && owner != a.ID:
			return a.refuseSecond(ctx, owner, a.said)
		}
	}
	questions, err := a.bot.engine.UnfinishedQuestions(ctx)
	if err != nil {
		return err
	}
	last := map[string]engine.Question{} // of each job
	for _, q := range questions {
		last[q.Job] = q
	}
	delete(last, a.ID)
	for _, q := range last {
		if err := a.replaceVersion(ctx, q, hash); err != nil {
			return err
		}
	}
	return nil
}

// replaceVersion ends the question of another request if it is an earlier version of this one.
func (a *attempt) replaceVersion(ctx context.Context, q engine.Question, hash string) error {
	var asked approval.Asked
	var answer approval.Answer
	err := json.Unmarshal(q.Text, &asked)
	if err == nil && !q.IsOpen() {
		err = json.Unmarshal(q.Answer, &answer)
	}
	if err != nil {
		return fmt.Errorf("read what was asked: %w", err)
	}
	switch {
	case !a.isVersionOf(asked):
		return nil
	case answer.Outcome == approval.Approved:
		return a.refuseSecond(ctx, q.Job, a.said)
	case !q.IsOpen():
		return nil
	case asked.Sent.After(a.request.At):
		return a.refuseUnapproved(question{answer: approval.Answer{Outcome: approval.Replaced}}, "")
	case hash != "" && asked.Hash == hash:
		return a.refuseSecond(ctx, q.Job, a.said)
	}
	counted, err := a.bot.endQuestionOf(ctx, q, asked, approval.Replaced, false)
	switch {
	case errors.Is(err, engine.ErrLate), errors.Is(err, engine.ErrEnded): // it ends by itself
		return nil
	case err == nil && counted == approval.Approved: // at this moment
		return a.refuseSecond(ctx, q.Job, a.said)
	case err == nil:
		zerolog.Ctx(ctx).Info().Msg("newer version takes the place of one that waits for an approval")
	}
	return err
}

// isSameMessage reports whether two requests are versions of one message, or of one of the commands
// in it. Two commands of a message are two requests.
func isSameMessage(a, b string) bool {
	wholeA, _, aIsLine := strings.Cut(a, lineMark)
	wholeB, _, bIsLine := strings.Cut(b, lineMark)
	return a == b || wholeA == wholeB && !(aIsLine && bIsLine)
}

// tellEarlierVersion ends the answer to an edited message with that an earlier version of it still
// waits for an approval: this one has not taken its place.
func (a *attempt) tellEarlierVersion(ctx context.Context, reply commands.Reply) (commands.Reply, error) {
	if a.request.Form != nil || a.request.Message == a.request.Origin {
		return reply, nil
	}
	open, err := a.bot.engine.OpenQuestions(ctx)
	if err != nil {
		return commands.Reply{}, err
	}
	for _, q := range open {
		var asked approval.Asked
		if err := json.Unmarshal(q.Text, &asked); err != nil {
			return commands.Reply{}, fmt.Errorf("read what was asked: %w", err)
		}
		if q.Job != a.ID && a.isVersionOf(asked) {
			return commands.AddEarlierVersionWaits(reply, commands.NewRequestID(q.Job)), nil
		}
	}
	return reply, nil
}

// isVersionOf reports whether the request is of the same message as one that was asked about.
func (a *attempt) isVersionOf(asked approval.Asked) bool {
	return asked.Requester == int64(a.request.From.ID) && isSameMessage(asked.Message, string(a.request.Origin))
}
