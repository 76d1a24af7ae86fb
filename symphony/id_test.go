package symphony_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

func TestStreamIDsOfBothAlphabetsAreEqual(t *testing.T) {
	t.Parallel()
	const want = "lX1hwfmQ-AK_k_a_BB0y2n___q2-0KfbdA"
	for _, s := range []string{want, "lX1hwfmQ+AK/k/a/BB0y2n///q2+0KfbdA==", " lX1hwfmQ+AK/k/a/BB0y2n///q2+0KfbdA "} {
		id, err := symphony.ParseStreamID(s)
		require.NoError(t, err)
		require.EqualValues(t, want, id)
		text, err := json.Marshal(s)
		require.NoError(t, err)
		var decoded symphony.StreamID
		require.NoError(t, json.Unmarshal(text, &decoded))
		require.EqualValues(t, want, decoded)
	}
	linked, err := symphony.ParseStreamID("lX1hwfmQ%2BAK%2Fk%2Fa%2FBB0y2n%2F%2F%2Fq2%2B0KfbdA%3D%3D")
	require.NoError(t, err)
	require.EqualValues(t, want, linked)
	for _, s := range []string{"", "a b", "a/../b?", "ü", strings.Repeat("a", 200)} {
		if s == "a/../b?" {
			_, err := symphony.ParseMessageID(s)
			require.Error(t, err)
			continue
		}
		_, err := symphony.ParseStreamID(s)
		require.Error(t, err, s)
	}
	var none symphony.MessageID
	require.NoError(t, json.Unmarshal([]byte("null"), &none))
	require.Empty(t, none)
	require.Error(t, json.Unmarshal([]byte("5"), &none))
}

func TestUserIDsAreReadExactlyFromNumbersAndTexts(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"9223372036854775807", `"9223372036854775807"`} {
		var id symphony.UserID
		require.NoError(t, json.Unmarshal([]byte(s), &id))
		require.EqualValues(t, 9223372036854775807, id)
	}
	for _, s := range []string{`"ana"`, "1.5", "{}", "9223372036854775808", "true"} {
		var id symphony.UserID
		require.Error(t, json.Unmarshal([]byte(s), &id), s)
	}
	require.EqualValues(t, 103, symphony.UserID(7078106103901).Tenant())
	for _, s := range []string{"", "0", "-1", "+", "1e5", "7x"} {
		_, err := symphony.ParseUserID(s)
		require.Error(t, err, s)
	}
}
