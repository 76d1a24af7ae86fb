package symphony_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// ownID is the caller in the events of these tests.
const ownID = 7078106103815

func TestOfTheCallersOwnEventsOnlyTheHeadIsRead(t *testing.T) {
	t.Parallel()
	mine := strings.NewReplacer("7078106103901", "7078106103815", `"m1"`, `"own"`).Replace(paddedEvent("m1", 10))
	quoted := strings.ReplaceAll(mine, "7078106103815", `"7078106103815"`)
	r := newReader(t, batch("x1", mine, paddedEvent("m2", 10), quoted))
	require.NoError(t, r.run(t, symphony.FeedConfig{Self: ownID}, 1))

	require.Equal(t, []string{"own", "m2", "own"}, r.handled)
	for _, i := range []int{0, 2} {
		own := r.events[i].(symphony.MessageSent)
		require.EqualValues(t, ownID, own.Initiator.ID)
		require.EqualValues(t, 1717000000000, own.Time.UnixMilli())
		require.Zero(t, own.Message)
	}
	require.Equal(t, symphony.ParseEvent([]byte(paddedEvent("m2", 10))), r.events[1])
}

func TestEventsOfOthersAreReadWholeWhateverTheyContain(t *testing.T) {
	t.Parallel()
	const sender = `"initiator":{"user":{"userId":7078106103901}}`
	for name, raw := range map[string]string{
		"a mention of the caller":           strings.Replace(paddedEvent("m", 1), `"data":"x"`, `"data":"7078106103815"`, 1),
		"an initiator in the payload":       strings.Replace(paddedEvent("m", 1), `"data":"x"`, `"data":"x","initiator":{"user":{"userId":7078106103815}}`, 1),
		"a text that looks like an event":   strings.Replace(paddedEvent("m", 1), `/newroom`, `\"initiator\":{\"user\":{\"userId\":7078106103815}}`, 1),
		"a longer number":                   strings.Replace(paddedEvent("m", 1), `7078106103901`, `70781061038150`, 2),
		"no initiator":                      strings.Replace(paddedEvent("m", 1), sender, `"initiator":{"user":{}}`, 1),
		"an initiator that cannot be read":  strings.Replace(paddedEvent("m", 1), sender, `"initiator":{"user":{"userId":"7078106103815 x"}}`, 1),
		"a type that the client knows none": strings.Replace(strings.ReplaceAll(paddedEvent("m", 1), "7078106103901", "7078106103815"), "MESSAGESENT", "NEW", 1),
		"the caller as who was added": `{"id":"e","messageId":"m","type":"USERJOINEDROOM",` + sender + `,"payload":{"userJoinedRoom":{
			"stream":{"streamId":"s"},"affectedUser":{"userId":7078106103815}}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReader(t, batch("x1", raw))
			require.NoError(t, r.run(t, symphony.FeedConfig{Self: ownID}, 1))
			require.Equal(t, []symphony.Event{symphony.ParseEvent([]byte(raw))}, r.events)
		})
	}
}
