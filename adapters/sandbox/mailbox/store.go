package mailbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A file is the message with trace lines before it, as a final delivery writes them (RFC 5321, section 4.4): Return-Path, one
// Delivered-To for each recipient, and Received with the time.
const (
	returnPath  = "Return-Path: "
	deliveredTo = "Delivered-To: "
	received    = "Received: by sandbox; "
)

// save writes a message's file so that it is there whole or not at all.
func (s *Server) save(m Message) error {
	if s.options.Dir == "" {
		return nil
	}
	var file bytes.Buffer
	fmt.Fprintf(&file, "%s<%s>\r\n", returnPath, m.EnvelopeFrom)
	for _, to := range m.Recipients {
		fmt.Fprintf(&file, "%s<%s>\r\n", deliveredTo, to)
	}
	fmt.Fprintf(&file, "%s%s\r\n", received, m.ReceivedAt.Format(time.RFC3339Nano))
	file.Write(m.Raw)
	path := filepath.Join(s.options.Dir, fmt.Sprintf("%06d.eml", m.ID))
	if err := os.WriteFile(path+".part", file.Bytes(), 0o600); err != nil {
		return fmt.Errorf("keeping a message: %w", err)
	}
	if err := os.Rename(path+".part", path); err != nil {
		return fmt.Errorf("keeping a message: %w", err)
	}
	return nil
}

// restore reads the directory's messages in the order of their numbers.
func (s *Server) restore() error {
	if s.options.Dir == "" {
		return nil
	}
	if err := os.MkdirAll(s.options.Dir, 0o700); err != nil {
		return fmt.Errorf("creating the mailbox's directory: %w", err)
	}
	paths, err := filepath.Glob(filepath.Join(s.options.Dir, "*.eml"))
	if err != nil {
		return fmt.Errorf("listing the mailbox's directory: %w", err)
	}
	slices.Sort(paths)
	for _, path := range paths {
		id, err := strconv.Atoi(strings.TrimSuffix(filepath.Base(path), ".eml"))
		if err != nil {
			continue
		}
		file, err := os.ReadFile(filepath.Clean(path))
		if err != nil {
			return fmt.Errorf("reading a kept message: %w", err)
		}
		e, raw := split(file)
		s.messages = append(s.messages, read(id, e, raw))
		s.lastID = max(s.lastID, id)
	}
	return nil
}

// split takes the trace lines off a file.
func split(file []byte) (envelope, []byte) {
	var e envelope
	for {
		line, rest, found := bytes.Cut(file, []byte("\r\n"))
		text := string(line)
		switch {
		case !found:
			return e, file
		case strings.HasPrefix(text, returnPath):
			e.From = bracketed(text)
		case strings.HasPrefix(text, deliveredTo):
			e.Recipients = append(e.Recipients, bracketed(text))
		case strings.HasPrefix(text, received):
			if at, err := time.Parse(time.RFC3339Nano, strings.TrimPrefix(text, received)); err == nil {
				e.At = at
			}
			return e, rest
		default:
			return e, file
		}
		file = rest
	}
}

func bracketed(line string) string {
	_, address, _ := strings.Cut(line, "<")
	return strings.TrimSuffix(address, ">")
}

// Clear forgets every message, on disk too.
func (s *Server) Clear() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var problems []error
	for _, m := range s.messages {
		if s.options.Dir == "" {
			break
		}
		err := os.Remove(filepath.Join(s.options.Dir, fmt.Sprintf("%06d.eml", m.ID)))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			problems = append(problems, err)
		}
	}
	s.messages = nil
	return errors.Join(problems...)
}
