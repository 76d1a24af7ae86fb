package syntax

// Message is what somebody wrote, as they see it. Package commands stores it as JSON.
type Message struct {
	// Text is the visible text. All offsets count its code points.
	Text string `json:"text"`
	// Mentions are the spans of Text that stand for a person.
	Mentions []Mention `json:"mentions"`
	// Room says that the message was written in a shared room, where silence is the rule, and not in
	// the 1:1 chat with the bot.
	Room bool `json:"room"`
}

// Mention is a span of a message that stands for a person, whatever text it holds. Start is
// inclusive, End exclusive. Package commands stores it as JSON.
type Mention struct {
	Start  int   `json:"start"`
	End    int   `json:"end"`
	UserID int64 `json:"userId"`
}
