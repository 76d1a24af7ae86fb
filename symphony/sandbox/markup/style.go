package markup

import "strings"

// checkStyle accepts declarations of the properties that the vendor documents.
func checkStyle(style string) error {
	for declaration := range strings.SplitSeq(style, ";") {
		if strings.TrimSpace(declaration) == "" {
			continue
		}
		property, _, ok := strings.Cut(declaration, ":")
		property = strings.ToLower(strings.TrimSpace(property))
		if !ok {
			return refuse(`Unparseable "style" attribute: %s`, style)
		}
		if !allowedProperty(property) {
			return refuse(`Invalid property(s): [%s] in the "style" attribute`, property)
		}
	}
	return nil
}

// The families are allowed with everything that begins with them and a hyphen.
const (
	styleFamilies = "align background border flex font grid justify list-style margin max min outline overflow padding place text"
	styleWords    = "box-shadow box-sizing caption-side clear color content counter-increment counter-reset display empty-cells " +
		"gap height letter-spacing line-height opacity order quotes row-gap column-gap table-layout vertical-align visibility " +
		"white-space width word-break word-spacing word-wrap"
)

func allowedProperty(property string) bool {
	if isListed(styleWords, property) || isListed(styleFamilies, property) {
		return true
	}
	for family := range strings.FieldsSeq(styleFamilies) {
		if strings.HasPrefix(property, family+"-") {
			return true
		}
	}
	return false
}
