// Package messageml speaks Symphony's markup in both directions.
//
// Building: a message is a tree of small typed nodes, and Message renders it as MessageML. Text
// that came from people is escaped by construction: it can become neither an element nor a
// FreeMarker expression, which the agent would evaluate. Where the agent's content rules are strict
// they are types here (Inline), so that what compiles is accepted.
//
// Reading: Read takes a message as a bot receives it, PresentationML and entity JSON, and gives
// plain text with typed spans. Who is mentioned is what the entity JSON says, never what the text
// looks like. Plain renders a message for a terminal.
package messageml

import "strings"

// Node is a piece of a message. Only this package makes nodes.
type Node interface{ write(*strings.Builder) }

// Inline is a node that may stand within a line: in Bold, Italic and Pre the agent accepts nothing
// else.
type Inline interface {
	Node
	inline()
}

// Message renders the nodes as one MessageML document.
func Message(nodes ...Node) string {
	var b strings.Builder
	b.WriteString("<messageML>")
	writeAll(&b, nodes)
	b.WriteString("</messageML>")
	return b.String()
}

func writeAll[N Node](b *strings.Builder, nodes []N) {
	for _, node := range nodes {
		// A nil node is an optional part that is not there.
		if any(node) != nil {
			node.write(b)
		}
	}
}

// Group is several nodes where one is asked for; it adds nothing around them.
func Group(nodes ...Node) Node { return group(nodes) }

type group []Node

func (g group) write(b *strings.Builder) { writeAll(b, g) }

// element is a tag whose name and attribute names are ours; values and children are escaped.
type element[N Node] struct {
	name     string
	attrs    []attribute
	children []N
}

type attribute struct{ name, value string }

func (e element[N]) write(b *strings.Builder) {
	openTag(b, e.name, e.attrs)
	if len(e.children) == 0 && e.name == "br" {
		b.WriteString("/>")
		return
	}
	b.WriteByte('>')
	writeAll(b, e.children)
	closeTag(b, e.name)
}

func openTag(b *strings.Builder, name string, attrs []attribute) {
	b.WriteByte('<')
	b.WriteString(name)
	for _, a := range attrs {
		if a.value == "" {
			continue
		}
		b.WriteByte(' ')
		b.WriteString(a.name)
		b.WriteString(`="`)
		writeEscaped(b, a.value, inAttribute)
		b.WriteByte('"')
	}
}

func closeTag(b *strings.Builder, name string) {
	b.WriteString("</")
	b.WriteString(name)
	b.WriteByte('>')
}
