package syntax

// spelling is one way to write the command or option of that index.
type spelling struct {
	text  string
	index int
}

func appendSpellings(all []spelling, index int, name string, aliases []string) []spelling {
	all = append(all, spelling{name, index})
	for _, alias := range aliases {
		all = append(all, spelling{alias, index})
	}
	return all
}

// findSpelling is the index of the thing that is written so, -1 if none is.
func findSpelling(all []spelling, name string) int {
	name = foldKey(name)
	for _, s := range all {
		if foldKey(s.text) == name {
			return s.index
		}
	}
	return -1
}

// nearestSpelling picks the candidate closest to a folded word, if it lies within the limit for it
// and no other is as close. Candidates with the same value are spellings of one thing.
func nearestSpelling(word string, candidates []spelling, limit func(candidate string) int) (spelling, bool) {
	var best spelling
	least, tied := -1, false
	for _, c := range candidates {
		folded := foldKey(c.text)
		most := limit(folded)
		d := editDistance(word, folded, most)
		switch {
		case d > most || d >= len([]rune(word)):
		case least < 0 || d < least:
			best, least, tied = c, d, false
		case d == least && c.index != best.index:
			tied = true
		}
	}
	return best, least >= 0 && !tied
}
