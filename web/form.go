package web

import "time"

// Accent is the colour of an organization's hosted form, one of a fixed palette: the content
// policy forbids inline style, so a colour is a class. The zero value is AccentCobalt.
type Accent string

// The palette. Each has text of at least 4.5:1 contrast on it, in light and dark.
const (
	AccentCobalt Accent = "cobalt"
	AccentSky    Accent = "sky"
	AccentTeal   Accent = "teal"
	AccentGreen  Accent = "green"
	AccentAmber  Accent = "amber"
	AccentOrange Accent = "orange"
	AccentRed    Accent = "red"
	AccentRose   Accent = "rose"
	AccentViolet Accent = "violet"
	AccentInk    Accent = "ink"
)

// Accents lists the palette in the order in which settings offer it.
func Accents() []Accent {
	return []Accent{
		AccentCobalt, AccentSky, AccentTeal, AccentGreen, AccentAmber,
		AccentOrange, AccentRed, AccentRose, AccentViolet, AccentInk,
	}
}

// class is the accent's CSS class; an unknown accent is the default one.
func (a Accent) class() string {
	for _, known := range Accents() {
		if a == known {
			return "accent-" + string(a)
		}
	}
	return "accent-" + string(AccentCobalt)
}

// FormBrand is what the hosted form's pages show of the organization.
type FormBrand struct {
	// Organization is the organization's name.
	Organization string
	// LogoURL is optional; a path on this origin or a data: URL of an image, as the content
	// policy admits no other host.
	LogoURL string
	// Accent is the form's colour.
	Accent Accent
	// Embedded leaves out the page's own frame, for the iframe of embed.js.
	Embedded bool
	// ParentOrigin is the origin of the embedding page, one of the form's allowed origins. The
	// frame tells its height and its success to that origin only; empty tells nobody.
	ParentOrigin string
}

// FormPage is the hosted form. Rendered with status 200 when fresh, 422 with Problems, 413, 429 or
// 503 with Trouble; what was typed is kept in every case.
type FormPage struct {
	Brand FormBrand
	// Action is where the form posts, such as "/f/KEY" with the embedding parameters.
	Action string
	// Heading and Intro are the form's own words; empty ones are replaced by defaults.
	Heading string
	Intro   string
	// ConsentText shows a consent box with that text when it is not empty.
	ConsentText string
	// ConsentRequired marks the box as required.
	ConsentRequired bool
	// TimeToken is the signed time for FieldTimeToken.
	TimeToken string
	// Values is what the fields contain.
	Values FormValues
	// Source goes into the hidden source fields.
	Source FormSource
	// Problems are the mistakes, by field, in the form's order.
	Problems Problems
	// Trouble is set when the submission was not taken for a reason that is no mistake.
	Trouble *FormTrouble
}

// FormValues is what the prospect typed.
type FormValues struct {
	Name    string
	Email   string
	Company string
	Phone   string
	Message string
	Consent bool
}

// FormSource is where the prospect came from.
type FormSource struct {
	UTMSource   string
	UTMMedium   string
	UTMCampaign string
	UTMTerm     string
	UTMContent  string
	Referrer    string
	LandingPage string
}

// TroubleKind is why a submission was not taken.
type TroubleKind string

// The kinds, with the status they are sent with.
const (
	TroubleUnavailable TroubleKind = "unavailable" // 503: it could not be stored
	TroubleTooMany     TroubleKind = "too_many"    // 429: rate limit
	TroubleTooLarge    TroubleKind = "too_large"   // 413: the body was over the limit
	TroubleLimit       TroubleKind = "limit"       // 429: the organization's limit, where it refuses
)

// FormTrouble explains a submission that was not taken.
type FormTrouble struct {
	Kind TroubleKind
	// Wait is how long until another try makes sense, as in Retry-After; 0 when unknown.
	Wait time.Duration
}

// Problem is one mistake of a form.
type Problem struct {
	// Field is the field's name; its input has the id "field-" + Field.
	Field string
	// Text is shown in the summary and beside the field, such as "Enter your name".
	Text string
}

// Problems are the mistakes of a form in the order in which the summary lists them.
type Problems []Problem

// of is the text for a field, empty when it has no problem.
func (p Problems) of(field string) string {
	for _, problem := range p {
		if problem.Field == field {
			return problem.Text
		}
	}
	return ""
}

// ThanksPage follows a successful submission. It never shows the category.
type ThanksPage struct {
	Brand FormBrand
	// Reference is the prospect's reference, which is not the lead's id; empty hides it.
	Reference string
	// Text replaces the default words on what happens next.
	Text string
	// BookingURL is an optional http(s) link to book a meeting.
	BookingURL string
	// FormURL links back to the empty form; empty hides it.
	FormURL string
}

// FormGoneKind says why there is no form to show.
type FormGoneKind string

// The kinds.
const (
	FormUnknown FormGoneKind = "unknown" // 404: no form has that key
	FormClosed  FormGoneKind = "closed"  // 410: the form takes no more messages
)

// FormGonePage stands in place of a form that cannot be filled in. For FormUnknown the Brand is
// empty, as nobody's form was found.
type FormGonePage struct {
	Kind  FormGoneKind
	Brand FormBrand
}
