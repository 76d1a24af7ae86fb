package sandbox

import (
	"strconv"
	"strings"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/world"
)

// EncodeConnection shows a connection to one of its two people.
func EncodeConnection(k *world.Connection, viewer int64) client.Connection {
	return client.Connection{
		UserID: k.Other(viewer), Status: k.StatusFor(viewer), First: k.First, Updated: k.Updated, Requests: k.Requests,
	}
}

// readContact reads the user a connection is asked about.
func (p *Pod) readContact(c *call) (*world.Person, error) {
	var body struct {
		ID int64 `json:"userId"`
	}
	if c.Params["userId"] != "" {
		id, err := c.UserID("userId")
		if err != nil {
			return nil, err
		}
		body.ID = id
	} else if err := c.decode(&body); err != nil {
		return nil, err
	}
	return p.world.Contact(body.ID)
}

func (p *Pod) createConnection(c *call) (any, error) {
	who, err := p.readContact(c)
	if err != nil {
		return nil, err
	}
	return EncodeConnection(p.world.RequestConnection(c.caller, who), c.caller.ID), nil
}

// answerConnection answers the request of a contact for a connection.
func answerConnection(status string) handler {
	return showConnection(func(w *world.World, by, who *world.Person) (*world.Connection, error) {
		return w.AnswerConnection(by, who, status)
	})
}

// showConnection shows the connection of the caller to a contact, as of looks it up or changes it.
func showConnection(of func(w *world.World, by, who *world.Person) (*world.Connection, error)) handler {
	return func(p *Pod, c *call) (any, error) {
		who, err := p.readContact(c)
		if err != nil {
			return nil, err
		}
		k, err := of(p.world, c.caller, who)
		if err != nil {
			return nil, err
		}
		return EncodeConnection(k, c.caller.ID), nil
	}
}

func (p *Pod) removeConnection(c *call) (any, error) {
	who, err := p.readContact(c)
	if err != nil {
		return nil, err
	}
	if err := p.world.RemoveConnection(c.caller, who); err != nil {
		return nil, err
	}
	return success("Connection Removed."), nil
}

func (p *Pod) listConnections(c *call) (any, error) {
	status := strings.ToUpper(c.Query.Get("status"))
	wanted := map[int64]bool{}
	for id := range strings.SplitSeq(c.Query.Get("userIds"), ",") {
		if n, err := strconv.ParseInt(strings.TrimSpace(id), 10, 64); err == nil {
			wanted[n] = true
		}
	}
	found := []client.Connection{}
	for _, k := range p.world.Connections(c.caller) {
		v := EncodeConnection(k, c.caller.ID)
		if (len(wanted) == 0 || wanted[v.UserID]) && matchesStatus(status, v.Status) {
			found = append(found, v)
		}
	}
	if status == world.StatusAccepted || status == allStatuses {
		for id := range wanted { // own colleagues are listed only when asked for by id
			if who := p.world.Person(id); who != nil && who.IsColleagueOf(c.caller) {
				found = append(found, client.Connection{UserID: id, Status: world.StatusAccepted})
			}
		}
	}
	return found, nil
}

const allStatuses = "ALL"

// matchesStatus reports whether a status is asked for; by default those that are pending are.
func matchesStatus(wanted, status string) bool {
	switch wanted {
	case "":
		return strings.HasPrefix(status, world.StatusPending)
	case allStatuses:
		return true
	default:
		return wanted == status
	}
}
