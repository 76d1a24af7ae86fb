package syntax

// Message is what somebody wrote, as they see it.
type Message struct {
	// Text is the visible text. All offsets count its code points.
	Text string
	// Mentions are the spans of Text that stand for a person.
	Mentions []Mention
	// Room says that the message was written in a shared room, where silence
	// is the rule, and not in the 1:1 chat with the bot.
	Room bool
}

// Mention is a span of a message that stands for a person, whatever text it
// holds. Start is inclusive, End exclusive.
type Mention struct {
	Start, End int
	UserID     int64
}
