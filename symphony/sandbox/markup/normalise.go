package markup

import (
	"slices"
	"strings"
)

// normalise rewrites an element that is PresentationML's form of a MessageML element, such as <div class="card">, into the
// latter, so that both are checked and written by the same rules.
func (c *conversion) normalise(n *node) error {
	switch n.name {
	case "div":
		normaliseDiv(n)
	case "input":
		return normaliseInput(n)
	case "audio":
		n.become("chime", "")
		n.attrs = nil
	}
	if c.entities.presentation {
		n.rename("data-title", "title")
		n.rename("data-formnovalidate", "formnovalidate")
		n.rename("data-pattern-error-message", "pattern-error-message")
		n.rename("data-auto-submit", "auto-submit")
		normaliseIDs(n)
	}
	return nil
}

// normaliseIDs forgets generated ids; those of forms and dialogs are the sender's.
func normaliseIDs(n *node) {
	switch n.name {
	case "form":
		n.rename("data-multi-submit", "multi-submit")
	case "select":
		n.drop("id")
		n.rename("data-min", "min")
		n.rename("data-max", "max")
	case "textarea", "text-field", "checkbox", "radio":
		n.drop("id")
	}
}

func (n *node) become(name, class string) {
	n.name, n.converted = name, true
	classes := slices.DeleteFunc(strings.Fields(n.get("class")), func(one string) bool { return one == class })
	if len(classes) == 0 {
		n.drop("class")
		return
	}
	n.set("class", strings.Join(classes, " "))
}

func (n *node) rename(from, to string) {
	for i := range n.attrs {
		if n.attrs[i].name == from {
			n.attrs[i].name = to
		}
	}
}

func normaliseDiv(n *node) {
	if n.get("data-generated") == "true" {
		n.drop("data-generated")
		unwrap(n)
		return
	}
	for class := range strings.FieldsSeq(n.get("class")) {
		if element := divClass(class); element != "" {
			n.become(element, class)
			n.rename("data-icon-src", "iconSrc")
			n.rename("data-accent-color", "accent")
			for i := range n.attrs {
				n.attrs[i].name = strings.TrimPrefix(n.attrs[i].name, "data-")
			}
			if strings.HasSuffix(element, "-selector") || strings.HasSuffix(element, "-picker") {
				n.drop("id")
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

// unwrap puts the control that a generated <div> holds, with its label and tooltip, in the place of the <div>.
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
	n.describe(label, hint)
	n.adopt()
	if n.name == "div" {
		normaliseDiv(n)
	}
	if n.name == "input" {
		_ = normaliseInput(n) // an unknown type is found when the element is looked up
	}
}

// describe gives a control its label, which is the content of a checkbox or radio, and its tooltip.
func (n *node) describe(label, hint *node) {
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

func (n *node) adopt() {
	for _, child := range n.children {
		child.parent = n
	}
}

func normaliseInput(n *node) error {
	kind := n.get("type")
	n.drop("type")
	n.drop("id")
	switch kind {
	case "text":
		n.become("text-field", "")
		n.rename("data-masked", "masked")
		if value := n.get("value"); value != "" {
			n.children = []*node{{text: value, parent: n}}
		}
		n.drop("value")
	case "checkbox", "radio":
		n.become(kind, "")
	case "date", "time":
		n.become(kind+"-picker", "")
		for i := range n.attrs {
			n.attrs[i].name = strings.TrimPrefix(n.attrs[i].name, "data-")
		}
	default:
		return refuse(`The input type "%s" is not allowed on PresentationML`, kind)
	}
	return nil
}
