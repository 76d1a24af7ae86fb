package messageml

import (
	"cmp"
	"strconv"
	"strings"
)

// control shows the parts of a form, as PresentationML or MessageML names them.
func (p *plain) control(t tag) {
	switch t.name {
	case "button":
		p.beside("[ ")
	case "textarea", "text-field":
		p.field(t, "")
		p.lines.put("[ ")
	case "select":
		p.field(t, "")
		p.lines.put("[ ")
		p.options = 0
	case "option":
		if p.options++; p.options > 1 {
			p.lines.put(" | ")
		}
	case "input":
		p.input(t)
	case "checkbox", "radio":
		p.choice(t.name, t.get("checked"))
	case "person-selector", "room-selector":
		p.field(t, chosen(t.get("value"), t.get("placeholder"), t.name))
	case "date-picker", "time-picker", "timezone-picker":
		p.field(t, cmp.Or(t.get("value"), t.get("placeholder"), t.name))
	case "div":
		if class := selectorOf(t); class != "" {
			p.field(t, chosen(t.get("data-value"), t.get("data-placeholder"), class))
		}
	}
}

func (p *plain) input(t tag) {
	switch kind := t.get("type"); kind {
	case "checkbox", "radio":
		p.choice(kind, t.get("checked"))
	case "hidden":
	default:
		p.field(t, cmp.Or(t.get("value"), t.get("placeholder")))
	}
}

// selectorOf names the element that is a <div> with a class in PresentationML, or nothing.
func selectorOf(t tag) string {
	if t.name != "div" {
		return ""
	}
	for _, class := range []string{"person-selector", "room-selector", "timezone-picker", "date-selector"} {
		if t.is(class) {
			return class
		}
	}
	return ""
}

// chosen is what a selector shows; ids mean nothing to a reader, so they are counted.
func chosen(value, placeholder, class string) string {
	if ids, ok := strings.CutPrefix(value, "["); ok && ids != "]" {
		return strconv.Itoa(strings.Count(ids, ",")+1) + " selected"
	}
	return cmp.Or(placeholder, class)
}

func (p *plain) choice(kind, checked string) {
	mark := map[string]string{"checkbox": "[ ] ", "radio": "( ) "}[kind]
	if checked == "true" || checked == "checked" {
		mark = map[string]string{"checkbox": "[x] ", "radio": "(•) "}[kind]
	}
	p.beside(mark)
}

// field shows a label (its own, or the one that stands before it in the line) and, in brackets, what is in the field.
func (p *plain) field(t tag, shown string) {
	label := t.get("label")
	switch {
	case label != "":
		p.beside(label + ": ")
	case p.label:
		p.lines.put(": ")
	default:
		p.beside("")
	}
	p.label = false
	switch t.name {
	case "textarea", "text-field", "select": // their content follows
	default:
		p.lines.put("[ " + shown + " ]")
	}
}

// beside writes in the line, two blanks after what stands there.
func (p *plain) beside(s string) {
	if !p.lines.blank {
		p.lines.cell("  ")
	}
	p.lines.put(s)
}
