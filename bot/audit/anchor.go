package audit

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"
)

// Anchor is a head of the chain that was told to somebody else: a log, a room, a collector of
// files.
type Anchor struct {
	Head
	At     time.Time // of the entry, or when its head was told; zero where that is not known
	Source string    // where it was found

	restored *RestoredBody // nil but for an entry that says that the store was set back
}

// String is the head as people read it.
func (h Head) String() string { return strconv.FormatInt(h.Seq, 10) + " " + h.Hash.String() }

// Fields of JSON, and of a log that people read.
var (
	seqField  = regexp.MustCompile(`(?:"seq":\s*|\bseq=)(\d+)`)
	hashField = regexp.MustCompile(`(?:"hash":\s*"|\bhash=)([0-9a-f]{64})\b`)
	timeField = regexp.MustCompile(`"(?:at|time)":\s*"([^"]+)"`)
	plainHead = regexp.MustCompile(`\b(\d+)[ :]([0-9a-f]{64})\b`)
	colours   = regexp.MustCompile(`\x1b\[[0-9;]*m`)
)

// ParseHead finds a head in a line: JSON with the fields seq and hash, such as a line of the log,
// of an export or of the file for collectors; a line of a log for people, with seq= and hash=; or
// the number and the hash, with a blank or a colon between them.
func ParseHead(line string) (h Head, found bool) {
	a, found := parseAnchor(line)
	return a.Head, found
}

func parseAnchor(line string) (a Anchor, found bool) {
	var whole struct {
		Head
		Prev Hash            `json:"prev"`
		At   string          `json:"at"`
		Time string          `json:"time"`
		Kind Kind            `json:"kind"`
		Body json.RawMessage `json:"body"`
	}
	if json.Unmarshal([]byte(line), &whole) == nil && whole.Seq > 0 && !whole.Hash.IsZero() {
		// Other hashes in the line, such as that of what was approved, are not its own.
		a = Anchor{Head: whole.Head, At: parseTime(cmp.Or(whole.At, whole.Time))}
		var body RestoredBody
		if whole.Kind == Restored && json.Unmarshal(whole.Body, &body) == nil && body.Head == (Head{a.Seq - 1, whole.Prev}) {
			a.restored = &body
		}
		return a, true
	}
	line = colours.ReplaceAllString(line, "")
	seq, hash := seqField.FindStringSubmatch(line), hashField.FindStringSubmatch(line)
	if seq == nil || hash == nil {
		plain := plainHead.FindStringSubmatch(line)
		if plain == nil {
			return Anchor{}, false
		}
		seq, hash = plain, plain[1:]
	}
	n, err := strconv.ParseInt(seq[1], 10, 64)
	if err != nil || n < 1 || a.Hash.UnmarshalText([]byte(hash[1])) != nil {
		return Anchor{}, false
	}
	a.Seq = n
	if at := timeField.FindStringSubmatch(line); at != nil {
		a.At = parseTime(at[1])
	}
	return a, true
}

// parseTime is the time that is written; zero where it has no date.
func parseTime(text string) time.Time {
	at, _ := time.Parse(time.RFC3339, text) // the zero time on an error
	return at
}

// ReadAnchors reads the heads of a text, one a line, and leaves out all other lines.
func ReadAnchors(from io.Reader, source string) (all []Anchor, err error) {
	lines := bufio.NewReader(from)
	for n := 1; ; n++ {
		line, err := lines.ReadString('\n')
		if a, found := parseAnchor(line); found {
			a.Source = fmt.Sprintf("%s line %d", source, n)
			all = append(all, a)
		}
		switch {
		case err == io.EOF:
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("read anchors: %w", err)
		}
	}
}
