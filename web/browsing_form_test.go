package web_test

import (
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"

	"github.com/leadagent/leadagent/web"
)

// contact is a hosted form that wants a name.
func contact(s *site, taken func(url.Values)) {
	brand := web.FormBrand{Organization: "Acme"}
	s.HandleFunc("GET /f/k", func(w http.ResponseWriter, r *http.Request) {
		show(w, r, http.StatusOK, web.Form(web.FormPage{Brand: brand, Action: "/f/k", TimeToken: "t"}))
	})
	s.HandleFunc("POST /f/k", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		form := web.FormPage{Brand: brand, Action: "/f/k", Values: web.FormValues{Name: r.PostForm.Get("name"), Email: r.PostForm.Get("email"), Message: r.PostForm.Get("message")}}
		if form.Values.Name == "" {
			form.Problems = web.Problems{{Field: "name", Text: "Enter your name"}}
			show(w, r, http.StatusUnprocessableEntity, web.Form(form))
			return
		}
		taken(r.PostForm)
		http.Redirect(w, r, "/f/k/thanks?ref=LA-1", http.StatusSeeOther)
	})
	s.HandleFunc("GET /f/k/thanks", func(w http.ResponseWriter, r *http.Request) {
		show(w, r, http.StatusOK, web.Thanks(web.ThanksPage{Brand: brand, Reference: r.URL.Query().Get("ref")}))
	})
}

func formInBrowser(t *testing.T, b *tab, s *site) {
	var got url.Values
	contact(s, func(values url.Values) { got = values })
	b.do(t, chromedp.Navigate(s.URL+"/f/k"))
	b.write(t, "#field-message", "Hi 👋🏽")
	b.until(t, `document.querySelector("[data-count]").textContent === "5 characters to go"`)
	b.click(t, "form button[type=submit]")
	b.until(t, `document.activeElement.id === "problem"`)
	assert.Equal(t, "Error: Talk to Acme", b.eval(t, "document.title"))
	assert.Equal(t, "Hi 👋🏽", b.eval(t, `document.querySelector("textarea").value`))
	assert.Equal(t, "/f/k", b.eval(t, "location.pathname"))
	b.click(t, "#problem a")
	b.until(t, `document.activeElement.name === "name"`)
	b.write(t, "#field-name", "Jane")
	b.click(t, "form button[type=submit]")
	b.until(t, `location.pathname === "/f/k/thanks"`)
	b.until(t, `document.body.innerText.includes("LA-1") && document.title === "Thank you"`)
	assert.Equal(t, "Jane", got.Get("name"))
	assert.Empty(t, got.Get(web.FieldHoneypot))
	assert.Empty(t, b.heard())
}

func formOffline(t *testing.T, b *tab, s *site) {
	var down atomic.Bool
	contact(s, func(url.Values) {
		if down.Load() {
			panic(http.ErrAbortHandler) // closes the connection without an answer
		}
	})
	b.do(t, chromedp.Navigate(s.URL+"/f/k"))
	b.write(t, "#field-name", "Jane")
	down.Store(true)
	b.click(t, "form button[type=submit]")
	b.until(t, `document.querySelector("#form-status").textContent.includes("still here")`)
	assert.Equal(t, "Jane", b.eval(t, `document.querySelector("#field-name").value`))
	down.Store(false)
	b.click(t, "form button[type=submit]")
	b.until(t, `location.pathname === "/f/k/thanks"`)
}

func formWithoutScripts(t *testing.T, b *tab, s *site) {
	var got url.Values
	contact(s, func(values url.Values) { got = values })
	send(t, b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.do(t, chromedp.Navigate(s.URL+"/f/k"))
	b.write(t, "#field-message", "Hello")
	b.click(t, "form button[type=submit]")
	b.until(t, `document.querySelector("#problem")`)
	b.write(t, "#field-name", "Jane")
	b.click(t, "form button[type=submit]")
	b.until(t, `document.body.innerText.includes("LA-1")`)
	assert.Equal(t, "Jane", got.Get("name"))
	assert.Equal(t, "Hello", got.Get("message"))
}
