package messageml_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/messageml"
)

func ExampleMessage() {
	fmt.Println(messageml.Message(
		messageml.Text("Room "),
		messageml.Bold(messageml.Text("R&D ${x}")),
		messageml.Text(" is ready: "),
		messageml.Link(messageml.RoomLink("V1TMjaYeorLs6xhXPC7zA3___nA7a8R_dA"), messageml.Text("open")),
	))
	// Output:
	// <messageML>Room <b>R&amp;D &#36;&#123;x&#125;</b> is ready: <a href="https://open.symphony.com/?streamId=V1TMjaYeorLs6xhXPC7zA3%2F%2F%2FnA7a8R%2FdA%3D%3D&amp;streamType=chatroom">open</a></messageML>
}

func TestNodesRender(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		node messageml.Node
		want string
	}{
		"text with lines": {messageml.Text("a\r\nb\rc"), "a<br/>b<br/>c"},
		"paragraph":       {messageml.Paragraph(messageml.Italic(messageml.Text("x")), nil, messageml.Break()), "<p><i>x</i><br/></p>"},
		"group":           {messageml.Group(messageml.Text("a"), nil, messageml.Code("b")), "a<code>b</code>"},
		"heading":         {messageml.Heading(9, messageml.Text("x")), "<h6>x</h6>"},
		"code":            {messageml.Code("a\n  ^"), "<code>a\n  ^</code>"},
		"pre":             {messageml.Pre("</pre>"), "<pre>&lt;/pre&gt;</pre>"},
		"list":            {messageml.List(messageml.Item{messageml.Text("a")}, messageml.Item{messageml.Code("b")}), "<ul><li>a</li><li><code>b</code></li></ul>"},
		"numbered":        {messageml.NumberedList(messageml.Item{messageml.Text("a")}), "<ol><li>a</li></ol>"},
		"empty list":      {messageml.List(), ""},
		"mention":         {messageml.Mention(7078106103901), `<mention uid="7078106103901"></mention>`},
		"link to nowhere": {messageml.Link("javascript:alert(1)", messageml.Text("x")), "x"},
		"relative link":   {messageml.Link("/x"), "/x"},
		"link with blanks": {messageml.Link("https://a.test/b c?q=é%&r=[1]", messageml.Text("x")),
			`<a href="https://a.test/b%20c?q=%C3%A9%25&amp;r=[1]">x</a>`},
		"card": {messageml.Card(messageml.Text("h"), messageml.Text("b")),
			`<card class="barStyle"><header>h</header><body>b</body></card>`},
		"expandable card": {messageml.ExpandableCard(messageml.Collapsed, messageml.Text("h"), messageml.Text("b")),
			`<expandable-card state="collapsed"><header>h</header><body>b</body></expandable-card>`},
		"error card": {messageml.ErrorCard("", messageml.Text("h")),
			`<expandable-card state="expanded"><header>h</header><body variant="error"></body></expandable-card>`},
		"open stream": {messageml.OpenStream("V1TMjaYeorLs6xhXPC7zA3___nA7a8R_dA", "Open room"),
			`<ui-action action="open-im" stream-id="V1TMjaYeorLs6xhXPC7zA3///nA7a8R/dA=="><button>Open room</button></ui-action>`},
		"form": {messageml.Form("f", messageml.TextField{Name: "n", Label: `"L"`, Value: "v", Required: true, MaxLength: 49},
			messageml.Button{Name: "go", Label: "Go", Class: messageml.Secondary}, messageml.Button{Name: "x", Type: messageml.Reset}),
			`<form id="f"><text-field name="n" label="&quot;L&quot;" required="true" maxlength="49">v</text-field>` +
				`<button type="action" name="go" class="secondary">Go</button><button type="reset">OK</button></form>`},
		"a value longer than its field": {messageml.TextField{Name: "n", Value: strings.Repeat("x", 200), MaxLength: 5},
			`<text-field name="n" maxlength="128">` + strings.Repeat("x", 128) + `</text-field>`},
		"text area": {messageml.TextArea{Name: "n", Value: "a\nb", Placeholder: "x\ny"}, "<textarea name=\"n\" placeholder=\"x&#10;y\">a\nb</textarea>"},
		"people":    {messageml.PersonSelector{Name: "p", Value: []int64{1, 2}}, `<person-selector name="p" value="[1,2]"/>`},
		"boxes":     {messageml.Checkbox{Name: "c", Label: "L", Checked: true}, `<checkbox name="c" checked="true">L</checkbox>`},
		"radio":     {messageml.Radio{Name: "c", Value: "v", Label: "L"}, `<radio name="c" value="v">L</radio>`},
		"select": {messageml.Select{Name: "s", Options: []messageml.Option{{Label: "A", Selected: true}, {Value: "b", Selected: true}}},
			`<select name="s"><option value="A" selected="true">A</option><option value="b">–</option></select>`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, "<messageML>"+c.want+"</messageML>", messageml.Message(c.node))
		})
	}
}

func TestRoomLinkCarriesThePaddedStandardAlphabet(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"V1TMjaYeorLs6xhXPC7zA3___nA7a8R_dA", "V1TMjaYeorLs6xhXPC7zA3///nA7a8R/dA=="} {
		link, err := url.Parse(messageml.RoomLink(id))
		require.NoError(t, err)
		require.Equal(t, "V1TMjaYeorLs6xhXPC7zA3///nA7a8R/dA==", link.Query().Get("streamId"))
		require.Equal(t, "chatroom", link.Query().Get("streamType"))
	}
}

func FuzzUserTextStaysText(f *testing.F) {
	for _, s := range []string{"${x}", "#{x}", "<#list>", "<@x>", "a & b", "]]>", "\x00\x1b\u0085\ufffe", "a\r\nb", `"'`, "&#36;{", "\xff", "<b>", "  x\t"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		markup := messageml.Message(
			messageml.Paragraph(messageml.Text(s)), messageml.Code(s), messageml.Link("https://a.test/?"+s, messageml.Text(s)),
			messageml.Form(s, messageml.TextField{Name: s, Label: s, Value: s}, messageml.TextArea{Name: "n", Value: s},
				messageml.Checkbox{Name: "n", Value: s, Label: s}, messageml.Select{Name: "n", Options: []messageml.Option{{Value: s, Label: s}}},
				messageml.Button{Name: s, Label: s}),
		)
		for _, expression := range []string{"${", "#{", "<#", "<@"} {
			require.NotContains(t, markup, expression)
		}
		want := visibleText(s)
		texts, attributes := parse(t, markup)
		require.Equal(t, want, texts["p"])
		require.Equal(t, want, texts["code"])
		if want != "" {
			require.Equal(t, want, attributes["form id"])
			require.Equal(t, want, attributes["text-field name"])
		}
	})
}

// visibleText is the text without what XML or a chat cannot hold.
func visibleText(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	var b strings.Builder
	for _, r := range s {
		if r >= ' ' && (r < 0x7f || r > 0x9f) && r != 0xfffe && r != 0xffff || r == '\n' || r == '\t' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// parse reads strict XML: the text directly in each element, <br/> as a line end, and each
// attribute.
func parse(t *testing.T, markup string) (texts, attributes map[string]string) {
	t.Helper()
	texts, attributes = map[string]string{}, map[string]string{}
	var open []string
	decoder := xml.NewDecoder(strings.NewReader(markup))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return texts, attributes
		}
		require.NoError(t, err, markup)
		switch token := token.(type) {
		case xml.StartElement:
			open = append(open, token.Name.Local)
			if token.Name.Local == "br" {
				texts[open[len(open)-2]] += "\n"
			}
			for _, a := range token.Attr {
				attributes[token.Name.Local+" "+a.Name.Local] = a.Value
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			texts[open[len(open)-1]] += string(token)
		}
	}
}
