package config

import (
	"encoding/base64"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"roombot/bot/config/schema"
)

// Check reports components without a host and default headers that HTTP does not allow.
func (c *Config) Check(report func(key, message, fix string)) {
	checkHeaders(c.DefaultHeaders, report)
	if c.Has("host") {
		return
	}
	var without []string
	for _, component := range []struct {
		name  string
		found bool
	}{
		{"pod", c.Pod.Has("host")},
		{"agent", c.Agent.Has("host") || c.Agent.Has("loadBalancing")},
		{"keyManager", c.KeyManager.Has("host")},
		{"sessionAuth", c.SessionAuth.Has("host") || !c.Bot.Has("certificate")},
	} {
		if !component.found {
			without = append(without, component.name)
		}
	}
	if len(without) > 0 {
		report("host", "is missing, and these have none of their own: "+strings.Join(without, ", "), `add "host": "acme.symphony.com"`)
	}
}

// Check reports header names and values that HTTP does not allow.
func (c ComponentServer) Check(report func(key, message, fix string)) {
	checkHeaders(c.DefaultHeaders, report)
}

func checkHeaders(headers map[string]Secret, report func(key, message, fix string)) {
	for name, value := range headers {
		if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value.Reveal()) {
			report("defaultHeaders", "holds a header that HTTP does not allow", "write names without blanks and values on one line")
			return
		}
	}
}

// Check reports an agent that is both one host and several.
func (a Agent) Check(report func(key, message, fix string)) {
	a.ComponentServer.Check(report)
	if a.LoadBalancing == nil {
		return
	}
	for _, key := range []string{"scheme", "host", "port", "context"} {
		if a.Has(key) {
			report(key, "must not be set beside loadBalancing", "remove it, or loadBalancing")
		}
	}
}

// Check reports an account without a credential or with two.
func (b ServiceAccount) Check(report func(key, message, fix string)) {
	key, certificate := b.Has("privateKey"), b.Has("certificate")
	switch {
	case key && certificate:
		report("certificate", "is set beside privateKey", "keep one credential")
	case !key && !certificate:
		report("", "has no credential", `add "privateKey": {"path": "rsa/privatekey.pem"}`)
	}
}

// Check reports a key or a passphrase that is given twice, no key at all, and content that is not
// PEM.
func (k *PrivateKey) Check(report func(key, message, fix string)) {
	checkKey(k.Has, &k.Content, report)
}

// Check reports what PrivateKey.Check does.
func (k *PreviousKey) Check(report func(key, message, fix string)) {
	checkKey(k.Has, &k.Content, report)
}

func checkKey(has func(key string) bool, content *Secret, report func(key, message, fix string)) {
	checkOneSource(has("path"), has("content"), report)
	if has("passphrase") && has("passphraseFile") {
		report("passphraseFile", "is set beside passphrase", "keep one of them")
	}
	normalizePEM(content, report)
}

// Check reports a certificate that is given twice or not at all, and content that is not PEM.
func (c *Certificate) Check(report func(key, message, fix string)) {
	checkOneSource(c.Has("path"), c.Has("content"), report)
	normalizePEM(&c.Content, report)
	if c.Path != "" && isBinaryKeyStore(string(c.Path)) {
		report("path", "is a PKCS#12 or Java key store, which is not supported", "convert it to PEM: openssl pkcs12 -in FILE -out FILE.pem -nodes")
	}
}

func checkOneSource(path, content bool, report func(key, message, fix string)) {
	switch {
	case path && content:
		report("content", "is set beside path", "keep one of them")
	case !path && !content:
		report("", "has neither path nor content", `add "path": "FILE.pem"`)
	}
}

// normalizePEM turns content into PEM. The Java kit wants base64; environment variables often have
// \n for line ends.
func normalizePEM(content *Secret, report func(key, message, fix string)) {
	if content.IsZero() {
		return
	}
	text := strings.TrimSpace(content.Reveal())
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, `\n`, "\n")
	}
	if raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); err == nil {
		text = strings.TrimSpace(string(raw))
	}
	if !strings.HasPrefix(text, "-----BEGIN ") {
		report("content", "is neither PEM nor base64 of PEM", `write the text from -----BEGIN to END-----, or use "path"`)
		return
	}
	*content = schema.NewSecret(text + "\n")
}

func isBinaryKeyStore(path string) bool {
	return slices.Contains([]string{".p12", ".pfx", ".jks"}, strings.ToLower(filepath.Ext(path)))
}
