package policy

// HasAdmins reports whether the policy names any administrators.
func (p *Policy) HasAdmins() bool { return p != nil && len(p.admins) > 0 }

// CountAdmins counts the entries of `admins`: those that name people by themselves, groups, and
// whole companies or kinds of accounts.
func (p *Policy) CountAdmins() (people, groups, companies int) {
	if p == nil {
		return 0, 0, 0
	}
	for _, s := range p.admins {
		switch s.kind {
		case "user", "userid", "email":
			people++
		case "group":
			groups++
		default:
			companies++
		}
	}
	return people, groups, companies
}
