package markup

import (
	"encoding/json"
	"strconv"
	"strings"
)

// expand evaluates FreeMarker as far as bots use it by intention: ${entity['id'].name} and
// ${data.name}, which insert a value from the entity JSON as it is, markup included. Every
// directive, and every other expression, is the agent's template error; that is what unescaped user
// text with such characters runs into.
func expand(source string, data map[string]any) (string, error) {
	var b strings.Builder
	for rest := source; ; {
		at := nextExpression(rest)
		if at < 0 {
			b.WriteString(rest)
			return b.String(), nil
		}
		b.WriteString(rest[:at])
		value, length, ok := evaluate(rest[at:], data)
		if !ok {
			return "", templateError(source, len(source)-len(rest)+at)
		}
		b.WriteString(value)
		if b.Len() > maxBytes {
			return "", tooLargeError()
		}
		rest = rest[at+length:]
	}
}

func nextExpression(s string) int {
	for at := 0; at+1 < len(s); at++ {
		switch s[at : at+2] {
		case "${", "#{", "<#", "<@":
			return at
		}
	}
	return -1
}

func templateError(source string, at int) error {
	before := source[:at]
	line := strings.Count(before, "\n") + 1
	column := len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1
	return refuse("Error parsing Freemarker template: invalid input at line %d, column %d", line, column)
}

// evaluate reads `${ path }` at the start of s and reports its value and its length.
func evaluate(s string, data map[string]any) (string, int, bool) {
	if !strings.HasPrefix(s, "${") {
		return "", 0, false
	}
	p := path{rest: strings.TrimLeft(s[2:], " \t\n\r")}
	switch p.name() {
	case "data", "entity":
	default:
		return "", 0, false
	}
	var value any = data
	for !p.failed && !strings.HasPrefix(p.space(), "}") {
		value = p.step(value)
	}
	text, ok := printValue(value)
	if p.failed || !ok {
		return "", 0, false
	}
	return text, len(s) - len(p.rest) + 1, true
}

// path reads a property path from left to right.
type path struct {
	rest   string
	failed bool
}

func (p *path) space() string {
	p.rest = strings.TrimLeft(p.rest, " \t\n\r")
	return p.rest
}

func (p *path) name() string {
	length := 0
	for length < len(p.rest) && isNameByte(p.rest[length], length == 0) {
		length++
	}
	name := p.rest[:length]
	p.rest = p.rest[length:]
	return name
}

func isNameByte(c byte, first bool) bool {
	return c == '_' || c == '$' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || !first && c >= '0' && c <= '9'
}

func (p *path) step(value any) any {
	switch {
	case strings.HasPrefix(p.rest, "."):
		p.rest = p.rest[1:]
		return p.property(value, p.name())
	case strings.HasPrefix(p.rest, "["):
		p.rest = p.rest[1:]
		return p.bracket(value)
	}
	p.failed = true
	return nil
}

func (p *path) property(value any, name string) any {
	object, ok := value.(map[string]any)
	inner, found := object[name]
	p.failed = p.failed || !ok || !found || name == ""
	return inner
}

func (p *path) bracket(value any) any {
	p.space()
	if p.rest == "" {
		p.failed = true
		return nil
	}
	quote := p.rest[0]
	end := strings.IndexByte(p.rest, ']')
	if quote == '\'' || quote == '"' {
		end = 1 + strings.IndexByte(p.rest[1:], quote)
	}
	if end <= 0 {
		p.failed = true
		return nil
	}
	key := p.rest[:end]
	if quote == '\'' || quote == '"' {
		p.rest = strings.TrimLeft(p.rest[end+1:], " \t\n\r")
		value = p.property(value, key[1:])
	} else {
		p.rest = p.rest[end:]
		value = p.item(value, key)
	}
	p.failed = p.failed || !strings.HasPrefix(p.rest, "]")
	p.rest = strings.TrimPrefix(p.rest, "]")
	return value
}

func (p *path) item(value any, key string) any {
	list, ok := value.([]any)
	index, err := strconv.Atoi(strings.TrimSpace(key))
	if !ok || err != nil || index < 0 || index >= len(list) {
		p.failed = true
		return nil
	}
	return list[index]
}

// printValue is a value as FreeMarker prints it: only texts and numbers, the latter with thousands
// apart.
func printValue(value any) (string, bool) {
	switch value := value.(type) {
	case string:
		return value, true
	case json.Number:
		return groupThousands(value.String()), true
	}
	return "", false
}

func groupThousands(number string) string {
	if strings.ContainsAny(number, ".eE") {
		return number
	}
	sign, digits := "", number
	if strings.HasPrefix(number, "-") {
		sign, digits = "-", number[1:]
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}
