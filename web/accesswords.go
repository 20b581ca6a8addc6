package web

import "net/http"

func (p SignedOutPage) signIn() string {
	if p.SignInURL == "" {
		return PathSignIn
	}
	return p.SignInURL
}

func (p ErrorPage) title() string {
	switch p.Status {
	case http.StatusForbidden:
		return "You may not do this"
	case http.StatusNotFound:
		return "Nothing here"
	case http.StatusConflict:
		return "Somebody was faster"
	case http.StatusRequestEntityTooLarge:
		return "That was too large"
	case http.StatusTooManyRequests:
		return "Too many requests"
	case http.StatusServiceUnavailable:
		return "Back in a moment"
	case http.StatusMethodNotAllowed:
		return "That does not work this way"
	default:
		if p.Status >= http.StatusInternalServerError {
			return "Something went wrong"
		}
		return "That did not work"
	}
}

func (p ErrorPage) words() string {
	if p.Detail != "" {
		return p.Detail
	}
	again := "Try again in a moment."
	if p.Wait > 0 {
		again = "Try again in " + waitWords(p.Wait) + "."
	}
	switch p.Status {
	case http.StatusForbidden:
		return "Your role does not include it."
	case http.StatusNotFound:
		return "The page does not exist, or it is not yours to see."
	case http.StatusConflict:
		return "What you saw has changed in the meantime. Go back and look again."
	case http.StatusRequestEntityTooLarge:
		return "Send less at once."
	case http.StatusTooManyRequests:
		return again
	case http.StatusServiceUnavailable:
		return "The service cannot answer right now. Nothing that it has confirmed is lost. " + again
	default:
		if p.Status >= http.StatusInternalServerError {
			return "It is our mistake, and it has been recorded. If it keeps happening, quote the incident below."
		}
		return "Go back and try again."
	}
}
