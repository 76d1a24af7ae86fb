package world

// Statuses of connections.
const (
	StatusPending  = "PENDING"
	StatusAccepted = "ACCEPTED"
	StatusRejected = "REJECTED"
)

// Connection is between people of two companies; From asked.
type Connection struct {
	From     int64  `json:"from"`
	To       int64  `json:"to"`
	Status   string `json:"status"`
	First    int64  `json:"first"`   // milliseconds since 1970
	Updated  int64  `json:"updated"` // milliseconds since 1970
	Requests int32  `json:"requests"`
}

// Other is the other person of a connection.
func (k *Connection) Other(user int64) int64 {
	if k.From == user {
		return k.To
	}
	return k.From
}

// StatusFor is a connection's status as one of the two sees it.
func (k *Connection) StatusFor(user int64) string {
	switch {
	case k.Status != StatusPending:
		return k.Status
	case k.From == user:
		return StatusPending + "_OUTGOING"
	default:
		return StatusPending + "_INCOMING"
	}
}

// connection finds what is between two people of different companies; nil when nobody has asked.
func (w *World) connection(a, b int64) *Connection {
	for _, k := range w.state.Connections {
		if (k.From == a && k.To == b) || (k.From == b && k.To == a) {
			return k
		}
	}
	return nil
}

// colleagues is the connection that the people of one company always have.
func colleagues(a, b *Person) *Connection {
	return &Connection{From: a.ID, To: b.ID, Status: StatusAccepted}
}

// AreConnected reports whether two people may talk; those of one company always may.
func (w *World) AreConnected(a, b int64) bool {
	if CompanyOf(a) == CompanyOf(b) {
		return true
	}
	k := w.connection(a, b)
	return k != nil && k.Status == StatusAccepted
}

// Contact finds somebody to be connected to, and refuses when there is nobody.
func (w *World) Contact(id int64) (*Person, error) {
	if who := w.directory.byID[id]; who != nil {
		return who, nil
	}
	return nil, notFound("The user %d does not exist", id)
}

// Connection is what is between two people.
func (w *World) Connection(by, who *Person) (*Connection, error) {
	if by.IsColleagueOf(who) {
		return colleagues(by, who), nil
	}
	if k := w.connection(by.ID, who.ID); k != nil {
		return k, nil
	}
	return nil, notFound("Connection not found")
}

// Connections are all that somebody asked for or was asked for.
func (w *World) Connections(who *Person) []*Connection {
	var found []*Connection
	for _, k := range w.state.Connections {
		if k.From == who.ID || k.To == who.ID {
			found = append(found, k)
		}
	}
	return found
}

// RequestConnection asks somebody to be connected.
func (w *World) RequestConnection(by, who *Person) *Connection {
	if by.IsColleagueOf(who) {
		return colleagues(by, who)
	}
	now := w.Now().UnixMilli()
	k := w.connection(by.ID, who.ID)
	if k == nil {
		k = &Connection{First: now, Status: StatusRejected}
		w.state.Connections = append(w.state.Connections, k)
	}
	if k.Status == StatusRejected {
		k.From, k.To, k.Status, k.Updated = by.ID, who.ID, StatusPending, now
		k.Requests++
		w.emit(nil, &Event{Kind: ConnectionRequested, Initiator: by.ID, Users: []int64{who.ID}}, []int64{by.ID, who.ID})
	}
	return k
}

// AnswerConnection accepts or rejects somebody's request.
func (w *World) AnswerConnection(by, from *Person, status string) (*Connection, error) {
	if by.IsColleagueOf(from) {
		if status == StatusRejected {
			return nil, invalid("Users of one company are always connected")
		}
		return colleagues(by, from), nil
	}
	k := w.connection(by.ID, from.ID)
	if k == nil || (k.Status == StatusPending && k.From == by.ID) {
		return nil, notFound("%s did not ask to be connected to %s", from.Display, by.Display)
	}
	if k.Status == status {
		return k, nil
	}
	k.Status, k.Updated = status, w.Now().UnixMilli()
	if status == StatusAccepted {
		w.emit(nil, &Event{Kind: ConnectionAccepted, Initiator: by.ID, Users: []int64{from.ID}}, []int64{by.ID, from.ID})
	}
	w.noteChange()
	return k, nil
}

// RemoveConnection ends the connection of two people.
func (w *World) RemoveConnection(by, who *Person) error {
	k := w.connection(by.ID, who.ID)
	if k == nil || k.Status != StatusAccepted {
		return notFound("Connection not found")
	}
	k.Status, k.Updated = StatusRejected, w.Now().UnixMilli()
	w.noteChange()
	return nil
}
