package commands

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// manifestLimit is how many characters Symphony takes (REST API reference, POST
// /pod/v1/user/manifest/own).
const manifestLimit = 6144

type manifestCommand struct {
	Name    string        `json:"name"`
	Desc    string        `json:"desc"`
	Example string        `json:"example,omitempty"`
	Args    []manifestArg `json:"args,omitempty"`
}

type manifestArg struct {
	Name string `json:"name"`
}

// Manifest describes the commands to Symphony's client, which completes them when a user types "/".
func (c Catalogue) Manifest() (string, error) {
	var list []manifestCommand
	for _, command := range c {
		if command.Admin { // the client shows the manifest to everybody
			continue
		}
		list = append(list, manifestCommand{
			Name: command.Name, Desc: command.Summary, Args: command.manifestArgs(),
			Example: command.Examples[len(command.Examples)-1],
		})
	}
	text, err := json.Marshal(map[string]any{"commands": list})
	if err == nil && utf8.RuneCount(text) > manifestLimit {
		err = fmt.Errorf("the manifest has %d characters, Symphony takes %d", utf8.RuneCount(text), manifestLimit)
	}
	return string(text), err
}

func (c Command) manifestArgs() []manifestArg {
	args := make([]manifestArg, len(c.Arguments))
	for i, a := range c.Arguments {
		args[i] = manifestArg{"[" + a + "]"}
	}
	return args
}
