package symphony

import (
	"errors"
	"fmt"
	"html"
	"regexp"
)

var pageTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// stranger describes an answer that is not Symphony's, by its title if it is a page:
// that is where proxies say what they want.
func stranger(body []byte) error {
	const said = "the answer is not Symphony's JSON but probably the page of a proxy on the way"
	title := pageTitle.FindSubmatch(body[:min(len(body), 4096)])
	if title == nil {
		return errors.New(said)
	}
	return fmt.Errorf("%s: %q", said, clip(html.UnescapeString(string(title[1])), 80))
}
