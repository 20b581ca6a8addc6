package fiberhttp

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/web"
)

// done names what an action did. It travels to the next page in a cookie; the words stand here, so that no text of a page comes from a request.
type done string

const (
	doneApproved  done = "approved"
	doneUndoable  done = "undoable" // approved, and it can be taken back for a while
	doneSaved     done = "saved"
	doneRejected  done = "rejected"
	doneUndone    done = "undone"
	doneWent      done = "went"
	doneSendAgain done = "send_again"
	doneRetried   done = "retried"
	doneCancelled done = "cancelled"
)

func doneWords(d done) string {
	switch d {
	case doneApproved:
		return "Approved. The email is on its way."
	case doneUndoable:
		return "Approved. The email goes out in a moment."
	case doneSaved:
		return "Draft saved as a new version."
	case doneRejected:
		return "Rejected. Nothing was sent."
	case doneUndone:
		return "Taken back. The draft waits for a decision again."
	case doneWent:
		return "Settled: the email went out."
	case doneSendAgain:
		return "The email is being sent again."
	case doneRetried:
		return "It goes on where it stopped."
	case doneCancelled:
		return "Cancelled. Nothing was sent."
	}
	return ""
}

// flashTime is how long a message waits for the page that shows it.
const flashTime = 30 * time.Second

// flashName is the cookie's name; the prefix binds it to this host over https
// (https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis, section 4.1.3).
func (s *Server) flashName() string {
	if s.secure() {
		return "__Host-done"
	}
	return "done"
}

func (s *Server) setFlash(c *fiber.Ctx, value string, age time.Duration) {
	cookie := &fiber.Cookie{
		Name: s.flashName(), Value: value, Path: "/", MaxAge: int(age.Seconds()), HTTPOnly: true, Secure: s.secure(),
		SameSite: fiber.CookieSameSiteLaxMode,
	}
	if value == "" {
		cookie.Expires = time.Unix(1, 0)
	}
	c.Cookie(cookie)
}

// did leads on to a page that says what was done.
func (s *Server) did(c *fiber.Ctx, what done, run workflows.ID, path string) error {
	s.setFlash(c, string(what)+"."+string(run), flashTime)
	return seeOther(c, path)
}

// takeFlash gives the message that waits, once. A list that refreshes itself leaves it for the page.
func (s *Server) takeFlash(c *fiber.Ctx) []web.Toast {
	value := c.Cookies(s.flashName())
	if target := c.Get("HX-Target"); value == "" || target != "" && target != "content" {
		return nil
	}
	s.setFlash(c, "", 0)
	code, id, _ := strings.Cut(value, ".")
	words := doneWords(done(code))
	if words == "" {
		return nil
	}
	toast := web.Toast{Tone: web.ToneSuccess, Text: words}
	if run, ok := workflows.ParseID(id); ok && done(code) == doneUndoable {
		toast.UndoRunID = string(run)
	}
	return []web.Toast{toast}
}
