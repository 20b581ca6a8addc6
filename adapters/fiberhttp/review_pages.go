package fiberhttp

import (
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/app/accounts"
	"github.com/leadagent/leadagent/app/console"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/web"
)

// queueLength is how many waiting reviews the list shows.
const queueLength = 100

// visitor is who is signed in. Doors for members have let one in before a handler runs.
func visitor(c *fiber.Ctx) (accounts.Visitor, error) {
	v, ok := visitorOf(c)
	if !ok {
		return v, fault.New(fault.Unauthenticated, "Sign in first.")
	}
	return v, nil
}

// noSuchRun is the one answer for a foreign, an unknown and a malformed id, so that they cannot be told apart.
func noSuchRun() error {
	return fault.New(fault.NotFound, "There is no such workflow in your organization.")
}

// runParam reads a run's id from the path.
func runParam(c *fiber.Ctx, name string) (workflows.ID, error) {
	id, ok := workflows.ParseID(c.Params(name))
	if !ok {
		return "", noSuchRun()
	}
	return id, nil
}

// alike makes every NotFound of a run the same answer.
func alike(err error) error {
	if fault.Is(err, fault.NotFound) {
		return noSuchRun()
	}
	return err
}

// dossierOfRun gives the lead of a run with everything about it.
func (s *Server) dossierOfRun(c *fiber.Ctx, v accounts.Visitor, id workflows.ID) (console.Dossier, error) {
	row, _, err := s.Console.Run(c.UserContext(), v.Scope, id)
	if err != nil {
		return console.Dossier{}, alike(err)
	}
	d, err := s.Console.Lead(c.UserContext(), v.Scope, row.LeadID)
	if err == nil && (d.Run == nil || d.Run.ID != id) {
		return d, noSuchRun()
	}
	return d, alike(err)
}

// reviewQueue shows the queue with its first review.
func (s *Server) reviewQueue(c *fiber.Ctx) error {
	v, err := visitor(c)
	if err != nil {
		return err
	}
	page, queue, err := s.queuePage(c, v)
	if err != nil {
		return err
	}
	page.Listing = true
	if len(queue.Runs) > 0 {
		_, review, err := s.openReview(c, v, queue.Runs[0].ID)
		switch {
		case err == nil:
			page.Selected = &review
		case !fault.Is(err, fault.NotFound): // decided and erased since the queue was read
			return err
		}
	}
	return s.render(c, http.StatusOK, web.ReviewQueue(page))
}

// reviewOne shows the queue with one review. A run that is not in review any more leads on to its lead.
func (s *Server) reviewOne(c *fiber.Ctx) error {
	v, err := visitor(c)
	if err != nil {
		return err
	}
	id, err := runParam(c, "run")
	if err != nil {
		return err
	}
	page, _, err := s.queuePage(c, v)
	if err != nil {
		return err
	}
	d, review, err := s.openReview(c, v, id)
	if err != nil {
		return err
	}
	if d.Run.State != workflows.AwaitingReview {
		return leadOn(c, web.LeadPath(string(d.Lead.ID)))
	}
	page.Selected = &review
	return s.render(c, http.StatusOK, web.ReviewQueue(page))
}

// leadOn sends a reader to another page. htmx, which would look for its part in that page, is told to go there as a whole.
func leadOn(c *fiber.Ctx, path string) error {
	if c.Get("HX-Request") != "" {
		c.Set("HX-Redirect", path)
		return c.SendStatus(http.StatusNoContent)
	}
	return seeOther(c, path)
}

// openReview reads the review of a run, whatever state it is in.
func (s *Server) openReview(c *fiber.Ctx, v accounts.Visitor, id workflows.ID) (console.Dossier, web.Review, error) {
	d, err := s.dossierOfRun(c, v, id)
	if err != nil {
		return d, web.Review{}, err
	}
	review, err := reviewOf(v, d)
	return d, review, err
}

// queuePage is the queue without a selected review.
func (s *Server) queuePage(c *fiber.Ctx, v accounts.Visitor) (web.ReviewPage, console.Queue, error) {
	queue, err := s.Console.Queue(c.UserContext(), v.Scope, queueLength)
	if err != nil {
		return web.ReviewPage{}, queue, err
	}
	page := web.ReviewPage{Shell: s.shell(c, v, "Review", web.SectionReview)}
	for _, run := range queue.Runs {
		page.Items = append(page.Items, reviewItem(run))
	}
	if queue.SlackTrouble != "" {
		page.Shell.Notices = append(page.Shell.Notices, slackNotice(queue.SlackTrouble, queue.TroubleSince))
	}
	if queue.HasLast {
		last, err := s.lastDecision(c, v, queue)
		if err != nil {
			return page, queue, err
		}
		page.Last = last
	}
	return page, queue, nil
}

// lastDecision is shown when nothing waits; only then is its maker's name looked up.
func (s *Server) lastDecision(c *fiber.Ctx, v accounts.Visitor, q console.Queue) (*web.Decision, error) {
	if len(q.Runs) > 0 {
		return nil, nil
	}
	d, err := s.Console.Lead(c.UserContext(), v.Scope, q.LastRun.LeadID)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	last := decisionOf(q.Last, peopleOf(d).name(q.Last.By))
	if draft, ok := draftOf(d, last.Version); ok {
		last.Edited = draft.Author != ""
	}
	last.LeadID, last.LeadName = string(d.Lead.ID), d.Lead.Name
	return &last, nil
}

// slackNotice says why cards do not reach Slack.
func slackNotice(trouble string, since time.Time) web.Notice {
	return web.Notice{
		Tone: web.ToneWarning, Text: "Slack does not show the newest reviews", Since: since, Detail: trouble + " Reviews wait here.",
	}
}
