package page_test

import (
	"encoding/json"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

func TestAFormIsFilledSentOnceAndSaysSo(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.sends("/form")
	form := `[data-form="all"] `

	bob.click(form + `button[name="create"]`)
	bob.waitUntilTrue(`document.querySelector('` + form + `.field-fault').textContent !== "" && document.activeElement.name === "name"`)

	bob.types(form+`[name="name"]`, "Desk sync")
	bob.types(form+`[data-testid="person-field"]`, "ali")
	bob.sees("person-option", "Alice Martin")
	bob.types(form+`[data-testid="person-field"]`, kb.Enter+"o'n"+kb.Enter)
	bob.click(form + `input[value="yes"]`)
	bob.click(form + `button[name="create"]`)
	bob.sees("message", `"action":"create"`)
	bob.waitUntilTrue(`document.querySelector('` + form + `fieldset').disabled && document.querySelector('` + form + `.form-note').innerText.includes("Submitted")`)

	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(value[string](bob, `[...document.querySelectorAll(".pml code")].at(-1).innerText`)), &got))
	require.Subset(t, got, map[string]any{"name": "Desk sync", "public": "yes", "kind": "members", "group": "Test Group", "desc": ""})
	require.Len(t, got["members"], 2)
	require.NotContains(t, got, "left", "an unticked box is not sent")
}

func TestAnErrorCardIsShownWithItsButton(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.sends("/fault")
	bob.sees("message", "never closed")
	bob.waitUntilTrue(`document.querySelector(".card-error[open] button[name=run]")`)
	require.Equal(t, `"`, value[string](bob, `document.querySelector(".card-error .marked").firstChild.data`), "the caret stands under its place")
	bob.click(`.card-error button[name="run"]`)
	bob.sees("message", `"action":"run"`)
}

func TestSubmittingOneFormOfAMessageLeavesItsOtherFieldsAsTheyAre(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.sends("/poll")
	bob.types(`[data-form="vote"] input`, "yes")
	bob.types(`[data-form="once"] input`, "because")
	bob.types(`[data-form="other"] input`, "half a")
	bob.click(`[data-testid="chat-item"][aria-current]`) // reads the chat anew, as after a lost connection
	bob.sends("and now")
	bob.sees("message", "and now")
	bob.click(`[data-form="vote"] button`)
	bob.sees("message", `"action":"cast"`)
	bob.click(`[data-form="once"] button`)
	bob.sees("message", `"action":"tell"`)
	bob.waitUntilTrue(`document.querySelector('[data-form="once"] fieldset').disabled`)
	bob.waitUntilTrue(`!document.querySelector('[data-form="vote"] fieldset').disabled`)
	fields := `[...document.querySelectorAll('[data-form] input')].map((el) => el.value).join()`
	require.Equal(t, "yes,because,half a", value[string](bob, fields))
	bob.do(chromedp.Reload())
	bob.waitUntilTrue(`document.querySelector('[data-form="once"] fieldset').disabled && !document.querySelector('[data-form="vote"] fieldset').disabled`)
}
