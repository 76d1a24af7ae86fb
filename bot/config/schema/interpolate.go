package schema

import (
	"regexp"
	"strings"
)

// expandedText is a text after its variables were replaced.
type expandedText struct {
	text         string
	hasVariables bool     // whether the text had variables
	variables    []string // names of the variables; their values are never shown
}

// expandVariables replaces ${NAME} and ${NAME:-default}; $${ is a literal ${. As in a shell, an
// empty variable takes the default too. Values of variables are not expanded again.
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
		e.hasVariables = true
		if from != "" {
			e.variables = append(e.variables, from)
		}
		text = text[at+end+1:]
	}
}

// variableName allows dots, so that Java's properties get a message of their own.
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// lookUpVariable returns the value of what stands inside ${…} and the name of the variable; without
// a name the value is the default, which the file holds.
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
