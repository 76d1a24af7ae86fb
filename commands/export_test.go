package commands

// Nearest is nearest, for tests.
func Nearest(text string, candidates []string, most int) []string {
	return nearestNames(text, candidates, most)
}
