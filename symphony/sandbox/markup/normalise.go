package markup

import (
	"slices"
	"strings"
)

// normalise rewrites an element that is PresentationML's form of a MessageML element, such as <div
// class="card">, into the latter, so that both are checked and written by the same rules.
func (c *conversion) normalise(n *node) error {
	switch n.name {
	case "div":
		normaliseDiv(n)
	case "input":
		return normaliseInput(n)
	case "audio":
		n.turnInto("chime", "")
		n.attrs = nil
	}
	if c.entities.presentation {
		n.renameAttribute("data-title", "title")
		n.renameAttribute("data-formnovalidate", "formnovalidate")
		n.renameAttribute("data-pattern-error-message", "pattern-error-message")
		n.renameAttribute("data-auto-submit", "auto-submit")
		normaliseIDs(n)
	}
	return nil
}

// normaliseIDs forgets generated ids; those of forms and dialogs are the sender's.
func normaliseIDs(n *node) {
	switch n.name {
	case "form":
		n.renameAttribute("data-multi-submit", "multi-submit")
	case "select":
		n.remove("id")
		n.renameAttribute("data-min", "min")
		n.renameAttribute("data-max", "max")
	case "textarea", "text-field", "checkbox", "radio":
		n.remove("id")
	}
}

func (n *node) turnInto(name, class string) {
	n.name, n.converted = name, true
	classes := slices.DeleteFunc(strings.Fields(n.get("class")), func(one string) bool { return one == class })
	if len(classes) == 0 {
		n.remove("class")
		return
	}
	n.set("class", strings.Join(classes, " "))
}

func (n *node) renameAttribute(from, to string) {
	for i := range n.attrs {
		if n.attrs[i].name == from {
			n.attrs[i].name = to
		}
	}
}

func normaliseDiv(n *node) {
	if n.get("data-generated") == "true" {
		n.remove("data-generated")
		unwrap(n)
		return
	}
	for class := range strings.FieldsSeq(n.get("class")) {
		if element := divClass(class); element != "" {
			n.turnInto(element, class)
			n.renameAttribute("data-icon-src", "iconSrc")
			n.renameAttribute("data-accent-color", "accent")
			for i := range n.attrs {
				n.attrs[i].name = strings.TrimPrefix(n.attrs[i].name, "data-")
			}
			if strings.HasSuffix(element, "-selector") || strings.HasSuffix(element, "-picker") {
				n.remove("id")
			}
			return
		}
		if class == "checkbox-group" || class == "radio-group" {
			unwrap(n)
			return
		}
	}
}

func divClass(class string) string {
	switch class {
	case "card", "expandable-card", "ui-action", "person-selector", "room-selector", "timezone-picker":
		return class
	case "cardHeader", "expandableCardHeader":
		return "header"
	case "cardBody", "expandableCardBody":
		return "body"
	case "dialog-title", "dialog-body", "dialog-footer":
		return strings.TrimPrefix(class, "dialog-")
	}
	return ""
}

// unwrap puts the control that a generated <div> holds, with its label and tooltip, in the place of
// the <div>.
func unwrap(n *node) {
	var control, label, hint *node
	for _, child := range n.children {
		switch {
		case child.name == "label":
			label = child
		case child.name == "span" && child.get("class") == "info-hint":
			hint = child
		case child.name != "":
			control = child
		}
	}
	if control == nil {
		return
	}
	n.name, n.attrs, n.children, n.converted = control.name, control.attrs, control.children, true
	n.setLabel(label, hint)
	n.adoptChildren()
	if n.name == "div" {
		normaliseDiv(n)
	}
	if n.name == "input" {
		_ = normaliseInput(n) // an unknown type is found when the element is looked up
	}
}

// setLabel gives a control its label, which is the content of a checkbox or radio, and its tooltip.
func (n *node) setLabel(label, hint *node) {
	choice := n.get("type") == "checkbox" || n.get("type") == "radio"
	switch {
	case label != nil && choice:
		n.children = label.children
	case label != nil:
		n.set("label", label.content())
	}
	if hint != nil {
		n.set("title", hint.get("data-title"))
	}
}

func (n *node) adoptChildren() {
	for _, child := range n.children {
		child.parent = n
	}
}

func normaliseInput(n *node) error {
	kind := n.get("type")
	n.remove("type")
	n.remove("id")
	switch kind {
	case "text":
		n.turnInto("text-field", "")
		n.renameAttribute("data-masked", "masked")
		if value := n.get("value"); value != "" {
			n.children = []*node{{text: value, parent: n}}
		}
		n.remove("value")
	case "checkbox", "radio":
		n.turnInto(kind, "")
	case "date", "time":
		n.turnInto(kind+"-picker", "")
		for i := range n.attrs {
			n.attrs[i].name = strings.TrimPrefix(n.attrs[i].name, "data-")
		}
	default:
		return refuse(`The input type "%s" is not allowed on PresentationML`, kind)
	}
	return nil
}
