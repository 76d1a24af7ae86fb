package schema

import (
	"encoding"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// isScalar says whether a type is read from one text, however it is made inside.
func isScalar(t reflect.Type) bool {
	return t == reflect.TypeFor[Value]() || t == reflect.TypeFor[time.Duration]() ||
		reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// scalar reads a text, a number, true or false, or what is read from text.
func (d *decoder) scalar(at Value, into reflect.Value, f field) {
	node := resolve(at.Node)
	want := wanted(into.Type())
	if node.Kind != yaml.ScalarNode {
		d.report(at, fmt.Sprintf("is %s and must be %s", kindOf(node), want), "")
		return
	}
	e := expansion{text: node.Value}
	if node.ShortTag() == tagText {
		var wrong *Wrong
		if e, wrong = d.doc.expand(node.Value); wrong != nil {
			d.report(at, wrong.What, wrong.Fix)
			return
		}
	}
	s := scalar{expansion: e, tag: node.ShortTag(), secret: into.Type() == reflect.TypeFor[Secret]()}
	if wrong := s.set(d.doc, into, f); wrong != nil {
		s.secret = s.secret || wrong.Hide
		d.report(at, s.shown()+wrong.What, wrong.Fix)
	}
}

func wanted(t reflect.Type) string {
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

// scalar is a scalar as it was written, and what may be said of it.
type scalar struct {
	expansion
	tag    string
	secret bool
}

// shown begins a fault: the value itself, unless it is secret or came from the environment.
func (s scalar) shown() string {
	switch {
	case s.secret:
		return ""
	case len(s.names) > 0:
		return "the value with ${" + strings.Join(s.names, "}, ${") + "} "
	case s.tag == tagText:
		return quote(s.text) + " "
	}
	return clip(s.text) + " "
}

func (s scalar) set(doc *document, into reflect.Value, f field) *Wrong {
	switch target := into.Addr().Interface().(type) {
	case *time.Duration:
		return s.setDuration(target, f)
	case *File:
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

// notText is the fault of a bare number, true or the like where text must be.
func (s scalar) notText() *Wrong {
	if s.tag == tagText {
		return nil
	}
	wrong := &Wrong{What: "is not text", Fix: "put it in quotes"}
	if !s.secret {
		wrong.Fix = "write " + quote(s.text)
	}
	return wrong
}

func (s scalar) setText(target encoding.TextUnmarshaler) *Wrong {
	if wrong := s.notText(); wrong != nil {
		return wrong
	}
	err := target.UnmarshalText([]byte(s.text))
	if err == nil {
		return nil
	}
	if wrong, ok := errors.AsType[*Wrong](err); ok {
		return wrong
	}
	return &Wrong{What: "is not valid"}
}

func (s scalar) setString(into reflect.Value, f field) *Wrong {
	if wrong := s.notText(); wrong != nil {
		return wrong
	}
	if f.required && strings.TrimSpace(s.text) == "" {
		return &Wrong{What: "is empty", Fix: example(f)}
	}
	if wrong := oneOf(s.text, f.oneOf); wrong != nil {
		return wrong
	}
	into.SetString(s.text)
	return nil
}

func oneOf(text string, choices []string) *Wrong {
	if len(choices) == 0 || slices.Contains(choices, text) {
		return nil
	}
	fix := "write " + strings.Join(choices, ", ")
	if at := strings.LastIndex(fix, ", "); at > 0 {
		fix = fix[:at] + " or " + fix[at+2:]
	}
	return &Wrong{What: "is not one of the choices", Fix: fix}
}

func (s scalar) setInt(into reflect.Value, f field) *Wrong {
	if wrong := s.typed(tagInt, "is not a whole number", "write digits only"); wrong != nil {
		return wrong
	}
	n, err := strconv.ParseInt(strings.TrimSpace(s.text), 10, 64)
	if err != nil {
		return &Wrong{What: "is not a whole number", Fix: "write digits only"}
	}
	if wrong := between(float64(n), f); wrong != nil {
		return wrong
	}
	into.SetInt(n)
	return nil
}

func (s scalar) setFloat(into reflect.Value, f field) *Wrong {
	if s.tag != tagInt {
		if wrong := s.typed(tagFloat, "is not a number", "write it like 1.5"); wrong != nil {
			return wrong
		}
	}
	x, err := strconv.ParseFloat(strings.TrimSpace(s.text), 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return &Wrong{What: "is not a number", Fix: "write it like 1.5"}
	}
	if wrong := between(x, f); wrong != nil {
		return wrong
	}
	into.SetFloat(x)
	return nil
}

func (s scalar) setBool(into reflect.Value) *Wrong {
	if wrong := s.typed(tagBool, "is not true or false", "write true or false"); wrong != nil {
		return wrong
	}
	switch strings.ToLower(strings.TrimSpace(s.text)) {
	case "true":
		into.SetBool(true)
	case "false":
		into.SetBool(false)
	default:
		return &Wrong{What: "is not true or false", Fix: "write true or false"}
	}
	return nil
}

// typed refuses what is not written as the type; a text passes only when variables made it.
func (s scalar) typed(tag, what, fix string) *Wrong {
	if s.tag == tag || s.tag == tagText && s.filled {
		return nil
	}
	if s.tag == tagText {
		bare := (&yaml.Node{Kind: yaml.ScalarNode, Value: s.text}).ShortTag()
		if bare == tag || bare == tagInt && tag == tagFloat {
			fix = "write it without quotes"
		}
		what = "is text and " + what
	}
	return &Wrong{What: what, Fix: fix}
}

func (s scalar) setDuration(into *time.Duration, f field) *Wrong {
	fix := "write a number with a unit, such as 30s, 500ms or 2m"
	value, err := time.ParseDuration(s.text)
	if err != nil || s.tag != tagText {
		return &Wrong{What: "is not a duration", Fix: fix}
	}
	least, _ := time.ParseDuration(f.min)
	if most, err := time.ParseDuration(f.max); value < least || err == nil && value > most {
		return &Wrong{What: "is out of range", Fix: "write " + f.min + " to " + f.max}
	}
	*into = value
	return nil
}

func between(x float64, f field) *Wrong {
	least, errLeast := strconv.ParseFloat(f.min, 64)
	most, errMost := strconv.ParseFloat(f.max, 64)
	switch {
	case errLeast == nil && errMost == nil && (x < least || x > most):
		return &Wrong{What: "is out of range", Fix: "write " + f.min + " to " + f.max}
	case errLeast == nil && x < least:
		return &Wrong{What: "is too small", Fix: "write " + f.min + " or more"}
	case errMost == nil && x > most:
		return &Wrong{What: "is too large", Fix: "write " + f.max + " or less"}
	}
	return nil
}

func quote(text string) string { return strconv.Quote(clip(text)) }

// clip shortens what is repeated in a fault.
func clip(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
