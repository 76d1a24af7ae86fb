package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxDepth bounds the nesting of a document. No schema needs more than ten levels.
const maxDepth = 64

// parseJSON returns the nodes that the same document in YAML would have. The YAML parser is not
// used for JSON because it refuses tabs and surrogate escapes.
func parseJSON(content []byte) (*yaml.Node, *Problem) {
	var whole json.RawMessage
	if err := json.Unmarshal(content, &whole); err != nil {
		return nil, jsonProblem(content, err)
	}
	p := jsonParser{
		decoder: json.NewDecoder(bytes.NewReader(content)),
		cursor:  cursor{content: content, line: 1, column: 1},
	}
	p.decoder.UseNumber()
	root := p.readValue(0)
	if p.tooDeep {
		return nil, &Problem{Line: p.cursor.line, Column: p.cursor.column, Message: "is nested too deeply"}
	}
	return root, nil
}

type jsonParser struct {
	decoder *json.Decoder
	cursor  cursor
	tooDeep bool
}

// readValue reads the next value of valid JSON. It returns nil at the end of a list or an object.
func (p *jsonParser) readValue(depth int) *yaml.Node {
	line, column := p.cursor.advanceTo(p.nextTokenOffset())
	token, err := p.decoder.Token()
	if err != nil {
		return nil
	}
	node := scalarNode(token)
	if delim, ok := token.(json.Delim); ok {
		if delim == '}' || delim == ']' {
			return nil
		}
		node = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		if delim == '{' {
			node = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		}
		p.readChildren(node, depth+1)
	}
	node.Line, node.Column = line, column
	return node
}

func (p *jsonParser) readChildren(node *yaml.Node, depth int) {
	if depth > maxDepth {
		p.tooDeep = true
		return
	}
	for child := p.readValue(depth); child != nil && !p.tooDeep; child = p.readValue(depth) {
		node.Content = append(node.Content, child)
	}
}

// nextTokenOffset is where the next token begins. The decoder's offset is the end of the last
// token, before blanks, commas and colons.
func (p *jsonParser) nextTokenOffset() int {
	at := int(p.decoder.InputOffset())
	for at < len(p.cursor.content) && strings.IndexByte(" \t\r\n,:", p.cursor.content[at]) >= 0 {
		at++
	}
	return at
}

func scalarNode(token json.Token) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode}
	switch value := token.(type) {
	case string:
		node.Tag, node.Value = tagText, value
	case json.Number:
		node.Tag, node.Value = tagInt, value.String()
		if strings.ContainsAny(node.Value, ".eE") {
			node.Tag = tagFloat
		}
	case bool:
		node.Tag, node.Value = tagBool, "false"
		if value {
			node.Value = "true"
		}
	default:
		node.Tag = tagNull
	}
	return node
}

// cursor turns growing offsets into lines and columns. It reads each byte once.
type cursor struct {
	content      []byte
	at           int
	line, column int
}

func (c *cursor) advanceTo(to int) (line, column int) {
	for c.at < to && c.at < len(c.content) {
		_, size := utf8.DecodeRune(c.content[c.at:])
		c.column++
		if c.content[c.at] == '\n' {
			c.line, c.column = c.line+1, 1
		}
		c.at += size
	}
	return c.line, c.column
}

func jsonProblem(content []byte, err error) *Problem {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return &Problem{Message: "is not JSON: " + err.Error()}
	}
	at := max(int(syntax.Offset)-1, 0)
	problem := &Problem{Message: "is not JSON: " + syntax.Error()}
	problem.Line, problem.Column = (&cursor{content: content, line: 1, column: 1}).advanceTo(at)
	if at >= len(content) || strings.Contains(syntax.Error(), "unexpected end") {
		problem.Message, problem.Fix = "the file ends in the middle", "close what is open: a quote, a ] or a }"
		return problem
	}
	switch content[at] {
	case '}', ']':
		problem.Fix = "look before it for a bracket that is not closed, or a value that is missing"
		if bytes.HasSuffix(bytes.TrimRight(content[:at], " \t\r\n"), []byte(",")) {
			problem.Fix = "remove the comma before it"
		}
	case '/', '#':
		problem.Fix = "JSON has no comments: remove them, or write the file as YAML"
	case '\'':
		problem.Fix = "write double quotes"
	case '"':
		problem.Fix = "a comma or a colon is missing before it"
	case '\n', '\t':
		problem.Fix = `write \n or \t inside quotes, or close the quote before the end of the line`
	}
	return problem
}
