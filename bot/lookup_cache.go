package bot

import (
	"sync"
	"time"
)

// lookupCache holds what Symphony said lately of people or chats, which hardly ever changes. A chat
// may be opened to other companies; a message that comes from such a chat says so at once.
type lookupCache[K comparable, V any] struct {
	mu      sync.Mutex // guards entries
	entries map[K]lookupEntry[V]
}

type lookupEntry[V any] struct {
	value V
	at    time.Time
}

const (
	lookupCacheAge  = 5 * time.Minute
	lookupCacheSize = 10_000
)

func (c *lookupCache[K, V]) find(key K) (value V, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	entry, known := c.entries[key]
	if time.Since(entry.at) > lookupCacheAge {
		return value, false
	}
	return entry.value, known
}

// remove has a key looked up again.
func (c *lookupCache[K, V]) remove(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, key)
}

// add keeps what was looked up. A full cache is emptied as a whole.
func (c *lookupCache[K, V]) add(key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries == nil || len(c.entries) >= lookupCacheSize {
		c.entries = map[K]lookupEntry[V]{}
	}
	c.entries[key] = lookupEntry[V]{value: value, at: time.Now()}
}
