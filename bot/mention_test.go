package bot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

// saysMentioning is somebody whose client writes this text into the mention of an account.
func (w *world) saysMentioning(to, who, text, mention string, id int64) said {
	w.t.Helper()
	before, _, found := strings.Cut(text, mention)
	require.True(w.t, found, text)
	start := len([]rune(before))
	return w.talk(who)(w.pod.Say(w.t.Context(), client.SayRequest{
		As: who, To: to, Text: text, Wait: patience.String(),
		Mentions: []client.Mention{{Start: start, End: start + len([]rune(mention)), UserID: id}},
	}))
}

func TestTheTextOfAMentionDoesNotSayWhoIsMeant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.saysMentioning("", "bob", `/newroom "Deal" @Carol O'Neil`, "@Carol O'Neil", idAlice).
		sees("✓ Deal", "Member: Alice Martin", "@Carol O'Neil in your message is Alice Martin in the directory.")
	w.theOnly("Deal", "bob", "alice")
	self, err := w.client.Me(t.Context())
	require.NoError(t, err)
	w.saysMentioning("", "bob", `/newroom "Deal 2" @Carol O'Neil`, "@Carol O'Neil", int64(self.ID)).
		sees("✓ Deal 2", "@Carol O'Neil in your message is "+self.DisplayName+" in the directory.")
	w.theOnly("Deal 2", "bob")
}

func TestOtherCompaniesDoNotReadWhomAMentionMeans(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withJointRules)
	room, im := w.openJointRoom("")
	before := len(w.botMessages("bob", client.Message{StreamID: im}))
	asked := w.saysMentioning(room, "bob", `/newroom "Deal" @Carol O'Neil`, "@Carol O'Neil", idAlice)
	w.requireDetails("bob", im, before, "@Carol O'Neil in your message is Alice Martin in the directory.")
	w.requireNoFacts("eve", asked.Message, `/newroom "Deal" @Carol O'Neil`)
}
