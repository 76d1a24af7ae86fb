package symphony

import "context"

// wired is a shape on the wire that stands for a value of this package. The values
// themselves keep Go's own JSON, so that they can be stored and read again.
type wired[T any] interface{ value() T }

// fetch is call for an answer whose shape on the wire differs from its value's.
func fetch[T any, W wired[T]](ctx context.Context, c *Client, r request) (T, error) {
	w, err := call[W](ctx, c, r)
	if err != nil {
		var none T
		return none, err
	}
	return w.value(), nil
}

// values of a list, nil for an empty one.
func values[T any, W wired[T]](list []W) []T {
	var all []T
	for _, w := range list {
		all = append(all, w.value())
	}
	return all
}
