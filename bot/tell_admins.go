package bot

import (
	"context"
	"fmt"
	"strings"

	"github.com/rs/zerolog"

	"roombot/symphony"
	"roombot/symphony/messageml"
)

// noteNewPolicy tells of a policy that has come into force, or of the faults of a text that has not.
func (b *Bot) noteNewPolicy(ctx context.Context, text string) {
	b.engine.SetLabel(b.rules.now().Version())
	b.tellAdmins(ctx, text)
	b.noteNames(ctx)
}

// tellAdmins writes to each administrator in their 1:1 chat. Of several replicas the first one does
// that, once for each text.
func (b *Bot) tellAdmins(ctx context.Context, text string) {
	if b.isFirstToTell(ctx, noteTold, text) {
		b.sendToAdmins(ctx, text)
	}
}

func (b *Bot) sendToAdmins(ctx context.Context, text string) {
	message := symphony.Outgoing{MessageML: messageml.Message(toldLines(text)...)}
	for _, id := range b.adminsToTell(ctx) {
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

// toldLines are the lines of a text, each a paragraph.
func toldLines(text string) []messageml.Node {
	lines := strings.Split(text, "\n")
	if more := len(lines) - maxTold; more > 0 {
		lines = append(lines[:maxTold], fmt.Sprintf("… and %d more: bot policy check lists all.", more))
	}
	var told []messageml.Node
	for _, line := range lines {
		told = append(told, messageml.Paragraph(messageml.Text(line)))
	}
	return told
}

// noteTold is the note of the text that administrators were told last.
const noteTold = "policy-told"

// isFirstToTell reports whether the text is another one than was told last, by whichever process,
// as the note has it.
func (b *Bot) isFirstToTell(ctx context.Context, note, text string) bool {
	var told string
	if _, err := b.engine.Note(ctx, note, &told); err == nil && told == text {
		return false
	}
	return b.engine.SetNote(ctx, note, text) == nil
}
