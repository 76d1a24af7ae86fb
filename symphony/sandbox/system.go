package sandbox

// agentVersion is also what messages sent through the agent name as their client.
const agentVersion = "Agent-25.8.1-Sandbox"

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
