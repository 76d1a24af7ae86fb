package sandbox

import (
	"crypto/rand"
	stdrsa "crypto/rsa"
	"log/slog"
	"net/http"
	"sync"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// Pod is a running sandbox. It serves Symphony's API through Handler and ends with Close.
type Pod struct {
	cfg    Config
	router *rest.Router[*route]
	key    func() (*stdrsa.PrivateKey, error)
	store  *stateFile
	closed chan struct{}
	once   sync.Once
	work   sync.WaitGroup

	faults  *faultList // guards itself
	calls   *callLog   // guards itself
	traffic traffic    // guards itself

	mu        sync.Mutex // guards everything below
	world     *world.World
	keys      accountKeys
	sessions  map[string]*session
	observers []Observer
	wakes     map[string]chan struct{} // by feed: closed and replaced when it has news
	parked    map[string]int           // by feed: reads waiting
}

// New starts a pod. It reads Config.StateFile when there is one.
func New(cfg Config) (*Pod, error) {
	cfg = cfg.withDefaults()
	p := &Pod{
		cfg: cfg, router: newRouter(), key: signingKey(cfg.SigningKey), closed: make(chan struct{}),
		keys: accountKeys{current: cfg.BotKey}, faults: newFaultList(cfg.Seed), calls: &callLog{}, sessions: map[string]*session{},
		wakes: map[string]chan struct{}{}, parked: map[string]int{},
	}
	worldConfig := cfg.world()
	worldConfig.Observer, worldConfig.Faults = worldObserver{p}, worldFaults{p}
	if cfg.StateFile == "" {
		p.world = world.New(worldConfig)
		return p, nil
	}
	var err error
	if p.store, p.world, err = openStateFile(cfg.StateFile, worldConfig); err != nil {
		return nil, err
	}
	p.work.Go(func() { p.store.run(p.closed, p.snapshot) })
	return p, nil
}

// Close ends parked reads and live connections and writes the state file. It may be called more
// than once.
func (p *Pod) Close() error {
	p.once.Do(func() { close(p.closed) })
	p.mu.Lock()
	for _, o := range p.observers {
		o.Closed()
	}
	p.mu.Unlock()
	p.work.Wait()
	if p.store == nil {
		return nil
	}
	return p.store.save(p.snapshot())
}

// Done is closed when the pod is.
func (p *Pod) Done() <-chan struct{} { return p.closed }

// Go runs a function that ends when the pod is closed, and that Close waits for. It reports false,
// and runs nothing, when the pod is closed. It is called within Do.
func (p *Pod) Go(run func()) bool {
	select {
	case <-p.closed:
		return false
	default:
		p.work.Go(run)
		return true
	}
}

// Handler serves Symphony's API.
func (p *Pod) Handler() http.Handler { return http.HandlerFunc(p.serve) }

// Do gives a function the pod's world, which nobody else uses meanwhile.
func (p *Pod) Do(use func(*world.World)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.world.AdmitInvited()
	use(p.world)
}

func (p *Pod) snapshot() (raw []byte) {
	p.Do(func(w *world.World) { raw = rest.Marshal(w.State()) })
	return raw
}

// signingKey makes the pod's own key once, when something is first signed: making it takes longer
// than all the rest.
func signingKey(given *stdrsa.PrivateKey) func() (*stdrsa.PrivateKey, error) {
	return sync.OnceValues(func() (*stdrsa.PrivateKey, error) {
		if given != nil {
			return given, nil
		}
		return stdrsa.GenerateKey(rand.Reader, 2048)
	})
}

// Log is where the pod's own mistakes are logged.
func (p *Pod) Log() *slog.Logger { return p.cfg.Log }
