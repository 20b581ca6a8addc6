package writer

import "github.com/leadagent/leadagent/adapters/sandbox/model/signals"

func english() wording {
	return wording{
		greeting: "Hi {name},", greetingFormal: "Dear {name},", greetingUnnamed: "Hello,", closing: "Best regards,",
		thanks: "Thank you for getting in touch.",
		wanted: "You would like {what}, and I am happy to help with that.", and: "and", moreAbout: "to know more about {topic}",
		need:         "In your words, you are looking for “{what}”.",
		wish:         "In your words, you would like to “{what}”.",
		noted:        "From your message I have noted: {list}. Please correct me if I got something wrong.",
		activity:     "I also had a look at what you do, and read that {company} {what}.",
		knowledge:    "To answer part of it right away: {what}",
		step:         "Shall we take half an hour to go through it together? Just send me two times that suit you, and I will arrange the rest.",
		oneQuestion:  "So that I can give you a useful answer, may I ask one thing?",
		twoQuestions: "So that I can give you a useful answer, may I ask two things?",
		decline:      "After looking at your request, I do not think that we are the right people for it at the moment, and I would rather say so plainly than leave you waiting. I wish you every success with it.",
		support:      "I have passed it on to our support team, and they will get back to you as soon as they can.",
		supportHelp:  "It helps them if you reply with what you were doing, what you saw, and roughly when it happened.",
		mention:      "I would also like to mention {what}.", mentionThat: "I would also like to mention that {what}.",
		askAbout: "Could you also tell me a little about {what}?",
		subject:  "Your message to us", subjectSupport: "Your message is with our support team",
		wants: map[signals.Kind]string{
			signals.Demo: "a demonstration", signals.Trial: "to try it out", signals.Pricing: "a quote", signals.Purchase: "to get started",
			signals.Upgrade: "to extend your plan", signals.Tender: "an answer to your tender", signals.Evaluation: "to compare your options", signals.Meeting: "to talk to us",
		},
		notes: map[signals.Kind]string{
			signals.Size: "{what}", signals.Timeline: "timing “{what}”", signals.Budget: "a budget of {what}", signals.CurrentTool: "{what} in use today",
		},
		steps: map[signals.Kind]string{
			signals.Demo:     "What about a demonstration of 30 minutes, built around your own case? Just send me two times that suit you and who should join, and I will arrange the rest.",
			signals.Trial:    "I suggest that we set up a trial for a small group of yours first. Just tell me who should take part and when you would like to begin, and I will prepare it.",
			signals.Pricing:  "So that the quote fits, I suggest a short call of 20 minutes. Just send me two times that suit you, and you will have the figures in writing afterwards.",
			signals.Tender:   "Please send me the documents and the date by which you need our answer, and I will confirm who looks after it on our side.",
			signals.Upgrade:  "Just tell me the number of places you need and from when, and I will prepare the change for you to confirm.",
			signals.Purchase: "The quickest way is a short call to settle the details. Just send me two times that suit you, and I will have everything ready.",
		},
		questions: map[signals.Kind]string{
			signals.Need: "What would you like to achieve, and what made you look for it now?", signals.Size: "Roughly how many people would work with it?",
			signals.Timeline: "By when would you like to have it in place?", signals.CurrentTool: "What do you use for this today?",
		},
		errands: map[signals.Kind]string{
			signals.Press:      "We are glad to help with your piece. Could you tell me what it is about, what you need from us, and by when? I will then find the right person to speak to you.",
			signals.Partner:    "A partnership is always worth a closer look. Could you tell me which customers you serve and in which countries, and what you have in mind? I will then bring in the colleague who looks after partners.",
			signals.Investor:   "I will pass your message on to our management. Could you tell me in two or three sentences what you have in mind?",
			signals.Seller:     "We have no need for what you offer at the moment, and I would rather say so plainly than leave you waiting.",
			signals.Offer:      "We have no need for such services at the moment, and I would rather say so plainly than leave you waiting.",
			signals.Applicant:  "Your message reached our sales team, where we cannot consider applications. Please use the way that our job advertisements describe. I wish you every success.",
			signals.Student:    "We are a small team and sadly cannot support individual study projects. I wish you every success with yours.",
			signals.Competitor: "As we work in the same field, we would rather not go into details of our product. I hope that you understand.",
		},
		subjects: map[signals.Kind]string{
			signals.Demo: "Your demonstration", signals.Trial: "Your trial", signals.Pricing: "Your quote", signals.Purchase: "Getting started",
			signals.Upgrade: "Extending your plan", signals.Tender: "Your tender", signals.Meeting: "Our conversation",
		},
		topics: map[string]string{
			signals.TopicIntegration: "integrations", signals.TopicSecurity: "security and data protection", signals.TopicContract: "our contract terms",
			signals.TopicOnboarding: "getting set up", signals.TopicLanguages: "the languages that we support", signals.TopicFeatures: "what our product does",
		},
	}
}
