package symphony

import "roombot/rsa"

// DeriveSecret is a secret that follows from the label and the private key by which the client
// signs in at the moment, which is the certificate's where there is one: every process with that
// key derives the same secret, and nobody else can.
func (c *Client) DeriveSecret(label string) ([]byte, error) {
	if certificate := c.config.Certificate; certificate != nil {
		return rsa.DeriveSecret(certificate.PrivateKey, label)
	}
	return c.config.signer().DeriveSecret(label)
}
