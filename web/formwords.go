package web

import (
	"time"

	"github.com/a-h/templ"
)

// textInput is a one-line field of the hosted form.
type textInput struct {
	Name     string
	Label    string
	Type     string
	Complete string
	Mode     string
	Value    string
	Required bool
}

func (in textInput) attributes(problems Problems) templ.Attributes {
	attributes := invalid(problems, in.Name, "")
	if in.Mode != "" {
		attributes["inputmode"] = in.Mode
	}
	if in.Required {
		attributes["required"] = true
	}
	if in.Type == "email" {
		attributes["spellcheck"] = "false"
		attributes["autocapitalize"] = "none"
	}
	return attributes
}

func messageAttributes(problems Problems) templ.Attributes {
	return invalid(problems, FieldMessage, "message-hint")
}

// invalid ties a field to its mistake, and to its hint where it has one.
func invalid(problems Problems, field, hint string) templ.Attributes {
	described := hint
	attributes := templ.Attributes{}
	if problems.of(field) != "" {
		attributes["aria-invalid"] = "true"
		described = "problem-" + field
		if hint != "" {
			described += " " + hint
		}
	}
	if described != "" {
		attributes["aria-describedby"] = described
	}
	return attributes
}

// embedding is what form.js needs to talk to the page around the frame.
func embedding(brand FormBrand) templ.Attributes {
	if !brand.Embedded || brand.ParentOrigin == "" {
		return templ.Attributes{}
	}
	return templ.Attributes{"data-parent-origin": brand.ParentOrigin}
}

func (p FormPage) heading() string {
	switch {
	case p.Heading != "":
		return p.Heading
	case p.Brand.Organization != "":
		return "Talk to " + p.Brand.Organization
	default:
		return "Get in touch"
	}
}

func (p FormPage) intro() string {
	if p.Intro != "" {
		return p.Intro
	}
	return "Tell us what you are looking for, and we will get back to you by email."
}

func (p FormPage) title() string {
	switch {
	case len(p.Problems) > 0:
		return "Error: " + p.heading()
	case p.Trouble != nil:
		return "Not sent yet: " + p.heading()
	default:
		return p.heading()
	}
}

// fields are the hidden fields by name.
func (s FormSource) fields() []Pair {
	return []Pair{
		{FieldUTMSource, s.UTMSource},
		{FieldUTMMedium, s.UTMMedium},
		{FieldUTMCampaign, s.UTMCampaign},
		{FieldUTMTerm, s.UTMTerm},
		{FieldUTMContent, s.UTMContent},
		{FieldReferrer, s.Referrer},
		{FieldLandingPage, s.LandingPage},
	}
}

func (t FormTrouble) title() string {
	switch t.Kind {
	case TroubleUnavailable:
		return "Your message has not been sent yet"
	case TroubleTooMany:
		return "Too many messages in a short time"
	case TroubleTooLarge:
		return "Your message is too large"
	case TroubleLimit:
		return "We cannot take your message right now"
	}
	return "Your message has not been sent yet"
}

func (t FormTrouble) words(brand FormBrand) string {
	wait := "in a moment"
	if t.Wait > 0 {
		wait = "in " + waitWords(t.Wait)
	}
	switch t.Kind {
	case TroubleUnavailable:
		return "We could not store it. Nothing was lost on your side: what you typed is still here. Press “Send message” again " + wait + "."
	case TroubleTooMany:
		return "What you typed is still here. Please press “Send message” again " + wait + "."
	case TroubleTooLarge:
		return "Please shorten it to at most " + number(MessageMax) + " characters and send it again."
	case TroubleLimit:
		name := brand.Organization
		if name == "" {
			name = "The team"
		}
		return name + " has reached the number of messages it can take for now. Please try again later."
	}
	return "Please try again."
}

// waitWords rounds a wait up, so that trying after it works.
func waitWords(d time.Duration) string {
	switch {
	case d <= time.Minute:
		return plural(int((d+time.Second-1)/time.Second), "second", "seconds")
	case d <= time.Hour:
		return plural(int((d+time.Minute-1)/time.Minute), "minute", "minutes")
	default:
		return plural(int((d+time.Hour-1)/time.Hour), "hour", "hours")
	}
}

func (p ThanksPage) heading() string {
	if p.Brand.Organization == "" {
		return "Thank you, your message has arrived"
	}
	return "Thank you, " + p.Brand.Organization + " has your message"
}

func (p ThanksPage) title() string { return "Thank you" }

func (p FormGonePage) heading() string {
	if p.Kind == FormClosed {
		return "This form is closed"
	}
	return "There is no form here"
}

func (p FormGonePage) words() string {
	if p.Kind == FormClosed {
		name := p.Brand.Organization
		if name == "" {
			name = "The team behind it"
		}
		return name + " is not taking messages with this form any more. Nothing was sent."
	}
	return "The address may be mistyped, or the form has been removed. Please check the link, or ask who gave it to you."
}
