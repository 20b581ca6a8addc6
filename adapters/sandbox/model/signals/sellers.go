package signals

// sellerWords returns what people say who want something from the organization's purse or its website.
func sellerWords() []entry {
	return []entry{
		{Seller, `
guest post|posts|posting|article|articles|blog|blogging
sponsored post|posts|article|articles|content|link
link insertion|insertions|building|exchange|placement
backlink|backlinks
back links
dofollow
do follow
domain authority|rating
rank|ranking|rankings|ranks .. google
first|top page of google
google .. first|page one|top
improve|increase|boost|grow|double|triple|skyrocket|maximize|maximise|optimize|optimise .. your .. traffic|sales|ranking|rankings|revenue|visibility|followers|business|website|site|seo|conversion|conversions|leads|presence
your website|site|page|blog|store|shop .. rank*|seo|traffic|outdated|redesign|visitors
redesign .. your website|site
seo .. your
your .. seo
free website|seo|site|marketing audit|analysis|review|consultation|mockup
our|my agency|team|company|experts|developers|firm can|could|will|would help you|your
we|i can|could|will help you|your .. grow|get|generate|increase|rank|scale|reach|save|boost|improve|find|reduce|cut|lower
may|can|could|shall i|we .. share|send|show .. our|my portfolio|pricing|rates|work|proposal|profile|services
we|i|our .. offer|offers|provide|provides|supply .. to|for you|your company|business|website|team|brand|site
hire our
supply|equip|furnish .. your company|office|offices|business|team
our .. catalogue|catalog|brochure .. attached|enclosed|is
list|lists|database of .. contacts|emails|decision|executives|buyers
verified .. emails|contacts|contact|leads|database|databases
our .. list|lists|database|databases of|with|has|have|contains
explainer|promo|promotional video|videos for you|your
merchant|working loan|loans|capital|advance
business loan|loans
special|exclusive offer|discount|price for you
like|send|give|get|provide|share|show you .. quote|proposal|portfolio|samples|catalog*|brochure|price|prices|offer
would|are you .. interested in .. our|receiving|increasing|buying|improving|growing|getting|hiring|outsourcing
your competitors are|rank|outrank*|already
buy|get .. followers|likes|backlinks
publish|place|post .. article|post|content|link .. your|on
advertise|advertising|ad|banner .. on your
business proposal|opportunity for you
your hosting|domain .. expire*|renew*
domain name for sale|available
gastbeitrag|gastbeitrage|gastartikel
ihre|ihrer|ihren website|webseite|webseiten|homepage|shop .. google|optimier*|ranking|sichtbar*|verbesser*|besucher
linkaufbau
wir bieten ihnen
ich biete ihnen
mehr besucher|kunden|umsatz .. ihre|fur .. website|webseite|sie|unternehmen
votre site|boutique .. google|referencement|visibilite|refonte|trafic|positionn*
article|articles invite|invites|sponsorise|sponsorises
nous vous proposons|offrons
augmenter|booster|ameliorer .. votre|vos trafic|ventes|visibilite|chiffre|site|referencement
su|vuestra|tu sitio|pagina|web|tienda .. google|posicion*|trafico|rediseno|visitas|mejorar
articulo|post patrocinado|patrocinados|invitado
les|le ofrecemos
ofrecemos .. su|sus|usted|ustedes|empresa
aumentar|incrementar|mejorar .. sus|su|tus|tu ventas|trafico|visibilidad|posicionamiento|web
`, false},
		{Offer, `
we|i|our offer|offers|provide|provides|specialize|specialise|deliver|deliver .. service|services|outsourcing|packages|staffing|lists|leads
leading .. company|provider|agency|manufacturer|supplier
seo services|service|audit|package|packages|expert|experts|agency|specialist|company
search engine optimization|optimisation
i|we noticed|reviewed|analysed|analyzed|audited .. your website|site|page|blog|store
offshore|outsource|outsourced .. team|developers|development
dedicated developers
digital|social media|online marketing services|agency|solutions|expert
casino|gambling|betting|cbd|escort*
crypto|cryptocurrency|forex|bitcoin
competitive|affordable rates|prices|pricing
no obligation
limited time offer
suchmaschinenoptimierung
unsere|unserer|unseren dienstleistungen|leistungen|agentur
nous proposons|offrons .. services|prestations
referencement naturel|seo|web
ofrecemos|ofrezco .. servicios|desarrollo|diseno
posicionamiento web|seo
`, false},
		{Scam, `
inheritance|heir|beneficiary
earn .. from|per home|week|day|hour
make money
double your .. bitcoin|money|income|investment|savings
viagra|cialis
buy cheap
click here|below
act now
risk free
claim your
next of kin
lottery|jackpot|sweepstake*
you|have won
million|millions dollars|usd|euros|euro|pounds .. transfer|account|bank|fund|share|you
transfer .. million|funds .. your|account
western union
gift card|cards
bitcoin|btc .. wallet|address|send|pay
hacked|recorded you*
your account .. suspended|verify|verification|expire*
wire transfer
confidential business|transaction|deal
click .. link|here .. win|claim|verify|prize
erbschaft|lotterie|gewonnen
heritage|loterie .. million|millions|fonds
herencia|loteria
`, false},
	}
}
