package markup

// writeEmoji shows an emoji, and a shortcode that is not known here as the text :shortcode:.
func (c *conversion) writeEmoji(n *node) {
	code := n.get("shortcode")
	picture := findEmoji(code)
	entity := map[string]any{"type": "com.symphony.emoji", "version": "1.0",
		"data": map[string]any{"shortcode": code, "size": "normal", "unicode": picture}}
	if _, ok := c.entities.values[n.entity]; !ok {
		c.entities.added[n.entity] = entity
	}
	switch {
	case len(n.children) > 0:
		c.writeAll(n.children)
	case picture != "":
		c.out.writeText(picture)
	default:
		c.out.writeText(":" + code + ":")
	}
}

// findEmoji knows the few that bots use.
func findEmoji(shortcode string) string {
	switch shortcode {
	case "smiley":
		return "😃"
	case "grinning":
		return "😀"
	case "wave":
		return "👋"
	case "thumbsup", "+1":
		return "👍"
	case "tada":
		return "🎉"
	case "rocket":
		return "🚀"
	case "warning":
		return "⚠️"
	case "white_check_mark":
		return "✅"
	case "x":
		return "❌"
	case "lock":
		return "🔒"
	}
	return ""
}
