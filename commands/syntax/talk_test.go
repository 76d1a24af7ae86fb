package syntax_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands/syntax"
)

func TestThanksAreToldFromOtherTalk(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"thanks", "Thanks!", "thank you so much", "THX", "ty", "cheers 👍", "ok, thanks a lot :)", "thanks for your help", "perfect – thanks",
		"danke", "Danke dir!", "vielen Dank", "herzlichen Dank für die Hilfe", "dankeschön",
		"merci", "Merci beaucoup !", "gracias", "¡Muchas gracias!", "mil gracias por tu ayuda",
		"ありがとう", "ありがとうございます。", "どうもありがとうございました", "どうも",
	} {
		require.Equal(t, syntax.Result{Help: syntax.TopicGeneral, Talk: syntax.Thanks}, grammar().Parse(syntax.Message{Text: text}), text)
	}
	for _, text := range []string{
		"", "hi", "hello", "bonjour", "hola", "こんにちは", "what can you do", "thanks, now open a room for Q3", "no thanks to you", "a lot",
		"Dank", "open a room with Alice please", "👍", "?", "can you help me",
	} {
		require.Equal(t, syntax.Result{Help: syntax.TopicGeneral, Talk: syntax.SmallTalk}, grammar().Parse(syntax.Message{Text: text}), text)
	}
}

func TestTalkThatAsksForHelpIsAnsweredWithIt(t *testing.T) {
	t.Parallel()
	for text, topic := range map[string]string{
		"help": syntax.TopicGeneral, "Help me": syntax.TopicGeneral, "help newroom": "newroom",
		"what does /newroom do": "newroom", "thanks for /help": syntax.TopicGeneral,
	} {
		require.Equal(t, syntax.Result{Help: topic}, grammar().Parse(syntax.Message{Text: text}), text)
	}
}

func TestTalkInASharedRoomIsIgnoredUnlessTheBotIsCalled(t *testing.T) {
	t.Parallel()
	require.True(t, grammar().Parse(syntax.Message{Text: "thanks", Room: true}).Ignore)
	called := syntax.Message{Text: "thanks @Roombot", Room: true, Mentions: []syntax.Mention{{Start: 7, End: 15, UserID: grammar().BotID}}}
	require.Equal(t, syntax.Result{Help: syntax.TopicGeneral, Talk: syntax.Thanks}, grammar().Parse(called))
}
