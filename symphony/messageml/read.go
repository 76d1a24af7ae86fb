package messageml

import (
	"encoding/json"
	"unicode/utf8"
)

// Read gives the text of a message and its entities, from PresentationML and entity JSON as the datafeed delivers them. It
// takes what clients really send: missing paragraphs, HTML's named entities, forgotten end tags, damaged or missing data (a
// mention without data is plain text). The only error is ErrTooLarge, beyond 8 MiB.
func Read(presentationML, data string) (Content, error) {
	if err := checkSize(presentationML, data); err != nil {
		return Content{}, err
	}
	entities, damage := parseData(data)
	r := reader{lines: newLines(), entities: entities}
	scan(presentationML, &r)
	text := r.lines.finish()
	clamp(r.spans, utf8.RuneCountInString(text))
	return Content{Text: text, Spans: r.spans, entities: entities, damage: damage}, nil
}

// clamp brings spans that ended in blank lines at the end of the message back into the text.
func clamp(spans []Span, length int) {
	for i := range spans {
		spans[i].Start = min(spans[i].Start, length)
		spans[i].End = min(spans[i].End, length)
	}
}

type reader struct {
	lines    *lines
	entities map[string]json.RawMessage
	spans    []Span
	open     []int // for each open element the index of its span, or none
}

const none = -1

func (r *reader) opened(t tag) {
	switch {
	case t.name == "br":
		r.lines.lineBreak()
	case t.name == "td" || t.name == "th":
		r.lines.cell("\t")
	case block(t.name):
		r.lines.block()
	}
	if t.name == "pre" || t.name == "code" {
		r.lines.verbatim++
	}
	r.open = append(r.open, r.begin(t))
}

// begin opens a span when the element is an entity whose data we have.
func (r *reader) begin(t tag) int {
	raw, ok := r.entities[t.get("data-entity-id")]
	if !ok || !t.has("data-entity-id") {
		return none
	}
	r.lines.flush()
	span := spanOf(raw)
	span.Start = r.lines.count
	r.spans = append(r.spans, span)
	return len(r.spans) - 1
}

func (r *reader) closed(name string) {
	last := len(r.open) - 1
	if span := r.open[last]; span != none {
		r.lines.flushBlanks()
		r.spans[span].End = r.lines.count
	}
	r.open = r.open[:last]
	if name == "pre" || name == "code" {
		r.lines.verbatim--
	}
	if block(name) {
		r.lines.block()
	}
}

func (r *reader) text(s string) { r.lines.text(s) }
