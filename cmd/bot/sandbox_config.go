package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
)

// sandboxConfig is a BDK configuration for the sandbox's pod, plus our own key.
const sandboxConfig = `{
  "scheme": "http",
  "host": %q,
  "port": %d,
  "bot": {
    "username": %q,
    "privateKey": { "path": %q }
  },
  "roombot": {
    "store": "roombot.db",
    "searchLag": "2s",
    "httpTimeout": "8s",
    "policy": {
      "deny": [
        {
          "name": "contractors",
          "who": ["user:kim"],
          "commands": ["newroom"],
          "reason": "Contractors cannot open rooms. Please ask your desk head to open one and add you."
        }
      ],
      "allow": [
        { "name": "everybody", "who": ["*"], "where": ["*"], "commands": ["newroom", "groups"] }
      ]
    }
  }
}
`

// writeConfig writes the configuration once. A later start keeps what the user
// has made of it and only follows the pod to its new address.
func (h *home) writeConfig(at *net.TCPAddr) error {
	path := filepath.Join(h.dir, "config.json")
	kept, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return os.WriteFile(path, fmt.Appendf(nil, sandboxConfig, at.IP.String(), at.Port, botName, h.keyFile()), 0o600)
	}
	if err != nil {
		return fmt.Errorf("sandbox configuration: %w", err)
	}
	changed := withAddress(kept, at)
	if bytes.Equal(changed, kept) {
		return nil
	}
	return os.WriteFile(path, changed, 0o600)
}

var topLevelHost = regexp.MustCompile(`(?m)^(  "host": )"[^"]*"`)
var topLevelPort = regexp.MustCompile(`(?m)^(  "port": )\d+`)

// withAddress is a configuration that names the pod's address.
func withAddress(config []byte, at *net.TCPAddr) []byte {
	config = topLevelHost.ReplaceAll(config, fmt.Appendf(nil, `${1}%q`, at.IP.String()))
	return topLevelPort.ReplaceAll(config, fmt.Appendf(nil, `${1}%d`, at.Port))
}
