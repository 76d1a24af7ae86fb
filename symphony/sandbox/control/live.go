package control

import (
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"roombot/symphony/sandbox/world"
)

const (
	liveBuffer = 512              // frames a watcher may be behind before it is thrown out
	liveWrite  = 5 * time.Second  // to write one frame
	livePing   = 20 * time.Second // between pings
	livePong   = 50 * time.Second // without a sign of life
	liveRead   = 4 << 10          // bytes of what a page may send
)

// serveLive turns a request into a live connection: this goroutine reads, one other writes, and
// both end together.
func (c *Control) serveLive(w http.ResponseWriter, r *http.Request) {
	// It watches before it knows that it is connected, so that it misses nothing from then on.
	watching, err := c.addWatcher(r.URL.Query().Get("as"))
	if err != nil {
		_ = encodeError(err).Write(w)
		return
	}
	defer c.pod.Do(func(*world.World) { c.removeWatcher(watching) })
	upgrader := websocket.Upgrader{HandshakeTimeout: liveWrite, CheckOrigin: isSameOrigin}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	if !c.startWriter(conn, watching) {
		_ = conn.Close()
		return
	}
	readUntilGone(conn)
}

// addWatcher begins to watch as somebody, or as nobody for "".
func (c *Control) addWatcher(username string) (w *watcher, err error) {
	c.pod.Do(func(*world.World) {
		var who *world.Person
		if who, err = c.personIfNamed(username); err != nil {
			return
		}
		w = &watcher{user: idOf(who), frames: make(chan []byte, liveBuffer)}
		c.watchers = append(c.watchers, w)
	})
	return w, err
}

// startWriter starts a watcher's writer. It reports false when the pod is closed.
func (c *Control) startWriter(conn *websocket.Conn, w *watcher) (started bool) {
	c.pod.Do(func(*world.World) { started = c.pod.Go(func() { writeFrames(conn, w.frames) }) })
	return started
}

// writeFrames is the only writer of a connection; it ends when the frames do or the reader is too
// slow.
func writeFrames(conn *websocket.Conn, frames <-chan []byte) {
	defer func() { _ = conn.Close() }()
	ping := time.NewTicker(livePing)
	defer ping.Stop()
	for {
		kind, raw := websocket.PingMessage, []byte(nil)
		select {
		case text, open := <-frames:
			if !open {
				farewell := websocket.FormatCloseMessage(websocket.CloseGoingAway, "")
				_ = conn.WriteControl(websocket.CloseMessage, farewell, time.Now().Add(liveWrite))
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

// readUntilGone reads what pages never send, because only a read notices that the other side has
// left.
func readUntilGone(conn *websocket.Conn) {
	conn.SetReadLimit(liveRead)
	alive := func(string) error { return conn.SetReadDeadline(time.Now().Add(livePong)) }
	conn.SetPongHandler(alive)
	_ = alive("")
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}
