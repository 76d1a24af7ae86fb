package trial

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
)

// Line is a line of a bot's log.
type Line struct {
	Bot   string `json:"bot"`
	Level string `json:"level,omitempty"` // empty for what is no log line, such as a panic
	Said  string `json:"said,omitempty"`  // the sentence, without its fields
	Text  string `json:"text"`            // all of it
}

// Trouble is true for a warning and for what is worse.
func (l Line) Trouble() bool { return l.Level == "warn" || l.Error() }

// Error is true for an error, and for what is no log line at all.
func (l Line) Error() bool {
	switch l.Level {
	case "", "error", "fatal", "panic":
		return true
	}
	return false
}

// Log is the file that has what the bot logged, all its processes after each other.
func (b *Bot) Log() string { return filepath.Join(b.dir, b.Name+".log") }

// Logged is how long the log is by now, in bytes.
func (b *Bot) Logged() (int64, error) {
	info, err := os.Stat(b.Log())
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Errors lists what the bot logged as an error, and what is no log line at
// all, such as a panic. Warnings are not in it: under faults they are due.
func (b *Bot) Errors() ([]Line, error) { return b.lines(0, Line.Error) }

// Troubles lists the warnings and errors from a place in the log on.
func (b *Bot) Troubles(from int64) ([]Line, error) { return b.lines(from, Line.Trouble) }

func (b *Bot) lines(from int64, wanted func(Line) bool) (found []Line, err error) {
	err = eachLine(b.Log(), from, func(text []byte, entry logEntry) bool {
		line := Line{Bot: b.Name, Level: entry.Level, Said: entry.Message, Text: string(text)}
		if wanted(line) {
			found = append(found, line)
		}
		return true
	})
	return found, err
}

// logEntry is what of a log line means something here.
type logEntry struct{ Level, Message, Address string }

// longestLine bounds a line of the log, which may hold a stack.
const longestLine = 1 << 20

// eachLine reads a log from a place on, until take has had enough.
func eachLine(log string, from int64, take func(text []byte, entry logEntry) (more bool)) error {
	file, err := os.Open(log)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Seek(from, io.SeekStart); err != nil {
		return err
	}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		var entry logEntry
		if json.Unmarshal(lines.Bytes(), &entry) != nil {
			entry = logEntry{}
		}
		if !take(lines.Bytes(), entry) {
			return nil
		}
	}
	return lines.Err()
}
