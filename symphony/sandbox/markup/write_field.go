package markup

import "strings"

// writeControl writes the parts of a form, and everything else under its own name.
func (c *conversion) writeControl(n *node) {
	switch n.name {
	case "text-field":
		n.set("value", n.content())
		if n.get("value") == "" {
			n.remove("value")
		}
		c.writeLabelled(n, "textfield", func(id []string) { c.out.empty("input", append(fieldPairs(n, "type", "text"), id...)...) })
	case "textarea", "select":
		c.writeLabelled(n, n.name, func(id []string) {
			c.out.open(n.name, append(fieldPairs(n), id...)...)
			c.writeAll(n.children)
			c.out.close(n.name)
		})
	case "person-selector", "room-selector", "timezone-picker":
		c.writeLabelled(n, n.name, func(id []string) {
			c.out.open("div", append(dataPairs(n), id...)...)
			c.out.close("div")
		})
	case "date-picker", "time-picker":
		kind := strings.TrimSuffix(n.name, "-picker")
		c.writeLabelled(n, n.name, func(id []string) { c.out.empty("input", append(fieldPairs(n, "type", kind), id...)...) })
	case "checkbox", "radio":
		c.writeChoice(n)
	case "button":
		c.writeButton(n)
	case "form":
		c.out.open("form", n.renamedAttributes("id", "id", "multi-submit", "data-multi-submit")...)
		c.writeAll(n.children)
		c.out.close("form")
	default:
		c.writePlain(n)
	}
}

// writeLabelled wraps a field that has a label or a tooltip together with them.
func (c *conversion) writeLabelled(n *node, element string, write func(id []string)) {
	if !n.has("label") && !n.has("title") {
		write(nil)
		return
	}
	id := c.newID(element)
	c.out.open("div", "class", element+"-group", "data-generated", "true")
	if n.has("label") {
		c.out.open("label", "for", id)
		c.out.writeText(n.get("label"))
		c.out.close("label")
	}
	if n.has("title") {
		c.out.open("span", "class", "info-hint", "data-target-id", id, "data-title", n.get("title"))
		c.out.close("span")
	}
	write([]string{"id", id})
	c.out.close("div")
}

// fieldPairs are the attributes of a field that PresentationML writes as an HTML element.
func fieldPairs(n *node, pairs ...string) []string {
	for _, a := range n.attrs {
		switch a.name {
		case "label", "title":
		case "masked", "auto-submit", "formnovalidate", "pattern-error-message", "disabled-date", "highlighted-date",
			"disabled-time", "format", "strict":
			pairs = append(pairs, "data-"+a.name, a.value)
		case "min", "max":
			if n.name == "select" {
				a.name = "data-" + a.name
			}
			pairs = append(pairs, a.name, a.value)
		default:
			pairs = append(pairs, a.name, a.value)
		}
	}
	return pairs
}

// dataPairs are the attributes of a field that PresentationML writes as a <div>.
func dataPairs(n *node) []string {
	pairs := []string{"class", n.name}
	for _, a := range n.attrs {
		if a.name != "label" && a.name != "title" {
			pairs = append(pairs, "data-"+a.name, a.value)
		}
	}
	return pairs
}

func (c *conversion) writeChoice(n *node) {
	attrs := []string{"type", n.name, "name", n.get("name")}
	attrs = append(attrs, n.renamedAttributes("checked", "checked")...)
	attrs = append(attrs, "value", n.getOr("value", "on"))
	attrs = append(attrs, n.renamedAttributes("disabled", "disabled", "readonly", "readonly", "formnovalidate", "data-formnovalidate")...)
	if len(n.children) == 0 {
		c.out.empty("input", attrs...)
		return
	}
	id := c.newID(n.name + "-group")
	c.out.open("div", "class", n.name+"-group")
	c.out.empty("input", append(attrs, "id", id)...)
	c.out.open("label", "for", id)
	c.writeAll(n.children)
	c.out.close("label")
	c.out.close("div")
}

func (c *conversion) writeButton(n *node) {
	var attrs []string
	if n.parent.name != "ui-action" {
		attrs = []string{"type", n.buttonType()}
	}
	attrs = append(attrs, n.renamedAttributes("name", "name")...)
	if n.has("class") {
		attrs = append(attrs, "class", strings.TrimSuffix(n.get("class"), "-destructive"))
	}
	attrs = append(attrs, n.renamedAttributes("icon", "data-icon", "data-icon", "data-icon", "title", "data-title", "formnovalidate", "data-formnovalidate")...)
	c.out.open("button", attrs...)
	c.writeAll(n.children)
	c.out.close("button")
}
