package commands

import (
	"roombot/commands/syntax"
	"roombot/symphony/messageml"
)

// ReadMessage turns the content of a Symphony message into what the parser takes.
func ReadMessage(c messageml.Content, room bool) syntax.Message {
	m := syntax.Message{Text: c.Text, Room: room}
	for _, span := range c.Spans {
		if span.Kind == messageml.KindMention {
			m.Mentions = append(m.Mentions, syntax.Mention{Start: span.Start, End: span.End, UserID: span.UserID})
		}
	}
	return m
}
