// Package markup is the agent's side of MessageML: it checks a message the way the vendor's agent
// does, with the agent's own error texts, and converts it to the PresentationML and entity JSON
// that clients and bots receive.
//
// It is as strict as the agent where the agent is strict, so that a bot which works here is not
// refused by a real pod. What it leaves out: the financial instruments behind <tag>, and the
// client's pictures.
package markup

import (
	"strings"
	"unicode/utf8"
)

// Limits of one message, as documented by the vendor.
const (
	maxBytes      = 1_500_000 // message and data together
	maxCharacters = 60_000    // of text: about 81,130 after encryption
	maxEntities   = 80        // mentions and tags
	maxDepth      = 500       // of elements; the agent's own bound is its stack
	maxAttributes = 200       // of an element: a bound of ours
)

// Directory is whom a message may mention.
type Directory interface {
	UserByID(id int64) (name string, ok bool)
	UserByEmail(email string) (id int64, name string, ok bool)
}

// Converted is an accepted message as clients and bots receive it.
type Converted struct {
	PresentationML string // well-formed XML without named HTML entities
	Data           string // entity JSON: what came with the message and what its mentions and tags add
	Forms          []Form
	Mentions       []int64 // in the order of the text
}

// Error is why the agent refuses a message. Its text is what the agent answers with status 400.
type Error struct {
	Text     string
	TooLarge bool // the message exceeds a limit: the agent answers with its PAYLOAD_TOO_LARGE body
}

func (e *Error) Error() string { return e.Text }

// Convert checks and converts MessageML or PresentationML with its entity JSON (blank for none).
// The error is an *Error.
func Convert(messageML, data string, d Directory) (Converted, error) {
	if len(messageML)+len(data) > maxBytes {
		return Converted{}, tooLargeError()
	}
	if strings.TrimSpace(messageML) == "" {
		return Converted{}, refuse("Error parsing message: the message cannot be null or empty")
	}
	entities, err := parseEntities(data)
	if err != nil {
		return Converted{}, err
	}
	expanded, err := expand(messageML, entities.values)
	if err != nil {
		return Converted{}, err
	}
	root, err := parse(expanded)
	if err != nil {
		return Converted{}, err
	}
	c := &conversion{directory: d, entities: entities, ids: map[string]bool{}, source: messageML}
	return c.run(root)
}

// conversion is the state of converting one message.
type conversion struct {
	directory Directory
	entities  *entities
	source    string
	index     int             // of the last generated entity: one counter for all kinds
	elements  int             // for generated ids
	ids       map[string]bool // ids of forms and dialogs, which are unique
	mentions  []int64
	tags      int
	forms     []Form
	out       output
}

func (c *conversion) run(root *node) (Converted, error) {
	if err := c.entities.checkReferences(root); err != nil {
		return Converted{}, err
	}
	if err := c.checkRoot(root); err != nil {
		return Converted{}, err
	}
	if err := c.checkLimits(root); err != nil {
		return Converted{}, err
	}
	c.out.open("div", "data-format", "PresentationML", "data-version", "2.0")
	c.writeAll(root.children)
	c.out.close("div")
	data, err := c.entities.encode()
	if err != nil {
		return Converted{}, err
	}
	return Converted{PresentationML: c.out.String(), Data: data, Forms: c.forms, Mentions: c.mentions}, nil
}

func (c *conversion) checkRoot(root *node) error {
	switch root.name {
	case "messageML":
		if len(root.attrs) > 0 {
			return refuse("Element %q may not have attributes", "messageML")
		}
	case "div":
		if !strings.EqualFold(root.get("data-format"), "PresentationML") || !root.has("data-version") {
			return refuse(`Malformed PresentationML. The attributes "data-format" and "data-version" are required.`)
		}
		c.entities.presentation = true
	default:
		return refuse("Root tag must be <messageML> or <div>")
	}
	if err := c.buildChildren(root); err != nil {
		return err
	}
	if err := checkChime(root); err != nil {
		return err
	}
	return checkDialogs(root)
}

func checkChime(root *node) error {
	for _, child := range root.children {
		if child.name == "chime" && len(root.children) != 1 {
			return refuse("Chime messages may not have any other content")
		}
	}
	return nil
}

func (c *conversion) checkLimits(root *node) error {
	if len(c.mentions)+c.tags > maxEntities {
		return &Error{Text: "Limit message-content-max-entities reached", TooLarge: true}
	}
	if root.countCharacters() > maxCharacters {
		return tooLargeError()
	}
	return nil
}

func (n *node) countCharacters() int {
	count := utf8.RuneCountInString(n.text)
	for _, child := range n.children {
		count += child.countCharacters()
	}
	return count
}

func tooLargeError() error {
	return &Error{Text: "Limit message-content-max-total-size reached", TooLarge: true}
}
