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
		lines = append(lines, fmt.Sprintf("Rule %q refuses what meets all of these:", d.Rule))
	case d.Grant != 0:
		lines = append(lines, fmt.Sprintf("No rule allows it; grant %d asks for:", d.Grant))
	case d.Rule != "":
		lines = append(lines, fmt.Sprintf("Rule %q asks for:", d.Rule))
	default:
		lines = append(lines, "It would be allowed if what is marked ✗ fitted as well:")
	}
	for _, c := range d.Checks {
		lines = append(lines, "  "+c.String())
	}
	return lines
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
