package config

import "roombot/bot/config/schema"

// ServiceAccount is the bot's account in Symphony and its one credential.
type ServiceAccount struct {
	schema.Keys
	Username    string      `config:"username,required" doc:"the service account's username" eg:"\"roombot\""`
	PrivateKey  PrivateKey  `config:"privateKey" doc:"RSA key: one of path and content"`
	Certificate Certificate `config:"certificate" doc:"client certificate, instead of the key"`
}

// RenamedTo gives the present place of a key that the vendor has renamed.
func (ServiceAccount) RenamedTo(key string) string {
	return map[string]string{
		"privateKeyPath":      "privateKey.path",
		"privateKeyContent":   "privateKey.content",
		"certificatePath":     "certificate.path",
		"certificateContent":  "certificate.content",
		"certificatePassword": "certificate.password",
	}[key]
}

// PrivateKey is an RSA private key in PEM, by file or by content; both are empty when a certificate
// is used. The vendor's kits know no passphrases.
type PrivateKey struct {
	schema.Keys
	Path           schema.FilePath `config:"path" doc:"PEM file, PKCS#1 or PKCS#8; it is read again at each login"`
	Content        Secret          `config:"content" doc:"the PEM text itself or its base64, best as \"${BOT_KEY}\""` // PEM after Load
	Passphrase     Secret          `config:"passphrase" doc:"opens an encrypted key (PKCS#8), best as \"${BOT_KEY_PASSPHRASE}\""`
	PassphraseFile schema.FilePath `config:"passphraseFile" doc:"file that holds the passphrase, in place of passphrase; it is read again with the key"`
	Previous       PreviousKey     `config:"previous" doc:"the key that was in use before"`
}

// PreviousKey is the private key that the present one has replaced. It is empty where there is
// none.
type PreviousKey struct {
	schema.Keys
	Path           schema.FilePath `config:"path" doc:"PEM file of the key that the present one has replaced: rooms that it has marked as the bot's own are recognized; it signs nothing"`
	Content        Secret          `config:"content" doc:"the PEM text itself or its base64"` // PEM after Load
	Passphrase     Secret          `config:"passphrase" doc:"opens the previous key; where neither this nor passphraseFile is set, an encrypted one is opened as the present key"`
	PassphraseFile schema.FilePath `config:"passphraseFile" doc:"file that holds the passphrase, in place of passphrase"`
}

// Certificate is a client certificate with its key, both in one PEM; or a trust bundle.
type Certificate struct {
	schema.Keys
	Path     schema.FilePath `config:"path" doc:"PEM file"`
	Content  Secret          `config:"content" doc:"the PEM text itself or its base64"` // PEM after Load
	Password Secret          `config:"password" doc:"accepted as the BDK's files have it; PEM needs none"`
}

// CommonJWT is the vendor's mode that replaces the session token by a JWT.
type CommonJWT struct {
	Enabled bool `config:"enabled,unused" doc:"not used yet"`
}
