package symphony

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
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
	left  int64 // bytes that more events of the batch may take
	batch Batch
}

// read reads the vendor's V5EventList. It fails where a single event is larger than the limit.
func (b *batchReader) read(body io.Reader, limit int64) error {
	b.left, b.batch = limit, Batch{}
	bounded := &boundedReader{from: body, limit: limit, left: limit}
	decoder := json.NewDecoder(bounded)
	if err := expectDelim(decoder, '{'); err != nil {
		return err
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return err
		}
		switch key {
		case "events":
			err = b.readEvents(decoder, bounded)
		case "ackId":
			var ack lenientText
			err = decoder.Decode(&ack)
			b.batch.AckID = string(ack)
		default:
			var ignored json.RawMessage
			err = decoder.Decode(&ignored)
		}
		if err != nil {
			return err
		}
	}
	return expectDelim(decoder, '}')
}

func (b *batchReader) readEvents(decoder *json.Decoder, bounded *boundedReader) error {
	switch begin, err := decoder.Token(); {
	case err != nil:
		return err
	case begin == nil: // null
		return nil
	case begin != json.Delim('['):
		return errors.New("the events are no list")
	}
	for decoder.More() {
		bounded.left = bounded.limit
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return err
		}
		b.add(raw)
	}
	bounded.left = bounded.limit
	return expectDelim(decoder, ']')
}

// add keeps an event: what it says of one that is too large, all of any other.
func (b *batchReader) add(raw []byte) {
	size := int64(len(raw))
	if size > maxEvent || size > b.left && size > maxSmallEvent {
		b.batch.Events = append(b.batch.Events, readTooLarge(raw))
		return
	}
	b.left -= size
	b.batch.Events = append(b.batch.Events, parseSafely(raw, b.parse))
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

func expectDelim(decoder *json.Decoder, want json.Delim) error {
	switch got, err := decoder.Token(); {
	case err != nil:
		return err
	case got != want:
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
