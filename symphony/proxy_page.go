package symphony

import (
	"errors"
	"html"
	"regexp"
)

var proxyPageTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

var errProxyPage = errors.New("the answer is not Symphony's JSON but probably the page of a proxy on the way")

// readPageTitle is the title of a page, cut to a line: proxies say there what they want.
func readPageTitle(body []byte) string {
	title := proxyPageTitle.FindSubmatch(body[:min(len(body), 4096)])
	if title == nil {
		return ""
	}
	return clipText(html.UnescapeString(string(title[1])), 80)
}
