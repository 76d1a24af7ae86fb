package world

import "time"

// Config describes a world. The zero value is a usable one.
type Config struct {
	// BotUsername is the service account's username. Default "roombot".
	BotUsername string

	// BotName is the service account's display name. Default "Roombot".
	BotName string

	// Crowd is whom the home company has besides the people of the tour. Default nobody.
	Crowd Crowd

	// Visibility is how long delivered, unacknowledged events stay hidden before they come again.
	// Default 30 s.
	Visibility time.Duration

	// FeedLife is how long a datafeed lives without a read. Default 30 min.
	FeedLife time.Duration

	// Now is the clock, to which Advance adds. Default time.Now.
	Now func() time.Time

	// Observer learns of each change. Default: nobody.
	Observer Observer

	// Faults is what goes wrong on purpose. Default: nothing.
	Faults Faults
}

func (c Config) withDefaults() Config {
	setDefault(&c.BotUsername, "roombot")
	setDefault(&c.BotName, "Roombot")
	setDefault(&c.Visibility, 30*time.Second)
	setDefault(&c.FeedLife, 30*time.Minute)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Observer == nil {
		c.Observer = noObserver{}
	}
	if c.Faults == nil {
		c.Faults = noFaults{}
	}
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// World is a pod's people and all they have said and made.
type World struct {
	cfg   Config
	state *State

	// The indexes of the state.
	directory directory
	streams   map[string]*Stream
	messages  map[string]*Message
	byStream  map[string][]*Message // by stream, oldest first
	named     map[string][]*Stream  // rooms by NameKey
}

// New makes a world as it is at first: people and groups, no conversations.
func New(cfg Config) *World {
	w := &World{cfg: cfg.withDefaults()}
	w.setState(firstState(w.cfg, w.cfg.Now()))
	return w
}

// Reset empties the world: no rooms, no messages, no feeds. The clock stays where it is, and so do
// the manifests, which bots do not upload again.
func (w *World) Reset() {
	old := w.state
	first := firstState(w.cfg, w.Now())
	first.Offset, first.Manifests = old.Offset, old.Manifests
	w.setState(first)
	w.notify(Change{Kind: Emptied})
}

// Now is the world's time: the configured clock and what it was advanced by.
func (w *World) Now() time.Time { return w.cfg.Now().Add(w.state.Offset) }

// Advance moves the clock ahead, which ages feeds and the visibility of delivered events.
func (w *World) Advance(by time.Duration) {
	w.state.Offset += by
	w.notify(Change{Kind: TimeAdvanced})
}

func (w *World) notify(change Change) { w.cfg.Observer.Changed(change) }

// noteChange tells of a change that only a saved state shows.
func (w *World) noteChange() { w.notify(Change{Kind: OtherChange}) }
