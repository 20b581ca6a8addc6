package preview

import (
	"net/http"
	"time"

	"github.com/leadagent/leadagent/web"
)

func (p people) brand() web.FormBrand {
	return web.FormBrand{Organization: p.say("Acme Cloud"), Accent: web.AccentCobalt}
}

func (p people) emptyForm() web.FormPage {
	return web.FormPage{
		Brand: p.brand(), Action: "/f/acme-demo", TimeToken: "sample",
		Source: web.FormSource{
			UTMSource: p.say("newsletter"), UTMMedium: p.say("email"), UTMCampaign: p.say("autumn"),
			Referrer: p.say("https://news.example/"), LandingPage: p.say("https://acme.example/pricing"),
		},
	}
}

func (p people) filledForm() web.FormPage {
	form := p.emptyForm()
	form.Values = web.FormValues{
		Name: p.say("Jane Doe"), Email: p.say("jane@northwind.example"), Company: p.say("Northwind"),
		Phone: p.say("+49 30 901820"), Message: p.say("We are 40 people and look for a way to answer inbound leads faster.\nCan you show us how it works?"),
	}
	return form
}

func (p people) formSamples() []Sample {
	wrong := p.filledForm()
	wrong.Values.Name, wrong.Values.Email, wrong.Values.Message = "", p.say("jane@"), p.say("Hi")
	wrong.ConsentText = "I agree that Acme Cloud may write to me about my message."
	wrong.ConsentRequired = true
	wrong.Problems = web.Problems{
		{Field: web.FieldName, Text: "Enter your name"},
		{Field: web.FieldEmail, Text: "Enter an email address like name@company.com"},
		{Field: web.FieldMessage, Text: "Write at least 10 characters"},
		{Field: web.FieldConsent, Text: "Tick the box to go on"},
	}
	busy, many, large, limit := p.filledForm(), p.filledForm(), p.emptyForm(), p.filledForm()
	busy.Trouble = &web.FormTrouble{Kind: web.TroubleUnavailable, Wait: 5 * time.Second}
	many.Trouble = &web.FormTrouble{Kind: web.TroubleTooMany, Wait: 40 * time.Second}
	large.Trouble = &web.FormTrouble{Kind: web.TroubleTooLarge}
	limit.Trouble = &web.FormTrouble{Kind: web.TroubleLimit}
	embedded := p.emptyForm()
	embedded.Brand.Embedded, embedded.Brand.ParentOrigin, embedded.Brand.Accent = true, "https://acme.example", web.AccentTeal
	ink := p.filledForm()
	ink.Brand.Accent, ink.Brand.LogoURL, ink.Heading, ink.Intro = web.AccentInk, web.Asset("favicon.svg"), p.say("Book a demo"), p.say("Thirty minutes, no slides.")
	return []Sample{
		{Name: "form", Path: "/f/acme-demo", Page: web.Form(p.emptyForm())},
		{Name: "form-problems", Path: "/f/acme-demo", Page: web.Form(wrong)},
		{Name: "form-unavailable", Path: "/f/acme-demo", Page: web.Form(busy)},
		{Name: "form-too-many", Path: "/f/acme-demo", Page: web.Form(many)},
		{Name: "form-too-large", Path: "/f/acme-demo", Page: web.Form(large)},
		{Name: "form-limit", Path: "/f/acme-demo", Page: web.Form(limit)},
		{Name: "form-embedded", Path: "/f/acme-demo?embed=1", Page: web.Form(embedded)},
		{Name: "form-ink", Path: "/f/acme-demo", Page: web.Form(ink)},
		{Name: "thanks", Path: "/f/acme-demo/thanks", Page: web.Thanks(web.ThanksPage{Brand: p.brand(), Reference: "LA-7F3K-92QD", FormURL: "/f/acme-demo"})},
		{Name: "thanks-booking", Path: "/f/acme-demo/thanks", Page: web.Thanks(web.ThanksPage{
			Brand: p.brand(), Reference: p.say("LA-7F3K-92QD"), Text: p.say("We answer on working days."), BookingURL: p.say("https://cal.example/acme"),
		})},
		{Name: "form-unknown", Path: "/f/nobody", Page: web.FormGone(web.FormGonePage{Kind: web.FormUnknown})},
		{Name: "form-closed", Path: "/f/old", Page: web.FormGone(web.FormGonePage{Kind: web.FormClosed, Brand: p.brand()})},
	}
}

func (p people) accessSamples() []Sample {
	shell := p.shell("Not allowed", web.SectionNone)
	identity := web.Identity{FrontendAPI: "https://clerk.acme.example", SessionID: "sess_1"}
	return []Sample{
		{Name: "sign-in", Path: "/sign-in", Page: web.SignIn(web.SignInPage{SignInURL: "/sandbox/clerk/sign-in", Sandbox: true})},
		{Name: "sign-in-ended", Path: "/sign-in", Page: web.SignIn(web.SignInPage{SignInURL: "https://accounts.acme.example/sign-in", Message: "Your session has ended."})},
		{Name: "signed-out", Path: "/signed-out", Page: web.SignedOut(web.SignedOutPage{})},
		{Name: "organizations", Path: web.PathOrganizations, Member: true, Page: web.Organizations(web.OrganizationsPage{
			CSRF: "sample-token", Next: "/review", Identity: identity, Viewer: web.Viewer{Name: p.say("Sam Rivera"), Email: p.say("sam@acme.example")},
			Choices: []web.OrganizationChoice{
				{ID: "org_acme", Name: p.say("Acme Cloud"), Role: "Admin", Current: true},
				{ID: "org_globex", Name: p.say("Globex"), Role: "Member"},
			},
		})},
		{Name: "organizations-none", Path: web.PathOrganizations, Member: true, Page: web.Organizations(web.OrganizationsPage{
			CSRF: "sample-token", Viewer: web.Viewer{Email: p.say("sam@acme.example")},
		})},
		{Name: "refresh", Path: "/dashboard", Page: web.Refresh(web.RefreshPage{Identity: identity, SignInURL: "/sign-in"})},
		{Name: "error-403", Path: "/settings", Member: true, Page: web.Error(web.ErrorPage{Status: http.StatusForbidden, Shell: &shell, Permission: "settings:manage", Ask: p.say("Ada Park")})},
		{Name: "error-404", Path: "/leads/none", Page: web.Error(web.ErrorPage{Status: http.StatusNotFound})},
		{Name: "error-404-member", Path: "/leads/none", Member: true, Page: web.Error(web.ErrorPage{Status: http.StatusNotFound, Shell: &shell})},
		{Name: "error-500", Path: "/leads", Page: web.Error(web.ErrorPage{Status: http.StatusInternalServerError, Incident: "0193a5b2-7c1e-7d60-9a41-3f2f3c1b2a10"})},
		{Name: "error-503", Path: "/leads", Page: web.Error(web.ErrorPage{Status: http.StatusServiceUnavailable, Wait: 10 * time.Second})},
		{Name: "error-429", Path: "/leads", Page: web.Error(web.ErrorPage{Status: http.StatusTooManyRequests, Wait: 90 * time.Second})},
	}
}
