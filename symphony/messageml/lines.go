package messageml

import (
	"strings"
	"unicode/utf8"
)

// lines turns running text and blocks into lines, the way a browser would show them: blocks start lines but add none before
// the first text or after the last, and line ends within text are only blanks. Blanks themselves are kept, because what a
// person typed is quoted back with a caret under it.
type lines struct {
	out      strings.Builder
	count    int    // code points written
	ended    bool   // what was written last is a line end
	pending  bool   // a block began or ended: the next text starts a line
	blank    bool   // the line has no text yet
	gap      []byte // blanks that are written if text follows
	soft     bool   // the gap holds a line end of the source, so it is one blank at most
	verbatim int    // depth of elements that keep their line ends
	mark     string // what the next line begins with, such as a bullet
}

func newLines() *lines { return &lines{blank: true} }

func (l *lines) text(s string) {
	s = strings.Map(visible, s)
	if l.verbatim > 0 {
		if l.pending { // a line end right after <pre> only starts its first line
			s = strings.TrimPrefix(s, "\n")
		}
		l.put(s)
		return
	}
	for s != "" {
		blanks := len(s) - len(strings.TrimLeft(s, " \t\n"))
		l.gap = append(l.gap, s[:blanks]...)
		l.soft = l.soft || strings.Contains(s[:blanks], "\n")
		s = s[blanks:]
		word := strings.IndexAny(s, " \t\n")
		if word < 0 {
			word = len(s)
		}
		l.put(s[:word])
		s = s[word:]
	}
}

// visible maps the no-break blank, which clients write where a person typed a blank, and drops control characters.
func visible(r rune) rune {
	switch {
	case r == '\u00a0':
		return ' '
	case r < ' ' && r != '\n' && r != '\t':
		return -1
	}
	return r
}

// put writes text as it is, after the line end and the blanks that were waiting for it.
func (l *lines) put(s string) {
	if l.count == 0 {
		s = strings.TrimLeft(s, "\n")
	}
	if s == "" {
		return
	}
	l.flush()
	l.emit(s)
	l.blank = l.ended
}

// flush writes what was waiting for the next text.
func (l *lines) flush() {
	if l.pending && l.count > 0 && !l.ended {
		l.emit("\n")
	}
	l.pending = false
	if l.mark != "" {
		mark := l.mark
		l.mark = ""
		l.dropGap()
		l.emit(mark)
		l.blank = false
	}
	l.emit(l.waiting())
	l.dropGap()
}

func (l *lines) waiting() string {
	switch {
	case !l.soft:
		return string(l.gap)
	case l.blank:
		return ""
	}
	return " "
}

func (l *lines) emit(s string) {
	if s == "" {
		return
	}
	l.out.WriteString(s)
	l.count += utf8.RuneCountInString(s)
	l.ended = strings.HasSuffix(s, "\n")
}

// block is the start or the end of a block.
func (l *lines) block() {
	if !l.blank && !l.soft { // blanks at the end of a line that a person may have typed
		l.emit(string(l.gap))
	}
	l.dropGap()
	l.pending, l.blank = true, true
}

func (l *lines) dropGap() { l.gap, l.soft = l.gap[:0], false }

// lineBreak is a <br/>: the last one of a block ends its line and adds none, because the block then need not end it.
func (l *lines) lineBreak() {
	if l.count == 0 || l.soft {
		l.dropGap()
	}
	if l.count == 0 {
		return
	}
	l.flush()
	l.emit("\n")
	l.blank = true
}

// finish is the text without the line ends after the last line that has any.
func (l *lines) finish() string {
	l.block()
	return strings.TrimRight(l.out.String(), "\n")
}

// cell separates a table's cell from the one before it in the line.
func (l *lines) cell(separator string) {
	if l.blank {
		return
	}
	l.gap, l.soft = append(l.gap[:0], separator...), false
}

// flushBlanks writes the blanks before the end of an entity, which belong to what it shows.
func (l *lines) flushBlanks() {
	if !l.soft && !l.blank && !l.pending {
		l.flush()
	}
}
