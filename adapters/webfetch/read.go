package webfetch

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/net/html/charset"

	"github.com/leadagent/leadagent/domain/fault"
)

// page is a fetched page in UTF-8.
type page struct {
	plain   bool // text and no markup
	content []byte
}

// read takes the page out of an answer, within its bounds.
func read(resp *http.Response) (page, error) {
	if resp.StatusCode != http.StatusOK {
		return page{}, fault.Wrap(fault.Unavailable, fmt.Errorf("status %d", resp.StatusCode), "The page's server answered with an error ("+strconv.Itoa(resp.StatusCode)+").")
	}
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return page{}, refuse("The page does not say what it is.", nil)
	}
	if kind != "text/html" && kind != "application/xhtml+xml" && kind != "text/plain" {
		return page{}, refuse("Only pages of text are read.", nil)
	}
	raw, err := unpacked(resp)
	if err != nil {
		return page{}, err
	}
	content, err := inUTF8(raw, resp.Header.Get("Content-Type"))
	return page{plain: kind == "text/plain", content: content}, err
}

// unpacked gives the body without its encoding. Both the packed and the unpacked form are bounded, so neither a bomb nor an endless trickle of
// empty gzip members gets far.
func unpacked(resp *http.Response) ([]byte, error) {
	if resp.ContentLength > maxPage {
		return nil, tooLarge()
	}
	packed, err := upTo(resp.Body)
	if err != nil {
		return nil, err
	}
	switch strings.ToLower(strings.Join(resp.Header.Values("Content-Encoding"), ",")) {
	case "", "identity":
		return packed, nil
	case "gzip", "x-gzip":
		unpacking, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil, refuse("The page could not be unpacked.", err)
		}
		raw, err := upTo(unpacking)
		if err != nil && fault.KindOf(err) == fault.Internal {
			return nil, refuse("The page could not be unpacked.", err)
		}
		return raw, err
	default:
		return nil, refuse("The page is packed in a way that is not read.", nil)
	}
}

func upTo(from io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(from, maxPage+1))
	if err != nil {
		return nil, fmt.Errorf("reading a page: %w", err)
	}
	if len(raw) > maxPage {
		return nil, tooLarge()
	}
	return raw, nil
}

func tooLarge() error { return refuse("The page is larger than 2 MiB.", nil) }

// inUTF8 decodes the page's own character set: from its byte order mark, its Content-Type, its meta element, in that order of trust as browsers
// have it (https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding).
func inUTF8(raw []byte, contentType string) ([]byte, error) {
	decoding, err := charset.NewReader(bytes.NewReader(raw), contentType)
	if errors.Is(err, io.EOF) { // an empty page
		return nil, nil
	}
	if err != nil {
		return nil, refuse("The page's characters could not be read.", err)
	}
	decoded, err := io.ReadAll(decoding)
	if err != nil {
		return nil, refuse("The page's characters could not be read.", err)
	}
	return decoded, nil
}
