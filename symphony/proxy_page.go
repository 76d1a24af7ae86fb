package symphony

import (
	"errors"
	"fmt"
	"html"
	"regexp"
)

var proxyPageTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// proxyPageError describes an answer that is not Symphony's, by its title if it is a page: proxies
// say there what they want.
func proxyPageError(body []byte) error {
	const text = "the answer is not Symphony's JSON but probably the page of a proxy on the way"
	title := proxyPageTitle.FindSubmatch(body[:min(len(body), 4096)])
	if title == nil {
		return errors.New(text)
	}
	return fmt.Errorf("%s: %q", text, clipText(html.UnescapeString(string(title[1])), 80))
}
