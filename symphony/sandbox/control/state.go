package control

import (
	"encoding/json"

	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/world"
)

func (c *Control) state(*request) (any, error) {
	state := client.State{
		Now: c.world.Now().UTC(), People: c.encodePeople(), Groups: []client.Group{}, Rooms: []client.Room{}, Chats: []client.ChatMembers{},
		Feeds: c.encodeFeeds(), Faults: c.pod.Faults(), Rights: client.Rights(c.world.Rights()), Messages: len(c.world.Messages()),
	}
	for _, st := range c.world.Streams() {
		if st.IsRoom() {
			state.Rooms = append(state.Rooms, c.encodeRoom(st))
		} else {
			state.Chats = append(state.Chats, client.ChatMembers{StreamID: st.ID, Members: c.encodeMembers(st)})
		}
	}
	for _, g := range c.world.Groups() {
		state.Groups = append(state.Groups, c.encodeGroup(g))
	}
	return state, nil
}

func (c *Control) encodeGroup(g *world.Group) client.Group {
	group := client.Group{ID: g.ID, ProfileID: g.Profile, Name: g.Name, Members: []string{}}
	for _, id := range g.MemberIDs() {
		group.Members = append(group.Members, c.world.Person(id).Username)
	}
	return group
}

func (c *Control) encodeFeeds() []client.Feed {
	feeds := []client.Feed{}
	for _, f := range c.world.Feeds() {
		waiting, taken := c.world.CountEvents(f)
		feeds = append(feeds, client.Feed{
			ID: f.ID, Owner: c.world.Person(f.Owner).Username, Tag: f.Tag, Queued: waiting, InFlight: taken,
			Readers: c.pod.Readers(f.ID), Oldest: f.OldestEvent(), Created: f.Created.UTC(), LastRead: f.LastRead.UTC(),
			Expires: c.world.ExpiresAt(f).UTC(),
		})
	}
	return feeds
}

func (c *Control) feeds(*request) (any, error) {
	return client.FeedsAnswer{Feeds: c.encodeFeeds()}, nil
}

// encodeManifest is what the bot says about its commands; the pod has checked that it is JSON.
func (c *Control) encodeManifest() client.Manifest {
	var manifest client.Manifest
	_ = json.Unmarshal([]byte(c.world.Manifest(world.BotID)), &manifest)
	if manifest.Commands == nil {
		manifest.Commands = []client.ManifestCommand{}
	}
	return manifest
}

func (c *Control) manifest(*request) (any, error) { return c.encodeManifest(), nil }

func (c *Control) wire(r *request) (any, error) {
	after, err := r.Number("after", 0)
	if err != nil {
		return nil, err
	}
	_, limit, err := r.Page(sandbox.MaxCalls, sandbox.MaxCalls)
	if err != nil {
		return nil, err
	}
	return client.WireAnswer{Calls: c.pod.Calls(int64(after), limit)}, nil
}
