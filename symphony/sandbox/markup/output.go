package markup

import "strings"

// output writes well-formed XML.
type output struct{ strings.Builder }

// open writes a start tag; names and values of attributes alternate.
func (o *output) open(name string, attrs ...string) {
	o.start(name, attrs)
	o.WriteByte('>')
}

func (o *output) empty(name string, attrs ...string) {
	o.start(name, attrs)
	o.WriteString("/>")
}

func (o *output) start(name string, attrs []string) {
	o.WriteByte('<')
	o.WriteString(name)
	for i := 0; i+1 < len(attrs); i += 2 {
		o.WriteByte(' ')
		o.WriteString(attrs[i])
		o.WriteString(`="`)
		o.WriteString(attributeEscapes.Replace(attrs[i+1]))
		o.WriteByte('"')
	}
}

func (o *output) close(name string) { o.WriteString("</" + name + ">") }

func (o *output) writeText(text string) { o.WriteString(textEscapes.Replace(text)) }

// The agent escapes these four and nothing else; a carriage return or, in attributes, a line end
// would not survive reading.
var (
	textEscapes      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", "&#13;")
	attributeEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", "&#13;", "\n", "&#10;", "\t", "&#9;")
)
