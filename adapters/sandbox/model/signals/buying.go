package signals

// entry is the vocabulary of one kind, a phrase a line in the notation of text.ParsePhrase.
type entry struct {
	kind    Kind
	phrases string
	// negatable says that a "not" before the phrase takes it back.
	negatable bool
}

// buyingWords returns what buyers say, in four languages.
func buyingWords() []entry {
	return []entry{
		{Demo, `
demo|demos
demonstration*
product tour
walk us|me through
walkthrough
show us|me how
see it in action
see .. product|platform|tool|software in action
vorfuhr*
produktvorstellung
prasentation
demo*termin
demostracion*
presentation de votre|la
`, true},
		{Trial, `
trial|trials
pilot|pilots|piloting
proof of concept
poc
test account|access|environment|phase|licence|license
try it|out|your|the
testzugang
testphase
testversion
testen
probephase
probemonat
pilotprojekt
probezugang
essai
essayer
tester
prueba gratuita|piloto
periodo de prueba
probar
proyecto piloto
projet pilote
`, true},
		{Pricing, `
price|prices|priced|pricing
quote for|on|from|please|asap|by
a quote
quotation*
how much
what|much|does|would|will|how .. cost|costs
cost|costs for|per|of|structure|estimate|involved
the|your|any|total|monthly|annual|approximate cost|costs
rate card
license|licence|licensing fee|fees
proposal for|including
offer for
volume discount*
discount|discounts
angebot
preis|preise|preisliste|preisen|preismodell|preisubersicht
kosten|kostet
konditionen
tarif|tarifs|tarification
devis
prix
combien
cout|couts
precio|precios
cuanto cuesta|cuestan|vale|valdria|costaria
cotizacion
presupuesto para|por|sin
coste|costes|costo|costos
tarifa|tarifas
`, true},
		{Purchase, `
buy|buying
purchase|purchasing
subscribe
place an order
want|like|ready|going to order
decided|agreed .. on|for|to .. you|ahead|proceed|product|offer|plan|with
go|going|move|moving ahead|forward with
send .. contract|agreement
order form
proceed with
ready to start|sign|go|move|begin
get started
sign up for
sign .. contract
roll out|rollout
roll .. out to|across
implement .. across|company|in our
procure|procurement process
switch to you*
kaufen
bestellen
beauftragen
anschaffen
einfuhren
lizenzen fur
licences|licenses for
acheter
commander
souscrire
deployer
comprar
contratar
adquirir
implantar
`, true},
		{Upgrade, `
upgrade our|my|to
more|additional|extra seats|users|licenses|licences|accounts
add .. seats|users|licenses|licences
extend our plan|contract|subscription|licence|license
weitere|zusatzliche lizenzen|nutzer|benutzer|platze
licences|utilisateurs supplementaires
mas|otras licencias|usuarios
ampliar nuestr*
`, true},
		{Tender, `
rfp|rfq|rfi
tender|tenders
request for proposal|proposals|quotation|information
invitation to bid
ausschreibung*
lastenheft
vergabeverfahren
appel d offres
cahier des charges
licitacion*
pliego
`, true},
		{Evaluation, `
evaluat*
shortlist*
short list
comparing
compare .. vendors|tools|options|providers|solutions|offers|with
vendor selection
consider|considering your|you|switching|a|several|moving|different
alternative|alternatives to
vergleich|vergleichen
evaluieren
engere auswahl
auswahl eines|einer|von
comparons|comparer
evaluons|evaluer
etudions
comparar|comparando
evaluar|evaluando|evaluamos
valorando
`, true},
		{Meeting, `
schedule|book|arrange|organise|organize|plan|have .. call|meeting|time|chat|conversation|slot
set up .. call|meeting|time|chat
set .. up .. call|meeting
a call
quick|short|brief|intro|introductory|discovery call|chat|meeting
speak|talk to|with someone|sales|you|your|a|an|the|anyone|somebody
call|contact me|us
callback
call back
reach out to me|us
someone .. contact|call|reach
meet .. team|you
termin
ruckruf
zuruckrufen
gesprach
telefonat
telefonieren
rufen sie
melden sie sich
rendez vous
rappeler|rappelez
echanger
echange telephonique
prendre contact
contactez
reunion
llamada
llamar|llamen|llamenme|llameis
cita
videollamada
`, true},
	}
}

// needTriggers introduce what somebody is looking for; the words after them are the detail.
func needTriggers() string {
	return `
looking for
searching for
in search of
in need of
in the market for
interested in
interest in
we|i|team|company need|needs|require|requires
want something|a|an
need|needs something|a|an|some|help|one|your
suchen|suche|sucht
brauchen|brauche|braucht
benotigen|benotigt
interessieren uns fur
interessiere mich fur
interesse an
auf der suche nach
cherchons|cherche
recherchons
recherche un|une|des
besoin de|d
interesses|interesse|interessee par
buscamos|busco|buscando
necesitamos|necesito
interesados|interesadas|interesado|interesada en
`
}

// modalTriggers introduce a wish in the softest form.
func modalTriggers() string {
	return `
need|needs|want|wants|hoping|trying|hope to
would like|love to
d like|love to
plan|planning to
looking|seeking|aiming to
help us|me
mochten|mochte
wollen
planen
souhaitons|souhaiterions|souhaite|souhaiterais
voudrions|voudrais
aimerions|aimerais
queremos|quiero
quisieramos|quisiera
nos|me gustaria
`
}

// painWords returns how people name what hurts.
func painWords() []entry {
	return []entry{{Pain, `
struggl*
lost|lose|losing half|many|most|some|too|so
losing|lose|lost .. leads|customers|deals|time|money|enquiries|inquiries|requests|track
takes|taking .. too long|hours|days|weeks|forever
by hand
manual|manually
wast* .. time|hours|money
too slow|many|much|expensive|late|complex
overwhelm*
can|cannot|t keep up
bottleneck*
inefficient
time consuming
slip* through
fall* through
unanswered
go|goes|get|gets cold
scattered
current|old|existing|present system|tool|crm|provider|vendor|solution|software .. breaks|broken|fails|crashes|slow|bad|outdated|limited
outdated
von hand
manuell*
zu langsam|lange|viele|teuer|aufwendig|spat
verlieren
bleiben liegen
zeitaufwendig|zeitaufwandig
veraltet*
perdons|perdre|perdu
a la main
manuellement
trop lent|long|tard|cher|complexe|de
prend|prennent .. temps|heures|jours
perdemos|perder|perdiendo
a mano
manualmente
demasiado
desbordados
`, true}}
}
