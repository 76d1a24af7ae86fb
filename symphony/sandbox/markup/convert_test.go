package markup_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/messageml"
	"roombot/symphony/sandbox/markup"
)

type people map[int64]string

func (p people) UserByID(id int64) (string, bool) {
	name, ok := p[id]
	return name, ok
}

func (p people) UserByEmail(email string) (int64, string, bool) {
	return 1001, p[1001], email == "alice@acme.test"
}

var office = people{1001: "Alice Martin", 1003: "Carol O'Neil & <Co>"}

func convert(t *testing.T, message, data string) markup.Converted {
	t.Helper()
	converted, err := markup.Convert(message, data, office)
	require.NoError(t, err, message)
	return converted
}

func TestConvertWritesPresentationML(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ message, want string }{
		"text":              {`Room <b>Q3 &amp; "x"</b> &#160;is ready`, "Room <b>Q3 &amp; &quot;x&quot;</b> \u00a0is ready"},
		"line ends":         {"a\n\nb<pre>c\n\nd</pre><code>e\nf</code>", "a b<pre>c\n\nd</pre><code>e\nf</code>"},
		"empty elements":    {`a<br/><hr/><img src="https://a.test/x.png"/><b></b>`, `a<br/><hr/><img src="https://a.test/x.png"/><b></b>`},
		"link":              {`<a href="https://a.test/?a=1&amp;b=2">x</a> <a href="https://a.test"/>`, `<a href="https://a.test/?a=1&amp;b=2">x</a> <a href="https://a.test">https://a.test</a>`},
		"code language":     {`<code language="json">{}</code>`, `<code data-language="json">{}</code>`},
		"styles":            {`<div class="tempo-bg-color--blue" style="color: red; margin-top:1px">x</div>`, `<div class="tempo-bg-color--blue" style="color: red; margin-top:1px">x</div>`},
		"lists and tables":  {`<ul><li>a</li></ul><table><tr><td colspan="2">b</td></tr></table>`, `<ul><li>a</li></ul><table><tr><td colspan="2">b</td></tr></table>`},
		"mention":           {`<mention uid="1003"/>`, `<span class="entity" data-entity-id="mention1">@Carol O'Neil &amp; &lt;Co&gt;</span>`},
		"mention by e-mail": {`<mention email="alice@acme.test"/>`, `<span class="entity" data-entity-id="mention1">@Alice Martin</span>`},
		"lenient mention":   {`<mention email="who@acme.test" strict="false"/>`, `who@acme.test`},
		"one counter for all entities": {`<hash tag="fx"/><mention uid="1001"/><cash tag="ibm"/><emoji shortcode="tada"/>`,
			`<span class="entity" data-entity-id="keyword1">#fx</span><span class="entity" data-entity-id="mention2">@Alice Martin</span>` +
				`<span class="entity" data-entity-id="keyword3">$ibm</span><span class="entity" data-entity-id="emoji4">🎉</span>`},
		"chime": {`<chime/>`, `<audio src="https://asset.symphony.com/symphony/audio/chime.mp3" autoplay="true"/>`},
		"card": {`<card class="barStyle" accent="tempo-bg-color--blue" iconSrc="x.png"><header>h</header><body>b</body></card>`,
			`<div class="card barStyle" data-icon-src="x.png" data-accent-color="tempo-bg-color--blue"><div class="cardHeader">h</div><div class="cardBody">b</div></div>`},
		"expandable card": {`<expandable-card state="expanded"><header>h</header><body variant="error">b</body></expandable-card>`,
			`<div class="expandable-card" data-state="expanded"><div class="expandableCardHeader">h</div><div class="expandableCardBody" data-variant="error">b</div></div>`},
		"open a room": {`<ui-action action="open-im" stream-id="a+b/c="><button>Open</button></ui-action>`,
			`<div class="ui-action" data-action="open-im" data-trigger="click" data-stream-id="a+b/c="><button>Open</button></div>`},
		"form": {`<form id="f"><text-field name="t" required="true" masked="false">v</text-field><textarea name="a">b</textarea>` +
			`<select name="s" data-placeholder="p"><option value="1" selected="true">A</option></select><person-selector name="p" value="[1]"/>` +
			`<checkbox name="c"/><button name="go" class="secondary">Go</button><button type="reset">R</button></form>`,
			`<form id="f"><input type="text" name="t" required="true" data-masked="false" value="v"/><textarea name="a">b</textarea>` +
				`<select name="s" data-placeholder="p"><option value="1" selected="true">A</option></select>` +
				`<div class="person-selector" data-name="p" data-value="[1]"></div>` +
				`<input type="checkbox" name="c" value="on"/><button type="action" name="go" class="secondary">Go</button><button type="reset">R</button></form>`},
		"a template":         {`${entity['x'].name} and ${data.list[0]["a b"]} of ${data.n}`, "<b>A</b> and 1,234,567 of -12"},
		"escaped expression": {`&#36;{x} $x {y} # &lt;#if`, `${x} $x {y} # &lt;#if`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			converted := convert(t, "<messageML>"+c.message+"</messageML>", `{"x":{"name":"<b>A</b>"},"list":[{"a b":1234567}],"n":-12}`)
			require.Equal(t, `<div data-format="PresentationML" data-version="2.0">`+c.want+`</div>`, converted.PresentationML)
		})
	}
}

func TestConvertMakesEntityData(t *testing.T) {
	t.Parallel()
	converted := convert(t, `<messageML><mention uid="1001"/> <hash tag="fx"/></messageML>`, `{"roombot":{"type":"com.roombot.reply","request":"<r>"}}`)
	require.JSONEq(t, `{
		"roombot":{"type":"com.roombot.reply","request":"<r>"},
		"mention1":{"type":"com.symphony.user.mention","version":"1.0","id":[{"type":"com.symphony.user.userId","value":"1001"}]},
		"keyword2":{"type":"org.symphonyoss.taxonomy","version":"1.0","id":[{"type":"org.symphonyoss.taxonomy.hashtag","value":"fx"}]}
	}`, converted.Data)
	require.Equal(t, []int64{1001}, converted.Mentions)

	require.Equal(t, "{}", convert(t, "<messageML>x</messageML>", "").Data)
	require.Equal(t, `{"b":1,"a":12345678901234567890}`, convert(t, "<messageML>x</messageML>", ` {"b": 1, "a": 12345678901234567890} `).Data)
}

func TestConvertTakesPresentationML(t *testing.T) {
	t.Parallel()
	const mention = `{"0":{"type":"com.symphony.user.mention","id":[{"type":"com.symphony.user.userId","value":1001}]}}`
	converted := convert(t, `<div data-format="PresentationML" data-version="2.0" class="wysiwyg"><p>hi <span class="entity" data-entity-id="0">@Boss</span></p></div>`, mention)
	require.Equal(t, `<div data-format="PresentationML" data-version="2.0"><p>hi <span class="entity" data-entity-id="0">@Alice Martin</span></p></div>`, converted.PresentationML)
	require.Equal(t, []int64{1001}, converted.Mentions)
}

func TestConvertTakesItsOwnOutput(t *testing.T) {
	t.Parallel()
	first := convert(t, everyNode(), "")
	// What was escaped is plain in the output, and would be a template again.
	again := strings.NewReplacer("${", "&#36;{", "#{", "&#35;{").Replace(first.PresentationML)
	second, err := markup.Convert(again, first.Data, office)
	require.NoError(t, err, first.PresentationML)
	require.Equal(t, first.Forms, second.Forms)
	require.Equal(t, first.Mentions, second.Mentions)
	require.Equal(t, messageml.Plain(first.PresentationML, ""), messageml.Plain(second.PresentationML, ""))
}

func TestConvertRefusesInTheAgentsWords(t *testing.T) {
	t.Parallel()
	form := func(field string) string { return `<form id="f">` + field + `<button name="go">Go</button></form>` }
	for message, want := range map[string]string{
		" ":                                       `Error parsing message: the message cannot be null or empty`,
		"hello":                                   `Invalid messageML: Content is not allowed in prolog.`,
		"<messageML>a":                            `Invalid messageML: The element type "messageML" must be terminated by the matching end-tag "</messageML>".`,
		"<messageML><b>a</i></messageML>":         `Invalid messageML: The element type "b" must be terminated by the matching end-tag "</b>".`,
		"<messageML>a&nbsp;b</messageML>":         `Invalid messageML: The entity "nbsp" was referenced, but not declared.`,
		"<messageML>R&D</messageML>":              `Invalid messageML: The entity name must immediately follow the '&' in the entity reference.`,
		"<messageML/><messageML/>":                `Invalid messageML: The markup in the document following the root element must be well-formed.`,
		"<!DOCTYPE x><messageML/>":                `Invalid messageML: DOCTYPE is disallowed when the feature "http://apache.org/xml/features/disallow-doctype-decl" set to true.`,
		"<messageML>\x07</messageML>":             `Invalid control characters in message`,
		"<messageML><!-- x --></messageML>":       `Invalid element "#comment"`,
		`<messageML><p a="1" a="2"/></messageML>`: `Invalid messageML: Attribute "a" was already specified for element "p".`,
		"<p>a</p>":                                `Root tag must be <messageML> or <div>`,
		"<div>a</div>":                            `Malformed PresentationML. The attributes "data-format" and "data-version" are required.`,
		`<div data-format="PresentationML" data-version="2.0"><mention uid="1001"/></div>`: `Shorthand tag "mention" is not allowed in PresentationML`,
		`<messageML><foo/></messageML>`:                                                                            `Invalid MessageML content at element "foo"`,
		`<messageML><p onclick="x"/></messageML>`:                                                                  `Attribute "onclick" is not allowed in "p"`,
		`<messageML><p style="behaviour:x"/></messageML>`:                                                          `Invalid property(s): [behaviour] in the "style" attribute`,
		`<messageML><b><code>x</code></b></messageML>`:                                                             `Element "code" is not allowed in "b"`,
		`<messageML><ul>x</ul></messageML>`:                                                                        `Element "null" is not allowed in "ul"`,
		`<messageML><ul/></messageML>`:                                                                             `The "ul" element must have at least one child that is any of the following elements: [listitem].`,
		`<messageML><li>x</li></messageML>`:                                                                        `Element "li" can only be a child of the following elements: [orderedlist, bulletlist]`,
		`<messageML><br>x</br></messageML>`:                                                                        `Element "br" may not have child elements or text content`,
		`<messageML><hr class="x"/></messageML>`:                                                                   `Element "hr" may not have attributes`,
		`<messageML><header>x</header></messageML>`:                                                                `Element "header" can only be a child of the following elements: [card]`,
		`<messageML><card><header class="x">x</header></card></messageML>`:                                         `Attribute "class" is not allowed in "header"`,
		`<messageML><a>x</a></messageML>`:                                                                          `The attribute "href" is required`,
		`<messageML><a href="/x">x</a></messageML>`:                                                                `The attribute "href" must contain an absolute URI`,
		`<messageML><a href="foo:x">x</a></messageML>`:                                                             `URI scheme "foo" is not supported by the pod.`,
		`<messageML><mention uid="7"/></messageML>`:                                                                `Failed to lookup user "7"`,
		`<messageML><mention uid="x"/></messageML>`:                                                                `Invalid input: uid must be a int64 value not "x"`,
		`<messageML><mention email="ana@acme.test"/></messageML>`:                                                  `Failed to lookup user "ana@acme.test"`,
		`<messageML><chime/>x</messageML>`:                                                                         `Chime messages may not have any other content`,
		`<messageML><div class="entity" data-entity-id="object1"/></messageML>`:                                    `Error processing EntityJSON: no entity data provided for "data-entity-id"="object1"`,
		`<messageML><div class="entity" data-entity-id="text"/></messageML>`:                                       `Error processing EntityJSON: the node "text" has to be an object`,
		`<messageML><expandable-card/></messageML>`:                                                                `The attribute "state" is required`,
		`<messageML><expandable-card state="open"/></messageML>`:                                                   `Attribute "state" of element "expandable-card" can only be one of the following values: [collapsed, cropped, expanded].`,
		`<messageML><ui-action action="open-im"><button>x</button></ui-action></messageML>`:                        `At least one between "stream-id" and "user-ids" should be present`,
		`<messageML><ui-action action="open-im" stream-id="x"/></messageML>`:                                       `The "ui-action" element must have at least one child that is any of the following elements: [button, uiaction].`,
		`<messageML><ui-action action="open-im" stream-id="x"><button name="n">x</button></ui-action></messageML>`: `Attributes "type" and "name" are not allowed on a button inside a UIAction.`,
		`<messageML><button name="x">x</button></messageML>`:                                                       `Element "button" can only be a inner child of the following elements: [form, uiaction]`,
		`<messageML><text-field name="x"/></messageML>`:                                                            `Element "text-field" can only be a inner child of the following elements: [form]`,
		`<messageML><form id="create-room"><text-field name="x"/></form></messageML>`:                              `The form with id 'create-room' should have at least one action button`,
		`<messageML><form><button name="x">x</button></form></messageML>`:                                          `The attribute "id" is required`,
		`<messageML>` + form("") + form("") + `</messageML>`:                                                       `Elements must have unique ids. The following value is not unique: [f].`,
		`<messageML>` + form(form("")) + `</messageML>`:                                                            `Element "form" cannot be an inner child of the following elements: [form]`,
		`<messageML>` + form(`<button>x</button>`) + `</messageML>`:                                                `Attribute "name" is required for action buttons`,
		`<messageML>` + form(`<button type="cancel">x</button>`) + `</messageML>`:                                  `Attribute "name" is required for cancel buttons`,
		`<messageML>` + form(`<button type="reset" name="x">x</button>`) + `</messageML>`:                          `Attribute "name" is allowed for action buttons only`,
		`<messageML>` + form(`<button type="submit" name="x">x</button>`) + `</messageML>`:                         `Attribute "type" must be "action", "reset" or "cancel"`,
		`<messageML>` + form(`<text-field/>`) + `</messageML>`:                                                     `The attribute "name" is required`,
		`<messageML>` + form(`<text-field name="x" required="yes"/>`) + `</messageML>`:                             `Attribute "required" of element "text-field" can only be one of the following values: [true, false].`,
		`<messageML>` + form(`<text-field name="x" maxlength="129"/>`) + `</messageML>`:                            `The attribute "maxlength" must be between 1 and 128`,
		`<messageML>` + form(`<text-field name="x" maxlength="2">abc</text-field>`) + `</messageML>`:               `The length of this text-field's initial value must be between 1 and 2`,
		`<messageML>` + form(`<text-field name="x" label="`+strings.Repeat("x", 257)+`"/>`) + `</messageML>`:       `The attribute label value is too long. Max length is: 256`,
		`<messageML>` + form(`<select name="x"/>`) + `</messageML>`:                                                `The "select" element must have at least one child that is any of the following elements: [option].`,
		`<messageML>` + form(`<person-selector name="x" value="bob"/>`) + `</messageML>`:                           `Attribute "value" contains an unsupported format, should be an array of user ids`,
		"<messageML>\na ${x}</messageML>":                                                                          `Error parsing Freemarker template: invalid input at line 2, column 3`,
		"<messageML>#{1}</messageML>":                                                                              `Error parsing Freemarker template: invalid input at line 1, column 12`,
		"<messageML><#if x>y</#if></messageML>":                                                                    `Error parsing Freemarker template: invalid input at line 1, column 12`,
		"<messageML>${data.missing}</messageML>":                                                                   `Error parsing Freemarker template: invalid input at line 1, column 12`,
		"<messageML>${data.text?html}</messageML>":                                                                 `Error parsing Freemarker template: invalid input at line 1, column 12`,
		"<messageML>${data['text</messageML>":                                                                      `Error parsing Freemarker template: invalid input at line 1, column 12`,
	} {
		t.Run(message[:min(len(message), 60)], func(t *testing.T) {
			t.Parallel()
			_, err := markup.Convert(message, `{"text":"t"}`, office)
			var refusal *markup.Error
			require.ErrorAs(t, err, &refusal, message)
			require.Equal(t, want, refusal.Text, message)
			require.False(t, refusal.TooLarge)
		})
	}
}

func TestConvertRefusesDataThatIsNoObject(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"[]", "1", "true", `"[]"`} {
		_, err := markup.Convert("<messageML>x</messageML>", data, office)
		require.EqualError(t, err, "Error parsing EntityJSON: provided content is not a JSON object", data)
	}
	for _, data := range []string{"{", `{"a":1} x`, "roombot"} {
		_, err := markup.Convert("<messageML>x</messageML>", data, office)
		require.ErrorContains(t, err, "Error parsing EntityJSON: ", data)
	}
}

func TestConvertHoldsTheLimits(t *testing.T) {
	t.Parallel()
	for name, message := range map[string]string{
		"bytes":      "<messageML>" + strings.Repeat("<b/>", 400_000) + "</messageML>",
		"characters": "<messageML>" + strings.Repeat("x", 60_001) + "</messageML>",
		"entities":   "<messageML>" + strings.Repeat(`<mention uid="1001"/>`, 81) + "</messageML>",
		"templates":  "<messageML>" + strings.Repeat("${data.x}", 1000) + "</messageML>",
	} {
		_, err := markup.Convert(message, `{"x":"`+strings.Repeat("y", 10_000)+`"}`, office)
		var refusal *markup.Error
		require.ErrorAs(t, err, &refusal, name)
		require.True(t, refusal.TooLarge, name)
	}
	_, err := markup.Convert("<messageML>"+strings.Repeat("<div>", 100_000), "", office)
	require.Error(t, err)
	_, err = markup.Convert("<messageML><p "+strings.Repeat(`x="" `, 200_000)+"/></messageML>", "", office)
	require.Error(t, err)
	_, err = markup.Convert("<messageML>"+strings.Repeat(`<mention uid="1001"/>`, 80)+"</messageML>", "", office)
	require.NoError(t, err)
}

func wellFormed(t *testing.T, s string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(s))
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err, s)
	}
}

func FuzzConvert(f *testing.F) {
	f.Add(everyNode(), "")
	f.Add(`<messageML>${entity['x'].name}</messageML>`, `{"x":{"name":"<b>A</b>"}}`)
	f.Add(`<div data-format="PresentationML" data-version="2.0"><span class="entity" data-entity-id="x">y</span></div>`, `{"x":{"type":"com.symphony.user.mention","id":[{"value":1}]}}`)
	f.Add(convertedEverything(), "{}")
	f.Fuzz(func(t *testing.T, message, data string) {
		converted, err := markup.Convert(message, data, office)
		var refusal *markup.Error
		if err != nil {
			require.ErrorAs(t, err, &refusal)
			return
		}
		wellFormed(t, converted.PresentationML)
		_, err = messageml.Read(converted.PresentationML, converted.Data)
		require.NoError(t, err)
		for _, form := range converted.Forms {
			for _, button := range form.Buttons {
				_, _ = form.Encode(button.Name, nil)
			}
		}
	})
}

func FuzzWhatIsWrittenIsRead(f *testing.F) {
	f.Add("a\n b")
	f.Add(hostile)
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 10_000 {
			t.Skip("over the limits of a message")
		}
		for _, node := range []messageml.Node{messageml.Text(s), messageml.Code(s), messageml.Paragraph(messageml.Bold(messageml.Text(s)))} {
			converted := convert(t, messageml.Message(node), "")
			content, err := messageml.Read(converted.PresentationML, converted.Data)
			require.NoError(t, err)
			require.Equal(t, asPrinted(s), strings.Trim(content.Text, " \t\n"))
		}
	})
}

// asPrinted is the text as a person sees it: without control characters, and without blanks around
// it.
func asPrinted(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r < ' ', r >= 0x7f && r <= 0x9f, r == 0xfffe, r == 0xffff:
			return -1
		case r == 0xa0:
			return ' '
		}
		return r
	}, s)
	return strings.Trim(s, " \t\n")
}
