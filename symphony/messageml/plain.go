package messageml

import (
	"strconv"
	"strings"
	"unicode"
)

// Plain is what a person would read in the client, as text for a terminal: lists with their marks,
// links as "text (address)", cards as lines, fields as "Label: [ value ]", buttons as "[ Create it
// ]". Control characters and marks that turn the direction of writing are removed, so that a
// message cannot command the terminal. A message over 8 MiB is empty.
func Plain(presentationML, data string) string {
	if checkSize(presentationML, data) != nil {
		return ""
	}
	p := plainReader{lines: newLineBuilder()}
	scan(presentationML, &p)
	lines := strings.Split(strings.Map(keepPrintable, p.lines.finish()), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t")
	}
	return strings.Join(lines, "\n")
}

func keepPrintable(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return -1
	}
	return r
}

type plainReader struct {
	lines        *lineBuilder
	lists        []int      // for each open list the number of its last item, or bullets
	links        []openLink // the open links
	labelPending bool       // a label stands in the line, waiting for its field
	options      int        // of the open select, so far
}

const bulletList = -1

type openLink struct {
	href  string
	start int // where its text begins in the output
}

func (p *plainReader) startElement(t tag) {
	if isBlock(t.name) && selectorClass(t) == "" {
		p.lines.breakBlock()
	}
	switch t.name {
	case "br":
		p.lines.breakLine()
	case "pre", "code":
		p.lines.verbatimDepth++
	case "ul":
		p.lists = append(p.lists, bulletList)
	case "ol":
		p.lists = append(p.lists, 0)
	case "li":
		p.startItem()
	case "a":
		p.links = append(p.links, openLink{t.attribute("href"), p.lines.text.Len()})
	case "td", "th":
		p.lines.separateCell(" | ")
	case "hr":
		p.lines.write("──────────")
	case "img":
		p.writeNote("image")
	case "audio", "chime":
		p.writeNote("chime")
	case "mention":
		p.lines.write("@" + t.attribute("uid") + t.attribute("email"))
	default:
		p.startControl(t)
	}
}

// startItem marks the next line; the indentation follows the depth of the list, up to what a
// terminal has room for.
func (p *plainReader) startItem() {
	mark := "• "
	if last := len(p.lists) - 1; last >= 0 && p.lists[last] != bulletList {
		p.lists[last]++
		mark = strconv.Itoa(p.lists[last]) + ". "
	}
	p.lines.lineMark = strings.Repeat("  ", min(max(len(p.lists)-1, 0), 20)) + mark
}

func (p *plainReader) writeNote(what string) { p.lines.addText(" (" + what + ") ") }

func (p *plainReader) endElement(name string) {
	switch name {
	case "pre", "code":
		p.lines.verbatimDepth--
	case "ul", "ol":
		p.lists = p.lists[:len(p.lists)-1]
	case "li":
		p.lines.lineMark = ""
	case "a":
		p.endLink()
	case "label":
		p.labelPending = true
	case "button", "select", "textarea", "text-field":
		p.lines.write(" ]")
	}
	if isBlock(name) {
		p.lines.breakBlock()
		p.labelPending = false
	}
}

// endLink shows the address unless the text says it already.
func (p *plainReader) endLink() {
	last := p.links[len(p.links)-1]
	p.links = p.links[:len(p.links)-1]
	shown := strings.TrimSpace(p.lines.text.String()[last.start:])
	switch bare := strings.TrimPrefix(last.href, "mailto:"); {
	case bare == "" || bare == shown:
	case shown == "":
		p.lines.write(bare)
	default:
		p.lines.write(" (" + bare + ")")
	}
}

func (p *plainReader) characters(s string) { p.lines.addText(s) }
