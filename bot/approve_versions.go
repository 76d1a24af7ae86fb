package bot

import (
	"context"
	"errors"
	"slices"
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
	versions, err := a.otherVersions(ctx)
	if err != nil || len(versions) == 0 && hash == "" { // what is carried out claims the message anyway
		return err
	}
	err = a.checkClaims(ctx)
	for i := 0; i < len(versions) && err == nil; i++ {
		err = a.checkVersion(ctx, versions[i], hash)
	}
	for i := 0; i < len(versions) && err == nil; i++ {
		err = a.replaceVersion(ctx, versions[i])
	}
	return err
}

// checkClaims refuses the request where another version of the message is carried out, or was.
func (a *attempt) checkClaims(ctx context.Context) error {
	for _, claim := range append(a.excludedClaims(), messageClaim(a.request.Origin)) {
		owner, err := a.bot.engine.ClaimOwner(ctx, claim)
		switch {
		case err != nil:
			return err
		case owner != "" && owner != a.ID:
			return a.refuseSecond(ctx, owner, a.said)
		}
	}
	return nil
}

// otherVersions are the last questions of requests that are other versions of the message and have
// not ended, the oldest first.
func (a *attempt) otherVersions(ctx context.Context) (versions []question, err error) {
	all, err := a.bot.engine.UnfinishedQuestions(ctx)
	for _, stored := range all {
		q := question{Question: stored}
		if err := q.read(); err != nil {
			return nil, err
		}
		if q.Job == a.ID || !a.isVersionOf(q.asked) {
			continue
		}
		versions = append(slices.DeleteFunc(versions, func(v question) bool { return v.Job == q.Job }), q)
	}
	return versions, err
}

// checkVersion refuses the request where another version of the message comes first.
func (a *attempt) checkVersion(ctx context.Context, other question, hash string) error {
	switch {
	case other.answer.Outcome == approval.Approved, other.IsOpen() && hash != "" && other.asked.Hash == hash:
		return a.refuseSecond(ctx, other.Job, a.said)
	case other.IsOpen() && other.asked.Sent.After(a.request.At):
		return a.refuseUnapproved(question{answer: approval.Answer{Outcome: approval.Replaced}}, "")
	}
	return nil
}

// replaceVersion ends the open question of an earlier version.
func (a *attempt) replaceVersion(ctx context.Context, earlier question) error {
	if !earlier.IsOpen() {
		return nil
	}
	counted, err := a.bot.endQuestionOf(ctx, earlier.Question, earlier.asked, approval.Answer{Outcome: approval.Replaced}, false)
	switch {
	case errors.Is(err, engine.ErrLate), errors.Is(err, engine.ErrEnded): // it ends by itself
		return nil
	case err == nil && counted == approval.Approved: // at this moment
		return a.refuseSecond(ctx, earlier.Job, a.said)
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
	versions, err := a.otherVersions(ctx)
	if err != nil {
		return commands.Reply{}, err
	}
	for _, q := range versions {
		if q.IsOpen() && q.asked.Sent.Before(a.request.At) {
			return commands.AddEarlierVersionWaits(reply, commands.NewRequestID(q.Job)), nil
		}
	}
	return reply, nil
}

// isVersionOf reports whether the request is of the same message as one that was asked about.
func (a *attempt) isVersionOf(asked approval.Asked) bool {
	return asked.Requester == int64(a.request.From.ID) && isSameMessage(asked.Message, string(a.request.Origin))
}
