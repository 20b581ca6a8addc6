package signals

import (
	"strings"

	"github.com/leadagent/leadagent/adapters/sandbox/model/text"
)

// Topics of a product question. They are names that the writer has words for in every language.
const (
	TopicIntegration = "integrations"
	TopicSecurity    = "security and data protection"
	TopicContract    = "contract terms"
	TopicOnboarding  = "onboarding"
	TopicLanguages   = "languages"
	TopicFeatures    = "how the product works"
	TopicOther       = "another matter"
)

type topic struct {
	name    string
	phrases []text.Phrase
}

func topics() []topic {
	return []topic{
		{TopicIntegration, phrases(`
integrat*
connect with|to|hubspot|salesforce|slack|our
api|apis
webhook*
sso
saml
zapier
schnittstelle*
anbind*
integrier*
integrer
connecter a|avec
interfac*
integracion*
conectar con
`)},
		{TopicSecurity, phrases(`
security
secure
data .. stored|kept|retained|saved
retention
gdpr|dsgvo|rgpd|hipaa|ccpa
soc 2
soc2
iso 27001
data protection|privacy|residency|processing
compliance|compliant
hosted
encrypt*
dpa
datenschutz
auftragsverarbeitung*
sicherheit
gehostet
securite
donnees
heberge*
seguridad
proteccion de datos
cumplimiento
`)},
		{TopicContract, phrases(`
notice period
contract terms|length|duration
sla|slas
minimum term|contract
payment terms
uptime
vertragslaufzeit
laufzeit
kundigungsfrist
mindestlaufzeit
engagement minimum
duree .. contrat
permanencia
duracion .. contrato
`)},
		{TopicOnboarding, phrases(`
onboarding
implementation
set up|setup
training
migrate|migration
how long .. take
einrichtung
einfuhrung
schulung*
formation
mise en place|service
puesta en marcha
implementacion
formacion
`)},
		{TopicLanguages, phrases(`
languages|language
multilingual
in german|french|spanish|italian|english
sprachen
auf deutsch
mehrsprachig
langues
en francais
multilingue
idiomas
en espanol
`)},
		{TopicFeatures, phrases(`
does it|your|the|this|lead
do you|u support|offer|have|provide
can it|you|your|we|i|the|this|one
is it|there possible|possible
is there a|an|any
are there
how does|do|is|would|can
what does|do|is|are|features
which
support|supports for
feature|features
kann|konnen man|sie|ihre|wir|ich|das
gibt es
wie funktioniert|lauft
unterstutz*
bieten sie
welche
est ce que|qu
peut on
pouvez vous
proposez vous
comment
quelle|quelles|quels|quel
se puede|pueden
es posible
pueden|puede|ofrecen|tienen
como funciona
que incluye
cual|cuales
`)},
	}
}

// withQuestion adds what a sentence asks about. A question that already showed something else needs a topic to count.
func (v *Vocabulary) withQuestion(s sentence, found []Finding) []Finding {
	_, _, wonders := v.first(v.wondering, s.words)
	if !wonders && !strings.ContainsAny(s.text, "?？") {
		return found
	}
	for _, t := range v.topics {
		for _, p := range t.phrases {
			start, end, ok := p.Find(s.words)
			if !ok {
				continue
			}
			if t.name == TopicFeatures && explained(found) {
				return found
			}
			return append(found, Finding{Kind: Question, Detail: t.name, Quotation: s.quote(start, end)})
		}
	}
	if explained(found) {
		return found
	}
	return append(found, Finding{Kind: Question, Detail: TopicOther, Quotation: s.quote(0, 0)})
}

// wonderingWords returns how people ask without a question mark.
func wonderingWords() string {
	return `
wondering if|whether
like|want|need|love to know|understand|learn
could|can you tell|explain|let
more information|info|details about|on
tell me|us .. about|more|how|whether
know|ask|asking|curious|wonder|wondering if|whether|about|how
questions about|on|regarding
question about|on|regarding
learn|know more
mochte|wurde|wissen gerne wissen
frage|fragen zu
more|some|any|further|additional .. information|info|details
mehr|weitere informationen|infos
wissen ob
informationen zu
j aimerais savoir
savoir si
plus d informations
en savoir plus
question sur|concernant
saber si
mas informacion
quisiera|gustaria saber
informacion sobre
`
}

// explained tells whether the findings say what a sentence is about, so that asking is no news.
func explained(found []Finding) bool {
	for _, f := range found {
		if f.Kind.Wants() && f.Kind != Need || f.Kind.Trouble() || f.Kind.Elsewhere() {
			return true
		}
	}
	return false
}
