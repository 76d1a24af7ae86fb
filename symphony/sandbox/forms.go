package sandbox

import "strings"

// form is a form of a message, as far as the pod must know it to check and encode a submission.
type form struct {
	ID string
}

// convert takes MessageML the way an agent does. TODO(markup)
func (p *Pod) convert(by *person, in *content) (draft, error) {
	body := strings.NewReplacer("<messageML>", `<div data-format="PresentationML" data-version="2.0">`, "</messageML>", "</div>").Replace(in.message)
	data := in.data
	if data == "" {
		data = "{}"
	}
	return draft{markup: body, data: data, files: in.files, silent: in.silent, agent: userAgent}, nil
}
