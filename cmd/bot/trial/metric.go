package trial

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Metric reads a metric without labels from the bot's health page. It is not known where the bot is
// of a version without it.
func (b *Bot) Metric(ctx context.Context, name string) (value float64, known bool, err error) {
	page, err := b.readPage(ctx, "/metrics")
	if err != nil {
		return 0, false, err
	}
	defer page.Close()
	lines := bufio.NewScanner(page)
	for lines.Scan() {
		text, found := strings.CutPrefix(lines.Text(), name+" ")
		if !found {
			continue
		}
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return 0, false, fmt.Errorf("metric %s of %s: %w", name, b.Name, err)
		}
		return value, true, nil
	}
	return 0, false, lines.Err()
}

// readPage asks for a page beside the health page.
func (b *Bot) readPage(ctx context.Context, path string) (io.ReadCloser, error) {
	address, err := b.healthPage.findAddress(b.LogFile())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name, err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := b.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", b.Name, err)
	}
	return response.Body, nil
}
