package symphony_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// paddedEvent is a message of a person with so many bytes of entity data.
func paddedEvent(id string, padding int) string {
	return fmt.Sprintf(`{"id":"e%[1]s","messageId":"%[1]s","type":"MESSAGESENT","timestamp":1717000000000,
		"initiator":{"user":{"userId":7078106103901}},"payload":{"messageSent":{"message":{"messageId":"%[1]s",
		"timestamp":1717000000000,"message":"<div>/newroom</div>","data":"%[2]s","user":{"userId":7078106103901},
		"stream":{"streamId":"s","streamType":"IM"}}}}}`, id, strings.Repeat("x", padding))
}

func batchOf(events ...string) []byte {
	return []byte(`{"events":[` + strings.Join(events, ",") + `],"more":{"a":[1]},"ackId":"x1"}`)
}

func TestEventThatIsTooLargeCostsNoOther(t *testing.T) {
	t.Parallel()
	b, err := symphony.DecodeBatch(batchOf(paddedEvent("m1", 10), paddedEvent("m2", 3<<20), paddedEvent("m3", 10)))
	require.NoError(t, err)
	require.Equal(t, "x1", b.AckID)
	require.Len(t, b.Events, 3)
	for _, i := range []int{0, 2} {
		require.IsType(t, symphony.MessageSent{}, b.Events[i])
	}
	large := b.Events[1].(symphony.Unknown)
	require.ErrorIs(t, large.Err, symphony.ErrTooLarge)
	require.Nil(t, large.Raw)
	require.EqualValues(t, "m2", large.Source.ID)
	require.EqualValues(t, "s", large.Source.Stream.ID)
	require.EqualValues(t, 7078106103901, large.Source.From.ID)
	require.Equal(t, "<div>/newroom</div>", large.Source.PresentationML)
	require.Less(t, len(large.Source.Data), 100_000)
}

func TestBatchLargerThanTheLimitIsReadEventByEvent(t *testing.T) {
	t.Parallel()
	var events []string
	for n := range 40 {
		events = append(events, paddedEvent(fmt.Sprint(n), 20_000), paddedEvent(fmt.Sprint("small", n), 10))
	}
	b, err := symphony.DecodeBatchWithin(batchOf(events...), 100_000)
	require.NoError(t, err)
	require.Equal(t, "x1", b.AckID)
	whole := map[bool]int{}
	for i, e := range b.Events {
		_, read := e.(symphony.MessageSent)
		require.True(t, read || i%2 == 0, "small ones are always read")
		whole[read]++
	}
	require.Equal(t, map[bool]int{true: 44, false: 36}, whole)
}

func TestSingleEventAboveTheLimitIsAnError(t *testing.T) {
	t.Parallel()
	_, err := symphony.DecodeBatchWithin(batchOf(paddedEvent("m", 200_000)), 100_000)
	require.ErrorIs(t, err, symphony.ErrTooLarge)
}

func TestBatchesOfOtherShapesAreErrors(t *testing.T) {
	t.Parallel()
	for _, body := range []string{``, `[]`, `{"events":{}}`, `{"events":[`, `{"events":[{}],"ackId":`, `{"events":[{}]`, `<html>`, `"x"`} {
		_, err := symphony.DecodeBatch([]byte(body))
		require.Error(t, err, body)
	}
	for _, body := range []string{`{}`, `{"events":null,"ackId":null}`, `{"events":[]}`} {
		b, err := symphony.DecodeBatch([]byte(body))
		require.NoError(t, err, body)
		require.Empty(t, b.Events)
	}
}

func TestReadAnsweredByWhatIsNoJSONIsAsIfNotAnswered(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"a page": `<html><head><meta http-equiv="content-type" content="text/html"><title>Blocked by the gateway</title></html>`, "half an answer": `{"events":[{"id":"e"},{"id`, "nothing": ``,
		"an event cut short": `{"events":[{"id":"e"]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPod(t)
			p.answer(readFeed, 200, body)
			_, err := p.client().ReadDatafeed(t.Context(), symphony.DatafeedRead{Feed: feedA})
			require.ErrorIs(t, err, symphony.ErrUnavailable)
			require.ErrorIs(t, err, symphony.ErrNotSymphony)
			if name == "a page" {
				require.Contains(t, symphony.ErrorDetail(err), "Blocked by the gateway")
			}
		})
	}
	t.Run("but JSON of another shape is an answer", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer(readFeed, 200, `{"events":{}}`)
		_, err := p.client().ReadDatafeed(t.Context(), symphony.DatafeedRead{Feed: feedA})
		require.Error(t, err)
		require.NotErrorIs(t, err, symphony.ErrUnavailable)
	})
}

func TestUnknownEventKeepsItsOwnText(t *testing.T) {
	t.Parallel()
	b, err := symphony.DecodeBatch(batchOf(`{"type":"NEW","a":1}`, paddedEvent("m", 70_000), `{"type":"OLD","b":22}`))
	require.NoError(t, err)
	require.JSONEq(t, `{"type":"NEW","a":1}`, string(b.Events[0].(symphony.Unknown).Raw))
	require.JSONEq(t, `{"type":"OLD","b":22}`, string(b.Events[2].(symphony.Unknown).Raw))
}
