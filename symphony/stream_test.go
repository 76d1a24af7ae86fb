package symphony_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

func TestStreams(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("POST /pod/v1/im/create", 200, `{"id":"V1TMjaYeorLs6xhXPC7zA3///nA7a8R/dA=="}`)
	p.answer("GET /pod/v2/streams/{sid}/info", 200, `{"id":"0u0r8TfV3u4QEtjCHR5NLX___nA60EfPdA","crossPod":true,"origin":"INTERNAL",
		"active":true,"lastMessageDate":1717000190000,"streamType":{"type":"ROOM"},"roomAttributes":{"name":"Q3 desk"},
		"streamAttributes":{"members":[7078106103901,"7078106103902"]}}`)
	c := p.client()
	im, err := c.CreateIM(t.Context(), 7078106103901)
	require.NoError(t, err)
	require.EqualValues(t, "V1TMjaYeorLs6xhXPC7zA3___nA7a8R_dA", im)
	require.JSONEq(t, `[7078106103901]`, p.requestsTo("POST", "/pod/v1/im/create")[0].Body)
	stream, err := c.Stream(t.Context(), "0u0r8TfV3u4QEtjCHR5NLX___nA60EfPdA")
	require.NoError(t, err)
	require.Equal(t, symphony.Stream{
		ID: "0u0r8TfV3u4QEtjCHR5NLX___nA60EfPdA", Type: symphony.RoomStream, Name: "Q3 desk", CrossPod: true, CrossPodKnown: true, Active: true,
		Members: []symphony.UserID{7078106103901, 7078106103902},
	}, stream)
}

func TestGroupsAndPinnedMessageOfAStream(t *testing.T) {
	t.Parallel()
	for attributes, want := range map[string]symphony.Stream{
		`"roomAttributes":{"name":"API room","groups":[{"id":68719476744,"addedBy":68719476743}],"pinnedMessageId":"p+/="}`: {
			Name: "API room", Groups: []symphony.RoomGroup{{ID: 68719476744, AddedBy: 68719476743}}, PinnedMessage: "p-_",
		},
		`"streamAttributes":{"members":[7,"8"],"pinnedMessageId":"p+/="}`: {Members: []symphony.UserID{7, 8}, PinnedMessage: "p-_"},
	} {
		p := newPod(t)
		p.answer("GET /pod/v2/streams/{sid}/info", 200, `{"id":"s","crossPod":"true","active":"true","streamType":{"type":"ROOM"},`+attributes+`}`)
		got, err := p.client().Stream(t.Context(), "s")
		require.NoError(t, err)
		want.ID, want.Type, want.CrossPod, want.CrossPodKnown, want.Active = "s", symphony.RoomStream, true, true, true
		require.Equal(t, want, got)
	}
}

func TestAStreamThatDoesNotSayWhetherItIsCrossPod(t *testing.T) {
	t.Parallel()
	for told, known := range map[string]bool{``: false, `"crossPod":null,`: false, `"crossPod":false,`: true, `"crossPod":"false",`: true} {
		p := newPod(t)
		p.answer("GET /pod/v2/streams/{sid}/info", 200, `{"id":"s",`+told+`"active":true,"streamType":{"type":"ROOM"}}`)
		got, err := p.client().Stream(t.Context(), "s")
		require.NoError(t, err)
		require.Equal(t, symphony.Stream{ID: "s", Type: symphony.RoomStream, CrossPodKnown: known, Active: true}, got, told)
	}
}
