package policy

import (
	"fmt"
	"strconv"
	"strings"
)

// String is the change in a line.
func (c Change) String() string {
	var b strings.Builder
	b.WriteString(c.nameThem())
	switch c.Effect {
	case Gains:
		fmt.Fprintf(&b, ": may now use /%s", c.Command)
	case Loses:
		fmt.Fprintf(&b, ": may not use /%s any more", c.Command)
	case Alters:
		fmt.Fprintf(&b, ": /%s", c.Command)
	}
	if c.Where != "" {
		b.WriteString(" " + c.Where)
	}
	if c.How != "" {
		b.WriteString(": " + c.How)
	}
	return b.String()
}

// mostNamed is how many people a line names.
const mostNamed = 5

// nameThem names whom rules are about, and people after them.
func (c Change) nameThem() string {
	people := listNames(c.People)
	switch {
	case len(c.Who) == 0:
		return people
	case people == "":
		return listNames(c.Who)
	}
	return listNames(c.Who) + " (of those who asked lately " + people + ")"
}

// listNames lists the first names and counts the rest.
func listNames(names []string) string {
	if more := len(names) - mostNamed; more > 0 {
		return strings.Join(names[:mostNamed], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}

func (r RuleChange) describe() string {
	if r.Line == 0 {
		return strconv.Quote(r.Rule)
	}
	return fmt.Sprintf("%q (line %d)", r.Rule, r.Line)
}

// Lines say what changes, a line for each thing.
func (d Difference) Lines() (lines []string) {
	for _, what := range []string{"new", "changed", "gone"} {
		var names []string
		for _, r := range d.Rules {
			if r.What == what {
				names = append(names, r.describe())
			}
		}
		if len(names) > 0 {
			lines = append(lines, "Rules that are "+what+": "+listNames(names))
		}
	}
	for _, a := range d.Admins {
		if a.What == "new" {
			lines = append(lines, a.Entry+": is an administrator now")
		} else {
			lines = append(lines, a.Entry+": is not an administrator any more")
		}
	}
	for _, c := range d.Changes {
		lines = append(lines, c.String())
	}
	if len(d.Rules) > 0 && len(d.Changes) == 0 && d.Left == 0 {
		lines = append(lines, "Nobody gains or loses anything.")
	}
	if len(d.ByNameOnly) > 0 {
		lines = append(lines, "Judged without address and groups: "+listNames(d.ByNameOnly)+".")
	}
	if d.Left > 0 {
		lines = append(lines, fmt.Sprintf("Not compared: %d more of the people, groups and places.", d.Left))
	}
	return lines
}
