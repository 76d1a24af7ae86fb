package commands

// Nearest is nearest, for tests.
func Nearest(text string, candidates []string, most int) []string {
	return nearest(text, candidates, most)
}
