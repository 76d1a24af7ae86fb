package bot

import (
	"sync"
	"time"

	"roombot/symphony"
)

// userCache holds people of the bot's own company who were looked up lately.
type userCache struct {
	mu    sync.Mutex // guards what follows
	users map[symphony.UserID]symphony.User
	since time.Time
}

// What the directory says of a person hardly ever changes; the cache is emptied as a whole when it
// is old or has grown.
const (
	userCacheAge  = 5 * time.Minute
	userCacheSize = 10_000
)

func (c *userCache) find(id symphony.UserID) (symphony.User, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.since) > userCacheAge || len(c.users) >= userCacheSize {
		c.users, c.since = map[symphony.UserID]symphony.User{}, time.Now()
	}
	u, known := c.users[id]
	return u, known
}

// add keeps a user that find did not know.
func (c *userCache) add(u symphony.User) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.users[u.ID] = u
}
