package rules

import (
	"ratebench/harness/yamlfile"
	"ratebench/server/dialect"
)

// Answers are how the API says what it makes of a request, where that is not as
// its dialect has it.
type Answers struct {
	// Status is that of a refusal, 200 to 599; 0 is the dialect's own.
	Status int
	// BanStatus is that of a refusal because of a penalty; 0 is the dialect's
	// own, or Status.
	BanStatus int
	// RetryAfter is how a pause is told, one of the forms of server/dialect; ""
	// is as the dialect does.
	RetryAfter string
	// Body is that of a refusal; "" is the dialect's own.
	Body string
}

// OfDialect is the name of a dialect; "" is not set.
func OfDialect(p *string) yamlfile.Notation {
	var words []yamlfile.Word
	for _, name := range dialect.Names() {
		words = append(words, yamlfile.Word{Value: name})
	}
	n := yamlfile.OneOf(p, words...)
	n.Words = nil
	n.Unset = func() bool { return *p == "" }
	return n
}

// OfAnswers is a mapping of what differs from the dialect.
func OfAnswers(a *Answers) yamlfile.Notation {
	form := yamlfile.OneOf(&a.RetryAfter, retryForms()...)
	form.Unset = func() bool { return a.RetryAfter == "" }
	body := yamlfile.Text(&a.Body)
	body.Unset = func() bool { return a.Body == "" }
	n := yamlfile.Mapping([]yamlfile.Field{
		yamlfile.Key("status", "status of a refusal, 200 to 599; without it the dialect's own, mostly 429", status(&a.Status)),
		yamlfile.Key("ban_status", "status of a refusal because of a penalty; without it the dialect's own, or status", status(&a.BanStatus)),
		yamlfile.Key("retry_after", "how Retry-After is written; without it as the dialect does", form),
		yamlfile.Key("body", "body of a refusal; without it the dialect's own", body),
	}, nil)
	n.Unset = func() bool { return *a == Answers{} }
	return n
}

// retryForms are those that a scenario can name.
func retryForms() []yamlfile.Word {
	var words []yamlfile.Word
	for _, name := range dialect.RetryNames()[1:] { // the first is what is not given
		words = append(words, yamlfile.Word{Value: name})
	}
	return words
}

// Dialect is the configuration of a dialect's name and of these answers.
func (a Answers) Dialect(name string) dialect.Config {
	c := dialect.Config{Status: a.Status, BanStatus: a.BanStatus, Body: a.Body}
	c.Dialect, _ = dialect.Parse(name) // none for ""
	c.RetryAfter, _ = dialect.ParseRetry(a.RetryAfter)
	return c
}

// status is that of an HTTP answer, of which 0 is not set.
func status(p *int) yamlfile.Notation {
	n := yamlfile.Integer(p, 200, 599)
	n.Schema.Default = nil
	n.Unset = func() bool { return *p == 0 }
	return n
}
