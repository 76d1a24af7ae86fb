package markup

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// checkField holds the parts of a form against their rules.
func (c *conversion) checkField(n *node) error {
	switch n.name {
	case "button":
		return checkButton(n)
	case "text-field":
		return firstError(checkCommon(n), checkLengths(n, "text-field", 1, 128))
	case "textarea":
		return firstError(checkCommon(n), checkLengths(n, "textarea", 0, 10000))
	case "select":
		return firstError(checkCommon(n), checkSelect(n))
	case "option":
		return firstError(requireAttribute(n, "value"), checkBooleans(n, "selected"))
	case "person-selector":
		return firstError(checkCommon(n), checkArray[int64](n, "user"))
	case "room-selector":
		return firstError(checkCommon(n), checkArray[string](n, "room"))
	case "checkbox", "radio", "timezone-picker":
		return checkCommon(n)
	case "date-picker":
		return firstError(checkCommon(n), checkTimes(n, time.DateOnly, `Attribute "%s" has invalid date format`))
	case "time-picker":
		return firstError(checkCommon(n), checkTimes(n, time.TimeOnly, `Attribute "%s" has invalid time format, only HH:mm:ss format is allowed`))
	}
	return nil
}

// checkCommon are the rules of all fields.
func checkCommon(n *node) error {
	for _, attribute := range []string{"label", "title"} {
		if countUTF16(n.get(attribute)) > 256 {
			return refuse("The attribute %s value is too long. Max length is: 256", attribute)
		}
	}
	return firstError(
		checkPattern(n),
		requireText(n, "name"),
		checkBooleans(n, "required", "masked", "multiple", "checked", "disabled", "readonly", "auto-submit", "formnovalidate"),
		checkMaxLength(n, "placeholder", 256),
	)
}

func checkPattern(n *node) error {
	if !n.has("pattern") {
		return nil
	}
	if !n.has("pattern-error-message") {
		return refuse(`The attribute "pattern-error-message" is mandatory when attribute "pattern" is defined`)
	}
	for _, attribute := range []string{"pattern", "pattern-error-message"} {
		if countUTF16(n.get(attribute)) > 256 {
			return refuse(`The attribute "%s" value is too long. Max length for this attribute is: 256`, attribute)
		}
	}
	// Java's expressions know more than ours, so only what no engine accepts is refused: an
	// unclosed group or class.
	if _, err := regexp.Compile(n.get("pattern")); err != nil && strings.Contains(err.Error(), "missing closing") {
		return refuse(`The regex "%s" is not valid`, n.get("pattern"))
	}
	return nil
}

func checkLengths(n *node, element string, low, high int) error {
	shortest, longest := low, high
	for _, bound := range []struct {
		attribute string
		value     *int
	}{{"maxlength", &longest}, {"minlength", &shortest}} {
		if !n.has(bound.attribute) {
			continue
		}
		length, err := strconv.Atoi(n.get(bound.attribute))
		if err != nil {
			return refuse(`The attribute "%s" must be a valid number.`, bound.attribute)
		}
		if length < low || length > high {
			return refuse(`The attribute "%s" must be between %d and %d`, bound.attribute, low, high)
		}
		*bound.value = length
	}
	if shortest > longest {
		return refuse(`The attribute "minlength" must be lower than the "maxlength" attribute`)
	}
	if length := countUTF16(n.content()); len(n.children) > 0 && (length < shortest || length > longest) {
		return refuse("The length of this %s's initial value must be between %d and %d", element, shortest, longest)
	}
	return nil
}

func checkSelect(n *node) error {
	multiple := strings.EqualFold(n.get("multiple"), "true")
	for _, attribute := range []string{"min", "max"} {
		if n.has(attribute) && !multiple {
			return refuse(`Attribute "%s" is not allowed. Attribute "multiple" missing`, attribute)
		}
	}
	low, lowOK := intAtLeast(n, "min", 0)
	high, highOK := intAtLeast(n, "max", 1)
	selected := 0
	for _, option := range n.children {
		if strings.EqualFold(option.get("selected"), "true") {
			selected++
		}
	}
	switch {
	case !lowOK:
		return refuse(`Attribute "min" is not valid, it must be >= 0`)
	case !highOK:
		return refuse(`Attribute "max" is not valid, it must be >= 1`)
	case high > 0 && low > high:
		return refuse(`Attribute "min" is greater than attribute "max"`)
	case multiple && n.has("min") && low == 0 && strings.EqualFold(n.get("required"), "true"):
		return refuse(`Attribute "min" cannot be 0 if "required" is true`)
	case selected > 1 && !multiple:
		return refuse(`Element "select" can only have one selected "option"`)
	}
	return nil
}

func intAtLeast(n *node, attribute string, least int) (int, bool) {
	if !n.has(attribute) {
		return 0, true
	}
	value, err := strconv.Atoi(n.get(attribute))
	return value, err == nil && value >= least
}

func checkArray[T any](n *node, what string) error {
	if !n.has("value") {
		return nil
	}
	var values []T
	if json.Unmarshal([]byte(toJSONQuotes(n.get("value"))), &values) != nil {
		return refuse(`Attribute "value" contains an unsupported format, should be an array of %s ids`, what)
	}
	return nil
}

// toJSONQuotes accepts the single quotes with which the documentation writes arrays of texts.
func toJSONQuotes(value string) string {
	if strings.Contains(value, `"`) {
		return value
	}
	return strings.ReplaceAll(value, "'", `"`)
}

func checkTimes(n *node, layout, text string) error {
	for _, attribute := range []string{"value", "min", "max"} {
		if !n.has(attribute) {
			continue
		}
		if _, err := time.Parse(layout, n.get(attribute)); err != nil {
			return refuse(text, attribute)
		}
	}
	return nil
}

const buttonClasses = "primary secondary tertiary destructive primary-destructive secondary-destructive primary-link destructive-link"

func checkButton(n *node) error {
	if n.has("class") && !isListed(buttonClasses, n.get("class")) {
		return refuse(`Attribute "class" must be "primary", "secondary", "tertiary" or "destructive" ` +
			`("primary-destructive" and "secondary-destructive" are deprecated)`)
	}
	if n.parent.name == "ui-action" {
		if n.has("type") || n.has("name") {
			return refuse(`Attributes "type" and "name" are not allowed on a button inside a UIAction.`)
		}
		return nil
	}
	kind, name := n.buttonType(), strings.TrimSpace(n.get("name"))
	switch {
	case !isListed("action reset cancel", kind):
		return refuse(`Attribute "type" must be "action", "reset" or "cancel"`)
	case kind != "reset" && name == "":
		return refuse(`Attribute "name" is required for %s buttons`, kind)
	case kind == "reset" && n.has("name"):
		return refuse(`Attribute "name" is allowed for action buttons only`)
	}
	return nil
}

func (n *node) buttonType() string {
	if !n.has("type") {
		return "action"
	}
	return n.get("type")
}

// countUTF16 is the length as Java counts it.
func countUTF16(s string) int {
	count := 0
	for _, r := range s {
		count += utf16.RuneLen(r)
	}
	return count
}
