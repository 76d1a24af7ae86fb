// Package schema reads JSON and YAML strictly into tagged structs. One walker knows unknown keys, wrong types, missing and
// doubled keys, ranges, defaults, `${NAME:-default}` and file paths, so that no key needs a check of its own; it reports all
// faults at once, each with path, line and column. It never guesses: "443" in quotes is not a number.
package schema

import "go.yaml.in/yaml/v3"

// Value is a part of a document, kept as it was written. As a struct field it takes a whole subtree undecoded.
type Value struct {
	Path string     // where in the document; empty for the whole
	Node *yaml.Node // nil when the file does not have it
	doc  *document
}

// document is what all values of one file share.
type document struct {
	file   string
	folder string
	env    func(string) (string, bool)
}

// Keys is embedded by a struct that needs to know which of its keys the file sets.
type Keys struct{ at map[string]*yaml.Node }

// Has says whether the file sets the key, null aside.
func (k Keys) Has(key string) bool { return k.at[key] != nil }

// File is the path of a file that must exist, resolved against the folder of the document that names it.
type File string
