package symphony_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/messageml"
)

var entityMark = regexp.MustCompile(`data-entity-id="([^"]*)"`)

// checkEntityData marks a word of a message for each entity of the data, and requires that the
// reader says what each one is.
func checkEntityData(t *testing.T, f payload, doc node) {
	entities, ok := doc.v.(map[string]any)
	require.True(t, ok)
	var ids []string
	for id := range entities {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var text strings.Builder
	for _, id := range ids {
		text.WriteString(`<span class="entity" data-entity-id="` + id + `">word</span> `)
	}
	content, err := messageml.Read(`<div data-format="PresentationML" data-version="2.0">`+text.String()+`</div>`, f.body)
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("word ", len(ids)), content.Text)
	require.Len(t, content.Spans, len(ids))
	for i, id := range ids {
		requireEntity(t, doc.at(id), content.Spans[i])
		require.Equal(t, i*len("word "), content.Spans[i].Start)
		var whole any
		found, err := content.Entity(id, &whole)
		require.NoError(t, err)
		require.True(t, found)
	}
}

// requireEntity requires that a span is what the entity's data says: a person only if a positive
// number is given as one, by its type.
func requireEntity(t *testing.T, doc node, got messageml.Span) {
	t.Helper()
	kind, want := doc.at("type"), messageml.Span{Start: got.Start, End: got.End}
	if text, ok := kind.v.(string); ok {
		want.Value = text
	}
	switch want.Value {
	case "com.symphony.user.mention":
		if id := userOfEntity(doc); id > 0 {
			want.Kind, want.Value, want.UserID = messageml.KindMention, "", id
		}
	case "org.symphonyoss.taxonomy":
		want.Kind, want.Value = messageml.KindHashtag, firstValue(doc)
	case "org.symphonyoss.fin.security":
		want.Kind, want.Value = messageml.KindCashtag, firstValue(doc)
	case "com.symphony.emoji":
		want.Kind, want.Value = messageml.KindEmoji, doc.at("data", "shortcode").text()
	}
	require.Equal(t, want, got)
}

func userOfEntity(doc node) int64 {
	for _, id := range doc.at("id").list() {
		if id.at("type").text() == "com.symphony.user.userId" {
			n, _ := strconv.ParseInt(id.at("value").text(), 10, 64)
			return n
		}
	}
	return 0
}

func firstValue(doc node) string {
	for _, id := range doc.at("id").list() {
		if v := id.at("value").text(); v != "" {
			return v
		}
	}
	return ""
}
