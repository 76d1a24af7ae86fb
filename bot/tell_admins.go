package bot

import (
	"context"
	"fmt"
	"strings"

	"github.com/rs/zerolog"

	"roombot/symphony"
	"roombot/symphony/messageml"
)

// tellAdmins writes to each administrator whom the policy names as a person, in their 1:1 chat. Of
// several replicas the first one does that, once for each text.
func (b *Bot) tellAdmins(ctx context.Context, text string) {
	if !b.isFirstToTell(ctx, text) {
		return
	}
	message := symphony.Outgoing{MessageML: messageml.Message(toldLines(text)...)}
	for _, id := range b.rules.now().AdminIDs() {
		chat, err := b.client.CreateIM(ctx, symphony.UserID(id))
		if err == nil {
			_, err = b.client.SendMessage(ctx, chat, message)
		}
		if err != nil && ctx.Err() == nil {
			zerolog.Ctx(ctx).Warn().Err(err).Int64("user", id).Msg("administrator could not be told of the policy")
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

// isFirstToTell reports whether no other process has told the text.
func (b *Bot) isFirstToTell(ctx context.Context, text string) bool {
	var told string
	if _, err := b.engine.Note(ctx, noteTold, &told); err == nil && told == text {
		return false
	}
	return b.engine.SetNote(ctx, noteTold, text) == nil
}
