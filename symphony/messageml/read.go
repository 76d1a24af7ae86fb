package messageml

import (
	"encoding/json"
	"unicode/utf8"
)

// Read gives the text of a message and its entities, from PresentationML and entity JSON as the
// datafeed delivers them. It takes what clients really send: missing paragraphs, HTML's named
// entities, forgotten end tags, damaged or missing data (a mention without data is plain text). The
// only error is ErrTooLarge, beyond 8 MiB.
func Read(presentationML, data string) (Content, error) {
	if err := checkSize(presentationML, data); err != nil {
		return Content{}, err
	}
	entities, damage := parseData(data)
	r := contentReader{lines: newLineBuilder(), entities: entities}
	scan(presentationML, &r)
	text := r.lines.finish()
	clampSpans(r.spans, utf8.RuneCountInString(text))
	return Content{Text: text, Spans: r.spans, entities: entities, dataError: damage}, nil
}

// clampSpans brings spans that ended in blank lines at the end of the message back into the text.
func clampSpans(spans []Span, length int) {
	for i := range spans {
		spans[i].Start = min(spans[i].Start, length)
		spans[i].End = min(spans[i].End, length)
	}
}

type contentReader struct {
	lines     *lineBuilder
	entities  map[string]json.RawMessage
	spans     []Span
	openSpans []int // for each open element the index of its span, or none
}

const noSpan = -1

func (r *contentReader) startElement(t tag) {
	switch {
	case t.name == "br":
		r.lines.breakLine()
	case t.name == "td" || t.name == "th":
		r.lines.separateCell("\t")
	case isBlock(t.name):
		r.lines.breakBlock()
	}
	if t.name == "pre" || t.name == "code" {
		r.lines.verbatimDepth++
	}
	r.openSpans = append(r.openSpans, r.beginSpan(t))
}

// beginSpan opens a span when the element is an entity whose data we have.
func (r *contentReader) beginSpan(t tag) int {
	raw, ok := r.entities[t.attribute("data-entity-id")]
	if !ok || !t.hasAttribute("data-entity-id") {
		return noSpan
	}
	r.lines.writePending()
	span := parseSpan(raw)
	span.Start = r.lines.runes
	r.spans = append(r.spans, span)
	return len(r.spans) - 1
}

func (r *contentReader) endElement(name string) {
	last := len(r.openSpans) - 1
	if span := r.openSpans[last]; span != noSpan {
		r.lines.writeBlanks()
		r.spans[span].End = r.lines.runes
	}
	r.openSpans = r.openSpans[:last]
	if name == "pre" || name == "code" {
		r.lines.verbatimDepth--
	}
	if isBlock(name) {
		r.lines.breakBlock()
	}
}

func (r *contentReader) characters(s string) { r.lines.addText(s) }
