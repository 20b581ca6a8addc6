package writer

import "github.com/leadagent/leadagent/adapters/sandbox/model/signals"

func french() wording {
	return wording{
		greeting: "Bonjour {name},", greetingFormal: "Bonjour {name},", greetingUnnamed: "Bonjour,", closing: "Bien cordialement,",
		thanks: "Merci beaucoup pour votre message.",
		wanted: "Vous souhaitez {what}, et je vous aiderai avec plaisir.", and: "et", moreAbout: "en savoir plus sur {topic}",
		need:         "Selon vos propres mots, vous cherchez « {what} ».",
		wish:         "Selon vos propres mots, vous souhaitez « {what} ».",
		noted:        "J’ai noté dans votre message : {list}. N’hésitez pas à me corriger si je me trompe.",
		activity:     "J’ai aussi regardé ce que vous faites, et j’ai lu que {company} {what}.",
		knowledge:    "Voici déjà un élément de réponse : {what}",
		step:         "Voulez-vous que nous prenions une demi-heure pour en parler ensemble ? Indiquez-moi simplement deux créneaux qui vous conviennent, et je m’occupe du reste.",
		oneQuestion:  "Pour vous répondre utilement, puis-je vous poser une question ?",
		twoQuestions: "Pour vous répondre utilement, puis-je vous poser deux questions ?",
		decline:      "Après avoir étudié votre demande, je ne pense pas que nous soyons les bons interlocuteurs pour le moment, et je préfère vous le dire franchement plutôt que de vous faire attendre. Je vous souhaite une belle réussite.",
		support:      "Je l’ai transmis à notre équipe d’assistance, qui reviendra vers vous dès que possible.",
		supportHelp:  "Pour l’aider, vous pouvez répondre en précisant ce que vous faisiez, ce que vous avez vu et à quel moment environ.",
		mention:      "À noter également : {what}.", mentionThat: "À noter également : {what}.",
		askAbout: "Pourriez-vous aussi m’en dire un peu plus sur ce point : {what} ?",
		subject:  "Votre message", subjectSupport: "Votre message est chez notre équipe d’assistance",
		wants: map[signals.Kind]string{
			signals.Demo: "une démonstration", signals.Trial: "faire un essai", signals.Pricing: "un devis", signals.Purchase: "démarrer avec nous",
			signals.Upgrade: "étendre votre abonnement", signals.Tender: "une réponse à votre appel d’offres", signals.Evaluation: "comparer les solutions", signals.Meeting: "échanger avec nous",
		},
		notes: map[signals.Kind]string{
			signals.Size: "{what}", signals.Timeline: "échéance « {what} »", signals.Budget: "budget de {what}", signals.CurrentTool: "{what} en place aujourd’hui",
		},
		steps: map[signals.Kind]string{
			signals.Demo:     "Que diriez-vous d’une démonstration de 30 minutes, construite sur votre propre cas ? Indiquez-moi simplement deux créneaux qui vous conviennent et les personnes à inviter, et je m’occupe du reste.",
			signals.Trial:    "Je vous propose de commencer par un essai avec un petit groupe. Dites-moi simplement qui doit y participer et quand vous souhaitez commencer, et je prépare tout.",
			signals.Pricing:  "Pour que le devis vous convienne, je vous propose un court échange de 20 minutes. Indiquez-moi simplement deux créneaux qui vous conviennent ; vous aurez ensuite les chiffres par écrit.",
			signals.Tender:   "Merci de m’envoyer les documents et la date à laquelle vous attendez notre réponse ; je vous confirmerai qui s’en occupe chez nous.",
			signals.Upgrade:  "Dites-moi simplement combien de places il vous faut et à partir de quand, et je prépare la modification pour validation.",
			signals.Purchase: "Le plus rapide est un court échange pour régler les détails. Indiquez-moi simplement deux créneaux qui vous conviennent, et je prépare tout.",
		},
		questions: map[signals.Kind]string{
			signals.Need: "Que souhaitez-vous obtenir, et qu’est-ce qui vous amène à chercher maintenant ?", signals.Size: "Combien de personnes environ l’utiliseraient ?",
			signals.Timeline: "À quelle échéance souhaitez-vous démarrer ?", signals.CurrentTool: "Qu’utilisez-vous aujourd’hui ?",
		},
		errands: map[signals.Kind]string{
			signals.Press:      "Nous vous aiderons volontiers pour votre article. Pouvez-vous me dire quel en est le sujet, ce dont vous avez besoin et pour quand ? Je trouverai alors la bonne personne pour vous répondre.",
			signals.Partner:    "Un partenariat mérite toujours d’être étudié. Pouvez-vous me dire quels clients vous accompagnez, dans quels pays, et ce que vous imaginez ? J’associerai ensuite la personne chargée des partenaires.",
			signals.Investor:   "Je transmets votre message à notre direction. Pouvez-vous me dire en deux ou trois phrases ce que vous imaginez ?",
			signals.Seller:     "Nous n’avons pas besoin de votre offre pour le moment, et je préfère vous le dire franchement plutôt que de vous faire attendre.",
			signals.Offer:      "Nous n’avons pas besoin de ces prestations pour le moment, et je préfère vous le dire franchement plutôt que de vous faire attendre.",
			signals.Applicant:  "Votre message est arrivé à notre équipe commerciale, qui ne peut pas traiter de candidature. Merci d’utiliser la voie indiquée dans nos offres d’emploi. Je vous souhaite une belle réussite.",
			signals.Student:    "Nous sommes une petite équipe et ne pouvons malheureusement pas accompagner de projets d’études. Je vous souhaite une belle réussite pour le vôtre.",
			signals.Competitor: "Comme nous travaillons dans le même domaine, nous préférons ne pas entrer dans les détails de notre produit. Merci de votre compréhension.",
		},
		subjects: map[signals.Kind]string{
			signals.Demo: "Votre démonstration", signals.Trial: "Votre essai", signals.Pricing: "Votre devis", signals.Purchase: "Démarrer ensemble",
			signals.Upgrade: "Extension de votre abonnement", signals.Tender: "Votre appel d’offres", signals.Meeting: "Notre échange",
		},
		topics: map[string]string{
			signals.TopicIntegration: "les intégrations", signals.TopicSecurity: "la sécurité et la protection des données", signals.TopicContract: "nos conditions contractuelles",
			signals.TopicOnboarding: "la mise en place", signals.TopicLanguages: "les langues disponibles", signals.TopicFeatures: "notre produit",
		},
	}
}
