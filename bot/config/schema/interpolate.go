package schema

import (
	"regexp"
	"strings"
)

// expandedText is a text with its variables replaced.
type expandedText struct {
	text   string
	filled bool     // whether there was anything to replace
	names  []string // the variables that it took; their values are never shown
}

// expandVariables replaces ${NAME} and ${NAME:-default}; $${ is a literal ${. As in a shell, the default also stands in for an empty
// variable. What a variable holds is not looked into again.
func (d *document) expandVariables(text string) (expandedText, *InvalidValue) {
	var e expandedText
	var b strings.Builder
	for {
		at := strings.Index(text, "${")
		if at < 0 {
			b.WriteString(text)
			e.text = b.String()
			return e, nil
		}
		if at > 0 && text[at-1] == '$' {
			b.WriteString(text[:at-1] + "${")
			text = text[at+2:]
			continue
		}
		b.WriteString(text[:at])
		end := strings.IndexByte(text[at:], '}')
		if end < 0 {
			return e, &InvalidValue{What: "has a ${ that is never closed", Fix: "write ${NAME}, or $${ for a literal ${"}
		}
		value, from, wrong := d.lookUpVariable(text[at+2 : at+end])
		if wrong != nil {
			return e, wrong
		}
		b.WriteString(value)
		e.filled = true
		if from != "" {
			e.names = append(e.names, from)
		}
		text = text[at+end+1:]
	}
}

// variableName may have dots only to tell their author that Java's properties are not known here.
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// lookUpVariable is what stands for the inside of ${…}, and the variable that it is from; a default is from the file itself.
func (d *document) lookUpVariable(body string) (value, from string, wrong *InvalidValue) {
	name, fallback, optional := strings.Cut(body, ":-")
	switch {
	case !variableName.MatchString(name):
		return "", "", &InvalidValue{What: "has a ${…} without the name of an environment variable", Fix: "write ${NAME} or ${NAME:-default}, or $${ for a literal ${"}
	case strings.Contains(fallback, "${"):
		return "", "", &InvalidValue{What: "has a ${…} inside the default of ${" + name + "}", Fix: "write a plain default"}
	}
	value, ok := "", false
	if d.env != nil {
		value, ok = d.env(name)
	}
	switch {
	case optional && value == "":
		return fallback, "", nil
	case ok:
		return value, name, nil
	case strings.Contains(name, "."):
		return "", "", &InvalidValue{What: "takes ${" + name + "}, which is a Java system property", Fix: "write an environment variable, such as ${HOME}"}
	}
	return "", "", &InvalidValue{What: "takes the environment variable " + name + ", which is not set", Fix: "set it, or write a default: ${" + name + ":-default}"}
}
