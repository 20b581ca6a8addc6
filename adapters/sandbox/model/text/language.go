package text

import (
	"strings"
	"unicode"
)

// Default is the language of a text that gives no sign of any.
const Default = "en"

// commonWords returns, per language, words that are frequent in it and rare in the others, in folded form.
func commonWords() map[string]string {
	return map[string]string{
		"en": `the and you your we our are is for with of to in that this have has would like please hi hello thanks thank need looking
			what how can could do does not my it am at from about any be best regards dear who when send us want`,
		"de": `der die das und ist sind wir ihr sie ich mit fur von zu nicht ein eine einen einem einer auf im den dem des wie
			bitte hallo guten tag danke konnen haben hatte hatten gerne uber auch bei aus unser unsere unserem unseren mochten mochte ihre ihren
			preis preise anfrage angebot anfragen grusse freundlichen grussen werden wird suchen brauchen interesse mein meine kein keine sehr geehrte oder um bis`,
		"fr": `le la les des et est nous vous je avec pour une un du dans que qui pas sur au aux votre notre vos nos mon ma mes bonjour
			merci cordialement sommes avons voudrions voudrais souhaitons souhaite serait etre plus bien ce cette cherchons pouvez comment
			combien ne se chez afin ainsi svp tarif devis prix demande bonsoir madame monsieur salut`,
		"es": `el la los las y es somos estamos con para una un del que no en por su sus nuestro nuestra nuestros hola gracias saludos
			buenos dias buenas tardes quisiera queremos necesitamos me mi mis cuanto como puede pueden tenemos soy estoy nos mas
			precio precios presupuesto cotizacion buscamos quiero gustaria favor sobre hay empresa usted ustedes al muy`,
		"it": `il lo gli di che per con una un sono siamo abbiamo vorrei vorremmo buongiorno salve grazie cordiali saluti nostra nostro
			della delle nella dei azienda come quanto cerchiamo ciao anche piu questo vostra vostro ho`,
		"pt": `o os as e do da dos das em um uma para com nao voce voces somos estamos temos nosso nossa obrigado obrigada ola bom dia
			gostaria precisamos empresa seu sua mais como quanto por favor`,
		"nl": `de het een en van wij we zijn met voor niet ik u uw ons onze graag bedankt hallo goedendag dank bij ook hebben kunnen
			zou willen wat hoe naar vriendelijke groet geen aan`,
	}
}

// Languages recognises the language of a text by its common words and its script. Build one with NewLanguages.
type Languages struct {
	of map[string]map[string]bool
}

// NewLanguages prepares the recogniser.
func NewLanguages() Languages {
	of := map[string]map[string]bool{}
	for language, words := range commonWords() {
		of[language] = map[string]bool{}
		for _, word := range strings.Fields(words) {
			of[language][word] = true
		}
	}
	return Languages{of: of}
}

// Detect returns a BCP 47 primary language subtag; Default where nothing speaks for another.
func (l Languages) Detect(s string) string {
	if language, found := byScript(s); found {
		return language
	}
	words := Words(s)
	best, bestScore := Default, 0
	for _, language := range []string{"en", "de", "fr", "es", "it", "pt", "nl"} {
		score := 0
		for _, w := range words {
			if l.of[language][w.Folded] {
				score += 2
			}
		}
		if language == "de" && strings.ContainsAny(s, "äöüßÄÖÜ") || language == "es" && strings.ContainsAny(s, "ñ¿¡Ñ") ||
			language == "fr" && strings.ContainsAny(s, "èêàçùœÀÊÈÇ") || language == "pt" && strings.ContainsAny(s, "ãõÃÕ") {
			score += 3
		}
		// One word alone is too little to leave the default for: "me" is English and Spanish.
		if score > bestScore && (language == Default || score > 2) {
			best, bestScore = language, score
		}
	}
	return best
}

// byScript decides by letters alone where more than half of them are of one script other than Latin.
func byScript(s string) (string, bool) {
	scripts := []struct {
		language string
		table    *unicode.RangeTable
	}{
		{"ja", unicode.Hiragana}, {"ja", unicode.Katakana}, {"ko", unicode.Hangul}, {"zh", unicode.Han}, {"ru", unicode.Cyrillic},
		{"el", unicode.Greek}, {"ar", unicode.Arabic}, {"he", unicode.Hebrew}, {"hi", unicode.Devanagari}, {"th", unicode.Thai},
	}
	letters, latin := 0, 0
	counts := make([]int, len(scripts))
	for _, r := range s {
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		if unicode.Is(unicode.Latin, r) {
			latin++
		}
		for i := range scripts {
			if unicode.Is(scripts[i].table, r) {
				counts[i]++
				break
			}
		}
	}
	if letters == 0 || latin*2 >= letters {
		return "", false
	}
	for i, n := range counts {
		// Japanese mixes its syllables with Han characters, so a fifth of them decides.
		if n*2 > letters || i < 2 && n*5 > letters {
			return scripts[i].language, true
		}
	}
	return "", false
}

// Common tells whether a folded word is too frequent to say what a text is about.
func (l Languages) Common(word string) bool {
	for _, words := range l.of {
		if words[word] {
			return true
		}
	}
	return false
}
