package audit

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
)

// Anchor is a head of the chain that was told to somebody: a log, a room, a collector of files.
type Anchor struct {
	Head
	Source string // where it was found
}

// String is the head as people read it.
func (h Head) String() string { return strconv.FormatInt(h.Seq, 10) + " " + h.Hash.String() }

var (
	seqField  = regexp.MustCompile(`"seq":\s*(\d+)`)
	hashField = regexp.MustCompile(`"hash":\s*"([0-9a-f]{64})"`)
	plainHead = regexp.MustCompile(`\b(\d+)[ :]([0-9a-f]{64})\b`)
)

// ParseHead finds a head in a line: JSON with the fields seq and hash, such as a line of the log,
// of an export or of the file for collectors; or the number and the hash, with a blank or a colon
// between them.
func ParseHead(line string) (h Head, found bool) {
	if json.Unmarshal([]byte(line), &h) == nil && h.Seq > 0 && !h.Hash.IsZero() {
		return h, true // other hashes in the line, such as that of what was approved, are not its own
	}
	h = Head{}
	seq, hash := seqField.FindStringSubmatch(line), hashField.FindStringSubmatch(line)
	if seq == nil || hash == nil {
		plain := plainHead.FindStringSubmatch(line)
		if plain == nil {
			return Head{}, false
		}
		seq, hash = plain, plain[1:]
	}
	n, err := strconv.ParseInt(seq[1], 10, 64)
	if err != nil || n < 1 || h.Hash.UnmarshalText([]byte(hash[1])) != nil {
		return Head{}, false
	}
	h.Seq = n
	return h, true
}

// ReadAnchors reads the heads of a text, one a line, and leaves out all other lines.
func ReadAnchors(from io.Reader, source string) (all []Anchor, err error) {
	lines := bufio.NewReader(from)
	for n := 1; ; n++ {
		line, err := lines.ReadString('\n')
		if h, found := ParseHead(line); found {
			all = append(all, Anchor{Head: h, Source: fmt.Sprintf("%s line %d", source, n)})
		}
		switch {
		case err == io.EOF:
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("read anchors: %w", err)
		}
	}
}
