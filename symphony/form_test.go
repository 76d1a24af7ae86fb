package symphony_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

func TestFormOfAnOlderAgentHasTheChatOfTheForm(t *testing.T) {
	t.Parallel()
	const event = `{"id":"e","messageId":"m","timestamp":1566929352601,"type":"SYMPHONYELEMENTSACTION","initiator":{"user":{"userId":7}},
		"payload":{"symphonyElementsAction":{"actionStream":{"streamId":"0YeiA-neZa1PrdHy1L82jX___pQjntU-dA"},
		"formStream":{"streamId":"YuK1c2y2yuie6+UfQnjSPX///pQEn69idA=="},"formMessageId":"UH0bsiD2CvjrA8nfOhyzOX///pQS6A7GbQ==5898",
		"formId":"form_id","formValues":{"action":"submit_button"}}}}`
	got, ok := symphony.ParseEvent([]byte(event)).(symphony.FormSubmitted)
	require.True(t, ok)
	require.Equal(t, symphony.Conversation{ID: "YuK1c2y2yuie6-UfQnjSPX___pQEn69idA"}, got.Stream)
	require.EqualValues(t, "UH0bsiD2CvjrA8nfOhyzOX___pQS6A7GbQ5898", got.FormMessage)
	require.Equal(t, "submit_button", got.Values.Action())
	again, err := symphony.MarshalEvent(got)
	require.NoError(t, err)
	require.Equal(t, got, symphony.ParseEvent(again))

	t.Run("the stream of the action alone is no chat to answer in", func(t *testing.T) {
		t.Parallel()
		u, ok := symphony.ParseEvent([]byte(`{"type":"SYMPHONYELEMENTSACTION","payload":{"symphonyElementsAction":{
			"actionStream":{"streamId":"a"},"formId":"f","formValues":{}}}}`)).(symphony.Unknown)
		require.True(t, ok)
		require.ErrorContains(t, u.Err, "a form without its stream")
	})
}
