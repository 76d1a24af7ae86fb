package markup

import "fmt"

// refuse makes the agent's refusal. The texts it is called with are the agent's own, as far as they
// are known.
func refuse(format string, values ...any) error {
	return &Error{Text: fmt.Sprintf(format, values...)}
}

func notAllowedError(child, parent string) error {
	return refuse(`Element "%s" is not allowed in "%s"`, child, parent)
}

func requiredError(attribute string) error {
	return refuse(`The attribute "%s" is required`, attribute)
}
