package schema

import "go.yaml.in/yaml/v3"

// Plain is the value as maps, lists and texts, variables replaced: what it says without comments,
// blanks and places. A scalar that is no text has its type before it.
func (v Value) Plain() any {
	nodes := 0
	return v.document().plain(v.Node, &nodes)
}

func (d *document) plain(node *yaml.Node, nodes *int) any {
	if *nodes++; node == nil || *nodes > maxNodes {
		return nil
	}
	node = resolveAlias(node)
	switch node.Kind {
	case yaml.MappingNode:
		object := make(map[string]any, len(node.Content)/2)
		for i := 0; i+1 < len(node.Content); i += 2 {
			object[resolveAlias(node.Content[i]).Value] = d.plain(node.Content[i+1], nodes)
		}
		return object
	case yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for i, child := range node.Content {
			list[i] = d.plain(child, nodes)
		}
		return list
	}
	if node.ShortTag() != tagText {
		return []string{node.ShortTag(), node.Value}
	}
	e, _ := d.expandVariables(node.Value)
	return e.text
}
