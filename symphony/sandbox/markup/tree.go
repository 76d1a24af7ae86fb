package markup

import (
	"slices"
	"strings"
)

// node is an element, or a text when it has no name.
type node struct {
	name     string
	attrs    []attribute
	children []*node
	parent   *node
	text     string
	entity   string // id of the entity that the element makes

	converted bool // it came as PresentationML's way of writing it
}

type attribute struct{ name, value string }

func (n *node) get(name string) string {
	for _, a := range n.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

func (n *node) has(name string) bool {
	return slices.ContainsFunc(n.attrs, func(a attribute) bool { return a.name == name })
}

func (n *node) set(name, value string) {
	for i := range n.attrs {
		if n.attrs[i].name == name {
			n.attrs[i].value = value
			return
		}
	}
	n.attrs = append(n.attrs, attribute{name, value})
}

func (n *node) remove(name string) {
	n.attrs = slices.DeleteFunc(n.attrs, func(a attribute) bool { return a.name == name })
}

func (n *node) isBlank() bool { return n.name == "" && strings.TrimSpace(n.text) == "" }

// content is the text within, without markup.
func (n *node) content() string {
	var b strings.Builder
	n.writeContent(&b)
	return b.String()
}

func (n *node) writeContent(b *strings.Builder) {
	b.WriteString(n.text)
	for _, child := range n.children {
		child.writeContent(b)
	}
}

// nearestAncestor finds the nearest element around n that has one of the names.
func (n *node) nearestAncestor(names ...string) *node {
	for around := n.parent; around != nil; around = around.parent {
		if slices.Contains(names, around.name) {
			return around
		}
	}
	return nil
}

// visitDescendants calls visit for every element below n.
func (n *node) visitDescendants(visit func(*node)) {
	for _, child := range n.children {
		if child.name != "" {
			visit(child)
			child.visitDescendants(visit)
		}
	}
}
