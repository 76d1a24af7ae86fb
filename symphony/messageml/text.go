package messageml

import "strings"

type text string

func (t text) write(b *strings.Builder) { writeEscaped(b, string(t), inLine) }
func (text) inline()                    {}

type inlineElement struct{ element[Inline] }

func (inlineElement) inline() {}

// Text is what somebody wrote, shown as it is; line ends become line breaks.
func Text(s string) Inline { return text(s) }

// Bold shows its children in bold.
func Bold(children ...Inline) Inline {
	return inlineElement{element[Inline]{name: "b", children: children}}
}

// Italic shows its children in italics.
func Italic(children ...Inline) Inline {
	return inlineElement{element[Inline]{name: "i", children: children}}
}

// SecondaryText shows its children in the colour of what matters less.
func SecondaryText(children ...Inline) Inline {
	return inlineElement{element[Inline]{name: "span", attrs: []attribute{{"class", "tempo-text-color--secondary"}}, children: children}}
}

// Break ends the line.
func Break() Inline { return inlineElement{element[Inline]{name: "br"}} }

type verbatim struct{ name, content string }

func (v verbatim) write(b *strings.Builder) {
	openTag(b, v.name, nil)
	b.WriteByte('>')
	writeEscaped(b, v.content, inText)
	closeTag(b, v.name)
}

// Code shows text in a fixed-width font, with its blanks and line ends.
func Code(s string) Node { return verbatim{"code", s} }

// Pre shows text as a block with its blanks and line ends.
func Pre(s string) Node { return verbatim{"pre", s} }

// Paragraph sets its children apart from what surrounds them.
func Paragraph(children ...Node) Node { return element[Node]{name: "p", children: children} }

// Heading is a heading of level 1 to 6; other levels are brought into that range.
func Heading(level int, children ...Inline) Node {
	name := "h" + string(rune('0'+min(max(level, 1), 6)))
	return element[Inline]{name: name, children: children}
}

// Item is what one List entry holds.
type Item []Node

func (i Item) write(b *strings.Builder) { element[Node]{name: "li", children: i}.write(b) }

// List shows the items with bullets. An empty list renders nothing, because the agent refuses one.
func List(items ...Item) Node { return list{"ul", items} }

// NumberedList shows the items with numbers. An empty list renders nothing.
func NumberedList(items ...Item) Node { return list{"ol", items} }

type list struct {
	name  string
	items []Item
}

func (l list) write(b *strings.Builder) {
	if len(l.items) > 0 {
		element[Item]{name: l.name, children: l.items}.write(b)
	}
}
