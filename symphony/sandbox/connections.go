package sandbox

import (
	"net/http"
	"strconv"
	"strings"
)

const (
	statusPending  = "PENDING"
	statusAccepted = "ACCEPTED"
	statusRejected = "REJECTED"
)

// connection is between people of two companies; From asked.
type connection struct {
	From, To       int64
	Status         string
	First, Updated int64 // milliseconds
	Requests       int32
}

type connectionView struct {
	UserID   int64  `json:"userId"`
	Status   string `json:"status"`
	First    int64  `json:"firstRequestedAt,omitempty"`
	Updated  int64  `json:"updatedAt,omitempty"`
	Requests int32  `json:"requestCounter,omitempty"`
}

func (k *connection) view(viewer int64) connectionView {
	v := connectionView{UserID: k.From, Status: k.Status, First: k.First, Updated: k.Updated, Requests: k.Requests}
	if k.From == viewer {
		v.UserID = k.To
	}
	if k.Status == statusPending {
		v.Status = "PENDING_INCOMING"
		if k.From == viewer {
			v.Status = "PENDING_OUTGOING"
		}
	}
	return v
}

func (p *Pod) connection(a, b int64) *connection {
	for _, k := range p.state.Connections {
		if (k.From == a && k.To == b) || (k.From == b && k.To == a) {
			return k
		}
	}
	return nil
}

// connected tells whether two people may talk; those of one company always may.
func (p *Pod) connected(a, b int64) bool {
	if tenantOf(a) == tenantOf(b) {
		return true
	}
	k := p.connection(a, b)
	return k != nil && k.Status == statusAccepted
}

// other reads the user a connection is asked about.
func (p *Pod) other(c *call) (*person, error) {
	var body struct {
		ID int64 `json:"userId"`
	}
	if c.params["userId"] != "" {
		id, err := c.userID("userId")
		if err != nil {
			return nil, err
		}
		body.ID = id
	} else if err := c.decode(&body); err != nil {
		return nil, err
	}
	who, ok := p.state.people[body.ID]
	if !ok {
		return nil, refuse(http.StatusNotFound, "The user %d does not exist", body.ID)
	}
	return who, nil
}

func (p *Pod) createConnection(c *call) (any, error) {
	who, err := p.other(c)
	if err != nil {
		return nil, err
	}
	if tenantOf(who.ID) == tenantOf(c.caller.ID) {
		return connectionView{UserID: who.ID, Status: statusAccepted}, nil
	}
	k := p.connection(c.caller.ID, who.ID)
	if k == nil {
		k = &connection{First: c.now.UnixMilli(), Status: statusRejected}
		p.state.Connections = append(p.state.Connections, k)
	}
	if k.Status == statusRejected {
		k.From, k.To, k.Status, k.Updated = c.caller.ID, who.ID, statusPending, c.now.UnixMilli()
		k.Requests++
		p.emit(eventRequested, c.caller, map[string]any{"toUser": who.v4()}, []int64{c.caller.ID, who.ID})
	}
	return k.view(c.caller.ID), nil
}

// answerConnection accepts or rejects somebody's request.
func (p *Pod) answerConnection(by, from *person, status string) (*connection, error) {
	k := p.connection(by.ID, from.ID)
	if k == nil || (k.Status == statusPending && k.From == by.ID) {
		return nil, refuse(http.StatusNotFound, "%s did not ask to be connected to %s", from.Display, by.Display)
	}
	if k.Status == status {
		return k, nil
	}
	k.Status, k.Updated = status, p.now().UnixMilli()
	if status == statusAccepted {
		p.emit(eventAccepted, by, map[string]any{"fromUser": from.v4()}, []int64{by.ID, from.ID})
	}
	p.touch()
	return k, nil
}

func (p *Pod) acceptConnection(c *call) (any, error) { return p.answerRequest(c, statusAccepted) }
func (p *Pod) rejectConnection(c *call) (any, error) { return p.answerRequest(c, statusRejected) }

func (p *Pod) answerRequest(c *call, status string) (any, error) {
	who, err := p.other(c)
	if err != nil {
		return nil, err
	}
	if tenantOf(who.ID) == tenantOf(c.caller.ID) {
		if status == statusRejected {
			return nil, badRequest("Users of one company are always connected")
		}
		return connectionView{UserID: who.ID, Status: statusAccepted}, nil
	}
	k, err := p.answerConnection(c.caller, who, status)
	if err != nil {
		return nil, err
	}
	return k.view(c.caller.ID), nil
}

func (p *Pod) connectionInfo(c *call) (any, error) {
	who, err := p.other(c)
	if err != nil {
		return nil, err
	}
	if tenantOf(who.ID) == tenantOf(c.caller.ID) {
		return connectionView{UserID: who.ID, Status: statusAccepted}, nil
	}
	k := p.connection(c.caller.ID, who.ID)
	if k == nil {
		return nil, refuse(http.StatusNotFound, "Connection not found")
	}
	return k.view(c.caller.ID), nil
}

func (p *Pod) removeConnection(c *call) (any, error) {
	who, err := p.other(c)
	if err != nil {
		return nil, err
	}
	k := p.connection(c.caller.ID, who.ID)
	if k == nil || k.Status != statusAccepted {
		return nil, refuse(http.StatusNotFound, "Connection not found")
	}
	k.Status, k.Updated = statusRejected, c.now.UnixMilli()
	p.touch()
	return success("Connection Removed."), nil
}

func (p *Pod) listConnections(c *call) (any, error) {
	status := strings.ToUpper(c.query.Get("status"))
	wanted := map[int64]bool{}
	for id := range strings.SplitSeq(c.query.Get("userIds"), ",") {
		if n, err := strconv.ParseInt(strings.TrimSpace(id), 10, 64); err == nil {
			wanted[n] = true
		}
	}
	found := []connectionView{}
	for _, k := range p.state.Connections {
		v := k.view(c.caller.ID)
		mine := k.From == c.caller.ID || k.To == c.caller.ID
		if mine && (len(wanted) == 0 || wanted[v.UserID]) && wantsStatus(status, v.Status) {
			found = append(found, v)
		}
	}
	if status == statusAccepted || status == "ALL" {
		for id := range wanted { // own colleagues are listed only when asked for by id
			if who := p.state.people[id]; who != nil && tenantOf(id) == tenantOf(c.caller.ID) {
				found = append(found, connectionView{UserID: id, Status: statusAccepted})
			}
		}
	}
	return found, nil
}

func wantsStatus(wanted, is string) bool {
	switch wanted {
	case "":
		return strings.HasPrefix(is, statusPending)
	case "ALL":
		return true
	default:
		return wanted == is
	}
}
