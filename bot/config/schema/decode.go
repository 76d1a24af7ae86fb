package schema

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	maxFaults  = 100    // a file with more is another kind of file
	maxVisited = 100000 // aliases can make a small file huge
)

type decoder struct {
	doc     *document
	faults  Faults
	unused  []string
	visited int
	listed  map[reflect.Type]bool // structs whose keys a fault has listed: once is enough
}

func newDecoder(doc *document) *decoder {
	return &decoder{doc: doc, listed: map[reflect.Type]bool{}}
}

func (d *decoder) decode(v Value, into any) ([]string, Faults) {
	target := reflect.ValueOf(into).Elem()
	if v.Node == nil {
		d.defaults(target)
		return nil, nil
	}
	d.value(v, target, field{})
	return d.unused, d.faults
}

// report adds a fault. Past the limit the rest is only hinted at.
func (d *decoder) report(at Value, message, fix string) {
	if len(d.faults) > maxFaults {
		return
	}
	if len(d.faults) == maxFaults {
		at, message, fix = Value{Node: at.Node}, "has more faults than are listed here", "mend these first"
	}
	fault := at.Fault(message, fix)
	fault.File = d.doc.file
	d.faults = append(d.faults, fault)
}

// done says that there is no point in going on.
func (d *decoder) done(at Value) bool {
	d.visited++
	if d.visited == maxVisited {
		d.report(at, "repeats so much by aliases that it is too large", "write it out, shorter")
	}
	return d.visited >= maxVisited || len(d.faults) > maxFaults
}

func (d *decoder) value(at Value, into reflect.Value, f field) {
	if d.done(at) {
		return
	}
	node := resolve(at.Node)
	switch {
	case into.Type() == reflect.TypeFor[Value]():
		into.Set(reflect.ValueOf(Value{Path: at.Path, Node: at.Node, doc: d.doc}))
	case isScalar(into.Type()):
		d.scalar(at, into, f)
	case into.Kind() == reflect.Pointer:
		fresh := reflect.New(into.Type().Elem())
		d.value(at, fresh.Elem(), f)
		into.Set(fresh)
	case into.Kind() == reflect.Struct:
		if d.expect(at, node, yaml.MappingNode, "an object") {
			d.object(at, node, into)
		}
	case into.Kind() == reflect.Slice:
		if d.expect(at, node, yaml.SequenceNode, "a list") {
			d.list(at, node, into, f)
		}
	case into.Kind() == reflect.Map:
		if d.expect(at, node, yaml.MappingNode, "an object") {
			d.table(at, node, into)
		}
	default:
		d.scalar(at, into, f)
	}
}

func (d *decoder) expect(at Value, node *yaml.Node, kind yaml.Kind, want string) bool {
	if node.Kind == kind {
		return true
	}
	fix := map[yaml.Kind]string{yaml.MappingNode: "write {…}", yaml.SequenceNode: "write […]"}[kind]
	d.report(at, fmt.Sprintf("is %s and must be %s", kindOf(node), want), fix)
	return false
}

func (d *decoder) list(at Value, node *yaml.Node, into reflect.Value, f field) {
	if len(node.Content) == 0 {
		d.report(at, "is an empty list", "write at least one entry")
		return
	}
	list := reflect.MakeSlice(into.Type(), len(node.Content), len(node.Content))
	for i, child := range node.Content {
		d.value(Value{Path: fmt.Sprintf("%s[%d]", at.Path, i), Node: child, doc: d.doc}, list.Index(i), field{key: f.key, oneOf: f.oneOf})
	}
	into.Set(list)
}

// table fills a map from text to something that is read from text.
func (d *decoder) table(at Value, node *yaml.Node, into reflect.Value) {
	table := reflect.MakeMap(into.Type())
	for key, child := range d.members(at, node) {
		entry := reflect.New(into.Type().Elem()).Elem()
		d.value(child, entry, field{key: key})
		table.SetMapIndex(reflect.ValueOf(key), entry)
	}
	into.Set(table)
}

// members goes through an object's keys, reporting those that are no text or come twice.
func (d *decoder) members(at Value, node *yaml.Node) func(yield func(string, Value) bool) {
	return func(yield func(string, Value) bool) {
		first := make(map[string]int, len(node.Content)/2)
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := resolve(node.Content[i])
			place := Value{Path: at.Path, Node: node.Content[i], doc: d.doc}
			if d.done(place) {
				return
			}
			if key.Kind != yaml.ScalarNode || key.ShortTag() != tagText {
				d.report(place, badKey(key), "write text before the colon")
				continue
			}
			place.Path = join(at.Path, key.Value)
			if line, again := first[key.Value]; again {
				d.report(place, fmt.Sprintf("is set twice, first on line %d", line), "keep one of them")
				continue
			}
			first[key.Value] = key.Line
			if !yield(key.Value, Value{Path: place.Path, Node: node.Content[i+1], doc: d.doc}) {
				return
			}
		}
	}
}

func badKey(key *yaml.Node) string {
	if key.ShortTag() == "!!merge" {
		return "uses <<, which is not supported"
	}
	return "has a key that is " + kindOf(key)
}

func join(path, key string) string {
	if strings.ContainsAny(key, ". []\"\n") || key == "" {
		return path + "[" + quote(key) + "]"
	}
	if path == "" {
		return clip(key)
	}
	return path + "." + clip(key)
}
