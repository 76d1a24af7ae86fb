package control

import (
	"roombot/rsa"
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
)

// The public keys of the service account, as an administrator sees them in the portal.

func (c *Control) keys(*request) (any, error) { return c.pod.Keys(), nil }

func (c *Control) pasteKey(r *request) (any, error) {
	var body client.PasteKeyRequest
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	public, err := rsa.ParsePublic([]byte(body.PublicKey))
	if err != nil {
		return nil, rest.BadRequest("publicKey: %s", err)
	}
	return c.pod.PasteKey(public), nil
}

func (c *Control) revokePreviousKey(*request) (any, error) { return c.pod.RevokePreviousKey(), nil }
