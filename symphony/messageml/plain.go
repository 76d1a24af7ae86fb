package messageml

import (
	"strconv"
	"strings"
	"unicode"
)

// Plain is what a person would read in the client, as text for a terminal: lists with their marks, links as "text (address)",
// cards as lines, fields as "Label: [ value ]", buttons as "[ Create it ]". Control characters and marks that turn the
// direction of writing are removed, so that a message cannot command the terminal. A message over 8 MiB is empty.
func Plain(presentationML, data string) string {
	if checkSize(presentationML, data) != nil {
		return ""
	}
	p := plain{lines: newLines()}
	scan(presentationML, &p)
	lines := strings.Split(strings.Map(printable, p.lines.finish()), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t")
	}
	return strings.Join(lines, "\n")
}

func printable(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return -1
	}
	return r
}

type plain struct {
	lines   *lines
	lists   []int      // for each open list the number of its last item, or bullets
	links   []openLink // the open links
	label   bool       // a label stands in the line, waiting for its field
	options int        // of the open select, so far
}

const bullets = -1

type openLink struct {
	href  string
	start int // where its text begins in the output
}

func (p *plain) opened(t tag) {
	if block(t.name) && selectorOf(t) == "" {
		p.lines.block()
	}
	switch t.name {
	case "br":
		p.lines.lineBreak()
	case "pre", "code":
		p.lines.verbatim++
	case "ul":
		p.lists = append(p.lists, bullets)
	case "ol":
		p.lists = append(p.lists, 0)
	case "li":
		p.item()
	case "a":
		p.links = append(p.links, openLink{t.get("href"), p.lines.out.Len()})
	case "td", "th":
		p.lines.cell(" | ")
	case "hr":
		p.lines.put("──────────")
	case "img":
		p.aside("image")
	case "audio", "chime":
		p.aside("chime")
	case "mention":
		p.lines.put("@" + t.get("uid") + t.get("email"))
	default:
		p.control(t)
	}
}

// item marks the next line; the indentation follows the depth of the list, up to what a terminal has room for.
func (p *plain) item() {
	mark := "• "
	if last := len(p.lists) - 1; last >= 0 && p.lists[last] != bullets {
		p.lists[last]++
		mark = strconv.Itoa(p.lists[last]) + ". "
	}
	p.lines.mark = strings.Repeat("  ", min(max(len(p.lists)-1, 0), 20)) + mark
}

func (p *plain) aside(what string) { p.lines.text(" (" + what + ") ") }

func (p *plain) closed(name string) {
	switch name {
	case "pre", "code":
		p.lines.verbatim--
	case "ul", "ol":
		p.lists = p.lists[:len(p.lists)-1]
	case "li":
		p.lines.mark = ""
	case "a":
		p.endLink()
	case "label":
		p.label = true
	case "button", "select", "textarea", "text-field":
		p.lines.put(" ]")
	}
	if block(name) {
		p.lines.block()
		p.label = false
	}
}

// endLink shows the address unless the text says it already.
func (p *plain) endLink() {
	last := p.links[len(p.links)-1]
	p.links = p.links[:len(p.links)-1]
	shown := strings.TrimSpace(p.lines.out.String()[last.start:])
	switch bare := strings.TrimPrefix(last.href, "mailto:"); {
	case bare == "" || bare == shown:
	case shown == "":
		p.lines.put(bare)
	default:
		p.lines.put(" (" + bare + ")")
	}
}

func (p *plain) text(s string) { p.lines.text(s) }
