package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"roombot/bot/config/schema"
)

// set is a list of subjects with a name. Where it is named, its entries stand.
type set struct {
	entries []subject // of an allow rule
	denied  []subject // the same of a deny rule
	first   schema.Value
	used    bool
}

// readSets reads the sets, which hold no other sets.
func (c *compiler) readSets(sets map[string][]schema.Value) {
	c.sets, c.inSets = map[string]*set{}, true
	defer func() { c.inSets = false }()
	for name, values := range sets {
		if len(values) > 0 {
			c.sets[fold(strings.TrimSpace(name))] = &set{first: values[0]}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sets)) {
		values := sets[name]
		if len(values) == 0 {
			continue // an empty list, which is reported already
		}
		s := c.sets[fold(strings.TrimSpace(name))]
		s.entries = c.subjects(values, false)
		s.denied = slices.Clone(s.entries)
		for i := range s.denied {
			s.denied[i].deny = true
		}
	}
}

// maxSetEntries bounds what sets come to in the lists that name more than one set, which have each
// entry anew.
const maxSetEntries = 200_000

// subjects reads a list of subjects. A set gives all that are in it; the list of a set alone is
// that of the set.
func (c *compiler) subjects(values []schema.Value, deny bool) []subject {
	var out []subject
	for _, v := range values {
		text, ok := c.text(v)
		if name, isSet := strings.CutPrefix(text, "set:"); ok && isSet {
			entries := c.setEntries(v, name, deny)
			if len(values) == 1 {
				return entries
			}
			if c.copied += len(entries); c.copied <= maxSetEntries {
				out = append(out, entries...)
			} else if c.copied-len(entries) <= maxSetEntries {
				c.problems = append(c.problems, v.Problem(
					fmt.Sprintf("is one set too many: lists of several sets come to more than %d entries", maxSetEntries), "make one set of them"))
			}
			continue
		}
		if !ok {
			continue
		}
		s, wrong := parseSubject(text, deny)
		if wrong != nil {
			c.problems = append(c.problems, v.ProblemWith(wrong))
			continue
		}
		s.value = v
		out = append(out, s)
	}
	return out
}

func (c *compiler) setEntries(v schema.Value, name string, deny bool) []subject {
	s := c.sets[fold(strings.TrimSpace(name))]
	if s != nil {
		s.used = true
	}
	if c.inSets {
		c.problems = append(c.problems, v.ProblemWith(&schema.InvalidValue{What: "is a set, and sets hold no other sets", Fix: "write here whom it means"}))
		return nil
	}
	if s == nil {
		fix := `define it under "sets"`
		if near := schema.NearestName(name, slices.Sorted(maps.Keys(c.sets))); near != "" {
			fix = fmt.Sprintf("did you mean \"set:%s\"?", near)
		}
		c.problems = append(c.problems, v.ProblemWith(&schema.InvalidValue{What: "is a set that is not defined", Fix: fix}))
		return nil
	}
	if deny {
		return s.denied
	}
	return s.entries
}

// reportUnusedSets reports the sets that nothing names.
func (c *compiler) reportUnusedSets() {
	for _, name := range slices.Sorted(maps.Keys(c.sets)) {
		if s := c.sets[name]; !s.used {
			at := s.first
			at.Path, _, _ = strings.Cut(at.Path, "[")
			c.problems = append(c.problems, at.Problem("is a set that nothing names", `remove it, or write "set:`+name+`" in a rule`))
		}
	}
}
