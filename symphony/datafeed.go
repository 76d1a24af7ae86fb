package symphony

import (
	"context"
	"io"
	"net/url"
	"regexp"
	"time"
)

// Datafeed is a feed of the caller's on the agent.
type Datafeed struct {
	ID DatafeedID `json:"id"`
	// Type is "fanout" for the usual kind.
	Type string `json:"type"`
}

// Batch is what one read brings. AckID acknowledges it with the next read.
type Batch struct {
	Events []Event
	AckID  string
}

func (d Datafeed) hasID() bool { return d.ID != "" }

// fanOutID is the shape of the ids of feeds that the vendor's own clients reuse.
var fanOutID = regexp.MustCompile(`^[^\s_]+_f(_[^\s_]+)?$`)

// isReusable reports whether it is a usual feed, not one of another kind such as a datahose.
func (d Datafeed) isReusable(tag string) bool {
	if tag != "" && string(d.ID) == tag && d.Type == "fanout" {
		return true
	}
	return fanOutID.MatchString(string(d.ID))
}

// Datafeeds lists the caller's live feeds, of the tag if one is given. One that cannot be read is
// left out, counted and logged.
//
//	GET /agent/v5/datafeeds
func (c *Client) Datafeeds(ctx context.Context, tag string) ([]Datafeed, error) {
	r := request{op: opListDatafeeds, once: true}
	if tag != "" {
		r.query = url.Values{"tag": {tag}}
	}
	feeds, err := call[list[Datafeed]](ctx, c, r)
	c.noteUnreadable(ctx, opListDatafeeds, feeds.unreadable)
	return feeds.entries, err
}

// CreateDatafeed creates a feed, with a tag of at most 100 characters if not empty. An account may
// have 20.
//
//	POST /agent/v5/datafeeds
func (c *Client) CreateDatafeed(ctx context.Context, tag string) (Datafeed, error) {
	made, err := call[Datafeed](ctx, c, request{op: opCreateDatafeed, once: true, body: struct {
		Tag string `json:"tag,omitempty"`
	}{tag}})
	if err == nil && made.ID == "" {
		return Datafeed{}, opCreateDatafeed.missingIDError()
	}
	return made, err
}

// DatafeedRead is one read of a feed.
type DatafeedRead struct {
	Feed DatafeedID
	// AckID acknowledges a batch. The first read of a process must have none.
	AckID string
	// Timeout bounds the read. Default that of every call.
	Timeout time.Duration
	// Self is the caller: of events that they have caused only the head is read, all else in them is
	// zero. Default nobody.
	Self UserID
}

// ReadDatafeed acknowledges a batch and waits, some 20 s at most, for the next one. It is not
// repeated by the client.
//
//	POST /agent/v5/datafeeds/{datafeedId}/read
func (c *Client) ReadDatafeed(ctx context.Context, read DatafeedRead) (Batch, error) {
	reader := batchReader{parse: c.parseEvent, own: newOwnEvents(read.Self)}
	err := c.perform(ctx, request{
		op: opReadDatafeed, args: []string{string(read.Feed)}, once: true, timeout: read.Timeout,
		body: struct {
			AckID string `json:"ackId"`
		}{read.AckID},
		read:   func(answer) error { return nil }, // no content, no events
		stream: func(body io.Reader) error { return reader.read(body, c.config.MaxBody) },
	})
	if err != nil {
		return Batch{}, err
	}
	return reader.batch, nil
}

// DeleteDatafeed ends a feed for all its readers.
//
//	DELETE /agent/v5/datafeeds/{datafeedId}
func (c *Client) DeleteDatafeed(ctx context.Context, id DatafeedID) error {
	_, err := call[ignoredAnswer](ctx, c, request{op: opDeleteDatafeed, args: []string{string(id)}})
	return err
}
