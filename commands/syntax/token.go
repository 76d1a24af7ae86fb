package syntax

// kind tells tokens apart.
type kind int

const (
	word     kind = iota // a run of visible characters
	quoted               // a quoted text; inside holds what is between the quotes
	mention              // a span that stands for a person
	email                // an e-mail address
	username             // @username that is no mention
	key                  // the start of an option, without its value
	command              // a slash and a name
	broken               // a quote that is never closed, or closed in mid-word
)

// token is one piece of a message. Offsets count code points.
type token struct {
	kind       kind
	start, end int
	// text is what the token says: the word, the address, the key as it was typed.
	text string
	// glued: nothing stands between the token before and this one.
	glued bool
	// listed: a comma or semicolon stands between the token before and this one.
	listed bool
	// dashed, for keys: written as --key. bound: followed by ":" or "=".
	dashed, bound bool
	// user is the person of a mention.
	user int64
	// inside is the content of a quoted text, with the offsets it came from.
	inside *quotation
	// fault is what is wrong with a broken token.
	fault *fault
}

func (t token) person() bool {
	return t.kind == mention || t.kind == email || t.kind == username
}

// quotation is the content of a quoted text with its escapes resolved.
type quotation struct {
	runes    []rune
	from     []int
	mentions bool
}

// fault is an error on its way to becoming an [Error]: its edits, if any, make
// the corrected line.
type fault struct {
	Error
	edits []edit
}

// edit replaces the code points from start to end by text.
type edit struct {
	start, end int
	text       string
}
