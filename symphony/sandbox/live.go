package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

const (
	liveBuffer = 512              // frames a reader may be behind before it is thrown out
	liveWrite  = 5 * time.Second  // to write one frame
	livePing   = 20 * time.Second // between pings
	livePong   = 50 * time.Second // without a sign of life
)

// frame is one message to a watching page.
type frame map[string]any

// watcher is a page that watches as somebody, or as nobody and sees everything. The pod's mutex guards its channel.
type watcher struct {
	user   int64
	frames chan []byte
	gone   bool
}

// live are the watchers. The pod's mutex guards them.
type live struct{ watchers []*watcher }

func (l *live) add(w *watcher) { l.watchers = append(l.watchers, w) }

func (l *live) remove(w *watcher) {
	l.watchers = slices.DeleteFunc(l.watchers, func(other *watcher) bool { return other == w })
	w.end()
}

func (w *watcher) end() {
	if !w.gone {
		w.gone = true
		close(w.frames)
	}
}

func (l *live) closeAll() {
	for _, w := range l.watchers {
		w.end()
	}
	l.watchers = nil
}

// all sends a frame to everybody.
func (l *live) all(f frame) { l.send(f, func(*watcher) bool { return true }) }

// send never waits: a reader that falls too far behind is thrown out, and connects again when it can.
func (l *live) send(f frame, to func(*watcher) bool) {
	if len(l.watchers) == 0 {
		return
	}
	raw := marshal(f)
	for _, w := range slices.Clone(l.watchers) {
		if !to(w) {
			continue
		}
		select {
		case w.frames <- raw:
		default:
			l.remove(w)
		}
	}
}

func (p *Pod) showMessage(st *stream, m *message) {
	if len(p.live.watchers) == 0 {
		return
	}
	for _, w := range slices.Clone(p.live.watchers) {
		if w.user == 0 || st.member(w.user) != nil {
			p.live.send(frame{"kind": "message", "message": p.messageView(m, w.user)}, func(o *watcher) bool { return o == w })
		}
	}
	p.showChat(st)
}

func (p *Pod) showChat(st *stream) {
	p.touch()
	for _, w := range slices.Clone(p.live.watchers) {
		if w.user == 0 || st.member(w.user) != nil {
			p.live.send(frame{"kind": "chat", "chat": p.chatView(st, w.user)}, func(o *watcher) bool { return o == w })
		}
	}
}

// showGone tells somebody that they are no longer in a chat.
func (p *Pod) showGone(st *stream, user int64) {
	p.live.send(frame{"kind": "chat", "chat": map[string]any{"streamId": st.ID, "gone": true}},
		func(w *watcher) bool { return w.user == user })
}

func (p *Pod) showFeeds() {
	if len(p.live.watchers) > 0 {
		p.live.all(frame{"kind": "feeds", "feeds": p.feedViews()})
	}
}

func (p *Pod) showFaults() { p.live.all(frame{"kind": "faults", "faults": p.faults.all()}) }

// serveLive turns a request into a live connection: this goroutine reads, one other writes, and both end together.
func (p *Pod) serveLive(w http.ResponseWriter, r *http.Request) {
	user := int64(0)
	if name := r.URL.Query().Get("as"); name != "" {
		who, err := p.personNamed(name)
		if err != nil {
			write(w, encodeError(familyControl, err))
			return
		}
		user = who.ID
	}
	// It watches before it knows that it is connected, so that it misses nothing from then on.
	watching := &watcher{user: user, frames: make(chan []byte, liveBuffer)}
	p.mu.Lock()
	p.live.add(watching)
	p.mu.Unlock()
	defer p.unwatch(watching)
	upgrader := websocket.Upgrader{HandshakeTimeout: liveWrite, CheckOrigin: sameOrigin}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	if !p.show(conn, watching) {
		_ = conn.Close()
		return
	}
	readUntilGone(conn)
}

func (p *Pod) unwatch(w *watcher) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.live.remove(w)
}

// show starts a watcher's writer, unless the pod is closed.
func (p *Pod) show(conn *websocket.Conn, w *watcher) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.closed:
		return false
	default:
	}
	p.work.Go(func() { writeFrames(conn, w.frames) })
	return true
}

// writeFrames is the only writer of a connection; it ends when the frames do or the reader is too slow.
func writeFrames(conn *websocket.Conn, frames <-chan []byte) {
	defer func() { _ = conn.Close() }()
	ping := time.NewTicker(livePing)
	defer ping.Stop()
	for {
		kind, raw := websocket.PingMessage, []byte(nil)
		select {
		case text, open := <-frames:
			if !open {
				_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseGoingAway, ""), time.Now().Add(liveWrite))
				return
			}
			kind, raw = websocket.TextMessage, text
		case <-ping.C:
		}
		_ = conn.SetWriteDeadline(time.Now().Add(liveWrite))
		if conn.WriteMessage(kind, raw) != nil {
			return
		}
	}
}

// readUntilGone reads what pages never send, because only a read notices that the other side has left.
func readUntilGone(conn *websocket.Conn) {
	conn.SetReadLimit(4 << 10)
	alive := func(string) error { return conn.SetReadDeadline(time.Now().Add(livePong)) }
	conn.SetPongHandler(alive)
	_ = alive("")
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

// sameOrigin refuses pages of other sites. No Origin at all is a program.
func sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	from, err := url.Parse(origin)
	return err == nil && from.Host == r.Host
}
