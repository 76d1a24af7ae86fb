package syntax

// tokenKind tells tokens apart.
type tokenKind int

const (
	word        tokenKind = iota // a run of visible characters
	quotedText                   // a quoted text; inside holds what is between the quotes
	mention                      // a span that stands for a person
	email                        // an e-mail address
	username                     // @username that is no mention
	key                          // the start of an option, without its value
	command                      // a slash and a name
	brokenQuote                  // a quote that is never closed, or closed in mid-word
	displayName                  // the name before an e-mail address in brackets
)

// token is one piece of a message. Offsets count code points.
type token struct {
	kind       tokenKind
	start, end int
	// text is what the token says: the word, the address, the key as it was typed.
	text string
	// adjacent is true where nothing stands between the token before and this one.
	adjacent bool
	// afterComma is true where a comma or semicolon stands between the token before and this one.
	afterComma bool
	// Of keys: hasDashes where it is written as --key, hasColon where ":" or "=" follows.
	hasDashes, hasColon bool
	// userID is the person of a mention.
	userID int64
	// content is the content of a quoted text, with the offsets it came from.
	content *quotation
	// err is what is wrong with a broken token.
	err *parseError
}

func (t token) isPerson() bool {
	return t.kind == mention || t.kind == email || t.kind == username
}

// quotation is the content of a quoted text with its escapes resolved.
type quotation struct {
	runes    []rune
	from     []int
	mentions bool
}

// parseError is an [Error] without its corrected line: the edits, if any, make the only one that is
// sensible, and the readings make one each.
type parseError struct {
	Error
	edits    []edit
	readings []correction
}

// edit replaces the code points from start to end by text.
type edit struct {
	start, end int
	text       string
}
