package signals

// troubleWords returns what customers in trouble say.
func troubleWords() []entry {
	return []entry{
		{AccountAccess, `
cannot|t|cant|unable|couldn|not|won|longer .. log|sign in|into|on
cannot|t|cant|unable|couldn|not|won|longer .. login
cannot|t|cant|unable|not|longer .. access my|our|the|your|it
cannot|t|cant|unable get into
locked out
account .. locked|blocked|suspended|disabled|deactivated
reset .. password
password reset
forgot|forgotten|lost .. password
password .. not|doesn|wrong|invalid|expired|work*
verification|authentication|2fa|mfa code|codes .. not|never|doesn|invalid|wrong|expired
login|sign .. fails|failing|failed|error|broken|problem*|issue*|loop
nicht mehr .. einloggen|anmelden
kann|konnen .. nicht .. einloggen|anmelden
nicht einloggen|anmelden
einloggen
login|anmeldung .. nicht|fehlgeschlagen|unmoglich
ausgesperrt
passwort .. vergessen|zurucksetzen|falsch|nicht
kennwort .. vergessen|zurucksetzen|falsch|nicht
impossible de se|me|nous connecter
impossible .. connexion|connecter
arrive|arrivons|peux|pouvons|parviens|parvenons .. connecter|acceder|identifier
mot de passe
compte .. bloque|suspendu|verrouille
no puedo|podemos|logro|logramos|consigo|conseguimos .. entrar|acceder|iniciar|conectar*
iniciar sesion
contrasena
cuenta .. bloqueada|suspendida
`, false},
		{Billing, `
charged|billed .. twice|double|wrong*|again|incorrect*|despite
overcharged
refund|refunded|reimburs*
money back
wrong|incorrect|missing|duplicate|unpaid|overdue|latest|copy|download .. invoice|invoices|bill|receipt
question|problem|issue|about|regarding|concerning .. my|our|the|your|last|latest|this invoice|invoices|bill|receipt|payment
invoice|invoices|bill .. wrong|incorrect|missing|twice|shows|says|number|dated|not
billing issue|problem|question|error|address|department|details
payment .. failed|declined|rejected|twice
card .. declined|charged|expired
cancel .. subscription|account|plan|contract|membership|renewal
update .. payment|card|billing
rechnung|rechnungen
ruckerstattung|erstattung
doppelt .. abgebucht|berechnet|belastet
abgebucht
kundigen|kundigung
zahlung .. fehlgeschlagen|abgelehnt
facture|factures
preleve|debite|facture .. deux|double|tort
remboursement|rembourser
resilier|resiliation
factura|facturas
reembolso|reembolsar
cobrado|cobraron|cobro .. dos|doble|mal
cancelar .. suscripcion|cuenta|plan|contrato
dar de baja .. suscripcion|cuenta|plan
`, false},
		{Problem, `
error message|messages|code
500|404|403|502|503|504 error|errors
error|errors 500|404|403|502|503|504
an|get|getting|gets|got|shows|throws|this|same|following|with error|errors
bug|bugs|buggy
isn|not|stopped|stops|quit|never|no working
isn|not t responding
not|isnt responding
doesn|don|didn t work|function
doesnt work
does|did|do not work|function
no longer work|works|working
nothing works|arrives|happens|loads|shows|comes
since you .. moved|changed|updated|upgraded|switched|migrated|released
broken
crash|crashes|crashed|crashing
freezes|frozen|freezing
keeps|keep .. failing|crashing|loading|logging|freezing|disconnecting|timing|throwing|showing
won|doesn|stopped t load|open|start|sync|send|show|save|appear|arrive|update|print|export|import|connect|recognise|recognize
doesnt|wont load|open|start|sync|send|show|save|update|export|import|connect
does|will not load|open|start|sync|send|show|save|appear|arrive|update|print|export|import|connect
not|t|isn|aren|stopped loading|syncing|sending|receiving|showing|appearing|arriving|updating|saving
fails|failing|failed to|when|with|after|since|every
since .. update|upgrade|release|yesterday|morning|migration
help .. fix|troubleshoot*
technical issue|problem|problems|issues
having .. problem|problems|trouble|issues|issue|difficult*
have|experience|experiencing .. problem|problems|trouble|issues|issue with|when|after|since
support ticket|case|request
ticket number
still waiting .. reply|response|answer|support|refund|delivery
outage
is|are|been|went down
data|records|contacts|leads|reports|files .. missing|gone|disappeared|vanished
duplicate|duplicated entries|records
haven|hasn|havent|hasnt t received|arrived
have|has not|never received|arrived
where is my|our order|package|delivery|refund
fehlermeldung|fehlermeldungen
fehler|fehlercode
funktioniert|funktionieren .. nicht
geht|gehen nicht|nichts
ladt nicht
sturzt .. ab
absturz*
storung*
seit .. update|aktualisierung
kommt|kommen .. nicht an
synchronisiert nicht
problem|probleme mit|beim|seit
erreur|erreurs
bogue
fonctionne|marche|charge|synchronise|fonctionnent|marchent plus|pas
plante
panne
probleme technique|avec|de|depuis
depuis .. mise
no me|nos deja|dejan|permite|permiten
no funciona|funcionan|carga|cargan|responde|sincroniza|abre|llega|llegan
ha|han dejado de funcionar
fallo|fallos|falla
averia
error al|de|en|cuando|500
un error
se cierra|cuelga|bloquea
soporte tecnico
problema|problemas tecnico|tecnicos|con
`, false},
		{Complaint, `
complaint|complaints|complain|complaining
horrible|terrible|awful|unacceptable|disgraceful|outrageous
disappointed|frustrated|unhappy|dissatisfied|fed up with your|you
worst .. service|support|experience
nobody|noone .. answers|answered|replies|replied|responds|responded .. me|my|us|our
beschwerde|beschweren
unzufrieden|enttauscht|unverschamt
reclamation|plainte
mecontent|mecontente|mecontents|inadmissible|decu|decue
queja|reclamacion
decepcionado|decepcionada|inaceptable|insatisfecho
`, false},
		{Privacy, `
delete|erase .. my|our|me|the data|account|information|details|profile|records
delete|erase .. data .. about|on me|us
keep|keeps getting|receiving|sending .. emails|newsletters|messages|mails .. from you
gdpr|ccpa request|deletion|erasure
data subject
right to be forgotten|erasure
unsubscribe
remove me|us
take me off
stop emailing|sending|contacting|calling|spamming
what data .. about me
daten .. loschen|loschung
konto|account loschen
newsletter .. abmelden|abbestellen
auskunft nach|gemass|uber
supprimer|suppression .. donnees|compte
desabonner|desinscrire
eliminar|borrar .. mis|mi|nuestros datos|cuenta
darme|darnos de baja
`, false},
		{ExistingCustomer, `
my|our account|workspace|subscription|instance|tenant
existing|current|paying|longtime|loyal customer|client|user of|with|on|since|here
we|i are|am|re|m|ve customer|customers|client|clients
we|i are|am|re|m a|an|paying|existing|longtime|already .. customer|client|customers|clients
been .. customer|customers|client|clients since|for|of
as a|an .. customer of
customers|customer of yours
already use|using you*
been using your|you
bestandskunde*
kunde|kunden bei ihnen
unser|unserem|unseren|mein|meinem konto|account|abo|vertrag
seit .. kunde|kunden
notre|mon compte|abonnement
client|cliente|clients chez vous|depuis
deja client*
nuestra|mi|nuestro cuenta|suscripcion
soy|somos cliente|clientes
`, false},
	}
}
