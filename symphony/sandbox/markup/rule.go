package markup

import "strings"

// rule is what an element may have and hold. Lists are names separated by blanks.
type rule struct {
	attrs     string  // allowed attributes beside class and style
	bare      bool    // not even class and style
	holds     content // what may stand in it
	only      string  // the children it may have when it holds listed ones
	needs     string  // at least one child must be one of these; "text content" is text
	parents   string  // it stands directly in one of these
	inside    string  // it stands somewhere in one of these
	shorthand bool    // MessageML's own, not allowed in PresentationML input
}

type content int

const (
	anything content = iota
	phrasing         // text and what stands within a line
	nothing
	listed
)

// phrases are the elements that stand within a line. <code> is not among them: the agent refuses it
// in bold or italics.
const phrases = "a chime audio b i img br span emoji hash cash mention sub sup"

const textContent = "text content"

// rules is never written to.
var rules = map[string]rule{
	"div": {attrs: "data-entity-id data-icon-src data-accent-color data-state data-variant"}, "p": {}, "span": {attrs: "data-entity-id"},
	"b": {holds: phrasing}, "i": {holds: phrasing}, "pre": {holds: phrasing}, "sub": {}, "sup": {}, "code": {attrs: "language data-language"},
	"h1": {holds: phrasing}, "h2": {holds: phrasing}, "h3": {holds: phrasing}, "h4": {holds: phrasing}, "h5": {holds: phrasing}, "h6": {holds: phrasing},
	"br": {bare: true, holds: nothing}, "hr": {bare: true, holds: nothing}, "img": {attrs: "src", holds: nothing}, "a": {attrs: "href title"},
	"ul": {holds: listed, only: "li", needs: "li"}, "ol": {holds: listed, only: "li", needs: "li"}, "li": {parents: "ol ul"},
	"table": {holds: listed, only: "thead tbody tfoot tr"}, "thead": {holds: listed, only: "tr"}, "tbody": {holds: listed, only: "tr"},
	"tfoot": {holds: listed, only: "tr"}, "tr": {holds: listed, only: "th td"}, "td": {attrs: "rowspan colspan"}, "th": {attrs: "rowspan colspan"},

	"card":            {attrs: "iconSrc accent", shorthand: true},
	"expandable-card": {attrs: "state", shorthand: true},
	"header":          {bare: true, parents: "card expandable-card", shorthand: true},
	"body":            {attrs: "variant", bare: true, parents: "card expandable-card dialog form", shorthand: true},

	"mention": {attrs: "uid email strict", bare: true, shorthand: true}, "hash": {attrs: "tag", bare: true, shorthand: true},
	"cash": {attrs: "tag", bare: true, shorthand: true}, "emoji": {attrs: "shortcode", bare: true, holds: phrasing},
	"tag": {bare: true, shorthand: true, attrs: "isin figi bbgcompticker figi-ticker uscode fullbbgcompticker localcode instrumentclass " +
		"bbgmarketsector return-main-listing country-code operational-mic fallback-ticker unique-id"},
	"dateTime": {attrs: "value format", bare: true}, "chime": {bare: true, holds: nothing, shorthand: true},
	"audio": {attrs: "src autoplay", bare: true, holds: nothing},

	"ui-action": {attrs: "action trigger user-ids stream-id side-by-side target-id", bare: true, holds: listed, only: "button ui-action", needs: "button ui-action"},
	"dialog":    {attrs: "id width state open", bare: true, holds: listed, only: "title body footer form"},
	"title":     {bare: true, parents: "dialog form", shorthand: true},
	"footer":    {bare: true, parents: "dialog form", shorthand: true},

	"form":   {attrs: "id multi-submit", bare: true},
	"button": {attrs: "name type class icon data-icon title formnovalidate", bare: true, holds: listed, only: textContent, needs: textContent, inside: "form ui-action"},
	"text-field": {attrs: "name required masked placeholder minlength maxlength pattern pattern-error-message label title " +
		"auto-submit disabled readonly formnovalidate", holds: listed, only: textContent, inside: "form", bare: true},
	"textarea": {attrs: "name required placeholder minlength maxlength pattern pattern-error-message label title rows cols " +
		"disabled readonly formnovalidate", holds: listed, only: textContent, inside: "form", bare: true},
	"select": {attrs: "name required data-placeholder label title multiple min max auto-submit disabled readonly formnovalidate",
		holds: listed, only: "option", needs: "option", inside: "form", bare: true},
	"option":          {attrs: "value selected", holds: listed, only: textContent, needs: textContent, parents: "select", bare: true},
	"person-selector": {attrs: "name required placeholder label title value formnovalidate", holds: nothing, inside: "form", bare: true},
	"room-selector":   {attrs: "name required placeholder label title value formnovalidate", holds: nothing, inside: "form", bare: true},
	"checkbox":        {attrs: "name value checked label disabled readonly formnovalidate", holds: listed, only: textContent + " b i", inside: "form", bare: true},
	"radio":           {attrs: "name value checked label disabled readonly formnovalidate", holds: listed, only: textContent + " b i", inside: "form", bare: true},
	"date-picker": {attrs: "name value required placeholder min max label title disabled-date highlighted-date format disabled readonly formnovalidate",
		holds: nothing, inside: "form", bare: true},
	"time-picker": {attrs: "name value required placeholder min max label title disabled-time format step strict disabled readonly formnovalidate",
		holds: nothing, inside: "form", bare: true},
	"timezone-picker": {attrs: "name value required placeholder label title disabled-timezone formnovalidate", holds: nothing, inside: "form", bare: true},
}

func (r rule) allowsAttribute(attribute string) bool {
	return !r.bare && (attribute == "class" || attribute == "style") || isListed(r.attrs, attribute)
}

func (r rule) allowsChild(child *node) bool {
	switch r.holds {
	case nothing:
		return false
	case phrasing:
		return child.name == "" || isListed(phrases, child.name)
	case listed:
		if child.name == "" {
			return strings.HasPrefix(r.only, textContent)
		}
		return isListed(strings.TrimPrefix(r.only, textContent), child.name)
	}
	return true
}

func isListed(list, name string) bool {
	for one := range strings.FieldsSeq(list) {
		if one == name {
			return true
		}
	}
	return false
}
