package podtest

import (
	"encoding/json"
	"net/http"

	"github.com/stretchr/testify/require"
)

// Feed makes a datafeed.
func (b *Bundle) Feed() string {
	b.Helper()
	got := b.Post("/agent/v5/datafeeds", map[string]any{})
	require.Equal(b, http.StatusCreated, got.Status, string(got.Raw))
	return got.Object()["id"].(string)
}

// Batch is what a datafeed read gives.
type Batch struct {
	AckID  string
	Events []Event
}

// Event is one event of a batch.
type Event struct {
	ID, MessageID, Type string
	Timestamp           int64
	Initiator           struct{ User struct{ UserID int64 } }
	Payload             map[string]json.RawMessage
}

// Read reads a datafeed, and acknowledges a batch unless ack is "".
func (b *Bundle) Read(feed, ack string) Batch {
	b.Helper()
	got := b.Post("/agent/v5/datafeeds/"+feed+"/read", map[string]string{"ackId": ack})
	require.Equal(b, http.StatusOK, got.Status, string(got.Raw))
	var read Batch
	require.NoError(b, json.Unmarshal(got.Raw, &read))
	require.NotEmpty(b, read.AckID)
	require.NotNil(b, read.Events)
	return read
}

// Types are the types of a batch's events.
func (b Batch) Types() []string {
	types := []string{}
	for _, e := range b.Events {
		types = append(types, e.Type)
	}
	return types
}
