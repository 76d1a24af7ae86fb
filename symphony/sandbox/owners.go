package sandbox

import "slices"

func (p *Pod) promoteOwner(c *call) (any, error) {
	st, m, who, err := p.ownership(c)
	if err != nil {
		return nil, err
	}
	if !m.Owner {
		m.Owner = true
		p.emitMember(eventPromoted, st, who, c.caller, st.memberIDs())
		p.showChat(st)
	}
	return success("Member promoted to owner"), nil
}

func (p *Pod) demoteOwner(c *call) (any, error) {
	st, m, who, err := p.ownership(c)
	if err != nil {
		return nil, err
	}
	if m.Owner && !slices.ContainsFunc(st.Members, func(other *member) bool { return other != m && other.Owner }) {
		return nil, badRequest("The last owner of a room cannot be demoted")
	}
	if m.Owner {
		m.Owner = false
		p.emitMember(eventDemoted, st, who, c.caller, st.memberIDs())
		p.showChat(st)
	}
	return success("Owner demoted"), nil
}

// ownership finds the member whose ownership is to change, and checks the caller's right to it.
func (p *Pod) ownership(c *call) (*stream, *member, *person, error) {
	st, id, err := p.change(c)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := mayOwn(st, c.caller); err != nil {
		return nil, nil, nil, err
	}
	who, err := p.state.user(id)
	if err != nil {
		return nil, nil, nil, err
	}
	m := st.member(id)
	if m == nil {
		return nil, nil, nil, badRequest("The user %d is not a member of the room", id)
	}
	return st, m, who, nil
}
