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
	Bot     string `json:"bot"`
	Level   string `json:"level,omitempty"` // empty where the text is no log line, such as a panic
	Message string `json:"said,omitempty"`  // the sentence, without its fields
	Text    string `json:"text"`            // all of it
}

// IsWarningOrError reports whether the line is a warning or worse.
func (l Line) IsWarningOrError() bool { return l.Level == "warn" || l.IsError() }

// IsError reports whether the line is an error or worse, or no log line at all.
func (l Line) IsError() bool {
	switch l.Level {
	case "", "error", "fatal", "panic":
		return true
	}
	return false
}

// LogFile is the path of the file that all processes of the bot log to.
func (b *Bot) LogFile() string { return filepath.Join(b.dir, b.Name+".log") }

// LogSize is the length of the log, in bytes.
func (b *Bot) LogSize() (int64, error) {
	info, err := os.Stat(b.LogFile())
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Errors lists the errors that the bot logged, and what is no log line at all, such as a panic.
// Warnings are left out: faults cause them.
func (b *Bot) Errors() ([]Line, error) { return b.readLines(0, Line.IsError) }

// WarningsAndErrors lists those of the log from an offset on.
func (b *Bot) WarningsAndErrors(from int64) ([]Line, error) {
	return b.readLines(from, Line.IsWarningOrError)
}

func (b *Bot) readLines(from int64, wanted func(Line) bool) (found []Line, err error) {
	err = eachLine(b.LogFile(), from, func(text []byte, entry logEntry) bool {
		line := Line{Bot: b.Name, Level: entry.Level, Message: entry.Message, Text: string(text)}
		if wanted(line) {
			found = append(found, line)
		}
		return true
	})
	return found, err
}

// logEntry are the fields of a log line that are used here.
type logEntry struct{ Level, Message, Address string }

// longestLine bounds a line of the log, which may hold a stack.
const longestLine = 1 << 20

// eachLine reads a log from an offset on, as long as take asks for more.
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
