package messageml

import (
	"cmp"
	"strconv"
	"strings"
)

// startControl shows the parts of a form, as PresentationML or MessageML names them.
func (p *plainReader) startControl(t tag) {
	switch t.name {
	case "button":
		p.writeBeside("[ ")
	case "textarea", "text-field":
		p.writeField(t, "")
		p.lines.write("[ ")
	case "select":
		p.writeField(t, "")
		p.lines.write("[ ")
		p.options = 0
	case "option":
		if p.options++; p.options > 1 {
			p.lines.write(" | ")
		}
	case "input":
		p.writeInput(t)
	case "checkbox", "radio":
		p.writeChoice(t.name, t.attribute("checked"))
	case "person-selector", "room-selector":
		p.writeField(t, selectorText(t.attribute("value"), t.attribute("placeholder"), t.name))
	case "date-picker", "time-picker", "timezone-picker":
		p.writeField(t, cmp.Or(t.attribute("value"), t.attribute("placeholder"), t.name))
	case "div":
		if class := selectorClass(t); class != "" {
			p.writeField(t, selectorText(t.attribute("data-value"), t.attribute("data-placeholder"), class))
		}
	}
}

func (p *plainReader) writeInput(t tag) {
	switch kind := t.attribute("type"); kind {
	case "checkbox", "radio":
		p.writeChoice(kind, t.attribute("checked"))
	case "hidden":
	default:
		p.writeField(t, cmp.Or(t.attribute("value"), t.attribute("placeholder")))
	}
}

// selectorClass names the element that is a <div> with a class in PresentationML, or nothing.
func selectorClass(t tag) string {
	if t.name != "div" {
		return ""
	}
	for _, class := range []string{"person-selector", "room-selector", "timezone-picker", "date-selector"} {
		if t.hasClass(class) {
			return class
		}
	}
	return ""
}

// selectorText is what a selector shows; ids mean nothing to a reader, so they are counted.
func selectorText(value, placeholder, class string) string {
	if ids, ok := strings.CutPrefix(value, "["); ok && ids != "]" {
		return strconv.Itoa(strings.Count(ids, ",")+1) + " selected"
	}
	return cmp.Or(placeholder, class)
}

func (p *plainReader) writeChoice(kind, checked string) {
	mark := map[string]string{"checkbox": "[ ] ", "radio": "( ) "}[kind]
	if checked == "true" || checked == "checked" {
		mark = map[string]string{"checkbox": "[x] ", "radio": "(•) "}[kind]
	}
	p.writeBeside(mark)
}

// writeField shows a label (its own, or the one that stands before it in the line) and, in
// brackets, what is in the field.
func (p *plainReader) writeField(t tag, shown string) {
	label := t.attribute("label")
	switch {
	case label != "":
		p.writeBeside(label + ": ")
	case p.labelPending:
		p.lines.write(": ")
	default:
		p.writeBeside("")
	}
	p.labelPending = false
	switch t.name {
	case "textarea", "text-field", "select": // their content follows
	default:
		p.lines.write("[ " + shown + " ]")
	}
}

// writeBeside writes in the line, two blanks after what stands there.
func (p *plainReader) writeBeside(s string) {
	if !p.lines.isEmptyLine {
		p.lines.separateCell("  ")
	}
	p.lines.write(s)
}
