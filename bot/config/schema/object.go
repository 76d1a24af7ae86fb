package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v3"
)

// object fills a struct: the document's keys in their order, then the defaults of those that it does not set.
func (d *decoder) object(at Value, node *yaml.Node, into reflect.Value) {
	fields := fieldsOf(into.Type())
	members := make(map[string]Value, len(node.Content)/2)
	for key, child := range d.members(at, node) {
		f, known := find(fields, key)
		if !known {
			meant, fix := d.remedy(into, fields, key)
			d.report(Value{Path: child.Path, Node: keyNode(node, child)}, "is not a key that is known here", fix)
			if _, set := members[meant]; !set && meant != "" {
				members[meant] = child // so that it is not said to be missing as well
			}
			continue
		}
		if isNull(resolve(child.Node)) {
			continue
		}
		members[key] = child
		if f.unused {
			d.unused = append(d.unused, child.Path)
		}
		d.value(child, into.FieldByIndex(f.index), f)
	}
	d.absent(at, into, fields, members)
	d.check(at, into, members)
}

// keyNode is the key that stands before a member, which is where an unknown key is reported.
func keyNode(node *yaml.Node, member Value) *yaml.Node {
	return node.Content[slices.Index(node.Content, member.Node)-1]
}

func find(fields []field, key string) (field, bool) {
	at := slices.IndexFunc(fields, func(f field) bool { return f.key == key })
	if at < 0 {
		return field{}, false
	}
	return fields[at], true
}

func (d *decoder) absent(at Value, into reflect.Value, fields []field, members map[string]Value) {
	for _, f := range fields {
		if _, set := members[f.key]; set {
			continue
		}
		if f.required {
			d.report(Value{Path: join(at.Path, f.key), Node: at.Node}, missing(f), example(f))
			continue
		}
		d.fallback(into.FieldByIndex(f.index), f)
	}
}

func missing(f field) string {
	if f.doc == "" {
		return "is missing"
	}
	return "is missing: " + f.doc
}

func example(f field) string {
	if f.eg == "" {
		return fmt.Sprintf("add %q", f.key)
	}
	return fmt.Sprintf("add %q: %s", f.key, f.eg)
}

// defaults fills a value that the document does not have.
func (d *decoder) defaults(into reflect.Value) {
	if into.Kind() != reflect.Struct || isScalar(into.Type()) {
		return
	}
	for _, f := range fieldsOf(into.Type()) {
		d.fallback(into.FieldByIndex(f.index), f)
	}
}

func (d *decoder) fallback(into reflect.Value, f field) {
	if f.fallback == "" {
		d.defaults(into)
		return
	}
	// A default is written in the schema as in a document, so it is read the same way.
	node := &yaml.Node{Kind: yaml.ScalarNode, Value: f.fallback}
	if into.Kind() == reflect.String || isScalar(into.Type()) {
		node.Tag = tagText
	}
	d.scalar(Value{Path: f.key, Node: node, doc: d.doc}, into, f)
}

func (d *decoder) check(at Value, into reflect.Value, members map[string]Value) {
	if keys := into.FieldByName("Keys"); keys.IsValid() && keys.Type() == reflect.TypeFor[Keys]() {
		set := make(map[string]bool, len(members))
		for key := range members {
			set[key] = true
		}
		keys.Set(reflect.ValueOf(Keys{set: set}))
	}
	checker, ok := into.Addr().Interface().(Checker)
	if !ok {
		return
	}
	checker.Check(func(key, message, fix string) {
		place := at
		if key != "" {
			place = Value{Path: join(at.Path, key), Node: at.Node}
		}
		if member, set := members[key]; set {
			place = member
		}
		d.report(place, message, fix)
	})
}

// remedy is which key was likely meant by an unknown one, if any, and what to write instead.
func (d *decoder) remedy(into reflect.Value, fields []field, key string) (meant, fix string) {
	if old, ok := into.Addr().Interface().(Renamer); ok && old.Renamed(key) != "" {
		outer, inner, _ := strings.Cut(old.Renamed(key), ".")
		return outer, fmt.Sprintf("it was renamed: write %q: {%q: …}", outer, inner)
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.key
	}
	if near := Nearest(key, names); near != "" {
		return near, fmt.Sprintf("did you mean %q?", near)
	}
	if d.listed[into.Type()] {
		return "", "remove it"
	}
	d.listed[into.Type()] = true
	return "", "known here: " + strings.Join(names, ", ")
}

// Nearest is the one of names that was likely meant by word, or "": the same but for case, blanks, "-" and "_", or within
// two edits (fewer for short words).
func Nearest(word string, names []string) string {
	if len(word) > 64 {
		return ""
	}
	best, distance := "", 3
	for _, name := range names {
		n := levenshtein.ComputeDistance(plain(word), plain(name))
		if n < distance && n*2 <= len(name) {
			best, distance = name, n
		}
	}
	return best
}

var wordMarks = strings.NewReplacer("-", "", "_", "", " ", "")

func plain(word string) string {
	return strings.ToLower(wordMarks.Replace(word))
}
