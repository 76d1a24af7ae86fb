package bot

import (
	"cmp"
	"context"
	"sync"
	"time"

	"roombot/bot/engine"
)

// backlog is how many unfinished commands each conversation has, as far as this
// process knows: it counts what it takes in and what it finishes. The store is
// asked before somebody is told that they are too many, since other replicas
// finish commands as well.
type backlog struct {
	mu    sync.Mutex // guards what follows
	lines map[string]line
}

// line is the backlog of one conversation.
type line struct {
	open  int
	last  string // the command that was taken in last
	flood bool   // there were too many, and still are
	told  string // the value of last when a surplus command was chosen to say so
	asked time.Time
}

// linesKept bounds the memory. Beyond it all is forgotten, which only lets a
// few more commands in.
const linesKept = 100_000

func newBacklog(waiting []engine.Summary) *backlog {
	b := &backlog{lines: map[string]line{}}
	for _, c := range waiting { // the newest first
		l, known := b.lines[c.Conversation]
		if !known {
			l = line{open: 1, last: c.ID} // the first of them does not wait
		}
		l.open++
		b.lines[c.Conversation] = l
	}
	return b
}

func (b *backlog) line(conversation string) line {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lines[conversation]
}

// replace puts lines in the place of others, which it returns.
func (b *backlog) replace(lines map[string]line) map[string]line {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.lines) >= linesKept {
		clear(b.lines)
	}
	before := map[string]line{}
	for conversation, l := range lines {
		before[conversation] = b.lines[conversation]
		b.lines[conversation] = l
	}
	return before
}

// finished counts a command that is done.
func (b *backlog) finished(conversation string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l, known := b.lines[conversation]
	switch {
	case !known:
	case l.open <= 1 && !l.flood:
		delete(b.lines, conversation)
	default:
		l.open = max(l.open-1, 0)
		b.lines[conversation] = l
	}
}

// admit is true for a command that may be carried out. After a flood no command
// is until half of what waits is done, so that it ends with one answer.
func (l *line) admit(id string, most int) bool {
	if l.flood && l.open <= most/2 {
		l.flood = false
	}
	if l.flood || l.open >= most {
		l.flood = true
		return false
	}
	l.open++
	l.last = id
	return true
}

// askedAgain is how long the store's answer about a conversation serves.
const askedAgain = time.Second

// lineOf is the backlog of a conversation to which so many more commands come.
func (b *Bot) lineOf(ctx context.Context, conversation string, more int) (line, error) {
	l := b.backlog.line(conversation)
	tight := l.flood || l.open+more > b.bounds.PerConversation
	if !tight || time.Since(l.asked) < askedAgain {
		return l, nil
	}
	open, newest, err := b.engine.Backlog(ctx, conversation)
	if err != nil {
		return line{}, err
	}
	l.open, l.last, l.asked = open, cmp.Or(newest, l.last), time.Now()
	return l, nil
}
