package control

import (
	"slices"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// watcher is a page that watches as somebody, or as nobody (0) and sees everything.
type watcher struct {
	user   int64
	frames chan []byte // closed when it is to end
	ended  bool
}

func (w *watcher) end() {
	if !w.ended {
		w.ended = true
		close(w.frames)
	}
}

// sees reports whether a watcher sees what happens in a stream.
func (w *watcher) sees(st *world.Stream) bool { return w.user == 0 || st.HasMember(w.user) }

func (c *Control) removeWatcher(w *watcher) {
	c.watchers = slices.DeleteFunc(c.watchers, func(other *watcher) bool { return other == w })
	w.end()
}

// sendFrame never waits: a watcher that falls too far behind is thrown out, and connects again when
// it can.
func (c *Control) sendFrame(w *watcher, raw []byte) {
	select {
	case w.frames <- raw:
	default:
		c.removeWatcher(w)
	}
}

// showAll sends a frame to everybody.
func (c *Control) showAll(frame client.Frame) {
	if len(c.watchers) == 0 {
		return
	}
	raw := rest.Marshal(frame)
	for _, w := range slices.Clone(c.watchers) {
		c.sendFrame(w, raw)
	}
}

// showSome sends a frame to each watcher that is to see it.
func (c *Control) showSome(sees func(*watcher) bool, frame func(*watcher) client.Frame) {
	for _, w := range slices.Clone(c.watchers) {
		if sees(w) {
			c.sendFrame(w, rest.Marshal(frame(w)))
		}
	}
}

// Changed shows a change of the world, and wakes those who wait for messages.
func (c *Control) Changed(change world.Change) {
	switch change.Kind {
	case world.MessageSent, world.MessageChanged:
		c.showMessage(change.Stream, change.Message)
		c.showChat(change.Stream)
	case world.StreamChanged:
		c.showChat(change.Stream)
	case world.MemberGone:
		c.showGone(change.Stream, change.User)
	case world.FeedsChanged:
		if len(c.watchers) > 0 {
			c.showAll(client.Frame{Kind: client.FrameFeeds, Feeds: c.encodeFeeds()})
		}
	case world.ManifestChanged:
		c.showAll(client.Frame{Kind: client.FrameManifest, Manifest: rest.Marshal(c.encodeManifest())})
	case world.Emptied:
		c.showAll(client.Frame{Kind: client.FrameReset})
	case world.OtherChange, world.TimeAdvanced:
	}
	if change.Kind == world.MessageSent || change.Kind == world.Emptied {
		close(c.spoken)
		c.spoken = make(chan struct{})
	}
}

func (c *Control) showMessage(st *world.Stream, m *world.Message) {
	c.showSome(func(w *watcher) bool { return w.sees(st) }, func(w *watcher) client.Frame {
		message := c.encodeMessage(m, w.user)
		return client.Frame{Kind: client.FrameMessage, Message: &message}
	})
}

func (c *Control) showChat(st *world.Stream) {
	c.showSome(func(w *watcher) bool { return w.sees(st) }, func(w *watcher) client.Frame {
		chat := c.encodeChat(st, w.user)
		return client.Frame{Kind: client.FrameChat, Chat: &chat}
	})
}

// showGone tells somebody that they are no longer in a chat.
func (c *Control) showGone(st *world.Stream, user int64) {
	c.showSome(func(w *watcher) bool { return w.user == user }, func(*watcher) client.Frame {
		return client.Frame{Kind: client.FrameChat, Chat: &client.Chat{StreamID: st.ID, Gone: true}}
	})
}

// FaultsChanged shows the faults.
func (c *Control) FaultsChanged() {
	c.showAll(client.Frame{Kind: client.FrameFaults, Faults: c.pod.Faults()})
}

// Called shows a call of Symphony's API.
func (c *Control) Called(call client.Call) {
	c.showAll(client.Frame{Kind: client.FrameWire, Call: &call})
}

// Closed ends all live connections.
func (c *Control) Closed() {
	for _, w := range c.watchers {
		w.end()
	}
	c.watchers = nil
}
