package writer

import "github.com/leadagent/leadagent/adapters/sandbox/model/signals"

func spanish() wording {
	return wording{
		greeting: "Hola, {name}:", greetingFormal: "Buenos días, {name}:", greetingUnnamed: "Buenos días:", closing: "Un cordial saludo,",
		thanks: "Muchas gracias por su mensaje.",
		wanted: "Usted desea {what}, y le ayudaré con mucho gusto.", and: "y", moreAbout: "saber más sobre {topic}",
		need:         "En sus propias palabras, busca «{what}».",
		wish:         "En sus propias palabras, desea «{what}».",
		noted:        "De su mensaje he anotado: {list}. Por favor, corríjame si algo no es exacto.",
		activity:     "También he mirado a qué se dedican, y he leído que {company} {what}.",
		knowledge:    "Una parte se la puedo responder ya: {what}",
		step:         "¿Le parece que dediquemos media hora a verlo juntos? Indíqueme dos horarios que le vengan bien y yo me encargo del resto.",
		oneQuestion:  "Para darle una respuesta útil, ¿puedo hacerle una pregunta?",
		twoQuestions: "Para darle una respuesta útil, ¿puedo hacerle dos preguntas?",
		decline:      "Después de ver su solicitud, no creo que seamos los más indicados en este momento, y prefiero decírselo con franqueza antes que hacerle esperar. Le deseo mucho éxito.",
		support:      "Lo he pasado a nuestro equipo de soporte, que le responderá lo antes posible.",
		supportHelp:  "Les ayudará que responda indicando qué estaba haciendo, qué vio y aproximadamente cuándo ocurrió.",
		mention:      "Conviene mencionar también: {what}.", mentionThat: "Conviene mencionar también: {what}.",
		askAbout: "¿Podría contarme además algo sobre esto: {what}?",
		subject:  "Su mensaje", subjectSupport: "Su mensaje está con nuestro equipo de soporte",
		wants: map[signals.Kind]string{
			signals.Demo: "una demostración", signals.Trial: "hacer una prueba", signals.Pricing: "un presupuesto", signals.Purchase: "empezar con nosotros",
			signals.Upgrade: "ampliar su plan", signals.Tender: "una respuesta a su licitación", signals.Evaluation: "comparar las opciones", signals.Meeting: "hablar con nosotros",
		},
		notes: map[signals.Kind]string{
			signals.Size: "{what}", signals.Timeline: "plazo «{what}»", signals.Budget: "presupuesto de {what}", signals.CurrentTool: "{what} en uso hoy",
		},
		steps: map[signals.Kind]string{
			signals.Demo:     "¿Qué le parece una demostración de 30 minutos preparada con su propio caso? Indíqueme dos horarios que le vengan bien y quién debería asistir, y yo me encargo del resto.",
			signals.Trial:    "Le propongo empezar con una prueba para un grupo pequeño. Dígame quién debería participar y cuándo desea empezar, y yo lo preparo.",
			signals.Pricing:  "Para que el presupuesto se ajuste, le propongo una breve llamada de 20 minutos. Indíqueme dos horarios que le vengan bien y después tendrá las cifras por escrito.",
			signals.Tender:   "Envíeme, por favor, la documentación y la fecha en que necesita nuestra respuesta, y le confirmaré quién se ocupa de ella.",
			signals.Upgrade:  "Dígame cuántas plazas necesita y desde cuándo, y prepararé el cambio para que lo confirme.",
			signals.Purchase: "Lo más rápido es una breve llamada para cerrar los detalles. Indíqueme dos horarios que le vengan bien y lo tendré todo listo.",
		},
		questions: map[signals.Kind]string{
			signals.Need: "¿Qué le gustaría conseguir y qué le ha llevado a buscarlo ahora?", signals.Size: "¿Cuántas personas lo utilizarían, aproximadamente?",
			signals.Timeline: "¿Para cuándo le gustaría tenerlo en marcha?", signals.CurrentTool: "¿Qué utilizan hoy?",
		},
		errands: map[signals.Kind]string{
			signals.Press:      "Con gusto le ayudamos con su artículo. ¿Puede decirme de qué trata, qué necesita de nosotros y para cuándo? Así encontraré a la persona adecuada.",
			signals.Partner:    "Una colaboración siempre merece una mirada atenta. ¿Puede decirme a qué clientes atienden, en qué países, y qué tiene en mente? Después sumaré al compañero que lleva los socios.",
			signals.Investor:   "Paso su mensaje a nuestra dirección. ¿Puede decirme en dos o tres frases qué tiene en mente?",
			signals.Seller:     "En este momento no necesitamos lo que ofrece, y prefiero decírselo con franqueza antes que hacerle esperar.",
			signals.Offer:      "En este momento no necesitamos esos servicios, y prefiero decírselo con franqueza antes que hacerle esperar.",
			signals.Applicant:  "Su mensaje ha llegado a nuestro equipo comercial, que no puede tramitar candidaturas. Utilice, por favor, la vía que indican nuestras ofertas de empleo. Le deseo mucho éxito.",
			signals.Student:    "Somos un equipo pequeño y, por desgracia, no podemos acompañar proyectos de estudios. Le deseo mucho éxito con el suyo.",
			signals.Competitor: "Como trabajamos en el mismo campo, preferimos no entrar en detalles de nuestro producto. Espero que lo comprenda.",
		},
		subjects: map[signals.Kind]string{
			signals.Demo: "Su demostración", signals.Trial: "Su prueba", signals.Pricing: "Su presupuesto", signals.Purchase: "Empezar juntos",
			signals.Upgrade: "Ampliación de su plan", signals.Tender: "Su licitación", signals.Meeting: "Nuestra conversación",
		},
		topics: map[string]string{
			signals.TopicIntegration: "las integraciones", signals.TopicSecurity: "la seguridad y la protección de datos", signals.TopicContract: "nuestras condiciones de contrato",
			signals.TopicOnboarding: "la puesta en marcha", signals.TopicLanguages: "los idiomas disponibles", signals.TopicFeatures: "nuestro producto",
		},
	}
}
