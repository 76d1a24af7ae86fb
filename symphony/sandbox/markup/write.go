package markup

import (
	"fmt"
	"hash/fnv"
	"strings"
)

func (c *conversion) writeAll(nodes []*node) {
	for _, n := range nodes {
		c.write(n)
	}
}

func (c *conversion) write(n *node) {
	switch n.name {
	case "":
		c.out.writeText(displayText(n))
	case "mention", "hash", "cash", "tag", "dateTime", "emoji":
		c.writeEntity(n)
	case "chime":
		c.out.empty("audio", "src", "https://asset.symphony.com/symphony/audio/chime.mp3", "autoplay", "true")
	case "card":
		c.writeDiv(n, "card", "iconSrc", "data-icon-src", "accent", "data-accent-color")
	case "expandable-card":
		c.writeDiv(n, "expandable-card", "state", "data-state")
	case "header":
		c.writeDiv(n, cardPart(n)+"Header")
	case "body":
		c.writeBody(n)
	case "title", "footer":
		c.writeDiv(n, "dialog-"+n.name)
	case "ui-action":
		c.writeAction(n)
	case "dialog":
		c.out.open("dialog", "data-width", n.getOr("width", "medium"), "data-state", n.getOr("state", "close"), "id", n.get("id"))
		c.writeAll(n.children)
		c.out.close("dialog")
	case "code":
		n.renameAttribute("language", "data-language")
		c.writePlain(n)
	case "a":
		c.writeLink(n)
	default:
		c.writeControl(n)
	}
}

// displayText is a text as it is displayed: runs of line ends are a blank, except where they are
// kept.
func displayText(n *node) string {
	if isListed("code textarea", n.parent.name) || n.nearestAncestor("pre") != nil || !strings.Contains(n.text, "\n") {
		return n.text
	}
	var b strings.Builder
	ended := false
	for _, r := range n.text {
		switch {
		case r != '\n':
			b.WriteRune(r)
		case !ended:
			b.WriteByte(' ')
		}
		ended = r == '\n'
	}
	return b.String()
}

// writePlain writes an element under its own name.
func (c *conversion) writePlain(n *node) {
	if rules[n.name].holds == nothing {
		c.out.empty(n.name, n.attributePairs()...)
		return
	}
	c.out.open(n.name, n.attributePairs()...)
	c.writeAll(n.children)
	c.out.close(n.name)
}

func (n *node) attributePairs() []string {
	var pairs []string
	for _, a := range n.attrs {
		pairs = append(pairs, a.name, a.value)
	}
	return pairs
}

func (n *node) getOr(attribute, otherwise string) string {
	if n.has(attribute) {
		return n.get(attribute)
	}
	return otherwise
}

// renamedAttributes are those of the attributes that are there, under new names; the names
// alternate old and new.
func (n *node) renamedAttributes(names ...string) []string {
	var pairs []string
	for i := 0; i+1 < len(names); i += 2 {
		if n.has(names[i]) {
			pairs = append(pairs, names[i+1], n.get(names[i]))
		}
	}
	return pairs
}

// writeDiv writes the <div> with a class that stands for the element.
func (c *conversion) writeDiv(n *node, class string, names ...string) {
	class = strings.TrimSpace(class + " " + n.get("class"))
	attrs := append([]string{"class", class}, n.renamedAttributes("style", "style")...)
	c.out.open("div", append(attrs, n.renamedAttributes(names...)...)...)
	c.writeAll(n.children)
	c.out.close("div")
}

func cardPart(n *node) string {
	if n.parent.name == "expandable-card" {
		return "expandableCard"
	}
	return "card"
}

func (c *conversion) writeBody(n *node) {
	if n.nearestAncestor("card", "expandable-card") == nil && n.nearestAncestor("dialog") != nil {
		c.writeDiv(n, "dialog-body")
		return
	}
	c.writeDiv(n, cardPart(n)+"Body", "variant", "data-variant")
}

func (c *conversion) writeEntity(n *node) {
	c.out.open("span", "class", "entity", "data-entity-id", n.entity)
	switch n.name {
	case "emoji":
		c.writeEmoji(n)
	case "dateTime":
		c.entities.add(n.entity, "com.symphony.datetime", "1.0", newIdentifier("com.symphony.datetime.iso", n.get("value")))
		c.out.writeText(n.get("value"))
	default:
		c.out.writeText(n.text)
	}
	c.out.close("span")
}

func (c *conversion) writeAction(n *node) {
	n.set("trigger", n.getOr("trigger", "click"))
	c.writeDiv(n, "ui-action", "action", "data-action", "trigger", "data-trigger", "user-ids", "data-user-ids",
		"stream-id", "data-stream-id", "side-by-side", "data-side-by-side", "target-id", "data-target-id")
}

func (c *conversion) writeLink(n *node) {
	c.out.open("a", n.attributePairs()...)
	if len(n.children) == 0 {
		c.out.writeText(n.get("href"))
	}
	c.writeAll(n.children)
	c.out.close("a")
}

// newID makes the id that ties a label to its field: the same for the same message, different for
// different ones.
func (c *conversion) newID(element string) string {
	c.elements++
	hash := fnv.New32a()
	_, _ = fmt.Fprintf(hash, "%d %s", c.elements, c.source)
	return fmt.Sprintf("%s-%08x", element, hash.Sum32())
}
