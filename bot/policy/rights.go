package policy

// Right is a rule that concerns somebody, as they can be told of it.
type Right struct {
	Rule            string
	Line            int
	Reason          string // of a deny rule, for the user
	Where, Commands string // as they are written
	// Conditions are those on what a request would do: an allow rule admits where all hold, a deny
	// rule refuses where all hold.
	Conditions []Condition
	Limits     Limits
	// Approval is set where somebody has to approve: requests that meet all of ApprovalWhen.
	Approval     bool
	ApprovalWhen []Condition
	Grant        int64 // its number, of a grant and not of a rule
}

// Condition is a condition of a rule in words for users, such as "at most 50 people".
type Condition struct{ Key, Words string }

// Rights are the rules that concern somebody, whatever the rest of a request is, in the order of
// the file. An empty command stands for every command, and a place without a kind for every place.
// What is not known of the person counts as in a decision.
func (p *Policy) Rights(query Query) (deny, allow []Right) {
	if p == nil {
		return nil, nil
	}
	query.Plan = nil
	q := p.foldQuery(query)
	pick := func(rules []rule, least truth) (rights []Right) {
		for i := range rules {
			r := &rules[i]
			v := r.match(&q)
			if v.who < least || query.Where.Kind != "" && v.where < least || query.Command != "" && v.command != yes {
				continue
			}
			rights = append(rights, r.right())
		}
		return rights
	}
	return pick(p.deny, unknown), append(pick(p.allow, yes), q.grantRights()...)
}

func (r *rule) right() Right {
	right := Right{Rule: r.name, Line: r.line, Reason: r.reason, Where: r.written.where, Commands: r.written.commands, Limits: r.limits, Conditions: inWords(r.when)}
	if r.approval != nil {
		right.Approval, right.ApprovalWhen = true, inWords(r.approval.when)
	}
	return right
}

func inWords(when []condition) (list []Condition) {
	for _, c := range when {
		list = append(list, Condition{c.key, c.words})
	}
	return list
}
