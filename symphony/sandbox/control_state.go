package sandbox

import (
	"encoding/json"
	"time"
)

func (p *Pod) controlState(*call) (any, error) {
	people := []personView{}
	for _, who := range p.state.People {
		people = append(people, who.card())
	}
	rooms, chats := []map[string]any{}, []map[string]any{}
	for _, st := range p.state.Streams {
		if st.Type == typeRoom {
			rooms = append(rooms, p.roomState(st))
		} else {
			chats = append(chats, map[string]any{"streamId": st.ID, "members": p.memberStates(st)})
		}
	}
	groups := []map[string]any{}
	for _, g := range p.state.Groups {
		groups = append(groups, map[string]any{"id": g.ID, "profileId": g.Profile, "name": g.Name, "members": p.usernames(g.memberIDs())})
	}
	return map[string]any{
		"now": p.now().UTC(), "people": people, "groups": groups, "rooms": rooms, "chats": chats, "feeds": p.feedViews(),
		"faults": p.faults.all(), "rights": p.state.Rights, "messages": len(p.state.Messages),
	}, nil
}

func (p *Pod) roomState(st *stream) map[string]any {
	v := p.roomCard(st)
	v["streamId"], v["active"], v["members"] = st.ID, st.Active, p.memberStates(st)
	return v
}

type memberState struct {
	Username string   `json:"username"`
	Owner    bool     `json:"owner"`
	Joined   int64    `json:"joinDate"`          // milliseconds since 1970
	Through  []string `json:"through,omitempty"` // names of the groups they came with
}

func (p *Pod) memberStates(st *stream) []memberState {
	states := []memberState{}
	for _, m := range st.Members {
		v := memberState{Username: p.state.people[m.User].Username, Owner: m.Owner, Joined: m.Joined}
		for _, id := range m.Through {
			if g := p.state.groupOf(id); g != nil {
				v.Through = append(v.Through, g.Name)
			}
		}
		states = append(states, v)
	}
	return states
}

func (p *Pod) usernames(ids []int64) []string {
	names := []string{}
	for _, id := range ids {
		names = append(names, p.state.people[id].Username)
	}
	return names
}

// feedState is a datafeed as the control API shows it.
type feedState struct {
	ID       string    `json:"id"`
	Owner    string    `json:"owner"`
	Tag      string    `json:"tag,omitempty"`
	Queued   int       `json:"queued"`   // events waiting to be read
	InFlight int       `json:"inFlight"` // events read and not yet acknowledged
	Readers  int       `json:"readers"`  // reads parked
	Oldest   int64     `json:"oldest"`   // when the oldest event that is not acknowledged happened, in milliseconds; 0 without one
	Created  time.Time `json:"created"`
	LastRead time.Time `json:"lastRead"`
	Expires  time.Time `json:"expires"`
}

func (p *Pod) feedViews() []feedState {
	p.expireFeeds()
	views := []feedState{}
	for _, f := range p.state.Feeds {
		v := feedState{
			ID: f.ID, Owner: p.state.people[f.Owner].Username, Tag: f.Tag, Readers: p.parked[f.ID], Created: f.Created.UTC(),
			LastRead: f.LastRead.UTC(), Expires: f.LastRead.Add(p.cfg.FeedLife).UTC(),
		}
		if len(f.Queue) > 0 {
			v.Oldest = timeOf(f.Queue[0].Event)
		}
		for _, d := range f.Queue {
			if p.now().Before(d.Visible) {
				v.InFlight++
			} else {
				v.Queued++
			}
		}
		views = append(views, v)
	}
	return views
}

// timeOf is when an event happened, in milliseconds.
func timeOf(event json.RawMessage) int64 {
	var head struct{ Timestamp int64 }
	_ = json.Unmarshal(event, &head) // the pod's own words
	return head.Timestamp
}

func (p *Pod) controlFeeds(*call) (any, error) { return map[string]any{"feeds": p.feedViews()}, nil }

func (p *Pod) controlManifest(*call) (any, error) { return p.manifest(), nil }

func (p *Pod) controlWire(c *call) (any, error) {
	after, err := c.millis("after")
	if err != nil {
		return nil, err
	}
	_, limit, err := c.page(maxCalls, maxCalls)
	if err != nil {
		return nil, err
	}
	return map[string]any{"calls": p.wire.after(after, limit)}, nil
}
