package symphony

import (
	"iter"
	"net/url"
	"strconv"
)

// maxPages stops a listing whose server never runs out of pages.
const maxPages = 10_000

// page is one page of a listing.
type page[T any] struct {
	items []T
	// size is how many entries the server sent, those that were left out included.
	size int
	// total is how many entries the server has, 0 if it does not say.
	total int
}

// yieldPages yields the items of numbered pages until a page comes back short. If the server's
// total says that there are more, it goes on nevertheless.
func yieldPages[T any](size int, fetch func(skip int) (page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for n, skip := 0, 0; n < maxPages; n++ {
			p, err := fetch(skip)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range p.items {
				if !yield(item, nil) {
					return
				}
			}
			skip += p.size
			if p.size == 0 || p.size < size && skip >= p.total {
				return
			}
		}
	}
}

func skipLimit(skip, limit int) url.Values {
	return url.Values{"skip": {strconv.Itoa(skip)}, "limit": {strconv.Itoa(limit)}}
}

// maxPageSize is the largest page of a search.
const maxPageSize = 100

// pageSize is the size asked for, at most maxPageSize, or the default for none.
func pageSize(asked, byDefault int) int {
	if asked < 1 {
		return byDefault
	}
	return min(asked, maxPageSize)
}
