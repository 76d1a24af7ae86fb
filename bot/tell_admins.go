package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/policy"
	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// noteNewPolicy has the administrators told of a policy that has come into force, or of the faults
// of a text that has not.
func (b *Bot) noteNewPolicy(ctx context.Context, news policyNews) {
	b.engine.SetLabel(b.rules.now().Version())
	b.noteApprovalNews()
	select {
	case b.policyNews <- news:
	default: // more edits than can be told of
		zerolog.Ctx(ctx).Warn().Msg("administrators were not told of the policy, more news wait to be told")
	}
}

// waitingNews is how many edits of the policy may wait to be told.
const waitingNews = 64

// compareTime bounds the comparison of two policies.
const compareTime = 20 * time.Second

// tellNews tells the administrators of the policy, until ctx ends. What an edit changes is found
// out here, while the new policy decides already.
func (b *Bot) tellNews(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case news := <-b.policyNews:
			if b.isFirstToTell(ctx, noteTold, news.text) {
				b.sendLinesToAdmins(ctx, b.linesOf(ctx, news), b.rules.now(), news.replaced)
			}
			b.noteNames(ctx)
		}
	}
}

// linesOf is what administrators read of the policy's text.
func (b *Bot) linesOf(ctx context.Context, news policyNews) []string {
	lines := strings.Split(news.text, "\n")
	if news.after == nil {
		return foldLines(lines, maxTold, "bot policy check lists all.")
	}
	limited, cancel := context.WithTimeout(ctx, compareTime)
	defer cancel()
	change, err := newPastLookup(b.client, b.rules.groups, news.before, news.after).findChange(limited, b.engine, news.before, news.after)
	if err != nil {
		if ctx.Err() == nil {
			zerolog.Ctx(ctx).Warn().Err(err).Msg("new policy could not be compared with the one before")
		}
		return append(lines, "What that changes could not be found out.")
	}
	rest := fmt.Sprintf("bot policy diff %s %s lists all.", change.Before, change.After)
	replay := change.Replay.Lines()
	lines = append(lines, foldLines(change.Difference.Lines(), max(maxTold-len(lines)-len(replay), maxTold/2), rest)...)
	return append(lines, foldLines(replay, max(maxTold-len(lines), 1), rest)...)
}

// tellAdmins writes to each administrator in their 1:1 chat. Of several replicas the first one does
// that, once for each text.
func (b *Bot) tellAdmins(ctx context.Context, text string) {
	if b.isFirstToTell(ctx, noteTold, text) {
		b.sendToAdmins(ctx, text)
	}
}

func (b *Bot) sendToAdmins(ctx context.Context, text string) {
	b.sendLinesToAdmins(ctx, foldLines(strings.Split(text, "\n"), maxTold, "bot policy check lists all."), b.rules.now())
}

// sendLinesToAdmins writes to the administrators of each of the policies.
func (b *Bot) sendLinesToAdmins(ctx context.Context, lines []string, policies ...*policy.Policy) {
	b.sendLinesTo(ctx, b.adminsToTell(ctx, policies...), lines)
}

func (b *Bot) sendLinesTo(ctx context.Context, admins []symphony.UserID, lines []string) {
	var told []messageml.Node
	for _, line := range lines {
		told = append(told, messageml.Paragraph(messageml.Text(syntax.Truncate(line, maxToldLine))))
	}
	message := symphony.Outgoing{MessageML: messageml.Message(told...)}
	for _, id := range admins {
		chat, err := b.client.CreateIM(ctx, id)
		if err == nil {
			_, err = b.client.SendMessage(ctx, chat, message)
		}
		if err != nil && ctx.Err() == nil {
			zerolog.Ctx(ctx).Warn().Err(err).Int64("user", int64(id)).Msg("administrator could not be told of the policy")
		}
	}
}

// maxTold is how many lines administrators are told, no more than a screen shows.
const maxTold = 15

// maxToldLine is how many characters of a line are told.
const maxToldLine = 400

// foldLines leaves as many lines as are told, and says where the rest is.
func foldLines(lines []string, most int, rest string) []string {
	if more := len(lines) - most; more > 0 {
		lines = append(slices.Clip(lines[:most]), fmt.Sprintf("… and %d more: %s", more, rest))
	}
	return lines
}

// noteTold is the note of the text that administrators were told last.
const noteTold = "policy-told"

// isFirstToTell reports whether the text is another one than was told last, by whichever process,
// as the note has it.
func (b *Bot) isFirstToTell(ctx context.Context, note, text string) bool {
	b.telling.Lock() // many requests may find the same at once
	defer b.telling.Unlock()
	var told string
	if _, err := b.engine.Note(ctx, note, &told); err == nil && told == text {
		return false
	}
	return b.engine.SetNote(ctx, note, text) == nil
}
