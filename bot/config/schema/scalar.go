package schema

import (
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// isScalar reports whether values of a type are written as one text, also when the type is a
// struct.
func isScalar(t reflect.Type) bool {
	return t == reflect.TypeFor[Value]() || t == reflect.TypeFor[time.Duration]() ||
		reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// decodeScalar reads a text, a number, a boolean, or a type that reads itself from text.
func (d *decoder) decodeScalar(at Value, into reflect.Value, f field) {
	node := resolveAlias(at.Node)
	want := expectedType(into.Type())
	if node.Kind != yaml.ScalarNode {
		d.addProblem(at, fmt.Sprintf("is %s and must be %s", kindOf(node), want), "")
		return
	}
	e := expandedText{text: node.Value}
	if node.ShortTag() == tagText {
		var wrong *InvalidValue
		if e, wrong = d.doc.expandVariables(node.Value); wrong != nil {
			d.addProblem(at, wrong.What, wrong.Fix)
			return
		}
	}
	s := scalar{expandedText: e, tag: node.ShortTag(), secret: into.Type() == reflect.TypeFor[Secret]()}
	if wrong := s.assignTo(d.doc, into, f); wrong != nil {
		s.secret = s.secret || wrong.Secret
		d.addProblem(at, s.subject()+wrong.What, wrong.Fix)
		return
	}
	holder, ok := reflect.TypeAssert[interface{ HoldsSecret() bool }](into.Addr())
	if isSecret := s.secret || ok && holder.HoldsSecret(); isSecret && !e.hasVariables && e.text != "" {
		d.doc.literalSecrets = append(d.doc.literalSecrets, at.Path)
	}
}

func expectedType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	}
	return "text"
}

// scalar is a single value as it was written, after its variables were replaced.
type scalar struct {
	expandedText
	tag    string
	secret bool
}

// subject begins a problem's message: the value, unless it is secret or an environment variable's.
func (s scalar) subject() string {
	switch {
	case s.secret:
		return ""
	case len(s.variables) > 0:
		return "the value with ${" + strings.Join(s.variables, "}, ${") + "} "
	case s.tag == tagText:
		return quote(s.text) + " "
	}
	return truncate(s.text) + " "
}

func (s scalar) assignTo(doc *document, into reflect.Value, f field) *InvalidValue {
	switch target := into.Addr().Interface().(type) {
	case *time.Duration:
		return s.setDuration(target, f)
	case *FilePath:
		return s.setFile(doc, target)
	case encoding.TextUnmarshaler:
		return s.setText(target)
	}
	switch into.Kind() {
	case reflect.String:
		return s.setString(into, f)
	case reflect.Int:
		return s.setInt(into, f)
	case reflect.Float64:
		return s.setFloat(into, f)
	case reflect.Bool:
		return s.setBool(into)
	}
	panic("schema: no way to read a " + into.Type().String())
}

// checkText refuses numbers, booleans and null where text is expected.
func (s scalar) checkText() *InvalidValue {
	if s.tag == tagText {
		return nil
	}
	wrong := &InvalidValue{What: "is not text", Fix: "put it in quotes"}
	if !s.secret {
		wrong.Fix = "write " + quote(s.text)
	}
	return wrong
}

func (s scalar) setText(target encoding.TextUnmarshaler) *InvalidValue {
	if wrong := s.checkText(); wrong != nil {
		return wrong
	}
	err := target.UnmarshalText([]byte(s.text))
	if err == nil {
		return nil
	}
	if wrong, ok := errors.AsType[*InvalidValue](err); ok {
		return wrong
	}
	return &InvalidValue{What: "is not valid"}
}

func (s scalar) setString(into reflect.Value, f field) *InvalidValue {
	if wrong := s.checkText(); wrong != nil {
		return wrong
	}
	if f.required && strings.TrimSpace(s.text) == "" {
		return &InvalidValue{What: "is empty", Fix: exampleFix(f)}
	}
	if wrong := checkChoice(s.text, f.oneOf); wrong != nil {
		return wrong
	}
	into.SetString(s.text)
	return nil
}

func checkChoice(text string, choices []string) *InvalidValue {
	if len(choices) == 0 || slices.Contains(choices, text) {
		return nil
	}
	fix := "write " + strings.Join(choices, ", ")
	if at := strings.LastIndex(fix, ", "); at > 0 {
		fix = fix[:at] + " or " + fix[at+2:]
	}
	return &InvalidValue{What: "is not one of the choices", Fix: fix}
}

func (s scalar) setInt(into reflect.Value, f field) *InvalidValue {
	if wrong := s.checkType(tagInt, "is not a whole number", "write digits only"); wrong != nil {
		return wrong
	}
	n, err := parseInt(strings.TrimSpace(s.text))
	if err != nil {
		return &InvalidValue{What: "is not a whole number", Fix: "write digits only"}
	}
	if wrong := checkRange(n, f, parseInt); wrong != nil {
		return wrong
	}
	into.SetInt(n)
	return nil
}

func (s scalar) setFloat(into reflect.Value, f field) *InvalidValue {
	if s.tag != tagInt {
		if wrong := s.checkType(tagFloat, "is not a number", "write it like 1.5"); wrong != nil {
			return wrong
		}
	}
	x, err := parseFloat(strings.TrimSpace(s.text))
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return &InvalidValue{What: "is not a number", Fix: "write it like 1.5"}
	}
	if wrong := checkRange(x, f, parseFloat); wrong != nil {
		return wrong
	}
	into.SetFloat(x)
	return nil
}

func (s scalar) setBool(into reflect.Value) *InvalidValue {
	if wrong := s.checkType(tagBool, "is not true or false", "write true or false"); wrong != nil {
		return wrong
	}
	switch strings.ToLower(strings.TrimSpace(s.text)) {
	case "true":
		into.SetBool(true)
	case "false":
		into.SetBool(false)
	default:
		return &InvalidValue{What: "is not true or false", Fix: "write true or false"}
	}
	return nil
}

// checkType refuses values that are not written as the type. A text is accepted only if it has
// variables.
func (s scalar) checkType(tag, what, fix string) *InvalidValue {
	if s.tag == tag || s.tag == tagText && s.hasVariables {
		return nil
	}
	if s.tag == tagText {
		bare := (&yaml.Node{Kind: yaml.ScalarNode, Value: s.text}).ShortTag()
		if bare == tag || bare == tagInt && tag == tagFloat {
			fix = "write it without quotes"
		}
		what = "is text and " + what
	}
	return &InvalidValue{What: what, Fix: fix}
}

func (s scalar) setDuration(into *time.Duration, f field) *InvalidValue {
	fix := "write a number with a unit, such as 30s, 500ms or 2m"
	value, err := parseDuration(s.text)
	if err != nil || s.tag != tagText {
		if m := spelledDuration.FindStringSubmatch(s.text); m != nil && !s.hasVariables {
			fix = "write " + m[1] + strings.ToLower(m[2])
		}
		return &InvalidValue{What: "is not a duration", Fix: fix}
	}
	f.min = cmp.Or(f.min, "0s")
	if wrong := checkRange(value, f, parseDuration); wrong != nil {
		return wrong
	}
	*into = value
	return nil
}

// spelledDuration is a duration whose unit is a word.
var spelledDuration = regexp.MustCompile(`(?i)^\s*(\d+) *(d|h|m|s)(?:ays?|ours?|in|ins|inutes?|ec|ecs|econds?)?\s*$`)

// parseDuration is time.ParseDuration, which also reads whole days, such as 30d.
func parseDuration(text string) (time.Duration, error) {
	const most = 100_000 // within what a duration can hold
	if digits, ok := strings.CutSuffix(text, "d"); ok {
		if days, err := strconv.ParseUint(digits, 10, 32); err == nil && days <= most {
			return time.Duration(days) * 24 * time.Hour, nil
		}
	}
	return time.ParseDuration(text)
}

// checkRange refuses a value outside the bounds of the field. parse reads a bound.
func checkRange[T cmp.Ordered](value T, f field, parse func(string) (T, error)) *InvalidValue {
	least, errLeast := parse(f.min)
	most, errMost := parse(f.max)
	tooSmall, tooLarge := errLeast == nil && value < least, errMost == nil && value > most
	switch {
	case errLeast == nil && errMost == nil && (tooSmall || tooLarge):
		return &InvalidValue{What: "is out of range", Fix: "write " + f.min + " to " + f.max}
	case tooSmall:
		return &InvalidValue{What: "is too small", Fix: "write " + f.min + " or more"}
	case tooLarge:
		return &InvalidValue{What: "is too large", Fix: "write " + f.max + " or less"}
	}
	return nil
}

func parseFloat(text string) (float64, error) { return strconv.ParseFloat(text, 64) }

func parseInt(text string) (int64, error) { return strconv.ParseInt(text, 10, 64) }

func quote(text string) string { return strconv.Quote(truncate(text)) }

// truncate shortens a value for a problem's message.
func truncate(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
