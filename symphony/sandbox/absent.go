package sandbox

func absentRoutes() []route                    { return nil }
func (p *Pod) controlAct(c *call) (any, error) { return nil, refuse(501, "later") }
