package sandbox

import "encoding/json"

// maxManifest is the longest manifest of commands, in bytes.
const maxManifest = 6144

func (p *Pod) setManifest(c *call) (any, error) {
	var body struct{ Manifest *string }
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	var manifest manifest
	switch {
	case c.caller.Type != typeSystem:
		return nil, errEntitlement
	case body.Manifest == nil:
		return nil, badRequest("The field manifest is required")
	case len(*body.Manifest) > maxManifest:
		return nil, badRequest("The manifest must not be longer than %d characters", maxManifest)
	case json.Unmarshal([]byte(*body.Manifest), &manifest) != nil:
		return nil, badRequest("The manifest is not valid JSON")
	}
	for _, command := range manifest.Commands {
		if command.Name == "" || command.Desc == "" {
			return nil, badRequest("Each command of the manifest must have a name and a desc")
		}
	}
	p.state.Manifests[c.caller.ID] = *body.Manifest
	p.touch()
	p.live.all(frame{"kind": "manifest", "manifest": p.manifest()})
	return success("Manifest updated"), nil
}

func (p *Pod) ownManifest(c *call) (any, error) {
	return map[string]string{"manifest": p.state.Manifests[c.caller.ID]}, nil
}

// manifest is what a service account tells clients about its commands.
type manifest struct {
	Commands []struct {
		Name    string `json:"name"`
		Desc    string `json:"desc"`
		Example string `json:"example,omitempty"`
		Args    []struct {
			Name string `json:"name"`
		} `json:"args,omitempty"`
	} `json:"commands"`
}

// manifest gives the bot's commands, for the completion in a composer.
func (p *Pod) manifest() json.RawMessage {
	text := p.state.Manifests[botID]
	if text == "" {
		return json.RawMessage(`{"commands":[]}`)
	}
	return json.RawMessage(text)
}
