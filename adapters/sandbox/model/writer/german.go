package writer

import "github.com/leadagent/leadagent/adapters/sandbox/model/signals"

func german() wording {
	return wording{
		greeting: "Hallo {name},", greetingFormal: "Guten Tag {name},", greetingUnnamed: "Guten Tag,", closing: "Mit freundlichen Grüßen",
		thanks: "vielen Dank für Ihre Nachricht.",
		wanted: "Sie wünschen sich {what} – dabei helfen wir Ihnen gern.", and: "und", moreAbout: "Auskunft über {topic}",
		need:         "In Ihren Worten geht es um „{what}“.",
		wish:         "In Ihren Worten möchten Sie „{what}“.",
		noted:        "Aus Ihrer Nachricht habe ich mir notiert: {list}. Bitte korrigieren Sie mich, falls etwas nicht stimmt.",
		activity:     "Ich habe mir auch angesehen, was Sie tun, und gelesen: {company} {what}.",
		knowledge:    "Einen Teil kann ich gleich beantworten: {what}",
		step:         "Wollen wir uns eine halbe Stunde Zeit nehmen und es gemeinsam durchgehen? Nennen Sie mir einfach zwei Termine, die Ihnen passen, und ich kümmere mich um alles Weitere.",
		oneQuestion:  "Damit meine Antwort Ihnen wirklich hilft, darf ich eines fragen?",
		twoQuestions: "Damit meine Antwort Ihnen wirklich hilft, darf ich zwei Dinge fragen?",
		decline:      "Nach einem Blick auf Ihre Anfrage glaube ich nicht, dass wir derzeit die Richtigen dafür sind, und das sage ich Ihnen lieber offen, als Sie warten zu lassen. Ich wünsche Ihnen viel Erfolg.",
		support:      "Ich habe sie an unser Support-Team weitergegeben; die Kolleginnen und Kollegen melden sich so bald wie möglich bei Ihnen.",
		supportHelp:  "Es hilft ihnen, wenn Sie kurz antworten, was Sie gerade getan haben, was Sie gesehen haben und wann das ungefähr war.",
		mention:      "Noch ein Hinweis: {what}.", mentionThat: "Noch ein Hinweis: {what}.",
		askAbout: "Könnten Sie mir außerdem etwas hierzu sagen: {what}?",
		subject:  "Ihre Nachricht an uns", subjectSupport: "Ihre Nachricht liegt bei unserem Support-Team",
		wants: map[signals.Kind]string{
			signals.Demo: "eine Vorführung", signals.Trial: "einen Test", signals.Pricing: "ein Angebot", signals.Purchase: "einen guten Start mit uns",
			signals.Upgrade: "eine Erweiterung", signals.Tender: "eine Antwort auf Ihre Ausschreibung", signals.Evaluation: "einen Vergleich Ihrer Möglichkeiten", signals.Meeting: "ein Gespräch",
		},
		notes: map[signals.Kind]string{
			signals.Size: "{what}", signals.Timeline: "Zeitrahmen „{what}“", signals.Budget: "Budget {what}", signals.CurrentTool: "heute im Einsatz: {what}",
		},
		steps: map[signals.Kind]string{
			signals.Demo:     "Was halten Sie von einer halbstündigen Vorführung an Ihrem eigenen Beispiel? Nennen Sie mir einfach zwei Termine, die Ihnen passen, und wer dabei sein soll; ich kümmere mich um alles Weitere.",
			signals.Trial:    "Ich schlage vor, dass wir zuerst einen Test für eine kleine Gruppe bei Ihnen einrichten. Sagen Sie mir einfach, wer teilnehmen soll und wann Sie beginnen möchten; ich bereite alles vor.",
			signals.Pricing:  "Damit das Angebot passt, schlage ich ein kurzes Gespräch von 20 Minuten vor. Nennen Sie mir einfach zwei Termine, die Ihnen passen; danach erhalten Sie die Zahlen schriftlich.",
			signals.Tender:   "Bitte senden Sie mir die Unterlagen und den Termin, bis zu dem Sie unsere Antwort brauchen. Ich bestätige Ihnen dann, wer sich bei uns darum kümmert.",
			signals.Upgrade:  "Sagen Sie mir einfach, wie viele Plätze Sie ab wann brauchen; ich bereite die Änderung zu Ihrer Bestätigung vor.",
			signals.Purchase: "Am schnellsten klären wir die Einzelheiten in einem kurzen Gespräch. Nennen Sie mir einfach zwei Termine, die Ihnen passen, und ich bereite alles vor.",
		},
		questions: map[signals.Kind]string{
			signals.Need: "Was möchten Sie erreichen, und was ist der Anlass?", signals.Size: "Wie viele Personen würden ungefähr damit arbeiten?",
			signals.Timeline: "Bis wann möchten Sie damit starten?", signals.CurrentTool: "Womit arbeiten Sie heute?",
		},
		errands: map[signals.Kind]string{
			signals.Press:      "Wir helfen Ihnen gern bei Ihrem Beitrag. Können Sie mir sagen, worum es geht, was Sie von uns brauchen und bis wann? Dann finde ich die richtige Person für ein Gespräch.",
			signals.Partner:    "Eine Partnerschaft sehen wir uns immer gern näher an. Können Sie mir sagen, welche Kunden Sie in welchen Ländern betreuen und was Sie sich vorstellen? Dann hole ich den zuständigen Kollegen dazu.",
			signals.Investor:   "Ich gebe Ihre Nachricht an unsere Geschäftsführung weiter. Können Sie mir in zwei, drei Sätzen sagen, was Sie sich vorstellen?",
			signals.Seller:     "Für Ihr Angebot haben wir derzeit keinen Bedarf, und das sage ich Ihnen lieber offen, als Sie warten zu lassen.",
			signals.Offer:      "Für solche Leistungen haben wir derzeit keinen Bedarf, und das sage ich Ihnen lieber offen, als Sie warten zu lassen.",
			signals.Applicant:  "Ihre Nachricht ist bei unserem Vertrieb angekommen, wo wir Bewerbungen nicht berücksichtigen können. Bitte nutzen Sie den Weg, den unsere Stellenanzeigen nennen. Ich wünsche Ihnen viel Erfolg.",
			signals.Student:    "Wir sind ein kleines Team und können einzelne Studienprojekte leider nicht unterstützen. Ich wünsche Ihnen viel Erfolg mit Ihrem.",
			signals.Competitor: "Da wir im selben Feld arbeiten, möchten wir keine Einzelheiten unseres Produkts weitergeben. Ich hoffe auf Ihr Verständnis.",
		},
		subjects: map[signals.Kind]string{
			signals.Demo: "Ihre Vorführung", signals.Trial: "Ihr Test", signals.Pricing: "Ihr Angebot", signals.Purchase: "Ihr Start mit uns",
			signals.Upgrade: "Ihre Erweiterung", signals.Tender: "Ihre Ausschreibung", signals.Meeting: "Unser Gespräch",
		},
		topics: map[string]string{
			signals.TopicIntegration: "Integrationen", signals.TopicSecurity: "Sicherheit und Datenschutz", signals.TopicContract: "unsere Vertragsbedingungen",
			signals.TopicOnboarding: "die Einführung", signals.TopicLanguages: "die unterstützten Sprachen", signals.TopicFeatures: "unser Produkt",
		},
	}
}
