package policy

import "fmt"

// Explain is the decision in lines: what it comes to, and each condition of the rule that decided,
// or of the one that came closest.
func (d Decision) Explain() []string {
	lines := []string{d.Summary()}
	switch {
	case len(d.Checks) == 0:
		return lines
	case d.Allowed && d.Rule == "": // whatever the rules say
	case d.Rule != "" && d.Outcome() == Deny:
		lines = append(lines, titleOfDenial(d.Denial))
	case d.Grant != 0:
		lines = append(lines, fmt.Sprintf("No rule allows it; grant %d asks for:", d.Grant))
	case d.Rule != "":
		lines = append(lines, fmt.Sprintf("Rule %q asks for:", d.Rule))
	default:
		lines = append(lines, "It would be allowed if what is marked ✗ fitted as well:")
	}
	for _, c := range d.Checks {
		c.Open = c.Open || !c.OK && d.Rule != "" && d.Outcome() == Deny // it may match
		lines = append(lines, "  "+c.String())
	}
	return lines
}

// titleOfDenial stands above the conditions of a deny rule, whose ✓ are reasons to refuse.
func titleOfDenial(why Denial) string {
	if why == ByRule {
		return "Refused, because all of these are so:"
	}
	return "Refused, because all of these may be so:"
}

// String is the condition with its mark.
func (c Check) String() string {
	switch {
	case c.Open:
		return "– " + c.What
	case c.OK:
		return "✓ " + c.What
	}
	return "✗ " + c.What
}
