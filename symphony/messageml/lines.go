package messageml

import (
	"strings"
	"unicode/utf8"
)

// lineBuilder turns running text and blocks into lines, the way a browser would show them: blocks
// start lines but add none before the first text or after the last, and line ends within text are
// only blanks. Blanks themselves are kept, because what a person typed is quoted back with a caret
// under it.
type lineBuilder struct {
	text           strings.Builder
	runes          int    // code points written
	atLineEnd      bool   // what was written last is a line end
	breakPending   bool   // a block began or ended: the next text starts a line
	isEmptyLine    bool   // the line has no text yet
	blanks         []byte // blanks that are written if text follows
	hasSourceBreak bool   // blanks has a line end of the source, so that it counts as one blank
	verbatimDepth  int    // depth of elements that keep their line ends
	lineMark       string // what the next line begins with, such as a bullet
}

func newLineBuilder() *lineBuilder { return &lineBuilder{isEmptyLine: true} }

func (l *lineBuilder) addText(s string) {
	s = strings.Map(normalizeBlank, s)
	if l.verbatimDepth > 0 {
		if l.breakPending { // a line end right after <pre> only starts its first line
			s = strings.TrimPrefix(s, "\n")
		}
		l.write(s)
		return
	}
	for s != "" {
		blanks := len(s) - len(strings.TrimLeft(s, " \t\n"))
		l.blanks = append(l.blanks, s[:blanks]...)
		l.hasSourceBreak = l.hasSourceBreak || strings.Contains(s[:blanks], "\n")
		s = s[blanks:]
		word := strings.IndexAny(s, " \t\n")
		if word < 0 {
			word = len(s)
		}
		l.write(s[:word])
		s = s[word:]
	}
}

// normalizeBlank maps the no-break blank, which clients write where a person typed a blank, and
// drops control characters.
func normalizeBlank(r rune) rune {
	switch {
	case r == '\u00a0':
		return ' '
	case r < ' ' && r != '\n' && r != '\t':
		return -1
	}
	return r
}

// write writes text as it is, after the line end and the blanks that are pending.
func (l *lineBuilder) write(s string) {
	if l.runes == 0 {
		s = strings.TrimLeft(s, "\n")
	}
	if s == "" {
		return
	}
	l.writePending()
	l.append(s)
	l.isEmptyLine = l.atLineEnd
}

// writePending writes the line end, the line mark or the blanks that are pending.
func (l *lineBuilder) writePending() {
	if l.breakPending && l.runes > 0 && !l.atLineEnd {
		l.append("\n")
	}
	l.breakPending = false
	if l.lineMark != "" {
		mark := l.lineMark
		l.lineMark = ""
		l.dropBlanks()
		l.append(mark)
		l.isEmptyLine = false
	}
	l.append(l.pendingBlanks())
	l.dropBlanks()
}

func (l *lineBuilder) pendingBlanks() string {
	switch {
	case !l.hasSourceBreak:
		return string(l.blanks)
	case l.isEmptyLine:
		return ""
	}
	return " "
}

func (l *lineBuilder) append(s string) {
	if s == "" {
		return
	}
	l.text.WriteString(s)
	l.runes += utf8.RuneCountInString(s)
	l.atLineEnd = strings.HasSuffix(s, "\n")
}

// breakBlock starts or ends a block.
func (l *lineBuilder) breakBlock() {
	if !l.isEmptyLine && !l.hasSourceBreak { // a person may have typed them at the end of the line
		l.append(string(l.blanks))
	}
	l.dropBlanks()
	l.breakPending, l.isEmptyLine = true, true
}

func (l *lineBuilder) dropBlanks() { l.blanks, l.hasSourceBreak = l.blanks[:0], false }

// breakLine is a <br/>. The last one of a block ends its line and adds none.
func (l *lineBuilder) breakLine() {
	if l.runes == 0 || l.hasSourceBreak {
		l.dropBlanks()
	}
	if l.runes == 0 {
		return
	}
	l.writePending()
	l.append("\n")
	l.isEmptyLine = true
}

// finish is the text without the line ends after the last line that has any.
func (l *lineBuilder) finish() string {
	l.breakBlock()
	return strings.TrimRight(l.text.String(), "\n")
}

// separateCell separates a table's cell from the one before it in the line.
func (l *lineBuilder) separateCell(separator string) {
	if l.isEmptyLine {
		return
	}
	l.blanks, l.hasSourceBreak = append(l.blanks[:0], separator...), false
}

// writeBlanks writes the blanks before the end of an entity, which belong to what it shows.
func (l *lineBuilder) writeBlanks() {
	if !l.hasSourceBreak && !l.isEmptyLine && !l.breakPending {
		l.writePending()
	}
}
