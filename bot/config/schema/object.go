package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v3"
)

// decodeStruct fills a struct: first the keys that the document sets, in its order, then the
// defaults of the others.
func (d *decoder) decodeStruct(at Value, node *yaml.Node, into reflect.Value) {
	fields := fieldsOf(into.Type())
	members := make(map[string]Value, len(node.Content)/2)
	for key, child := range d.eachMember(at, node) {
		f, known := findField(fields, key)
		if !known {
			meant, fix := d.suggestKey(into, fields, key)
			d.addProblem(Value{Path: child.Path, Node: nodeOfKey(node, child)}, "is not a key that is known here", fix)
			if _, set := members[meant]; !set && meant != "" {
				members[meant] = child // so that it is not reported as missing too
			}
			continue
		}
		if isNull(resolveAlias(child.Node)) {
			continue
		}
		members[key] = child
		if f.unused {
			d.unused = append(d.unused, child.Path)
		}
		d.decodeValue(child, into.FieldByIndex(f.index), f)
	}
	d.fillAbsentKeys(at, into, fields, members)
	d.runChecks(at, into, members)
}

// nodeOfKey is the key before a member. Unknown keys are reported there.
func nodeOfKey(node *yaml.Node, member Value) *yaml.Node {
	return node.Content[slices.Index(node.Content, member.Node)-1]
}

func findField(fields []field, key string) (field, bool) {
	at := slices.IndexFunc(fields, func(f field) bool { return f.key == key })
	if at < 0 {
		return field{}, false
	}
	return fields[at], true
}

func (d *decoder) fillAbsentKeys(at Value, into reflect.Value, fields []field, members map[string]Value) {
	for _, f := range fields {
		if _, set := members[f.key]; set {
			continue
		}
		if f.required {
			d.addProblem(Value{Path: joinPath(at.Path, f.key), Node: at.Node}, missingMessage(f), exampleFix(f))
			continue
		}
		d.setDefault(into.FieldByIndex(f.index), f)
	}
}

func missingMessage(f field) string {
	if f.doc == "" {
		return "is missing"
	}
	return "is missing: " + f.doc
}

func exampleFix(f field) string {
	if f.eg == "" {
		return fmt.Sprintf("add %q", f.key)
	}
	return fmt.Sprintf("add %q: %s", f.key, f.eg)
}

// setDefaults fills a struct that the document does not have.
func (d *decoder) setDefaults(into reflect.Value) {
	if into.Kind() != reflect.Struct || isScalar(into.Type()) {
		return
	}
	for _, f := range fieldsOf(into.Type()) {
		d.setDefault(into.FieldByIndex(f.index), f)
	}
}

func (d *decoder) setDefault(into reflect.Value, f field) {
	if f.fallback == "" {
		d.setDefaults(into)
		return
	}
	// A default is written as in a document, so it is decoded like one.
	node := &yaml.Node{Kind: yaml.ScalarNode, Value: f.fallback}
	if into.Kind() == reflect.String || isScalar(into.Type()) {
		node.Tag = tagText
	}
	d.decodeScalar(Value{Path: f.key, Node: node, doc: d.doc}, into, f)
}

func (d *decoder) runChecks(at Value, into reflect.Value, members map[string]Value) {
	if keys := into.FieldByName("Keys"); keys.IsValid() && keys.Type() == reflect.TypeFor[Keys]() {
		set := make(map[string]bool, len(members))
		for key := range members {
			set[key] = true
		}
		keys.Set(reflect.ValueOf(Keys{set: set}))
	}
	checker, ok := reflect.TypeAssert[Checker](into.Addr())
	if !ok {
		return
	}
	checker.Check(func(key, message, fix string) {
		place := at
		if key != "" {
			place = Value{Path: joinPath(at.Path, key), Node: at.Node}
		}
		if member, set := members[key]; set {
			place = member
		}
		d.addProblem(place, message, fix)
	})
}

// suggestKey returns the key that an unknown one was likely meant to be, or "", and what to write
// instead.
func (d *decoder) suggestKey(into reflect.Value, fields []field, key string) (meant, fix string) {
	if old, ok := reflect.TypeAssert[Renamer](into.Addr()); ok && old.RenamedTo(key) != "" {
		outer, inner, isNested := strings.Cut(old.RenamedTo(key), ".")
		if !isNested {
			return outer, fmt.Sprintf("did you mean %q?", outer)
		}
		return outer, fmt.Sprintf("it was renamed: write %q: {%q: …}", outer, inner)
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.key
	}
	if near := NearestName(key, names); near != "" {
		return near, fmt.Sprintf("did you mean %q?", near)
	}
	if d.listedKeys[into.Type()] {
		return "", "remove it"
	}
	d.listedKeys[into.Type()] = true
	return "", "known here: " + strings.Join(names, ", ")
}

// NearestName returns the name that word was likely meant to be, or "". Names may differ in case,
// blanks, "-" and "_", and by two edits, fewer in short words.
func NearestName(word string, names []string) string {
	if len(word) > 64 {
		return ""
	}
	best, distance := "", 3
	for _, name := range names {
		n := levenshtein.ComputeDistance(normalizeKey(word), normalizeKey(name))
		if n < distance && n*2 <= len(name) {
			best, distance = name, n
		}
	}
	return best
}

var wordSeparators = strings.NewReplacer("-", "", "_", "", " ", "")

func normalizeKey(word string) string {
	return strings.ToLower(wordSeparators.Replace(word))
}
