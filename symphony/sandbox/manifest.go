package sandbox

import (
	"encoding/json"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/rest"
)

func (p *Pod) setManifest(c *call) (any, error) {
	var body struct {
		Manifest *string `json:"manifest"`
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	if body.Manifest == nil {
		return nil, rest.BadRequest("The field manifest is required")
	}
	var manifest client.Manifest
	if json.Unmarshal([]byte(*body.Manifest), &manifest) != nil {
		return nil, rest.BadRequest("The manifest is not valid JSON")
	}
	for _, command := range manifest.Commands {
		if command.Name == "" || command.Desc == "" {
			return nil, rest.BadRequest("Each command of the manifest must have a name and a desc")
		}
	}
	if err := p.world.SetManifest(c.caller, *body.Manifest); err != nil {
		return nil, err
	}
	return success("Manifest updated"), nil
}

func (p *Pod) ownManifest(c *call) (any, error) {
	return map[string]string{"manifest": p.world.Manifest(c.caller.ID)}, nil
}
