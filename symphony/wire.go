package symphony

import "context"

// wireShape is the shape on the wire of a value of this package. The values themselves keep Go's
// own JSON, so that they can be stored and read again.
type wireShape[T any] interface{ value() T }

// callForValue is call for an answer whose shape on the wire differs from its value's.
func callForValue[T any, W wireShape[T]](ctx context.Context, c *Client, r request) (T, error) {
	w, err := call[W](ctx, c, r)
	if err != nil {
		var none T
		return none, err
	}
	return w.value(), nil
}

// toValues is the values of a list, nil for an empty one.
func toValues[T any, W wireShape[T]](list []W) []T {
	var all []T
	for _, w := range list {
		all = append(all, w.value())
	}
	return all
}
