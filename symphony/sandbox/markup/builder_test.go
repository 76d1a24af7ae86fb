package markup_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/messageml"
	"roombot/symphony/sandbox/markup"
)

const hostile = "${x} #{y} <#list> <@z> \"R&D\" 'x' ]]> \x00\x1b\u202e\r\n\t<b>&nbsp;"

// nodes is one of each that the builder offers, with text that would break markup or templates.
func nodes() map[string]messageml.Node {
	inForm := func(field messageml.Node) messageml.Node {
		return messageml.Form("f", field, messageml.Button{Name: "go", Label: hostile})
	}
	long := strings.Repeat("😀"+hostile, 1000)
	return map[string]messageml.Node{
		"text":            messageml.Text(hostile),
		"bold":            messageml.Bold(messageml.Text(hostile), messageml.Italic(messageml.Mention(1001)), messageml.Break()),
		"code":            messageml.Code(hostile),
		"pre":             messageml.Pre(hostile),
		"heading":         messageml.Heading(2, messageml.Text(hostile), messageml.Link("https://a.test", messageml.Text("x"))),
		"link":            messageml.Link("https://a.test/"+hostile, messageml.Text(hostile)),
		"link to itself":  messageml.Link("https://a.test/é ü?x=[1]&y=%"),
		"room link":       messageml.Link(messageml.RoomLink("V1TMjaYeorLs6xhXPC7zA3___nA7a8R_dA")),
		"bad link":        messageml.Link("javascript:"+hostile, messageml.Text("x")),
		"paragraph":       messageml.Paragraph(messageml.Text(hostile), messageml.Code("x"), messageml.Paragraph()),
		"list":            messageml.List(messageml.Item{messageml.Text(hostile), messageml.NumberedList(messageml.Item{messageml.Code("x")})}, nil),
		"empty list":      messageml.List(),
		"mention":         messageml.Mention(1001),
		"card":            messageml.Card(messageml.Bold(messageml.Text(hostile)), messageml.List(messageml.Item{messageml.Text("x")})),
		"expandable card": messageml.ExpandableCard(messageml.Cropped, messageml.Text(hostile), messageml.Text("x")),
		"error card":      messageml.ErrorCard("", messageml.Text(hostile), messageml.Code("a\n ^")),
		"open stream":     messageml.OpenStream("V1TMjaYeorLs6xhXPC7zA3___nA7a8R_dA", hostile),
		"unnamed stream":  messageml.OpenStream("x", ""),
		"text field":      inForm(messageml.TextField{Name: "n", Label: long, Value: long, Placeholder: long, Required: true, MaxLength: 49}),
		"empty field":     inForm(messageml.TextField{Name: hostile, MaxLength: 1000}),
		"text area":       inForm(messageml.TextArea{Name: "n", Label: long, Value: long, Placeholder: long, Required: true, MaxLength: 5}),
		"people":          inForm(messageml.PersonSelector{Name: "n", Label: long, Placeholder: long, Value: []int64{1001, 7}, Required: true}),
		"checkbox":        inForm(messageml.Checkbox{Name: "n", Value: hostile, Label: long, Checked: true}),
		"bare checkbox":   inForm(messageml.Checkbox{Name: "n"}),
		"radio":           inForm(messageml.Radio{Name: "n", Value: hostile, Label: hostile}),
		"select": inForm(messageml.Select{Name: "n", Label: long, Placeholder: long, Required: true,
			Options: []messageml.Option{{Label: long, Selected: true}, {Value: hostile, Selected: true}, {}}}),
		"multiple select": inForm(messageml.Select{Name: "n", Multiple: true,
			Options: []messageml.Option{{Label: long, Selected: true}, {Value: hostile, Selected: true}, {Label: "x"}}}),
		"fields in a card": inForm(messageml.ExpandableCard(messageml.Collapsed, messageml.Text(hostile), messageml.TextArea{Name: "n"}, messageml.Checkbox{Name: "c"})),
		"buttons":          messageml.Form("f", messageml.Button{Name: "a", Class: messageml.Destructive}, messageml.Button{Name: "b", Type: messageml.Reset}),
	}
}

func everyNode() string {
	var all []messageml.Node
	for _, name := range []string{"text", "bold", "code", "pre", "heading", "link", "room link", "paragraph", "list", "mention", "card",
		"expandable card", "error card", "open stream"} {
		all = append(all, nodes()[name])
	}
	all = append(all, messageml.Form("all",
		messageml.TextField{Name: "t", Label: "L", Value: "v", Placeholder: "p", Required: true, MaxLength: 9}, messageml.TextField{Name: "u"},
		messageml.TextArea{Name: "a", Label: "L", Value: "x\ny"}, messageml.PersonSelector{Name: "p", Label: "L", Value: []int64{1001}},
		messageml.Checkbox{Name: "c", Label: "C", Checked: true}, messageml.Checkbox{Name: "d"},
		messageml.Radio{Name: "r", Value: "1", Label: "One"}, messageml.Radio{Name: "r", Value: "2", Label: "Two", Checked: true},
		messageml.Select{Name: "s", Label: "L", Options: []messageml.Option{{Value: "x", Label: "X"}, {Value: "y", Label: "Y", Selected: true}}},
		messageml.Button{Name: "go", Label: "Go"}, messageml.Button{Type: messageml.Reset}))
	return messageml.Message(all...)
}

func convertedEverything() string {
	converted, err := markup.Convert(everyNode(), "", office)
	if err != nil {
		return err.Error()
	}
	return converted.PresentationML
}

func TestConvertAcceptsWhateverTheBuilderBuilds(t *testing.T) {
	t.Parallel()
	for name, node := range nodes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			message := messageml.Message(node)
			converted := convert(t, message, "")
			wellFormed(t, converted.PresentationML)
		})
	}
	wellFormed(t, convert(t, everyNode(), "").PresentationML)
}

func TestWhatTheBuilderWritesReadsBackTheSame(t *testing.T) {
	t.Parallel()
	const want = "${x} #{y} <#list> <@z> \"R&D\" 'x' ]]> \u202e\n\t<b>&nbsp;"
	for name, node := range map[string]messageml.Node{"text": messageml.Text(hostile), "code": messageml.Code(hostile), "pre": messageml.Pre(hostile)} {
		content, err := messageml.Read(convert(t, messageml.Message(node), "").PresentationML, "")
		require.NoError(t, err)
		require.Equal(t, want, content.Text, name)
	}
}
