package messageml

// CardState says how much of an expandable card is shown at first.
type CardState string

// The states of an expandable card.
const (
	Collapsed CardState = "collapsed" // the header alone
	Cropped   CardState = "cropped"   // the header and the first lines
	Expanded  CardState = "expanded"  // everything
)

// Card frames a header and a body.
func Card(header Node, body ...Node) Node {
	return element[Node]{
		name:     "card",
		attrs:    []attribute{{"class", "barStyle"}},
		children: headerAndBody(header, body, ""),
	}
}

// ExpandableCard is a card that folds; the zero state is Expanded.
func ExpandableCard(state CardState, header Node, body ...Node) Node {
	return expandableCard(state, headerAndBody(header, body, ""))
}

// ErrorCard is an ExpandableCard in the colours of an error.
func ErrorCard(state CardState, header Node, body ...Node) Node {
	return expandableCard(state, headerAndBody(header, body, "error"))
}

func expandableCard(state CardState, children []Node) Node {
	switch state {
	case Collapsed, Cropped:
	default:
		state = Expanded
	}
	return element[Node]{name: "expandable-card", attrs: []attribute{{"state", string(state)}}, children: children}
}

func headerAndBody(header Node, body []Node, variant string) []Node {
	return []Node{
		element[Node]{name: "header", children: []Node{header}},
		element[Node]{name: "body", attrs: []attribute{{"variant", variant}}, children: body},
	}
}
