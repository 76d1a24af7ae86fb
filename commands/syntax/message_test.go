package syntax_test

import (
	"slices"

	"roombot/commands/syntax"
)

// people are whom tests mention: each of these texts in a line is a mention.
func people() map[string]int64 {
	return map[string]int64{
		"@Roombot": botID, "@Alice Martin": 1001, "@Bob Chen": 1002, "@Carol O'Neil": 1003,
		"@Jean-Luc de la Tour": 1004, "@李 雷": 1005, `@Dave "Dee" Ray`: 1006,
	}
}

// im is a message in the 1:1 chat with the bot.
func im(text string) syntax.Message {
	m := syntax.Message{Text: text}
	src := []rune(text)
	for name, id := range people() {
		n := len([]rune(name))
		for i := 0; i+n <= len(src); i++ {
			if string(src[i:i+n]) == name {
				m.Mentions = append(m.Mentions, syntax.Mention{Start: i, End: i + n, UserID: id})
			}
		}
	}
	m.Mentions = sortMentions(m.Mentions)
	return m
}

func sortMentions(mentions []syntax.Mention) []syntax.Mention {
	return slices.SortedStableFunc(slices.Values(mentions), func(a, b syntax.Mention) int { return a.Start - b.Start })
}

// room is a message in a shared room.
func room(text string) syntax.Message {
	m := im(text)
	m.Room = true
	return m
}

func grammar(groups ...string) syntax.Grammar {
	return syntax.Grammar{BotID: botID, Commands: testCommands(), KnownGroups: func() []string { return groups }}
}
