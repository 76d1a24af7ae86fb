package messageml

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// sizeLimit is far over the 1.5 MB that an agent accepts for a message with its data.
const sizeLimit = 8 << 20

// ErrTooLarge is the error of a message over the size limit, and the only one of reading.
var ErrTooLarge = errors.New("message too large")

func checkSize(presentationML, data string) error {
	if size := len(presentationML) + len(data); size > sizeLimit {
		return fmt.Errorf("read message of %d bytes, %d at most: %w", size, sizeLimit, ErrTooLarge)
	}
	return nil
}

// visitor receives the parts of a message in order. Every element that starts ends once, whatever
// the markup forgot.
type visitor interface {
	startElement(tag)
	endElement(name string)
	characters(string)
}

type tag struct {
	name  string
	attrs []html.Attribute
}

func (t tag) attribute(name string) string {
	for _, a := range t.attrs {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func (t tag) hasAttribute(name string) bool {
	return slices.ContainsFunc(t.attrs, func(a html.Attribute) bool { return a.Key == name })
}

func (t tag) hasClass(class string) bool {
	return slices.Contains(strings.Fields(t.attribute("class")), class)
}

// scan walks the markup in one pass. It uses HTML's tokenizer, because clients send HTML's entities
// and omissions, but none of HTML's special elements: a <textarea/> is empty here, as XML says, and
// swallows nothing.
func scan(markup string, v visitor) {
	tokens := html.NewTokenizer(strings.NewReader(strings.ToValidUTF8(markup, "\uFFFD")))
	tokens.AllowCDATA(true)
	open := elementStack{visitor: v, openCount: map[string]int{}}
	for {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken: // the end, for a string has no other error
			open.closeTo(0)
			return
		case html.TextToken:
			if open.openCount["script"]+open.openCount["style"] == 0 {
				v.characters(string(tokens.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			token := tokens.Token()
			tokens.NextIsNotRawText()
			open.push(tag{token.Data, token.Attr}, kind == html.SelfClosingTagToken)
		case html.EndTagToken:
			name, _ := tokens.TagName()
			open.pop(string(name))
		}
	}
}

// elementStack matches end tags with start tags. The counts make an end tag without a start cost
// nothing, so that scanning stays linear in the size of the message.
type elementStack struct {
	visitor   visitor
	names     []string
	openCount map[string]int
}

func (s *elementStack) push(t tag, selfClosing bool) {
	s.visitor.startElement(t)
	if selfClosing || isVoid(t.name) {
		s.visitor.endElement(t.name)
		return
	}
	s.names = append(s.names, t.name)
	s.openCount[t.name]++
}

func (s *elementStack) pop(name string) {
	if s.openCount[name] == 0 {
		return
	}
	for depth, open := range slices.Backward(s.names) {
		if open == name {
			s.closeTo(depth)
			return
		}
	}
}

// closeTo ends the innermost elements until so many are open.
func (s *elementStack) closeTo(depth int) {
	for last := len(s.names) - 1; last >= depth; last-- {
		s.visitor.endElement(s.names[last])
		s.openCount[s.names[last]]--
	}
	s.names = s.names[:depth]
}

func isVoid(name string) bool {
	switch name {
	case "br", "hr", "img", "input":
		return true
	}
	return false
}

func isBlock(name string) bool {
	switch name {
	case "div", "p", "ul", "ol", "li", "pre", "blockquote", "hr", "form", "dialog",
		"h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tfoot", "tr",
		"card", "expandable-card", "header", "body", "messageml":
		return true
	}
	return false
}
