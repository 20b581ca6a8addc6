package signals

const months = `january|february|march|april|may|june|july|august|september|october|november|december|` +
	`januar|februar|marz|mai|juni|juli|oktober|dezember|janvier|fevrier|mars|avril|juin|juillet|aout|septembre|octobre|novembre|decembre|` +
	`enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre`

// timelineWords returns how people say by when.
func timelineWords() string {
	return `
asap
as soon as possible
so schnell|bald wie moglich
schnellstmoglich
des|le plus que|tot possible
au plus vite|tot
lo antes posible
lo mas pronto posible
cuanto antes
by|before|until|from|starting|since|around the end|start|beginning|middle of ` + months + `|year|month|quarter|q1|q2|q3|q4|this|next|the .. year|month|quarter|summer
by|before|until|at the end of the|this|next|` + months + ` year|month|quarter|week
by|before|until|at the end of ` + months + `|q1|q2|q3|q4|year|month|quarter
by|before|until|at end of ` + months + `|q1|q2|q3|q4|year|month|quarter|the|this|next
by|before|until|at end of the|this|next year|month|quarter
by|before|until|in|from|during|starting|early|late|mid|around end|q1|q2|q3|q4|christmas|easter|year|` + months + `|monday|friday
end of ` + months + `|year|q1|q2|q3|q4|month|quarter|this|the
q1|q2|q3|q4
this|next|coming week|month|quarter|year|spring|summer|autumn|fall|winter
this|next fiscal|financial|school|academic|calendar year|quarter
within|in|over the|next|* * days|weeks|months|week|month
within|in * days|weeks|months
next * days|weeks|months
immediately
right away
urgently|urgent
short notice
kurzfristig
sofort
dringend
bis|ab|im|zum|anfang|ende|mitte ` + months + `
bis ende|anfang|mitte|zum *
nachste|nachsten|nachster|diese|diesen|dieses|kommende|kommenden woche|monat|quartal|jahr|jahres|monats
in|innerhalb|binnen * tagen|wochen|monaten
d ici la|le fin|debut|rentree|milieu
d ici la|le fin|debut|milieu de|du|d *
d ici fin|debut|mi ` + months + `|annee
d ici * jours|semaines|mois
d ici ` + months + `
avant la fin
avant la fin de|du|d *
avant fin ` + months + `
avant l ete|annee|automne|hiver
en|debut|fin|courant|avant|pour ` + months + `
le|ce|cette|ces|au mois|trimestre|semaine|annee prochain|prochaine|prochains
semaine|mois|trimestre|annee prochaine|prochain
dans * jours|semaines|mois
rapidement
proximo|proxima|este|esta mes|trimestre|ano|semana
antes de|del * * ` + months + `|ano|mes
antes de|del ` + months + `|verano|ano|fin
en ` + months + `
a|para finales|principios|mediados de *
dentro de * dias|semanas|meses
en * dias|semanas|meses
urgente
`
}

// roleWords returns titles. One that ends in "of" and its like goes on with the words after it.
func roleWords() string {
	return `
head|vp|svp|director|manager|chief|lead|leader|president|coordinator|dean of
vice president|president of
chief * officer
ceo|cto|coo|cfo|cio|cmo|cro|ciso|cdo
managing director|partner
co founder
founder|cofounder|owner
procurement|purchasing|operations|marketing|sales|it|office|product|project|account|general|store|hotel|practice|customer|hr|finance manager|director|lead|leader|coordinator
procurement|purchasing officer|department|team
geschaftsfuhrer|geschaftsfuhrerin|geschaftsfuhrung
inhaber|inhaberin|grunder|grunderin
leiter|leiterin der|des|fur|von
vertriebsleiter|vertriebsleiterin|marketingleiter|marketingleiterin|einkaufsleiter|betriebsleiter|teamleiter|it leiter
einkauf|einkaufer|einkauferin
prokurist|prokuristin
directeur|directrice|responsable|chef|cheffe de|des|du|d
directeur|directrice commercial|commerciale|general|generale|technique|marketing
gerant|gerante|fondateur|fondatrice|pdg|dg|dsi|daf
responsable commercial|commerciale|marketing|achats|informatique|it
director|directora|gerente|jefe|jefa|responsable de|del
director|directora comercial|general|tecnico|tecnica|financiero|financiera
fundador|fundadora|propietario|propietaria|gerente
`
}

// toolTriggers introduce what somebody uses today.
func toolTriggers() string {
	return `
we|i|currently|still|now|today|team|company use|using|run|work|manage .. with|on|through|in
we|i|currently|still|team|company use|using|run|uses|runs
re|are|am|m .. using|on
replace|replacing|replacement for|of
replace|replacing|leaving
switch|switching|migrate|migrating|migration|move|moving|coming|away from
instead of
alternative|alternatives to
fed up with
contract with
nutzen|verwenden|benutzen
arbeiten .. mit
setzen .. ein|auf
im einsatz
ersetzen|ablosen
umstieg|wechsel|wechseln von
utilisons|utilise
travaillons .. avec|sur
remplacer|quitter
usamos|utilizamos|uso|utilizo
trabajamos con
reemplazar|sustituir|dejar
migrar de|desde
`
}

// selfTriggers introduce what a firm says of itself.
func selfTriggers() string {
	return `
we are|re a|an|the
we re|are one of
i|we run|own|lead|manage a|an|the
i|we work for|at|in a|an
i m|am with|from a|an
our company|firm|agency is a|an
for a|an|our
from a|an
as a|an
wir sind ein|eine|einen
als
fur unser|unsere|unseren
bei einem|einer
nous sommes une|un
dans une|un
notre
somos una|un
en una|un
nuestra|nuestro
`
}
