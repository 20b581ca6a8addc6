package fiberhttp

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/leadagent/leadagent/app/intake"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/web"
)

// form shows the hosted form.
func (s *Server) form(c *fiber.Ctx) error {
	page, err := s.Intake.Page(c.UserContext(), c.Params("key"))
	if err != nil {
		return s.formGone(c, err)
	}
	s.framedBy(c, page.Form.AllowedOrigins)
	view := s.formView(c, page)
	view.Source = web.FormSource{
		UTMSource: c.Query(web.FieldUTMSource), UTMMedium: c.Query(web.FieldUTMMedium), UTMCampaign: c.Query(web.FieldUTMCampaign),
		UTMTerm: c.Query(web.FieldUTMTerm), UTMContent: c.Query(web.FieldUTMContent), LandingPage: c.Query(web.FieldLandingPage),
		Referrer: firstOf(c.Query(web.FieldReferrer), c.Get(fiber.HeaderReferer)),
	}
	return s.render(c, http.StatusOK, web.Form(view))
}

func (s *Server) formView(c *fiber.Ctx, page intake.Page) web.FormPage {
	key := c.Params("key")
	view := web.FormPage{Brand: s.brand(c, page), Action: web.FormPath(key), Heading: page.Form.Title, Intro: page.Form.Intro, TimeToken: page.Stamp}
	if view.Brand.Embedded {
		view.Action += "?" + embedding(view.Brand)
	}
	return view
}

func (s *Server) brand(c *fiber.Ctx, page intake.Page) web.FormBrand {
	brand := web.FormBrand{Organization: page.Organization, Accent: web.Accent(page.Form.Accent), Embedded: c.Query(web.QueryEmbed) != ""}
	if origin := c.Query(web.QueryOrigin); slices.Contains(page.Form.AllowedOrigins, origin) {
		brand.ParentOrigin = origin
	}
	return brand
}

// embedding are the parameters that keep a framed form framed.
func embedding(b web.FormBrand) string {
	q := url.Values{web.QueryEmbed: {"1"}}
	if b.ParentOrigin != "" {
		q.Set(web.QueryOrigin, b.ParentOrigin)
	}
	return q.Encode()
}

// submitForm takes a submission of the hosted form. Whatever goes wrong, the page comes back with everything that was typed.
func (s *Server) submitForm(c *fiber.Ctx) error {
	key := c.Params("key")
	values, err := formValues(c)
	if err != nil {
		return err
	}
	if len(c.BodyRaw()) > maxFormBody {
		return s.formAgain(c, values, fault.New(fault.TooLarge, "The message is too large."))
	}
	if err := once(values); err != nil {
		return err
	}
	receipt, err := s.Intake.Submit(c.UserContext(), intake.Request{
		FormKey: key, Raw: rawLead(values), Address: s.address(c), Hidden: values.Get(web.FieldHoneypot), Stamp: values.Get(web.FieldTimeToken), Stamped: true,
	})
	if err != nil {
		return s.formAgain(c, values, err)
	}
	to := url.Values{"ref": {receipt.Reference}}
	if c.Query(web.QueryEmbed) != "" {
		to.Set(web.QueryEmbed, "1")
		to.Set(web.QueryOrigin, c.Query(web.QueryOrigin))
	}
	return seeOther(c, web.FormPath(key)+"/thanks?"+to.Encode())
}

// formValues reads the fields from the raw body alone; the address's query is not the form's.
func formValues(c *fiber.Ctx) (url.Values, error) {
	kind, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), fiber.MIMEApplicationForm) {
		return nil, fault.New(fault.Unsupported, "Send the form as application/x-www-form-urlencoded, as browsers do.")
	}
	values, err := url.ParseQuery(string(c.BodyRaw()))
	if err != nil {
		return nil, fault.Wrap(fault.Malformed, err, "The form could not be read. Go back, reload it, and send it again.")
	}
	isText := func(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
	for name, all := range values {
		for i, v := range all {
			if !isText(name) || !isText(v) {
				return nil, fault.New(fault.Malformed, "A field has characters that are no text. Go back, type it anew, and send it again.")
			}
			all[i] = norm.NFC.String(v)
		}
	}
	return values, nil
}

// once refuses a form that answers one of its questions twice, since then somebody else than its page has put it together.
func once(v url.Values) error {
	for _, name := range []string{web.FieldEmail, web.FieldName, web.FieldCompany, web.FieldPhone, web.FieldMessage, web.FieldTimeToken} {
		if len(v[name]) > 1 {
			return fault.New(fault.Malformed, "A field was sent twice. Go back, reload the form, and send it again.")
		}
	}
	return nil
}

func rawLead(v url.Values) leads.Raw {
	source := leads.Source{Referrer: v.Get(web.FieldReferrer), LandingPage: v.Get(web.FieldLandingPage), UTM: map[string]string{}}
	for _, name := range []string{web.FieldUTMSource, web.FieldUTMMedium, web.FieldUTMCampaign, web.FieldUTMTerm, web.FieldUTMContent} {
		source.UTM[name] = v.Get(name)
	}
	return leads.Raw{
		Email: v.Get(web.FieldEmail), Name: v.Get(web.FieldName), Company: v.Get(web.FieldCompany), Phone: v.Get(web.FieldPhone),
		Message: v.Get(web.FieldMessage), Source: source,
	}
}

// formAgain shows the form with what was typed and what is wrong. Where not even the organization can be read, a bare page says so.
func (s *Server) formAgain(c *fiber.Ctx, values url.Values, failure error) error {
	f := s.asFault(c, failure)
	if f.Kind == fault.NotFound {
		return s.formGone(c, failure)
	}
	var page intake.Page
	if f.Kind != fault.Overloaded {
		var err error
		if page, err = s.Intake.Page(c.UserContext(), c.Params("key")); err != nil {
			f = s.asFault(c, err)
		}
	}
	view := s.formView(c, page)
	s.framedBy(c, page.Form.AllowedOrigins)
	view.Values = web.FormValues{
		Name: values.Get(web.FieldName), Email: values.Get(web.FieldEmail), Company: values.Get(web.FieldCompany),
		Phone: values.Get(web.FieldPhone), Message: values.Get(web.FieldMessage), Consent: values.Get(web.FieldConsent) == "yes",
	}
	view.Source = web.FormSource{
		UTMSource: values.Get(web.FieldUTMSource), UTMMedium: values.Get(web.FieldUTMMedium), UTMCampaign: values.Get(web.FieldUTMCampaign),
		UTMTerm: values.Get(web.FieldUTMTerm), UTMContent: values.Get(web.FieldUTMContent), Referrer: values.Get(web.FieldReferrer),
		LandingPage: values.Get(web.FieldLandingPage),
	}
	// The time token of the first opening stays good: the person may correct a field as fast as they like.
	if token := values.Get(web.FieldTimeToken); token != "" {
		view.TimeToken = token
	}
	for _, field := range f.Fields {
		view.Problems = append(view.Problems, web.Problem{Field: field.Name, Text: field.Message})
	}
	code := status(f.Kind)
	if kind, is := troubles()[f.Kind]; is {
		view.Trouble = &web.FormTrouble{Kind: kind, Wait: f.RetryAfter}
	} else if f.Kind != fault.Invalid {
		return failure
	}
	s.retryAfter(c, code, f)
	return s.render(c, code, web.Form(view))
}

func troubles() map[fault.Kind]web.TroubleKind {
	return map[fault.Kind]web.TroubleKind{
		fault.TooMany: web.TroubleTooMany, fault.QuotaReached: web.TroubleLimit, fault.Overloaded: web.TroubleUnavailable,
		fault.Unavailable: web.TroubleUnavailable, fault.TooLarge: web.TroubleTooLarge,
	}
}

func (s *Server) formGone(c *fiber.Ctx, err error) error {
	if fault.Is(err, fault.NotFound) {
		return s.render(c, http.StatusNotFound, web.FormGone(web.FormGonePage{Kind: web.FormUnknown}))
	}
	return err
}

// aReference is the shape of the references that we give out; anything else in the address is not shown.
var aReference = regexp.MustCompile(`^[0-9A-Z-]{6,20}$`)

// thanks follows a submission.
func (s *Server) thanks(c *fiber.Ctx) error {
	page, err := s.Intake.Page(c.UserContext(), c.Params("key"))
	if err != nil {
		return s.formGone(c, err)
	}
	s.framedBy(c, page.Form.AllowedOrigins)
	view := web.ThanksPage{Brand: s.brand(c, page), Text: page.Form.Thanks, FormURL: web.FormPath(c.Params("key"))}
	if ref := c.Query("ref"); aReference.MatchString(ref) {
		view.Reference = ref
	}
	if view.Brand.Embedded {
		view.FormURL += "?" + embedding(view.Brand)
	}
	return s.render(c, http.StatusOK, web.Thanks(view))
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// static serves a file of ours under its hashed name, for ever.
func (s *Server) static(c *fiber.Ctx) error {
	file, ok := web.Lookup(c.Path())
	if !ok {
		return fiber.NewError(http.StatusNotFound)
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	return sendFile(c, file)
}

// named serves one of the few files with a fixed address.
func (s *Server) named(name string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		file, ok := web.Named(name)
		if !ok {
			return fiber.NewError(http.StatusNotFound)
		}
		c.Set(fiber.HeaderCacheControl, "public, max-age=300")
		return sendFile(c, file)
	}
}

func sendFile(c *fiber.Ctx, file web.File) error {
	c.Set(fiber.HeaderContentType, file.ContentType)
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	return c.SendStream(bytes.NewReader(file.Body), len(file.Body))
}
