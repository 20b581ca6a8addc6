package mail

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"unicode"

	"github.com/leadagent/leadagent/domain/fault"
)

// reply finds the server's own answer in an error.
func reply(err error) (*textproto.Error, bool) {
	var answer *textproto.Error
	ok := errors.As(err, &answer)
	return answer, ok
}

// beforeTransmission is the fault of a failure while nothing of the message has left. A 5xx answer is final (RFC 5321, 4.2.1), all else
// can be tried again.
func beforeTransmission(err error, doing string) error {
	answer, ok := reply(err)
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &certificate):
		return fault.Wrap(fault.Unavailable, err, "The mail server's certificate is not valid, so nothing was sent to it.")
	case !ok:
		return fault.Wrap(fault.Unavailable, err, "The mail server could not be reached, or hung up.")
	case answer.Code >= 500:
		return fault.Wrap(fault.Refused, err, fmt.Sprintf("The mail server refused %s: %s", doing, words(answer)))
	default:
		return fault.Wrap(fault.Unavailable, err, fmt.Sprintf("The mail server cannot take mail now: %s", words(answer)))
	}
}

// recipientFault is beforeTransmission for RCPT, where a 4xx answer is about this recipient (greylisting, a full mailbox) and says nothing
// of the server's health.
func recipientFault(err error) error {
	if answer, ok := reply(err); ok && answer.Code < 500 && answer.Code != 421 {
		return fault.Wrap(fault.Busy, err, "The mail server asks to try this recipient later: "+words(answer))
	}
	return beforeTransmission(err, "the recipient")
}

// afterTransmission is the fault of the answer to the message itself. Only an answer in the server's own words tells that it was not
// taken; silence leaves a doubt.
func afterTransmission(err error) error {
	answer, ok := reply(err)
	switch {
	case ok && answer.Code >= 500 && answer.Code < 600:
		return fault.Wrap(fault.Refused, err, "The mail server refused the message: "+words(answer))
	case ok && answer.Code >= 400 && answer.Code < 500:
		return fault.Wrap(fault.Unavailable, err, "The mail server did not take the message: "+words(answer))
	default:
		return fault.Wrap(fault.Doubtful, err, "The message was handed over, and the mail server's answer never came.")
	}
}

// mostWords is how much of a server's answer is shown, in characters.
const mostWords = 300

// words is the server's answer on one line.
func words(answer *textproto.Error) string {
	text := []rune(strings.Join(strings.FieldsFunc(strings.ToValidUTF8(answer.Msg, ""), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " "))
	if len(text) > mostWords {
		text = append(text[:mostWords], '…')
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", answer.Code, string(text)))
}
