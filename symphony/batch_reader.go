package symphony

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	// maxEvent is the largest event that is read whole, in bytes. Messages of people stay far below.
	maxEvent = 2 << 20
	// maxSmallEvent is the largest event that is read whole where those before it in the batch take as
	// much memory as a batch may.
	maxSmallEvent = 16 << 10
	// maxExcerpt is how much is kept of the texts of an event that is not read whole.
	maxExcerpt = 32 << 10
)

// batchReader reads a batch event by event, so that no number and no size of events keeps the feed
// from being read on: a batch that is not read is not acknowledged, and comes again.
type batchReader struct {
	parse func(raw []byte) Event
	own   ownEvents
	left  int64 // bytes that more events of the batch may take
	batch Batch
}

// read reads the vendor's V5EventList. It fails where a single event is larger than the limit.
func (b *batchReader) read(body io.Reader, limit int64) error {
	b.left, b.batch = limit, Batch{}
	bounded := &boundedReader{from: bufio.NewReader(body), limit: limit, left: limit}
	decoder := jsontext.NewDecoder(bounded, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if err := expectToken(decoder, '{'); err != nil {
		return err
	}
	for decoder.PeekKind() == '"' {
		key, err := decoder.ReadToken()
		if err != nil {
			return err
		}
		switch key.String() {
		case "events":
			err = b.readEvents(decoder, bounded)
		case "ackId":
			var ack lenientText
			err = json.UnmarshalDecode(decoder, &ack)
			b.batch.AckID = string(ack)
		default:
			err = decoder.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	return expectToken(decoder, '}')
}

func (b *batchReader) readEvents(decoder *jsontext.Decoder, bounded *boundedReader) error {
	if decoder.PeekKind() == 'n' {
		return decoder.SkipValue()
	}
	if err := expectToken(decoder, '['); err != nil {
		return err
	}
	for {
		bounded.left = bounded.limit
		switch decoder.PeekKind() {
		case ']', 0: // 0: what follows cannot be read
			return expectToken(decoder, ']')
		}
		raw, err := decoder.ReadValue()
		if err != nil {
			return err
		}
		b.add(raw)
	}
}

// add keeps an event: what it says of one that is too large, all of any other. Raw is not kept.
func (b *batchReader) add(raw []byte) {
	size := int64(len(raw))
	if size > maxEvent || size > b.left && size > maxSmallEvent {
		b.batch.Events = append(b.batch.Events, readTooLarge(raw))
		return
	}
	b.left -= size
	e := parseSafely(raw, b.parseEvent)
	if u, unknown := e.(Unknown); unknown {
		u.Raw = bytes.Clone(u.Raw)
		e = u
	}
	b.batch.Events = append(b.batch.Events, e)
}

func (b *batchReader) parseEvent(raw []byte) Event {
	if e, isOwn := b.own.parse(raw); isOwn {
		return e
	}
	return b.parse(raw)
}

// readTooLarge makes out from whom an event came and where, and the beginning of its texts.
func readTooLarge(raw []byte) Unknown {
	u := readBroken(raw, fmt.Errorf("event of %d bytes: %w", len(raw), ErrTooLarge))
	u.Raw = nil
	u.Source.PresentationML = excerpt(u.Source.PresentationML)
	u.Source.Data = excerpt(u.Source.Data)
	return u
}

// excerpt is the beginning of a text, without the memory of the rest.
func excerpt(text string) string {
	return strings.Clone(strings.ToValidUTF8(text[:min(len(text), maxExcerpt)], ""))
}

func expectToken(decoder *jsontext.Decoder, want jsontext.Kind) error {
	switch got, err := decoder.ReadToken(); {
	case err != nil:
		return err
	case got.Kind() != want:
		return fmt.Errorf("no %s where one belongs", want)
	}
	return nil
}

// boundedReader reads at most so many bytes until left is set anew; more is ErrTooLarge.
type boundedReader struct {
	from        io.Reader
	limit, left int64
}

func (r *boundedReader) Read(into []byte) (int, error) {
	if r.left <= 0 {
		return 0, fmt.Errorf("%w: more than %d bytes in one", ErrTooLarge, r.limit)
	}
	n, err := r.from.Read(into[:min(int64(len(into)), r.left)])
	r.left -= int64(n)
	return n, err
}
