package intake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/leadagent/leadagent/ports"
)

// Stamps are the signed times that a form carries, by which a submission tells how long ago its page was opened.
type Stamps struct {
	key []byte
	now ports.Clock
}

// NewStamps makes stamps that are signed with the key. Every web process needs the same one.
func NewStamps(key []byte, now ports.Clock) *Stamps { return &Stamps{key: key, now: now} }

// Issue signs the present moment for a form.
func (s *Stamps) Issue(form string) string {
	at := binary.BigEndian.AppendUint64(nil, uint64(s.now().UnixMilli()))
	return base64.RawURLEncoding.EncodeToString(append(at, s.sign(at, form)...))
}

// suspect says what is wrong with a stamp, or is empty.
func (s *Stamps) suspect(stamp, form string) string {
	raw, err := base64.RawURLEncoding.DecodeString(stamp)
	if err != nil || len(raw) != 8+sha256.Size || !hmac.Equal(raw[8:], s.sign(raw[:8], form)) {
		return "the form's time token was missing or not ours"
	}
	age := s.now().Sub(time.UnixMilli(int64(binary.BigEndian.Uint64(raw[:8])))) //nolint:gosec // we signed it
	switch {
	case age < stampRest:
		return "the form was sent back too fast"
	case age > stampLife:
		return "the form was opened more than a day ago"
	}
	return ""
}

func (s *Stamps) sign(at []byte, form string) []byte {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte("form time token\n" + form + "\n"))
	mac.Write(at)
	return mac.Sum(nil)
}
