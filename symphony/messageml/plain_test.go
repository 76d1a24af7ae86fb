package messageml_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/messageml"
)

func TestPlainIsWhatAPersonReads(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ markup, want string }{
		"paragraphs":       {`<div><p>a <b>b</b></p><p>c</p></div>`, "a b\nc"},
		"lists":            {`<div>x<ul><li>a</li><li>b<ol><li>c</li><li><p>d</p></li></ol></li></ul>y</div>`, "x\n• a\n• b\n  1. c\n  2. d\ny"},
		"a link":           {`<div>go <a href="https://a.test/x">there</a>.</div>`, "go there (https://a.test/x)."},
		"a bare link":      {`<a href="https://a.test/x">https://a.test/x</a>`, "https://a.test/x"},
		"a link to a mail": {`<a href="mailto:a@b.test">a@b.test</a>`, "a@b.test"},
		"table":            {`<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>`, "a | b\nc | d"},
		"rule":             {`<div>a<hr/>b</div>`, "a\n──────────\nb"},
		"error with a caret": {
			`<div class="expandable-card" data-state="expanded"><div class="expandableCardHeader">✗ Not closed.</div>` +
				"<div class=\"expandableCardBody\" data-variant=\"error\"><code>/newroom \"Q2\n         ^</code></div></div>",
			"✗ Not closed.\n/newroom \"Q2\n         ^",
		},
		"form": {
			`<form id="f"><div class="textfield-group" data-generated="true"><label for="t">Room name</label><input type="text" name="n" value="Q2" id="t"/></div>` +
				`<div class="textarea-group" data-generated="true"><label for="a">About</label><textarea name="a" id="a">x</textarea></div>` +
				`<div class="checkbox-group"><input type="checkbox" name="c" checked="true" value="on" id="c"/><label for="c">Private</label></div>` +
				`<div class="radio-group"><input type="radio" name="r" value="on" id="r"/><label for="r">One</label></div>` +
				`<div class="person-selector-group" data-generated="true"><label for="p">People</label><div class="person-selector" data-name="p" data-value="[1]" id="p"></div></div>` +
				`<select name="s"><option value="a">A</option><option value="b">B</option></select>` +
				`<div><button type="action" name="go">Create it</button><button type="action" name="e">Edit in form</button></div></form>`,
			"Room name: [ Q2 ]\nAbout: [ x ]\n[x] Private\n( ) One\nPeople: [ 1 selected ]\n[ A | B ]\n[ Create it ]  [ Edit in form ]",
		},
		"a button that opens a room": {`<div>Done <div class="ui-action" data-action="open-im"><button>Open room</button></div></div>`, "Done\n[ Open room ]"},
		"what commands a terminal":   {"<div>a\x1b[31m\u009b\u202eb&#27;</div>", "a[31mb"},
		"image and chime":            {`<div>a<img src="x"/>b<audio src="y"/></div>`, "a (image) b (chime)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, messageml.Plain(c.markup, ""))
		})
	}
}

func TestPlainReadsWhatWasBuilt(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Ready\nName: [ Q2 ]\nAbout: [  ]\nWho: [ 2 selected ]\n[ ] Private  [ Go ]", messageml.Plain(messageml.Message(
		messageml.Card(messageml.Text("Ready"), messageml.Form("f",
			messageml.Paragraph(messageml.TextField{Name: "n", Label: "Name", Value: "Q2"}),
			messageml.Paragraph(messageml.TextArea{Name: "a", Label: "About"}),
			messageml.Paragraph(messageml.PersonSelector{Name: "p", Label: "Who", Value: []int64{1, 2}}),
			messageml.Checkbox{Name: "c", Label: "Private"}, messageml.Button{Name: "go", Label: "Go"})),
	), ""))
}
