package resend

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !bearer || token == "":
		missingKey().answer(w)
	case s.options.Key != "" && token != s.options.Key:
		invalidKey().answer(w)
	case r.URL.Path != "/emails":
		noEndpoint().answer(w)
	case r.Method != http.MethodPost:
		otherMethod().answer(w)
	default:
		s.send(w, r)
	}
}

// send checks the email, lets its key be taken, and accepts it.
func (s *Server) send(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		internal().answer(w)
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if _, given := r.Header["Idempotency-Key"]; given && (key == "" || len([]rune(key)) > maxKey) {
		badKey().answer(w)
		return
	}
	e, bad := s.read(body)
	if bad != nil {
		bad.answer(w)
		return
	}
	if key != "" {
		id, conflict := s.keys.take(key, body, s.options.Now())
		if conflict != nil {
			conflict.answer(w)
			return
		}
		if id != "" {
			writeJSON(w, http.StatusOK, map[string]string{"id": id})
			return
		}
	}
	s.accept(w, r, key, e)
}

// accept delivers the email. A caller that went away changes nothing by it.
func (s *Server) accept(w http.ResponseWriter, r *http.Request, key string, e email) {
	id := newID()
	fault, failing, err := s.Faults.Admit(context.WithoutCancel(r.Context()), TargetAccept)
	if err == nil {
		err = s.deliver(id, e)
	}
	if err != nil {
		s.keys.settle(key, "")
		internal().answer(w)
		return
	}
	s.keys.settle(key, id)
	if failing && fault.Kind == faults.KindStatus {
		faults.WriteStatus(w, faults.Vendor{ErrorBody: plannedError}, fault)
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"id": id})
}

func (s *Server) deliver(id string, e email) error {
	raw, err := e.render(id, s.options.Now())
	if err != nil {
		return err
	}
	if s.options.Deliver == nil {
		return nil
	}
	return s.options.Deliver(e.from.Address, e.recipients(), raw)
}

// newID is a UUID of version 4, as Resend's ids are.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// texts is a field that takes one text or a list of them.
type texts []string

// UnmarshalJSON implements json.Unmarshaler.
func (t *texts) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*t = texts{one}
		return nil
	}
	var list []string
	err := json.Unmarshal(raw, &list)
	*t = list
	return err
}
