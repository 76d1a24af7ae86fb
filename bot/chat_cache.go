package bot

import (
	"sync"
	"time"

	"roombot/symphony"
)

// chatCache holds chats as Symphony described them lately.
type chatCache struct {
	mu    sync.Mutex // guards what follows
	chats map[symphony.StreamID]readChat
}

type readChat struct {
	symphony.Stream
	at time.Time
}

// A chat may be opened to other companies; a message that comes from such a chat says so at once,
// and the cache is never older than this.
const (
	chatCacheAge  = 5 * time.Minute
	chatCacheSize = 10_000
)

func (c *chatCache) find(id symphony.StreamID) (symphony.Stream, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	chat, known := c.chats[id]
	return chat.Stream, known && time.Since(chat.at) < chatCacheAge
}

// add keeps a chat under the id by which it was asked for.
func (c *chatCache) add(id symphony.StreamID, chat symphony.Stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.chats == nil || len(c.chats) >= chatCacheSize {
		c.chats = map[symphony.StreamID]readChat{}
	}
	c.chats[id] = readChat{Stream: chat, at: time.Now()}
}
