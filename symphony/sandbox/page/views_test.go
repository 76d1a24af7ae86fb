package page_test

import (
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// view is something that the page shows, after the views before it.
type view struct {
	name string
	show func()
}

// views are all that the page shows, at a width.
func (b *tab) views(width int64) []view {
	list := []view{
		{"the welcome", func() { b.sees("suggestion", "/newroom") }},
		{"a form", b.showForm},
		{"an error", func() { b.sends("/fault"); b.sees("message", "never closed") }},
		{"completions", func() { b.typeMessage("@ali"); b.sees("mention-option", "Alice Martin") }},
		{"a room", b.showRoom},
		{"who to be", func() { b.clickOn("person"); b.sees("person-choice", "Alice Martin") }},
		{"a new chat", b.showNewChat},
	}
	if width < 1180 { // where the panel lies over the rest until it is asked for
		list = append(list, view{"the panel", func() { b.closeDialog(); b.click("#panel-toggle") }})
	}
	for _, name := range []string{"decisions", "feeds", "faults", "pod", "wire"} {
		list = append(list, view{name, func() { b.closeDialog(); b.click("#tab-" + name + "-label") }})
	}
	return append(list, view{"a call", func() { b.click(".bar-head"); b.sees("wire-row", "RESPONSE") }})
}

func (b *tab) showForm() {
	b.sends("/form")
	b.waitUntilTrue(`document.activeElement.name === "name"`)
	b.types(`[data-testid="person-field"]`, "ali")
	b.sees("person-option", "Alice Martin")
	b.types(`[data-testid="person-field"]`, kb.Enter)
}

func (b *tab) showRoom() {
	b.typeMessage(kb.Escape + kb.Backspace + kb.Backspace + kb.Backspace + kb.Backspace)
	b.sends(`/newroom "Desk"`)
	b.sees("message", "Created Desk")
	b.click(`a[data-testid="open-room"]`)
	b.sees("room-name", "Desk")
	b.sends("hello")
	b.sees("message", "hello")
}

func (b *tab) showNewChat() {
	b.closeDialog()
	b.click("#new-chat button")
	b.click(`#modal input[value="alice"]`)
	b.click(`#modal input[value="carol"]`)
}

func (b *tab) closeDialog() {
	if !value[bool](b, `document.getElementById("modal").open`) {
		return
	}
	b.do(chromedp.KeyEvent(kb.Escape))
	b.waitUntilTrue(`!document.getElementById("modal").open`)
}
