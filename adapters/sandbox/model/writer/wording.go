package writer

import "github.com/leadagent/leadagent/adapters/sandbox/model/signals"

// wording has one language's sentences. {name}, {what}, {topic}, {list} and {company} are filled in.
type wording struct {
	greeting, greetingFormal, greetingUnnamed, closing string
	thanks, wanted, and, moreAbout, need, wish         string
	noted, activity, knowledge, step                   string
	oneQuestion, twoQuestions                          string
	decline, support, supportHelp                      string
	mention, mentionThat, askAbout                     string
	subject, subjectSupport                            string
	wants, notes, steps, questions, errands, subjects  map[signals.Kind]string
	topics                                             map[string]string
}

// wordingFor returns the wording of a BCP 47 tag's language, and English for the others.
func wordingFor(tag string) (string, wording) {
	language := tag
	if len(language) > 2 {
		language = language[:2]
	}
	switch language {
	case "de":
		return "de", german()
	case "fr":
		return "fr", french()
	case "es":
		return "es", spanish()
	}
	return "en", english()
}
