package markup

import (
	"strconv"
	"strings"
)

// buildChildren checks what stands in an element, from the outside in and then, for what depends on
// children, back out: the order in which the agent finds faults, so that of several it names the
// same.
func (c *conversion) buildChildren(n *node) error {
	for _, child := range n.children {
		if child.name == "" {
			continue
		}
		if err := c.build(child); err != nil {
			return err
		}
	}
	return nil
}

func (c *conversion) build(n *node) error {
	if err := c.normalise(n); err != nil {
		return err
	}
	r, ok := rules[n.name]
	switch {
	case !ok:
		return refuse(`Invalid MessageML content at element "%s"`, n.name)
	case r.shorthand && c.entities.presentation && !n.converted:
		return refuse(`Shorthand tag "%s" is not allowed in PresentationML`, n.name)
	}
	c.numberEntity(n)
	if err := checkAttributes(n, r); err != nil {
		return err
	}
	if err := c.buildChildren(n); err != nil {
		return err
	}
	if err := checkPlace(n, r); err != nil {
		return err
	}
	if err := checkContent(n, r); err != nil {
		return err
	}
	return c.checkElement(n)
}

// numberEntity gives the next id to the elements that become entities.
func (c *conversion) numberEntity(n *node) {
	prefix := entityPrefix(n.name)
	if prefix == "" || n.entity != "" {
		return
	}
	c.index++
	n.entity = prefix + strconv.Itoa(c.index)
	if prefix == "keyword" {
		c.tags++
	}
}

func entityPrefix(name string) string {
	switch name {
	case "mention", "emoji":
		return name
	case "hash", "cash", "tag":
		return "keyword"
	case "dateTime":
		return "datetime"
	}
	return ""
}

func checkAttributes(n *node, r rule) error {
	for _, a := range n.attrs {
		if !r.allowsAttribute(a.name) {
			if r.holds == nothing && r.attrs == "" && (a.name == "class" || a.name == "style") {
				return refuse(`Element "%s" may not have attributes`, n.name)
			}
			return refuse(`Attribute "%s" is not allowed in "%s"`, a.name, n.name)
		}
		if a.name == "style" {
			if err := checkStyle(a.value); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkPlace(n *node, r rule) error {
	if r.parents != "" && !isListed(r.parents, n.parent.name) {
		parents := r.parents
		if n.name == "header" || n.name == "body" {
			parents = "card" // the agent takes any stray one for a card's
		}
		return refuse(`Element "%s" can only be a child of the following elements: [%s]`, n.name, printList(parents))
	}
	if r.inside != "" && n.nearestAncestor(strings.Fields(r.inside)...) == nil {
		return refuse(`Element "%s" can only be a inner child of the following elements: [%s]`, n.name, printList(r.inside))
	}
	return nil
}

func checkContent(n *node, r rule) error {
	if r.holds == nothing && len(n.children) > 0 {
		return refuse(`Element "%s" may not have child elements or text content`, n.name)
	}
	met := r.needs == ""
	for _, child := range n.children {
		if !r.allowsChild(child) && !child.isBlank() {
			return notAllowedError(child.nameOrText("null"), n.name)
		}
		met = met || child.name == "" && r.needs == textContent || child.name != "" && isListed(r.needs, child.name)
	}
	if !met {
		needs := r.needs
		if needs != textContent {
			needs = printList(needs)
		}
		return refuse(`The "%s" element must have at least one child that is any of the following elements: [%s].`, n.name, needs)
	}
	return nil
}

// nameOrText names a text as the agent does: it has no name, and Java prints that as null.
func (n *node) nameOrText(otherwise string) string {
	if n.name == "" {
		return otherwise
	}
	return n.name
}

// printList is the list as the agent prints it: the names of its classes.
func printList(list string) string {
	names := strings.Fields(list)
	for i, name := range names {
		switch name {
		case "ul":
			name = "bulletlist"
		case "ol":
			name = "orderedlist"
		case "li":
			name = "listitem"
		}
		names[i] = strings.ReplaceAll(name, "-", "")
	}
	return strings.Join(names, ", ")
}
