package control

import "roombot/symphony/sandbox/client"

func (c *Control) faults(*request) (any, error) { return c.pod.Faults(), nil }

func (c *Control) addFault(r *request) (any, error) {
	var f client.Fault
	if err := r.decode(&f); err != nil {
		return nil, err
	}
	if err := c.pod.AddFault(f); err != nil {
		return nil, err
	}
	return c.pod.Faults(), nil
}

func (c *Control) removeFaults(r *request) (any, error) {
	id := r.Params["id"]
	if id == "" {
		id = r.Query.Get("id")
	}
	c.pod.RemoveFaults(id)
	return c.pod.Faults(), nil
}
