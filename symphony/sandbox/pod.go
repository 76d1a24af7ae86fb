package sandbox

import (
	"crypto/rand"
	stdrsa "crypto/rsa"
	"net/http"
	"sync"
	"time"
)

// Pod is a running sandbox. It serves HTTP through Handler and ends with Close.
type Pod struct {
	cfg    Config
	api    *router
	ctl    *router
	key    func() (*stdrsa.PrivateKey, error)
	store  *store
	closed chan struct{}
	once   sync.Once
	work   sync.WaitGroup

	faults *faults // guards itself
	wire   *wire   // guards itself
	calls  traffic // guards itself

	mu       sync.Mutex // guards everything below
	state    *state
	sessions map[string]*session
	live     *live
	changed  chan struct{}            // closed and replaced at every message
	wakes    map[string]chan struct{} // by feed: closed and replaced when it has news
	parked   map[string]int           // by feed: reads waiting
	said     map[int64]int64          // by person: sequence number of their last message
}

// New starts a pod. It reads Config.StateFile when there is one.
func New(cfg Config) (*Pod, error) {
	cfg = cfg.withDefaults()
	p := &Pod{
		cfg: cfg, api: newRouter(loginRoutes(), podRoutes(), agentRoutes(), groupRoutes(), absentRoutes()), ctl: newRouter(controlRoutes()),
		key: signingKey(cfg.SigningKey), closed: make(chan struct{}), changed: make(chan struct{}),
		sessions: map[string]*session{}, faults: newFaults(cfg.Seed), wire: &wire{}, live: &live{},
		wakes: map[string]chan struct{}{}, parked: map[string]int{}, said: map[int64]int64{},
	}
	p.state = newState(cfg, cfg.Now())
	if cfg.StateFile == "" {
		return p, nil
	}
	p.store = newStore(cfg.StateFile)
	loaded, err := p.store.load()
	if err != nil {
		return nil, err
	}
	if loaded != nil {
		loaded.rename(cfg)
		p.state = loaded
	}
	p.work.Go(func() { p.store.run(p.closed, p.snapshot) })
	return p, nil
}

// Close ends parked reads and live connections and writes the state file. It may be called more than once.
func (p *Pod) Close() error {
	p.once.Do(func() { close(p.closed) })
	p.mu.Lock()
	p.live.closeAll()
	p.mu.Unlock()
	p.work.Wait()
	if p.store == nil {
		return nil
	}
	return p.store.save(p.snapshot())
}

// Handler serves the whole pod.
func (p *Pod) Handler() http.Handler { return http.HandlerFunc(p.serve) }

// Advance moves the pod's clock ahead, which expires sessions, feeds and the visibility of delivered events.
func (p *Pod) Advance(by time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Offset += by
	p.wakeAll()
	p.touch()
}

// Reset empties the pod: no rooms, no messages, no sessions, no faults. The clock stays where it is, and so do the
// manifests, which bots do not upload again.
func (p *Pod) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.state
	p.state = newState(p.cfg, p.now())
	p.state.Offset, p.state.Manifests = old.Offset, old.Manifests
	p.sessions = map[string]*session{}
	p.faults.reset(p.cfg.Seed)
	p.wire.clear()
	p.said = map[int64]int64{}
	p.wakeAll()
	p.announce()
	p.touch()
	p.live.all(frame{"kind": "reset"})
}

// now is the pod's time: the configured clock and what it was advanced by.
func (p *Pod) now() time.Time { return p.cfg.Now().Add(p.state.Offset) }

// announce wakes those who wait for messages.
func (p *Pod) announce() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// wakeAll makes every parked read look again.
func (p *Pod) wakeAll() {
	for id := range p.wakes {
		p.wake(id)
	}
}

func (p *Pod) wake(feedID string) {
	if parked, ok := p.wakes[feedID]; ok {
		close(parked)
		delete(p.wakes, feedID)
	}
}

// touch notes that the state file is behind.
func (p *Pod) touch() {
	if p.store != nil {
		p.store.touch()
	}
}

func (p *Pod) snapshot() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return marshal(p.state)
}

// signingKey makes the pod's own key once, when something is first signed: making it takes longer than all the rest.
func signingKey(given *stdrsa.PrivateKey) func() (*stdrsa.PrivateKey, error) {
	return sync.OnceValues(func() (*stdrsa.PrivateKey, error) {
		if given != nil {
			return given, nil
		}
		return stdrsa.GenerateKey(rand.Reader, 2048)
	})
}
