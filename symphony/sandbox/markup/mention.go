package markup

import (
	"regexp"
	"strconv"
	"strings"
)

// checkMention looks the user up. With strict="false" an unknown one is shown as text.
func (c *conversion) checkMention(n *node) error {
	if !n.has("uid") && !n.has("email") {
		return refuse("Error processing user mention. No id or email provided")
	}
	id, name, ok, err := c.lookup(n)
	switch {
	case err != nil:
		return err
	case ok:
		n.set("uid", strconv.FormatInt(id, 10))
		n.text = "@" + name
		c.mentions = append(c.mentions, id)
		c.entities.add(n.entity, "com.symphony.user.mention", "1.0",
			newIdentifier("com.symphony.user.userId", strconv.FormatInt(id, 10)))
		return nil
	case strings.EqualFold(n.get("strict"), "false"):
		n.name, n.text = "", n.get("email")+n.get("uid")
		return nil
	}
	return refuse(`Failed to lookup user "%s"`, n.get("email")+n.get("uid"))
}

func (c *conversion) lookup(n *node) (id int64, name string, ok bool, err error) {
	if n.has("uid") {
		if err := checkInteger(n, "uid"); err != nil {
			return 0, "", false, err
		}
		n.remove("email")
		id, _ = strconv.ParseInt(n.get("uid"), 10, 64)
		name, ok = c.directory.UserByID(id)
		return id, name, ok, nil
	}
	id, name, ok = c.directory.UserByEmail(n.get("email"))
	return id, name, ok, nil
}

// hashPattern wants one character that is not punctuation.
var hashPattern = regexp.MustCompile("^\\S*[^\\s!@#$%^&*()+=<>,./?`~:;'\"\\\\|-]+\\S*$")

func (c *conversion) checkTag(n *node) error {
	if err := requireAttribute(n, "tag"); err != nil {
		return err
	}
	tag := n.get("tag")
	if n.name == "hash" {
		if !hashPattern.MatchString(tag) {
			return refuse("Values of the attribute 'tag' for the element 'hash' must match the pattern %s.", hashPattern)
		}
		n.text = "#" + tag
		c.entities.add(n.entity, "org.symphonyoss.taxonomy", "1.0", newIdentifier("org.symphonyoss.taxonomy.hashtag", tag))
		return nil
	}
	if err := requireText(n, "tag"); err != nil {
		return err
	}
	n.text = "$" + tag
	c.entities.add(n.entity, "org.symphonyoss.fin.security", "1.0", newIdentifier("org.symphonyoss.fin.security.id.ticker", tag))
	return nil
}

// checkInstrument shows the fallback ticker: there is no directory of instruments here.
func (c *conversion) checkInstrument(n *node) error {
	ids := []map[string]any{}
	for _, a := range n.attrs {
		if a.name == "isin" || a.name == "figi" || strings.Contains(a.name, "ticker") {
			ids = append(ids, newIdentifier("org.symphonyoss.fin.security.id."+strings.ReplaceAll(a.name, "fallback-", ""), a.value))
		}
	}
	shown := n.get("fallback-ticker")
	if shown == "" {
		shown = n.get("bbgcompticker")
	}
	if shown == "" {
		return refuse(`The attribute "fallback-ticker" is required`)
	}
	n.text = "$" + shown
	c.entities.add(n.entity, "org.symphonyoss.fin.security", "2.0", ids...)
	return nil
}

// checkEntity takes over the mentions that PresentationML refers to; the name is the directory's,
// whatever the text says.
func (c *conversion) checkEntity(n *node) error {
	if !isListed(n.get("class"), "entity") {
		return nil
	}
	if !n.has("data-entity-id") {
		return requiredError("data-entity-id")
	}
	user, ok := c.entities.mentionedUser(n.get("data-entity-id"))
	if !ok {
		return nil
	}
	name, ok := c.directory.UserByID(user)
	if !ok {
		return refuse(`Failed to lookup user "%d"`, user)
	}
	c.mentions = append(c.mentions, user)
	n.children = []*node{{text: "@" + name, parent: n}}
	return nil
}
