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
    "limits": { "roomsPerHour": 0 },
    "policy": "policy.yaml"
  }
}
`

// sandboxPolicy is the policy of the sandbox's bot, for trying changes.
const sandboxPolicy = `# Who may do what in this sandbox. Change it while the bot runs: it is read again within two
# seconds, and ops, the administrator, is told. Where anything is wrong, the old policy stays.
# docs/policy.md explains the words. To check a change first: bot policy check policy.yaml
admins: ["user:ops"]
deny:
  - name: contractors
    who: ["user:kim"]
    commands: [newroom]
    reason: Contractors cannot open rooms. Please ask your desk head to open one and add you.
allow:
  - name: everybody
    who: ["*"]
    where: ["*"]
    commands: [newroom, groups, receipt]
    # when: {public: false} # without the first #, nobody may open public rooms, but may ask ops for access
    approval: {when: {external: true}, by: ["user:cora", "user:ops"], within: 4h}
tests:
  - {name: bob may, as: {username: bob}, run: '/newroom "Desk" @alice', expect: allow}
  - {name: contractors may not, as: {username: kim}, run: '/newroom "Desk"', expect: deny, rule: contractors}
  - {name: other companies need an approval, as: {username: bob}, run: '/newroom "Elm" external:yes', expect: approve}
`

// writePolicy writes the policy once, where there is nothing of its name.
func (h *home) writePolicy() error {
	path := filepath.Join(h.dir, "policy.yaml")
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return replaceFile(path, []byte(sandboxPolicy))
}

// findPolicy is the file in which the rules stand.
func (h *home) findPolicy() string {
	path, rules := filepath.Join(h.dir, "config.json"), filepath.Join(h.dir, "policy.yaml")
	c, err := loadConfig(path)
	switch {
	case err == nil && c.PolicyFile() != "":
		return c.PolicyFile()
	case err != nil && !isMissing(rules): // the rules may be what is faulty
		return rules
	}
	return path
}

// writeConfig writes the configuration once, and the policy that it names. A later start keeps what
// the user has made of it and only follows the pod to its new address.
func (h *home) writeConfig(at *net.TCPAddr) error {
	path := filepath.Join(h.dir, "config.json")
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return fmt.Errorf("sandbox configuration: %s is a link, through which nothing is written: put the file itself there", path)
	}
	kept, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := h.writePolicy(); err != nil {
			return err
		}
		return replaceFile(path, fmt.Appendf(nil, sandboxConfig, at.IP.String(), at.Port, botName, h.keyFile()))
	}
	if err != nil {
		return fmt.Errorf("sandbox configuration: %w", err)
	}
	changed := withAddress(kept, at)
	if bytes.Equal(changed, kept) {
		return nil
	}
	return replaceFile(path, changed)
}

// replaceFile writes a file beside the path and puts it there. Nothing is written through a link,
// whenever that was made.
func replaceFile(path string, content []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("sandbox configuration: %w", err)
	}
	_, err = temporary.Write(content)
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("sandbox configuration: %w", err), os.Remove(temporary.Name()))
	}
	return nil
}

var topLevelHost = regexp.MustCompile(`(?m)^(  "host": )"[^"]*"`)
var topLevelPort = regexp.MustCompile(`(?m)^(  "port": )\d+`)

// withAddress is a configuration that names the pod's address.
func withAddress(config []byte, at *net.TCPAddr) []byte {
	config = topLevelHost.ReplaceAll(config, fmt.Appendf(nil, `${1}%q`, at.IP.String()))
	return topLevelPort.ReplaceAll(config, fmt.Appendf(nil, `${1}%d`, at.Port))
}
