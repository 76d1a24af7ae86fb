package messageml

import (
	"strconv"
	"strings"
	"unicode/utf16"
)

// What the agent accepts at most: characters of an attribute, and of a field's text (in UTF-16
// units, as Java counts).
const (
	attributeLimit = 256
	textFieldLimit = 128
	textAreaLimit  = 10000
)

// Form asks the reader for values. Only service accounts may send one; it needs an id that is
// unique in the message and at least one Button of type action. The agent refuses a form within a
// form.
func Form(id string, children ...Node) Node {
	return element[Node]{name: "form", attrs: []attribute{{"id", id}}, children: children}
}

// TextField is one line of text. Label and Placeholder are cut at 256 characters.
type TextField struct {
	Name        string // required
	Label       string
	Value       string // what is in it at first; sent when untouched
	Placeholder string
	Required    bool
	MaxLength   int // 0 is the agent's own limit of 128. A longer Value raises it up to there, since the agent refuses to show less
}

func (f TextField) write(b *strings.Builder) {
	writeField(b, "text-field", labelText(f.Value, ""), fieldAttributes{
		name: f.Name, label: f.Label, placeholder: f.Placeholder, required: f.Required,
		length: f.MaxLength, limit: textFieldLimit,
	})
}

// TextArea is several lines of text. Label and Placeholder are cut at 256 characters.
type TextArea struct {
	Name        string // required
	Label       string
	Value       string // what is in it at first; sent when untouched
	Placeholder string
	Required    bool
	MaxLength   int // 0 is the agent's own limit of 10,000. A longer Value raises it up to there
}

func (f TextArea) write(b *strings.Builder) {
	writeField(b, "textarea", f.Value, fieldAttributes{
		name: f.Name, label: f.Label, placeholder: f.Placeholder, required: f.Required,
		length: f.MaxLength, limit: textAreaLimit,
	})
}

type fieldAttributes struct {
	name, label, placeholder string
	required                 bool
	length, limit            int
}

// writeField writes the two elements whose initial value is their text, and keeps that within the
// length the agent checks.
func writeField(b *strings.Builder, name, value string, a fieldAttributes) {
	value = cutUTF16(removeForbidden(value), a.limit)
	length := a.length
	if length > 0 {
		length = min(max(length, lengthUTF16(value)), a.limit)
	}
	openTag(b, name, []attribute{
		{"name", a.name}, {"label", cutAttribute(a.label)}, {"placeholder", cutAttribute(a.placeholder)},
		{"required", boolAttribute(a.required)}, {"maxlength", numberAttribute(length)},
	})
	b.WriteByte('>')
	writeEscaped(b, value, inText)
	closeTag(b, name)
}

// PersonSelector lets the reader choose people; the answer is an array of user ids.
type PersonSelector struct {
	Name        string // required
	Label       string
	Placeholder string
	Value       []int64 // who is in it at first
	Required    bool
}

func (s PersonSelector) write(b *strings.Builder) {
	openTag(b, "person-selector", []attribute{
		{"name", s.Name}, {"label", cutAttribute(s.Label)}, {"placeholder", cutAttribute(s.Placeholder)},
		{"required", boolAttribute(s.Required)}, {"value", idsAttribute(s.Value)},
	})
	b.WriteString("/>")
}

// Checkbox is a box to tick; unticked, its key is absent from the answer.
type Checkbox struct {
	Name    string // required
	Value   string // what is sent when ticked; "on" when empty
	Label   string
	Checked bool
}

func (c Checkbox) write(b *strings.Builder) {
	writeChoice(b, "checkbox", c.Name, c.Value, c.Label, c.Checked)
}

// Radio is one of several choices that share a Name.
type Radio struct {
	Name    string // required
	Value   string // what is sent when chosen; "on" when empty
	Label   string
	Checked bool
}

func (r Radio) write(b *strings.Builder) {
	writeChoice(b, "radio", r.Name, r.Value, r.Label, r.Checked)
}

func writeChoice(b *strings.Builder, element, name, value, label string, checked bool) {
	openTag(b, element, []attribute{{"name", name}, {"value", value}, {"checked", boolAttribute(checked)}})
	b.WriteByte('>')
	writeEscaped(b, labelText(label, ""), inText)
	closeTag(b, element)
}

// Select lets the reader choose one of the options, or several of a multiple one. Without options
// it renders nothing, because the agent refuses it.
type Select struct {
	Name        string // required
	Label       string
	Placeholder string
	Options     []Option
	Required    bool
	Multiple    bool // the answer is then a list of the values, or "" for none
}

// Option is one choice of a Select.
type Option struct {
	Value    string // what is sent; the label when empty
	Label    string
	Selected bool // the first one counts, unless several may be chosen
}

func (s Select) write(b *strings.Builder) {
	if len(s.Options) == 0 {
		return
	}
	openTag(b, "select", []attribute{
		{"name", s.Name}, {"label", cutAttribute(s.Label)}, {"data-placeholder", cutAttribute(s.Placeholder)}, {"required", boolAttribute(s.Required)},
		{"multiple", boolAttribute(s.Multiple)},
	})
	b.WriteByte('>')
	selected := false
	for _, option := range s.Options {
		writeOption(b, option, option.Selected && (s.Multiple || !selected))
		selected = selected || option.Selected
	}
	closeTag(b, "select")
}

func writeOption(b *strings.Builder, option Option, selected bool) {
	label := labelText(option.Label, "–")
	value := option.Value
	if value == "" {
		value = label
	}
	openTag(b, "option", []attribute{{"value", value}, {"selected", boolAttribute(selected)}})
	b.WriteByte('>')
	writeEscaped(b, label, inText)
	closeTag(b, "option")
}

// ButtonType says what a Button does.
type ButtonType string

// The types of a button within a form.
const (
	Action ButtonType = "action" // sends the form
	Reset  ButtonType = "reset"  // brings the first values back
)

// ButtonClass is how a Button looks; the zero value is the client's primary button.
type ButtonClass string

// The looks of a button.
const (
	Primary     ButtonClass = "primary"
	Secondary   ButtonClass = "secondary"
	Tertiary    ButtonClass = "tertiary"
	Destructive ButtonClass = "destructive"
)

// Button sends or resets the Form around it.
type Button struct {
	Name  string // the answer's `action`; required but for Reset, where it is left out
	Label string // "OK" when empty
	Type  ButtonType
	Class ButtonClass
}

func (t Button) write(b *strings.Builder) {
	kind, name := t.Type, t.Name
	if kind == "" {
		kind = Action
	}
	if kind == Reset {
		name = ""
	}
	openTag(b, "button", []attribute{{"type", string(kind)}, {"name", name}, {"class", string(t.Class)}})
	b.WriteByte('>')
	writeEscaped(b, labelText(t.Label, "OK"), inText)
	closeTag(b, "button")
}

func boolAttribute(yes bool) string {
	if yes {
		return "true"
	}
	return ""
}

func numberAttribute(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func idsAttribute(users []int64) string {
	if len(users) == 0 {
		return ""
	}
	texts := make([]string, len(users))
	for i, user := range users {
		texts[i] = strconv.FormatInt(user, 10)
	}
	return "[" + strings.Join(texts, ",") + "]"
}

func cutAttribute(s string) string { return cutUTF16(removeForbidden(s), attributeLimit) }

// removeForbidden removes what writing would remove, so that lengths can be measured before.
func removeForbidden(s string) string {
	return strings.Map(func(r rune) rune {
		if isAllowed(r) {
			return r
		}
		return -1
	}, lineEnds.Replace(s))
}

func lengthUTF16(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

func cutUTF16(s string, limit int) string {
	n := 0
	for i, r := range s {
		if n += utf16.RuneLen(r); n > limit {
			return s[:i]
		}
	}
	return s
}
