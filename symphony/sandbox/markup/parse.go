package markup

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
)

// parse reads strict XML. Where the standard decoder is more lenient than the agent's parser, it
// checks for itself.
func parse(source string) (*node, error) {
	for _, r := range source {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return nil, refuse("Invalid control characters in message")
		}
	}
	if strings.Contains(source, "<![CDATA[") {
		return nil, refuse(`Invalid element "#cdata-section"`)
	}
	b := builder{decoder: xml.NewDecoder(strings.NewReader(source))}
	for {
		token, err := b.decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return b.finish()
		}
		if err != nil {
			return nil, saxError(err)
		}
		if err := b.add(token); err != nil {
			return nil, err
		}
	}
}

type builder struct {
	decoder *xml.Decoder
	root    *node
	open    []*node
}

func (b *builder) add(token xml.Token) error {
	switch token := token.(type) {
	case xml.StartElement:
		return b.start(token)
	case xml.EndElement:
		return b.end(rawName(token.Name))
	case xml.CharData:
		return b.addText(string(token))
	case xml.Directive:
		return refuse(`Invalid messageML: DOCTYPE is disallowed when the feature ` +
			`"http://apache.org/xml/features/disallow-doctype-decl" set to true.`)
	case xml.Comment:
		return b.refuseForeign("#comment")
	case xml.ProcInst:
		return b.refuseForeign(token.Target)
	}
	return nil
}

func (b *builder) start(token xml.StartElement) error {
	n := &node{name: rawName(token.Name)}
	if len(token.Attr) > maxAttributes {
		return refuse("Invalid messageML: more than %d attributes in one element", maxAttributes)
	}
	for _, a := range token.Attr {
		name := rawName(a.Name)
		if n.has(name) {
			return refuse(`Invalid messageML: Attribute "%s" was already specified for element "%s".`, name, n.name)
		}
		n.attrs = append(n.attrs, attribute{name, a.Value})
	}
	switch {
	case len(b.open) >= maxDepth:
		return refuse("Invalid messageML: elements are nested more than %d deep", maxDepth)
	case len(b.open) > 0:
		n.parent = b.open[len(b.open)-1]
		n.parent.children = append(n.parent.children, n)
	case b.root != nil:
		return refuse("Invalid messageML: The markup in the document following the root element must be well-formed.")
	default:
		b.root = n
	}
	b.open = append(b.open, n)
	return nil
}

func (b *builder) end(name string) error {
	if len(b.open) == 0 {
		return refuse("Invalid messageML: The markup in the document following the root element must be well-formed.")
	}
	last := b.open[len(b.open)-1]
	if last.name != name {
		return unterminatedError(last.name)
	}
	b.open = b.open[:len(b.open)-1]
	return nil
}

func (b *builder) addText(text string) error {
	if len(b.open) == 0 {
		switch {
		case strings.TrimSpace(strings.TrimPrefix(text, "\ufeff")) == "":
			return nil
		case b.root == nil:
			return refuse("Invalid messageML: Content is not allowed in prolog.")
		}
		return refuse("Invalid messageML: Content is not allowed in trailing section.")
	}
	parent := b.open[len(b.open)-1]
	parent.children = append(parent.children, &node{text: text, parent: parent})
	return nil
}

// refuseForeign refuses comments and instructions, which the agent does within the document only.
func (b *builder) refuseForeign(name string) error {
	if len(b.open) > 0 {
		return refuse(`Invalid element "%s"`, name)
	}
	return nil
}

func (b *builder) finish() (*node, error) {
	switch {
	case len(b.open) > 0:
		return nil, unterminatedError(b.open[len(b.open)-1].name)
	case b.root == nil:
		return nil, refuse("Invalid messageML: Premature end of file.")
	}
	return b.root, nil
}

func unterminatedError(name string) error {
	return refuse(`Invalid messageML: The element type "%s" must be terminated by the matching end-tag "</%s>".`, name, name)
}

func rawName(name xml.Name) string {
	if name.Space != "" {
		return name.Space + ":" + name.Local
	}
	return name.Local
}

var undeclared = regexp.MustCompile(`^invalid character entity &([A-Za-z0-9]+);`)

// saxError says in the words of the agent's parser what it commonly complains of.
func saxError(err error) error {
	syntax, ok := errors.AsType[*xml.SyntaxError](err)
	if !ok {
		return refuse("Invalid messageML: %s", err)
	}
	if found := undeclared.FindStringSubmatch(syntax.Msg); found != nil {
		return refuse(`Invalid messageML: The entity "%s" was referenced, but not declared.`, found[1])
	}
	if strings.HasPrefix(syntax.Msg, "invalid character entity") {
		return refuse("Invalid messageML: The entity name must immediately follow the '&' in the entity reference.")
	}
	return refuse("Invalid messageML: %s (line %d)", syntax.Msg, syntax.Line)
}
