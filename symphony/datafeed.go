package symphony

import (
	"context"
	"encoding/json"
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

// wireBatch is the vendor's V5EventList.
type wireBatch struct {
	Events []json.RawMessage `json:"events"`
	AckID  lenientText       `json:"ackId"`
}

// batch parses the events one by one, so that one that cannot be read costs none of the others.
func (w wireBatch) batch(parse func(raw []byte) Event) Batch {
	b := Batch{AckID: string(w.AckID)}
	for _, e := range w.Events {
		b.Events = append(b.Events, parseSafely(e, parse))
	}
	return b
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

// ReadDatafeed acknowledges the batch of ackID and waits, some 20 s at most, for the next one. The
// first read of a process must have an empty ackID. It is not repeated by the client; timeout
// bounds it.
//
//	POST /agent/v5/datafeeds/{datafeedId}/read
func (c *Client) ReadDatafeed(ctx context.Context, id DatafeedID, ackID string, timeout time.Duration) (Batch, error) {
	w, err := call[wireBatch](ctx, c, request{
		op: opReadDatafeed, args: []string{string(id)}, once: true, timeout: timeout,
		body: struct {
			AckID string `json:"ackId"`
		}{ackID},
	})
	if err != nil {
		return Batch{}, err
	}
	return w.batch(c.parseEvent), nil
}

// DeleteDatafeed ends a feed for all its readers.
//
//	DELETE /agent/v5/datafeeds/{datafeedId}
func (c *Client) DeleteDatafeed(ctx context.Context, id DatafeedID) error {
	_, err := call[ignoredAnswer](ctx, c, request{op: opDeleteDatafeed, args: []string{string(id)}})
	return err
}
