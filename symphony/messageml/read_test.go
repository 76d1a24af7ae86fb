package messageml_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/messageml"
)

const alice = `{"type":"com.symphony.user.mention","version":"1.0","id":[{"type":"com.symphony.user.userId","value":"1001"}]}`

func mention(start, end int, user int64) messageml.Span {
	return messageml.Span{Start: start, End: end, Kind: messageml.KindMention, UserID: user}
}

func TestReadGivesTheTextAPersonSees(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ markup, text string }{
		"desktop client":                   {`<div data-format="PresentationML" data-version="2.0" class="wysiwyg"><p>/help</p></div>`, "/help"},
		"mobile client, no paragraph":      {`<div data-format="PresentationML" data-version="2.0">/help<br/>me</div>`, "/help\nme"},
		"pretty-printed":                   {"<div>\n  <p>/help</p>\n  <p>me</p>\n</div>\n", "/help\nme"},
		"line ends within text are blanks": {"<div>a\n   b</div>", "a b"},
		"typed blanks stay":                {`<div><p>  a   b </p></div>`, "  a   b "},
		"no-break blanks":                  {"<div>a&nbsp;b\u00a0c&#160;d</div>", "a b c d"},
		"zero-width and direction marks":   {"<div>a\u200bb\u202ec</div>", "a\u200bb\u202ec"},
		"HTML entities and unknown ones":   {`<div>&hellip;&lt;b&gt;&amp;&foo;&#39;&quot;</div>`, "…<b>&&foo;'\""},
		"nested formatting":                {`<div><p><b>/new<i>room</i></b> <span style="color:red">x</span></p></div>`, "/newroom x"},
		"an empty line between":            {`<div><p>a</p><p><br/></p><p>b</p></div>`, "a\n\nb"},
		"empty lines around":               {`<div><p><br/></p><p>a</p><p><br/></p></div>`, "a"},
		"a line end before a break":        {"<div>a\n<br/>\nb</div>", "a\nb"},
		"blanks on a line of their own":    {`<div>a<br/>  <br/>b</div>`, "a\n  \nb"},
		"break at the end of a block":      {`<div><p>a<br/></p><p>b</p></div>`, "a\nb"},
		"list":                             {`<div>to do:<ul><li>a</li><li><p>b</p></li></ul>done</div>`, "to do:\na\nb\ndone"},
		"table":                            {`<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>`, "a\tb\nc"},
		"code keeps its lines":             {"<div><code>a\n  b</code></div>", "a\n  b"},
		"pre":                              {"<div>x<pre>\na\n\nb\n</pre>y</div>", "x\na\n\nb\ny"},
		"no root":                          {`/help`, "/help"},
		"forgotten end tags":               {`<div><p>a<p>b<b>c`, "a\nbc"},
		"stray end tags":                   {`</b>a</p></div>b`, "ab"},
		"an unfinished tag":                {`<div>a <b`, "a "},
		"a less-than sign left alone":      {`<div>1 < 2 & 3</div>`, "1 < 2 & 3"},
		"scripts are not text":             {`<div>a<script>alert(1)</script><style>b{}</style>c</div>`, "ac"},
		"an empty textarea swallows none":  {`<div><textarea name="x"/>a<b>b</b></div>`, "ab"},
		"comments are not text":            {`<div>a<!-- no -->b</div>`, "ab"},
		"character data":                   {`<div><![CDATA[a <b> c]]></div>`, "a <b> c"},
		"invalid UTF-8":                    {"<div>a\xffb</div>", "a\ufffdb"},
		"control characters":               {"<div>a\x00\x07\x1bb</div>", "ab"},
		"nothing":                          {"", ""},
		"only blanks":                      {"<div> <p> </p>\n</div>", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content, err := messageml.Read(c.markup, "")
			require.NoError(t, err)
			require.Equal(t, c.text, content.Text)
			require.Empty(t, content.Spans)
		})
	}
}

func TestReadTakesMentionsFromTheDataOnly(t *testing.T) {
	t.Parallel()
	at := func(id string) string { return `<span class="entity" data-entity-id="` + id + `">@Alice Martin</span>` }
	for name, c := range map[string]struct {
		markup, data, text string
		spans              []messageml.Span
	}{
		"desktop id":             {"<div><p>a " + at("0") + "</p></div>", `{"0":` + alice + `}`, "a @Alice Martin", []messageml.Span{mention(2, 15, 1001)}},
		"mobile id":              {"<div>a " + at("mention1") + "&nbsp;</div>", `{"mention1":` + alice + `}`, "a @Alice Martin ", []messageml.Span{mention(2, 15, 1001)}},
		"at the very start":      {"<div>\n <p>\n" + at("0") + " hi</p></div>", `{"0":` + alice + `}`, "@Alice Martin hi", []messageml.Span{mention(0, 13, 1001)}},
		"at a line's start":      {"<div><p>x</p><p>" + at("0") + "</p></div>", `{"0":` + alice + `}`, "x\n@Alice Martin", []messageml.Span{mention(2, 15, 1001)}},
		"code points, not bytes": {"<div>李😀" + at("0") + "</div>", `{"0":` + alice + `}`, "李😀@Alice Martin", []messageml.Span{mention(2, 15, 1001)}},
		"the id is a number": {
			"<div>" + at("0") + "</div>",
			`{"0":{"type":"com.symphony.user.mention","id":[{"type":"com.symphony.user.userId","value":9007199254740993}]}}`,
			"@Alice Martin", []messageml.Span{mention(0, 13, 9007199254740993)},
		},
		"the id is not in an array": {
			"<div>" + at("0") + "</div>",
			`{"0":{"type":"com.symphony.user.mention","id":{"type":"com.symphony.user.userId","value":"7"}}}`,
			"@Alice Martin", []messageml.Span{mention(0, 13, 7)},
		},
		"another person's name in the text": {
			`<div><span class="entity" data-entity-id="0">@Chief Executive</span></div>`, `{"0":` + alice + `}`,
			"@Chief Executive", []messageml.Span{mention(0, 16, 1001)},
		},
		"formatting around and within": {
			`<div><b><span class="entity" data-entity-id="0"><i>@Alice</i> M</span></b></div>`, `{"0":` + alice + `}`,
			"@Alice M", []messageml.Span{mention(0, 8, 1001)},
		},
		"an entity that shows nothing": {`<div>a<span class="entity" data-entity-id="0"/>b</div>`, `{"0":` + alice + `}`, "ab", []messageml.Span{mention(1, 1, 1001)}},
		"an end tag forgotten":         {`<div><p><span class="entity" data-entity-id="0">@Al</p><p>b</p></div>`, `{"0":` + alice + `}`, "@Al\nb", []messageml.Span{mention(0, 3, 1001)}},
		"data encoded twice":           {"<div>" + at("0") + "</div>", quote(`{"0":` + alice + `}`), "@Alice Martin", []messageml.Span{mention(0, 13, 1001)}},
		"no data":                      {"<div>" + at("0") + "</div>", "", "@Alice Martin", nil},
		"null":                         {"<div>" + at("0") + "</div>", "null", "@Alice Martin", nil},
		"damaged data":                 {"<div>" + at("0") + "</div>", `{"0":`, "@Alice Martin", nil},
		"data is an array":             {"<div>" + at("0") + "</div>", `[]`, "@Alice Martin", nil},
		"no entry for the id":          {"<div>" + at("1") + "</div>", `{"0":` + alice + `}`, "@Alice Martin", nil},
		"an id that is no user": {
			"<div>" + at("0") + "</div>", `{"0":{"type":"com.symphony.user.mention","id":[{"type":"com.symphony.user.userId","value":"-1"}]}}`,
			"@Alice Martin", []messageml.Span{{Start: 0, End: 13, Kind: messageml.KindOther, Value: "com.symphony.user.mention"}},
		},
		"other kinds": {
			`<div><span class="entity" data-entity-id="a">#fx</span> <span class="entity" data-entity-id="b">$ibm</span> ` +
				`<span class="entity" data-entity-id="c">😀</span> <span class="entity" data-entity-id="d">?</span></div>`,
			`{"a":{"type":"org.symphonyoss.taxonomy","id":[{"type":"org.symphonyoss.taxonomy.hashtag","value":"fx"}]},
			  "b":{"type":"org.symphonyoss.fin.security","id":[{"type":"org.symphonyoss.fin.security.id.ticker","value":"ibm"}]},
			  "c":{"type":"com.symphony.emoji","data":{"shortcode":"grinning"}},"d":{"type":"com.acme.thing"}}`,
			"#fx $ibm 😀 ?", []messageml.Span{
				{Start: 0, End: 3, Kind: messageml.KindHashtag, Value: "fx"}, {Start: 4, End: 8, Kind: messageml.KindCashtag, Value: "ibm"},
				{Start: 9, End: 10, Kind: messageml.KindEmoji, Value: "grinning"}, {Start: 11, End: 12, Kind: messageml.KindOther, Value: "com.acme.thing"},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content, err := messageml.Read(c.markup, c.data)
			require.NoError(t, err)
			require.Equal(t, c.text, content.Text)
			require.Equal(t, c.spans, content.Spans)
		})
	}
}

func quote(s string) string {
	encoded, _ := json.Marshal(s)
	return string(encoded)
}

func TestReadReproducesEveryCaseOfTheGrammar(t *testing.T) {
	t.Parallel()
	path := os.Getenv("ROOMBOT_GRAMMAR_CASES")
	if path == "" {
		t.Skip("ROOMBOT_GRAMMAR_CASES does not name the file of cases")
	}
	file, err := os.ReadFile(path)
	require.NoError(t, err)
	var cases []struct {
		ID, Input, PresentationML, Data string
		Mentions                        []struct {
			Text       string
			UserID     int64
			Start, End int
		}
	}
	require.NoError(t, json.Unmarshal(file, &cases))
	require.NotEmpty(t, cases)
	for _, c := range cases {
		content, err := messageml.Read(c.PresentationML, c.Data)
		require.NoError(t, err, c.ID)
		require.Equal(t, strings.ReplaceAll(c.Input, "\u00a0", " "), content.Text, c.ID)
		require.Len(t, content.Spans, len(c.Mentions), c.ID)
		for i, m := range c.Mentions {
			require.Equal(t, mention(m.Start, m.End, m.UserID), content.Spans[i], c.ID)
			require.Equal(t, strings.ReplaceAll(m.Text, "\u00a0", " "), string([]rune(content.Text)[m.Start:m.End]), c.ID)
		}
	}
}

func TestReadIsLinearAndBounded(t *testing.T) {
	t.Parallel()
	const size = 1 << 18
	for name, markup := range map[string]string{
		"deep nesting":         strings.Repeat("<b>", size),
		"unmatched ends":       strings.Repeat("<i>", size/2) + strings.Repeat("</b>", size/2),
		"crossed ends":         strings.Repeat("<i><b></i>", size/8),
		"entities in a row":    strings.Repeat(`<span data-entity-id="0">`, size/24),
		"blanks":               strings.Repeat(" \n", size),
		"breaks":               strings.Repeat("<br/>", size),
		"empty paragraphs":     strings.Repeat("<p> ", size/2),
		"less-than signs":      strings.Repeat("<", size),
		"ampersands":           strings.Repeat("&", size),
		"comments":             strings.Repeat("<!--", size/4),
		"links":                strings.Repeat(`<a href="x">`, size/12),
		"an endless attribute": `<a href="` + strings.Repeat("x ", size),
		"many attributes":      "<a " + strings.Repeat("x ", size) + ">",
		"nested lists":         strings.Repeat("<ul><li>", size/8),
	} {
		t.Run(name, func(t *testing.T) { // one after the other, so that each is timed alone
			start := time.Now()
			_, err := messageml.Read(markup, `{"0":`+alice+`}`)
			require.NoError(t, err)
			messageml.Plain(markup, "")
			require.Less(t, time.Since(start), 30*time.Second, "a linear reader needs milliseconds")
		})
	}
	_, err := messageml.Read(strings.Repeat("x", 9<<20), "")
	require.ErrorIs(t, err, messageml.ErrTooLarge)
	require.Empty(t, messageml.Plain(strings.Repeat("x", 9<<20), ""))
}

func TestContentGivesOurOwnEntity(t *testing.T) {
	t.Parallel()
	type reply struct{ Type, Version, Request string }
	data, err := messageml.EntityData(map[string]any{"roombot": map[string]string{"type": "com.roombot.reply", "version": "1.0", "request": "r-1"}})
	require.NoError(t, err)
	content, err := messageml.Read("<div>done</div>", data)
	require.NoError(t, err)

	var got reply
	found, err := content.Entity("roombot", &got)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, reply{"com.roombot.reply", "1.0", "r-1"}, got)

	found, err = content.Entity("other", &got)
	require.NoError(t, err)
	require.False(t, found)

	damaged, err := messageml.Read("<div>done</div>", "{")
	require.NoError(t, err)
	_, err = damaged.Entity("roombot", &got)
	require.Error(t, err)

	_, err = messageml.EntityData(map[string]any{"roombot": "not an object"})
	require.Error(t, err)
}

func FuzzRead(f *testing.F) {
	f.Add(`<div><p>a <span class="entity" data-entity-id="0">@Alice</span><br/></p></div>`, `{"0":`+alice+`}`)
	f.Add("<pre>\n\na</pre> <ul><li>x</ul>", "{")
	f.Add(`<table><td> <td data-entity-id="0"> `, `{"0":`+alice+`}`)
	f.Fuzz(func(t *testing.T, markup, data string) {
		content, err := messageml.Read(markup, data)
		require.NoError(t, err)
		length := len([]rune(content.Text))
		for i, span := range content.Spans {
			require.True(t, 0 <= span.Start && span.Start <= span.End && span.End <= length, "%+v in %q", span, content.Text)
			require.True(t, i == 0 || content.Spans[i-1].Start <= span.Start, "spans are in order")
		}
		require.False(t, strings.HasPrefix(content.Text, "\n") || strings.HasSuffix(content.Text, "\n"), "%q", content.Text)
		messageml.Plain(markup, data)
	})
}

func ExampleRead() {
	content, _ := messageml.Read(
		`<div data-format="PresentationML" data-version="2.0"><p>/newroom&nbsp;Desk <span class="entity" data-entity-id="0">@Alice</span></p></div>`,
		`{"0":{"type":"com.symphony.user.mention","version":"1.0","id":[{"type":"com.symphony.user.userId","value":"1001"}]}}`)
	fmt.Println(content.Text)
	fmt.Println(content.Mentions(), content.Spans[0].Start, content.Spans[0].End)
	// Output:
	// /newroom Desk @Alice
	// [1001] 14 20
}
