package schema

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	tagText  = "!!str"
	tagInt   = "!!int"
	tagFloat = "!!float"
	tagBool  = "!!bool"
	tagNull  = "!!null"
)

var (
	yamlLine  = regexp.MustCompile(`^(?:unmarshal errors:\s*)?line (\d+): `)
	yamlQuote = regexp.MustCompile(`(?s)['"\x60].*['"\x60]`)
	yamlTab   = regexp.MustCompile(`\n *\t`)
	// yamlSigns are quoted signs that the parser has expected, which are no part of the file.
	yamlSigns = regexp.MustCompile(`^'[^\pL\pN']+'( or '[^\pL\pN']+')*$`)
	// yamlFirst are errors about a place, of which the parser tells no line where it is the first.
	yamlFirst = regexp.MustCompile(`^(found|did not find|could not find|mapping values) `)
)

func parseYAML(content []byte) (*yaml.Node, *Problem) {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var document, second yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return nil, &Problem{Message: emptyMessage}
	} else if err != nil {
		return nil, yamlProblem(content, err)
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		return nil, &Problem{Line: second.Line, Column: second.Column, Message: "holds a second document", Fix: "remove the --- and what follows"}
	case !errors.Is(err, io.EOF):
		return nil, yamlProblem(content, err)
	}
	return document.Content[0], nil
}

// yamlProblem keeps the parser's line and words but not its quotations, which may be parts of a
// password.
func yamlProblem(content []byte, err error) *Problem {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	problem := &Problem{}
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		problem.Line, _ = strconv.Atoi(m[1])
		problem.Column = columnOfText(content, problem.Line)
		text = text[len(m[0]):]
	} else if yamlFirst.MatchString(text) {
		problem.Line, problem.Column = 1, columnOfText(content, 1)
	}
	problem.Message = "is not YAML: " + yamlQuote.ReplaceAllStringFunc(text, func(quoted string) string {
		if yamlSigns.MatchString(quoted) {
			return quoted
		}
		return "…"
	})
	switch {
	case strings.Contains(text, "unknown anchor"):
		problem.Fix = "put a value that starts with * into quotes"
	case strings.Contains(text, "tab character"), strings.Contains(text, "cannot start any token") && isTabIndented(content):
		problem.Fix = "indent with blanks: YAML allows no tabs there"
	case strings.Contains(text, "cannot start any token"):
		problem.Fix = "put a value that starts with @, % or a backquote into quotes"
	case strings.Contains(text, "expected alphabetic or numeric character"):
		problem.Fix = `put a * that stands alone, or begins a value, into quotes: "*"`
	case strings.Contains(text, "mapping values are not allowed"):
		problem.Fix = "look for a value with a colon that needs quotes, or a wrong indentation"
	case strings.Contains(text, "could not find expected ':'"):
		problem.Message = "is not YAML: a key has no colon here"
		problem.Fix = "the file seems to be cut off or half written: write the rest of the line"
	case strings.Contains(text, "did not find expected"), strings.Contains(text, "unexpected end"):
		problem.Message = "is not YAML near here" + strings.TrimPrefix(problem.Message, "is not YAML") // the parser tells where it began to look
		problem.Fix = "look on this line and those beside it for a quote or a bracket that is not closed; the file may be cut off or half written"
	}
	return problem
}

// columnOfText is where the text of a line begins, since the parser does not tell the column.
func columnOfText(content []byte, line int) int {
	lines := bytes.SplitN(content, []byte("\n"), line+1)
	if line < 1 || len(lines) < line {
		return 1
	}
	text := lines[line-1]
	if len(bytes.TrimSpace(text)) == 0 {
		return 1
	}
	return len(text) - len(bytes.TrimLeft(text, " ")) + 1
}

func isTabIndented(content []byte) bool {
	return bytes.HasPrefix(content, []byte("\t")) || yamlTab.Match(content)
}

// resolveAlias returns the node that an alias (*name) stands for.
func resolveAlias(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode && node.Alias != nil {
		return node.Alias
	}
	return node
}

func isNull(node *yaml.Node) bool {
	return node == nil || node.Kind == yaml.ScalarNode && node.ShortTag() == tagNull
}

// kindOf names the kind of a node for messages.
func kindOf(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "an object"
	case yaml.SequenceNode:
		return "a list"
	}
	switch node.ShortTag() {
	case tagText:
		return "text"
	case tagInt, tagFloat:
		return "a number"
	case tagBool:
		return "true or false"
	case tagNull:
		return "null"
	}
	return "a " + strings.TrimPrefix(node.ShortTag(), "!!")
}
