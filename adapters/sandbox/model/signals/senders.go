package signals

// senderWords returns what people say who do not come to buy. The phrases look for the direction of a sentence (your site, our
// services), since buyers name the same trades.
func senderWords() []entry {
	return []entry{
		{Student, `
i|im m|am .. student
as a|an .. student
student at|in|from|of|working|writing|doing
phd|doctoral|graduate|undergraduate|msc|bachelor|master student|candidate|thesis|dissertation|students
my|our thesis|dissertation|homework|assignment|coursework|professor|teacher|paper|class|exam
thesis on|about|topic|project
school|class|university|college|course|semester|seminar project|assignment|paper|homework|essay|presentation
for my .. studies|class|course|university|school|degree|project|homework
student discount|license|licence|account|project
homework
ich studiere
studiere
student|studentin|studierender|studierende an|der|am|aus|im
bachelorarbeit|masterarbeit|hausarbeit|seminararbeit|abschlussarbeit|doktorarbeit|diplomarbeit|facharbeit
meines|meinem|mein studiums|studium
schulprojekt|unireferat|referat
etudiant|etudiante
mon|ma|notre memoire|these|tfe|expose|soutenance
memoire de|en|sur master|fin|licence
mes etudes
estudiante
mi|nuestra tesis|tfg|tfm
trabajo de fin|grado|universitario|clase
mis estudios
`, true},
		{Applicant, `
my|attached|enclosed|updated|send cv|resume|curriculum|portfolio
apply|applying|application for|to .. position|job|role|vacancy|internship|opening|post
job|speculative|unsolicited application
are you .. hiring|recruiting
you .. hiring|recruiting
open|vacant|available position|positions|role|roles
vacancy|vacancies
job opening|openings|opportunity|opportunities|vacancy|offer|search
looking for .. job|internship|position|employment|work|apprenticeship
internship|apprenticeship|traineeship
join your team|company as
work for|at you|your company
cover letter
years of experience as
bewerbung|bewerbe|bewerben
praktikum|praktikumsplatz|ausbildungsplatz|werkstudent*
lebenslauf
stelle|stellen als|frei|offen|anzeige
stellenangebot|stellenanzeige|jobangebot
initiativbewerbung
candidature
postuler|postule
mon cv
stage|alternance de|d|en|chez|au
offre|offres d emploi
lettre de motivation
emploi chez|au
mi|adjunto cv|curriculum|hoja
vacante|vacantes
candidatura
puesto de trabajo
practicas en|profesionales
busco|buscando empleo|trabajo
oferta de empleo
`, true},
		{Press, `
journalist|reporter|correspondent|freelance|columnist
i|im|m|am|we .. writing|write|working .. article|story|piece|feature|report .. about|on|for
write|writing .. piece|article|story|feature about|on|for
press|media inquiry|enquiry|request|contact|kit|office|accreditation
for an|our|my upcoming|article|story
interview with|your|you|the
interview .. ceo|founder|spokesperson
spokesperson
comment for|on .. article|story|report
our|my|the podcast episode|guest
guest on our|my .. podcast
for|on our|my podcast
newspaper|magazine|newsroom
editor at|of|for
journalistin
redaktion|redakteur|redakteurin
presseanfrage|pressestelle|pressekontakt
zeitung|zeitschrift|fachmagazin
journaliste
redaction
demande de presse
pour un|notre article|magazine|journal
periodista
prensa
entrevista
redactor|redactora
revista|periodico
`, true},
		{Partner, `
reseller|resellers|resell|reselling
partner program|programme
partnership|partnerships|partnering
become|becoming .. partner|reseller|affiliate|distributor
strategic|channel|referral|implementation|technology|integration|sales partner|partners|alliance
partner with you
affiliate
white label|labelling|labeling
referral fee|commission
distributor|distribute your|distribution
collaborat* with|on|between|together
joint venture
vertriebspartner*
wiederverkauf*
partnerschaft
partnerprogramm
kooperation
kooperieren
partner werden
revendeur|revendeurs|revendre
partenariat
devenir partenaire
distributeur
revendedor|revendedores|revender
distribuidor|distribuidores
alianza
colaboracion
ser partner|socio|socios
programa de partners|socios
`, true},
		{Investor, `
invest|investing|investment in your|you|into
venture capital
vc fund|firm
private equity
funding round
cap table
acquire|acquiring|acquisition of your|you|company
as|i an|m|am .. investor
investoren|beteiligung an ihrem
investir dans votre
levee de fonds
invertir en su|vuestra
inversores
`, true},
		{Competitor, `
we|i also|already|re|are|ourselves .. build|building|develop|developing|make|making|sell|selling|offer|offering .. similar|competing|comparable|rival
build|building|develop|developing|create|launch|launching .. competing|rival|similar .. product|tool|platform|software|version|solution
similar|competing|rival product|tool|platform|service|solution|software to|as|like yours|you|your*
we|i are|am|re|m .. competitor|competitors
work for|at .. competitor
compete with you|your
competitor|competitive|competition analysis|research|intelligence|review|benchmark|benchmarking|landscape|study|teardown
benchmark* .. competitors|competition
market research|study on|about|among .. competitors|your
wettbewerbsanalyse|konkurrenzanalyse|marktanalyse
wir|ich .. mitbewerber|wettbewerber|konkurrent
ahnliches|ahnliche produkt|software|losung|plattform|tool
analyse concurrentielle|de la concurrence
etude de marche
produit|solution|outil similaire|concurrent|concurrente
analisis de la competencia|mercado
estudio de mercado
producto|solucion|herramienta similar|competidor|competidora
`, true},
		{NotInterested, `
not|no longer|longer interested|looking
no interest
no longer need
do|does not|t need .. anymore
wrong person|number
kein interesse
nicht interessiert|mehr
pas interesse*
plus besoin
no estoy|estamos interesad*
ya no necesit*
`, false},
		{Personal, `
personal|private use|project|purposes|website|blog|hobby
hobby
just|only curious|browsing|looking|wondering|testing
out of curiosity
for fun|myself
private person
privatperson|privatnutzung|privat
privater gebrauch
neugier|neugierig
usage|projet personnel|prive
particulier
par curiosite
uso|proyecto personal|privado
por curiosidad
`, true},
	}
}
