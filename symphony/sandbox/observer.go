package sandbox

import (
	"time"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/world"
)

// Observer learns what happens in a pod, while it happens. Its methods are called as within Do:
// they may look at the world, and must not change it.
type Observer interface {
	world.Observer
	// FaultsChanged tells that a fault was added, has struck or is gone.
	FaultsChanged()
	// Called tells of a call of Symphony's API.
	Called(call client.Call)
	// Closed tells that the pod is closed.
	Closed()
}

// Observe has an observer told of everything from now on.
func (p *Pod) Observe(o Observer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.observers = append(p.observers, o)
}

// worldObserver is what the pod itself does about changes of its world.
type worldObserver struct{ *Pod }

func (p worldObserver) Changed(change world.Change) {
	if p.store != nil {
		p.store.noteChange()
	}
	switch change.Kind {
	case world.FeedsChanged:
		for _, id := range change.Feeds {
			p.wake(id)
		}
	case world.TimeAdvanced:
		p.wakeAll()
	case world.Emptied:
		p.sessions = map[string]*session{}
		p.faults.reset(p.cfg.Seed)
		p.calls.clear()
		p.wakeAll()
	case world.OtherChange, world.MessageSent, world.MessageChanged, world.StreamChanged, world.MemberGone, world.ManifestChanged:
	}
	p.notify(change)
}

// notify tells the observers of a change; the pod's mutex is held.
func (p *Pod) notify(change world.Change) {
	for _, o := range p.observers {
		o.Changed(change)
	}
}

// notifyFaults tells the observers of the faults; the pod's mutex is held.
func (p *Pod) notifyFaults() {
	for _, o := range p.observers {
		o.FaultsChanged()
	}
}

// worldFaults is what goes wrong in the pod's world on purpose.
type worldFaults struct{ *Pod }

func (p worldFaults) DuplicatesEvent() bool { return p.faultStrikes(client.FaultDuplicateEvents) }

func (p worldFaults) SearchLag() int64 {
	lag := time.Duration(0)
	for _, f := range p.throwDice(func(f *client.Fault) bool { return f.Kind == client.FaultSearchLag }) {
		setDefault(&f.Delay, defaultSearchLag)
		lag = max(lag, delayOf(&f))
	}
	return lag.Milliseconds()
}

// OutsideDelay is the longest delay of the faults that strike.
func (p worldFaults) OutsideDelay() (delay time.Duration, ever bool) {
	if p.faultStrikes(client.FaultOutsideNever) {
		return 0, false
	}
	struck := p.throwDice(func(f *client.Fault) bool { return f.Kind == client.FaultOutsideDelay })
	if len(struck) == 0 {
		return world.DefaultOutsideDelay, true
	}
	for _, f := range struck {
		setDefault(&f.Delay, defaultOutsideDelay)
		delay = max(delay, delayOf(&f))
	}
	return delay, true
}
