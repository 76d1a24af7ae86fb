package symphony_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestManifestAboveTheLimitIsNotSent(t *testing.T) {
	t.Parallel()
	p := newPod(t)
	p.answer("POST /pod/v1/user/manifest/own", 200, `{"format":"TEXT","message":"ok"}`)
	c := p.client()
	require.NoError(t, c.SetManifest(t.Context(), `{"commands":[]}`))
	require.JSONEq(t, `{"manifest":"{\"commands\":[]}"}`, p.requestsTo("POST", "/pod/v1/user/manifest/own")[0].Body)
	require.ErrorContains(t, c.SetManifest(t.Context(), strings.Repeat("é", 6145)), "6144")
	require.NoError(t, c.SetManifest(t.Context(), strings.Repeat("é", 6144)))
}
