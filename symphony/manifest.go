package symphony

import (
	"context"
	"fmt"
)

// maxManifest is the pod's limit in characters.
const maxManifest = 6144

// SetManifest sets the commands that the users' clients complete after a "/". It is meant to change
// rarely: send it only when it differs from the last one.
//
//	POST /pod/v1/user/manifest/own
func (c *Client) SetManifest(ctx context.Context, manifest string) error {
	if n := len([]rune(manifest)); n > maxManifest {
		return fmt.Errorf("manifest: %d characters, at most %d are allowed", n, maxManifest)
	}
	_, err := call[ignoredAnswer](ctx, c, request{op: opSetManifest, body: struct {
		Manifest string `json:"manifest"`
	}{manifest}})
	return err
}
