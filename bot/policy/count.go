package policy

// Rules is how many rules there are of each kind.
func (p *Policy) Rules() (deny, allow int) {
	if p == nil {
		return 0, 0
	}
	return len(p.deny), len(p.allow)
}
