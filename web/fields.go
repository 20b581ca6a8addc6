package web

// Names of the form fields, in one place, for the templates and for the handlers that read them.
const (
	// CSRFField and CSRFHeader carry the session's token against cross-site request forgery.
	CSRFField  = "csrf_token"
	CSRFHeader = "X-CSRF-Token"

	// Fields of the hosted form.
	FieldName    = "name"
	FieldEmail   = "email"
	FieldCompany = "company"
	FieldPhone   = "phone"
	FieldMessage = "message"
	FieldConsent = "consent" // value "yes" when ticked

	// FieldHoneypot is invisible to people; a value in it gives a bot away.
	FieldHoneypot = "website"
	// FieldTimeToken holds the signed time at which the form was served.
	FieldTimeToken = "form_token"

	// Source capture, hidden in the hosted form.
	FieldUTMSource   = "utm_source"
	FieldUTMMedium   = "utm_medium"
	FieldUTMCampaign = "utm_campaign"
	FieldUTMTerm     = "utm_term"
	FieldUTMContent  = "utm_content"
	FieldReferrer    = "referrer"
	FieldLandingPage = "landing_page"

	// Fields of the review actions. FieldDraftVersion is the version that the reviewer saw.
	FieldDraftVersion = "draft_version"
	FieldSubject      = "email_subject"
	FieldBody         = "email_draft"
	FieldReason       = "reason" // a RejectReason
	FieldNote         = "note"
	// FieldSettle says what became of a doubtful send: SettleWent or SettleAgain.
	FieldSettle = "outcome"
	// FieldFrom says which page the action was taken on, FromReview or FromLead, and so where the
	// redirect goes.
	FieldFrom = "from"

	// FieldOrganization is the id chosen on the organization page; FieldNext the local path to
	// go on to afterwards.
	FieldOrganization = "organization"
	FieldNext         = "next"

	// Query parameters of the leads list.
	QuerySearch   = "q"
	QueryStatus   = "status"
	QueryCategory = "category"
	QueryCursor   = "cursor"
)

// Values of FieldSettle and FieldFrom.
const (
	SettleWent  = "went"
	SettleAgain = "again"
	FromReview  = "review"
	FromLead    = "lead"
)

// Limits of the hosted form, in Unicode characters after trimming. The form shows them and counts
// by them; the domain enforces them.
const (
	MessageMin = 10
	MessageMax = 500
	NameMin    = 2
	NameMax    = 50
)
