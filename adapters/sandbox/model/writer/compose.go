package writer

import (
	"strings"

	"github.com/leadagent/leadagent/adapters/sandbox/model/signals"
	"github.com/leadagent/leadagent/adapters/sandbox/model/text"
)

// compose writes the paragraphs that suit the category.
func (d *draft) compose() {
	switch d.order.Category {
	case "UNQUALIFIED":
		d.decline()
	case "SUPPORT":
		d.handOver()
	case "FOLLOW_UP":
		d.ask()
	default:
		d.invite()
	}
	d.addWishes()
}

// invite answers a qualified prospect: what was asked, what was understood, what comes next.
func (d *draft) invite() {
	d.say(d.words.thanks, d.wanted(), d.need())
	if !d.wishes.short {
		d.say(d.notes(), d.activity())
	}
	d.say(d.fromKnowledge())
	d.say(d.nextStep())
}

// ask writes to somebody of whom too little is known, or who comes for another errand that a person shall look at.
func (d *draft) ask() {
	for _, errand := range []signals.Kind{signals.Press, signals.Partner, signals.Investor} {
		if d.has(errand) {
			d.use(d.known[errand])
			d.say(d.words.thanks, d.words.errands[errand])
			return
		}
	}
	d.say(d.words.thanks, d.wanted(), d.need())
	if !d.wishes.short {
		d.say(d.notes())
	}
	d.say(d.fromKnowledge())
	d.say(d.questions())
}

func (d *draft) decline() {
	for _, errand := range []signals.Kind{signals.Seller, signals.Applicant, signals.Student, signals.Competitor, signals.Offer} {
		if answer, ok := d.words.errands[errand]; ok && d.has(errand) {
			d.use(d.known[errand])
			d.say(d.words.thanks, answer)
			return
		}
	}
	d.say(d.words.thanks, d.words.decline)
}

func (d *draft) handOver() {
	for _, k := range []signals.Kind{signals.AccountAccess, signals.Billing, signals.Problem, signals.Complaint, signals.Privacy} {
		if d.has(k) {
			d.use(d.known[k])
		}
	}
	d.say(d.words.thanks, d.words.support)
	if !d.wishes.short {
		d.say(d.words.supportHelp)
	}
}

// asked lists what the prospect wants, the most concrete first, at most two.
func (d *draft) asked() []signals.Kind {
	var kinds []signals.Kind
	for _, k := range []signals.Kind{
		signals.Demo, signals.Trial, signals.Pricing, signals.Tender, signals.Upgrade, signals.Purchase, signals.Evaluation, signals.Meeting,
	} {
		if d.has(k) && len(kinds) < 2 && !d.wishes.drops(k) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// wanted says back what the prospect asked for.
func (d *draft) wanted() string {
	var nouns []string
	for _, k := range d.asked() {
		d.use(d.known[k])
		nouns = append(nouns, d.words.wants[k])
	}
	for _, t := range d.topics {
		if name, ok := d.words.topics[t.text]; ok && len(nouns) < 2 {
			d.use(t)
			nouns = append(nouns, strings.ReplaceAll(d.words.moreAbout, "{topic}", name))
		}
	}
	switch len(nouns) {
	case 0:
		return ""
	case 1:
		return strings.ReplaceAll(d.words.wanted, "{what}", nouns[0])
	}
	return strings.ReplaceAll(d.words.wanted, "{what}", nouns[0]+" "+d.words.and+" "+nouns[1])
}

// need quotes what the prospect is looking for.
func (d *draft) need() string {
	form := d.words.need
	one, ok := d.known[signals.Need]
	if !ok {
		form = d.words.wish
		one, ok = d.known[signals.Wish]
	}
	if !ok || safe(one.text) == "" || len(strings.Fields(one.text)) < 2 || d.has(signals.Demo, signals.Trial, signals.Pricing) && d.wishes.short {
		return ""
	}
	return strings.ReplaceAll(form, "{what}", d.use(one))
}

// notes lists the circumstances that the prospect named.
func (d *draft) notes() string {
	var list []string
	for _, k := range []signals.Kind{signals.Size, signals.Timeline, signals.Budget, signals.CurrentTool} {
		one, ok := d.known[k]
		if !ok || safe(one.text) == "" || d.wishes.drops(k) {
			continue
		}
		list = append(list, strings.ReplaceAll(d.words.notes[k], "{what}", d.use(one)))
	}
	if len(list) == 0 {
		return ""
	}
	return strings.ReplaceAll(d.words.noted, "{list}", strings.Join(list, ", "))
}

// activity shows that somebody looked at the prospect's company, where its page speaks the letter's language.
func (d *draft) activity() string {
	one, ok := d.known[signals.Activity]
	company := plain(d.order.Prospect.Company)
	said := safe(one.text)
	if !ok || company == "" || said == "" || d.wishes.drops(signals.Activity) || d.writer.languages.Detect(said) != d.language || firstPerson(said) {
		return ""
	}
	d.use(one)
	return strings.NewReplacer("{company}", company, "{what}", said).Replace(d.words.activity)
}

func firstPerson(said string) bool {
	switch words := text.Words(said); words[0].Folded {
	case "we", "wir", "nous", "our", "disenamos", "fabricamos", "desarrollamos", "ofrecemos", "ayudamos":
		return true
	}
	return false
}

func (d *draft) nextStep() string {
	for _, k := range d.asked() {
		if step, ok := d.words.steps[k]; ok {
			return step
		}
	}
	return d.words.step
}

// questions asks for the two things that matter most of those unknown.
func (d *draft) questions() string {
	var list []string
	add := func(kind signals.Kind, known bool) {
		if !known && len(list) < 2 {
			list = append(list, d.words.questions[kind])
		}
	}
	add(signals.Need, len(d.asked()) > 0 || len(d.topics) > 0 || d.has(signals.Need, signals.Wish))
	add(signals.Size, d.has(signals.Size))
	add(signals.Timeline, d.has(signals.Timeline))
	add(signals.CurrentTool, d.has(signals.CurrentTool))
	if len(list) == 0 {
		return d.words.step
	}
	if len(list) == 1 || d.wishes.short {
		return d.words.oneQuestion + " " + list[0]
	}
	return d.words.twoQuestions + "\n\n- " + strings.Join(list, "\n- ")
}

// subject names what the letter answers.
func (d *draft) subject() string {
	company := plain(d.order.Prospect.Company)
	subject := d.words.subject
	if asked := d.asked(); len(asked) > 0 && d.order.Category != "UNQUALIFIED" && d.order.Category != "SUPPORT" {
		if specific, ok := d.words.subjects[asked[0]]; ok {
			subject = specific
		}
	}
	switch {
	case d.order.Category == "SUPPORT":
		subject, company = d.words.subjectSupport, ""
	case d.order.Category == "UNQUALIFIED":
		company = ""
	}
	if company != "" {
		subject += " – " + company
	}
	return text.Around(subject, 0, 0, maxSubject)
}

// maxSubject bounds a subject, in characters.
const maxSubject = 78

// addWishes carries out what a reviewer asked to be said.
func (d *draft) addWishes() {
	var extra []string
	for _, mention := range d.wishes.mention {
		if that, ok := strings.CutPrefix(mention, "that "); ok {
			extra = append(extra, strings.ReplaceAll(d.words.mentionThat, "{what}", that))
			continue
		}
		extra = append(extra, strings.ReplaceAll(d.words.mention, "{what}", mention))
	}
	if d.wishes.ask != "" {
		extra = append(extra, strings.ReplaceAll(d.words.askAbout, "{what}", d.wishes.ask))
	}
	d.say(extra...)
}
