package sandbox

import "encoding/json"

const (
	agentVersion = "Agent-25.8.1-Sandbox"
	userAgent    = "Agent-25.8.1-Sandbox"
)

func (p *Pod) health(*call) (any, error) { return map[string]string{"status": "UP"}, nil }

func (p *Pod) extendedHealth(*call) (any, error) {
	up := func(version string) map[string]string { return map[string]string{"status": "UP", "version": version} }
	user := map[string]string{"authType": "RSA", "status": "UP"}
	return map[string]any{
		"status": "UP", "version": "25.8.1",
		"services": map[string]any{"pod": up("20.17.1"), "key_manager": up("20.16.3"), "datafeed": up("2.11.2")},
		"users":    map[string]any{"agentservice": user, "ceservice": user},
	}, nil
}

func (p *Pod) agentInfo(c *call) (any, error) {
	return map[string]any{
		"ipAddress": "127.0.0.1", "hostname": "sandbox", "serverFqdn": "http://" + c.Host, "version": agentVersion,
		"url": "http://" + c.Host + "/agent", "onPrem": true, "mt": false, "commitId": "sandbox",
	}, nil
}

func (p *Pod) echo(c *call) (any, error) {
	var body struct {
		Message string `json:"message"`
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	return body, nil
}

func (p *Pod) protocols(*call) (any, error) {
	return []string{"http", "https", "ftp", "mailto", "skype", "symphony", "tel"}, nil
}

func (p *Pod) allowedTypes(*call) (any, error) { return allowedExtensions(), nil }

func allowedExtensions() []string {
	return []string{
		".bmp", ".csv", ".doc", ".docx", ".gif", ".gz", ".htm", ".html", ".jpeg", ".jpg", ".json", ".log", ".md", ".mov", ".mp3",
		".mp4", ".msg", ".odt", ".pdf", ".png", ".ppt", ".pptx", ".rtf", ".svg", ".tif", ".tiff", ".txt", ".wav", ".xls", ".xlsx",
		".xml", ".yaml", ".yml", ".zip",
	}
}

func (p *Pod) languages(*call) (any, error) {
	return map[string]any{"languages": []string{"en", "fr", "ja"}}, nil
}

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

// manifest gives the bot's commands, for a composer's completion.
func (p *Pod) manifest() json.RawMessage {
	text := p.state.Manifests[botID]
	if text == "" {
		return json.RawMessage(`{"commands":[]}`)
	}
	return json.RawMessage(text)
}
