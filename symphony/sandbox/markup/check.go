package markup

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// checkElement holds an element against the rules that are its own.
func (c *conversion) checkElement(n *node) error {
	switch n.name {
	case "a":
		return checkLink(n)
	case "img":
		return requireAttribute(n, "src")
	case "code":
		return checkLanguage(n)
	case "td", "th":
		return firstError(checkInteger(n, "rowspan"), checkInteger(n, "colspan"))
	case "expandable-card":
		return firstError(requireText(n, "state"), checkOneOf(n, "state", "collapsed", "cropped", "expanded"))
	case "body":
		return checkBody(n)
	case "mention":
		return c.checkMention(n)
	case "hash", "cash":
		return c.checkTag(n)
	case "tag":
		return c.checkInstrument(n)
	case "emoji":
		return requireAttribute(n, "shortcode")
	case "ui-action":
		return checkAction(n)
	case "dialog":
		return c.checkDialog(n)
	case "form":
		return c.checkForm(n)
	case "span", "div":
		return c.checkEntity(n)
	}
	return c.checkField(n)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func requireAttribute(n *node, attribute string) error {
	if !n.has(attribute) {
		return requiredError(attribute)
	}
	return nil
}

func requireText(n *node, attribute string) error {
	if strings.TrimSpace(n.get(attribute)) == "" {
		return requiredError(attribute)
	}
	return nil
}

func checkOneOf(n *node, attribute string, values ...string) error {
	if !n.has(attribute) {
		return nil
	}
	for _, value := range values {
		if strings.EqualFold(n.get(attribute), value) {
			return nil
		}
	}
	return refuse(`Attribute "%s" of element "%s" can only be one of the following values: [%s].`,
		attribute, n.name, strings.Join(values, ", "))
}

func checkBooleans(n *node, attributes ...string) error {
	for _, attribute := range attributes {
		if err := checkOneOf(n, attribute, "true", "false"); err != nil {
			return err
		}
	}
	return nil
}

func checkInteger(n *node, attribute string) error {
	if !n.has(attribute) {
		return nil
	}
	if _, err := strconv.ParseInt(n.get(attribute), 10, 64); err != nil {
		return refuse(`Invalid input: %s must be a int64 value not "%s"`, attribute, n.get(attribute))
	}
	return nil
}

func checkLink(n *node) error {
	if err := requireAttribute(n, "href"); err != nil {
		return err
	}
	href := n.get("href")
	if strings.TrimSpace(href) == "" {
		return refuse(`The attribute "href" cannot be empty`)
	}
	parsed, err := url.Parse(href)
	if err != nil || strings.ContainsAny(href, " \"<>\\^`{|}\n\t") {
		return refuse(`Invalid input: href must be a URI value not "%s"`, href)
	}
	switch strings.ToLower(parsed.Scheme) {
	case "":
		return refuse(`The attribute "href" must contain an absolute URI`)
	case "http", "https", "mailto": // what every pod allows; others only when its administrator does
		return nil
	}
	return refuse(`URI scheme "%s" is not supported by the pod.`, parsed.Scheme)
}

const languages = "c cpp csharp css html java js jsx php python r typescript tsx plaintext yaml scala json shell markdown"

func checkLanguage(n *node) error {
	for _, attribute := range []string{"language", "data-language"} {
		if n.has(attribute) && !isListed(languages, n.get(attribute)) {
			return refuse(`Attribute "%s" of element "code" can only be one of the following values: [%s].`, attribute, printList(languages))
		}
	}
	return nil
}

func checkBody(n *node) error {
	if n.parent.name != "expandable-card" && n.has("variant") {
		return refuse(`Attribute "variant" is not allowed in "body"`)
	}
	return checkOneOf(n, "variant", "default", "error")
}

func checkAction(n *node) error {
	if err := firstError(requireText(n, "action"), checkOneOf(n, "action", "open-im", "open-dialog"), checkOneOf(n, "trigger", "click")); err != nil {
		return err
	}
	if strings.EqualFold(n.get("action"), "open-dialog") {
		return checkID(n, "target-id")
	}
	users, stream := n.has("user-ids"), n.has("stream-id")
	switch {
	case users && stream:
		return refuse(`Only one between "stream-id" and "user-ids" is allowed`)
	case !users && !stream:
		return refuse(`At least one between "stream-id" and "user-ids" should be present`)
	case users:
		return firstError(checkBooleans(n, "side-by-side"), checkUserIDs(n.get("user-ids")))
	}
	return checkBooleans(n, "side-by-side")
}

func checkUserIDs(value string) error {
	var users []int64
	if json.Unmarshal([]byte(value), &users) != nil {
		return refuse(`Attribute "user-ids" contains an unsupported format, should be an array of user ids`)
	}
	if len(users) > 15 {
		return refuse(`Attribute "user-ids" contains more values than allowed. Max value is 15`)
	}
	return nil
}

func checkID(n *node, attribute string) error {
	id := n.get(attribute)
	if id == "" || strings.ContainsAny(id, " \t\n\r") {
		return refuse(`The attribute "%s" is required and must not contain any whitespace`, attribute)
	}
	return checkMaxLength(n, attribute, 64)
}

func checkMaxLength(n *node, attribute string, limit int) error {
	if countUTF16(n.get(attribute)) > limit {
		return refuse(`The attribute "%s" length is bigger than maximum allowed [%d]`, attribute, limit)
	}
	return nil
}

func (c *conversion) checkDialog(n *node) error {
	if err := firstError(checkID(n, "id"), c.checkUniqueID(n.get("id")),
		checkOneOf(n, "width", "small", "medium", "large", "full-width"), checkOneOf(n, "state", "open", "close")); err != nil {
		return err
	}
	holder := n
	for _, child := range n.children {
		if child.name == "form" {
			holder = child
		}
	}
	for _, part := range []string{"title", "body"} {
		if !holder.hasDescendant(part) {
			return refuse(`The "dialog" element must have at least one child that is any of the following elements: [%s].`, part)
		}
	}
	return nil
}

func (n *node) hasDescendant(name string) bool {
	for _, child := range n.children {
		if child.name == name {
			return true
		}
	}
	return false
}

// checkDialogs finds for every open-dialog its dialog, which stands beside it.
func checkDialogs(root *node) error {
	var failure error
	root.visitDescendants(func(n *node) {
		if failure != nil || n.name != "ui-action" || !n.has("target-id") {
			return
		}
		found := 0
		for _, beside := range n.parent.children {
			if beside.name == "dialog" && beside.get("id") == n.get("target-id") {
				found++
			}
		}
		if found != 1 {
			failure = refuse("ui-action with a target-id must have only one dialog sibling with a matching id")
		}
	})
	return failure
}

func (c *conversion) checkUniqueID(id string) error {
	if c.ids[id] {
		return refuse("Elements must have unique ids. The following value is not unique: [%s].", id)
	}
	c.ids[id] = true
	return nil
}
