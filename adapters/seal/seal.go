// Package seal keeps vendors' tokens unreadable at rest (AES-256-GCM, NIST SP 800-38D). It owns the keys and the format of a sealed value; it
// must not know what is sealed or where that is stored.
package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

// A sealed value is: one byte of format, four bytes that name the key, the nonce (12 bytes), the ciphertext with its tag (16 bytes more
// than the secret).
const (
	format   = 1
	keyBytes = 32
	idBytes  = 4
	header   = 1 + idBytes
)

// key is one of the configured keys, with the beginning of its SHA-256 as its name.
type key struct {
	id  []byte
	gcm cipher.AEAD
}

// Sealer seals with its newest key and opens with any. It is safe for concurrent use.
type Sealer struct{ keys []key }

var _ ports.Sealer = (*Sealer)(nil)

// New reads ENCRYPTION_KEY: base64 of 32 bytes, or a comma list of such, the newest first. Its error never repeats a key.
func New(encoded string) (*Sealer, error) {
	s := &Sealer{}
	var mistakes []error
	for i, one := range strings.Split(encoded, ",") {
		k, err := parse(strings.TrimSpace(one))
		switch {
		case err != nil:
			mistakes = append(mistakes, fmt.Errorf("encryption key %d: %w", i+1, err))
		case s.find(k.id) != nil:
			mistakes = append(mistakes, fmt.Errorf("encryption key %d stands there twice", i+1))
		default:
			s.keys = append(s.keys, k)
		}
	}
	if err := errors.Join(mistakes...); err != nil {
		return nil, err
	}
	return s, nil
}

func parse(encoded string) (key, error) {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(raw) != keyBytes {
		return key{}, errors.New("it has to be 32 bytes in base64, as `openssl rand -base64 32` prints them")
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return key{}, fmt.Errorf("cipher: %w", err)
	}
	// A random nonce is safe for 2^32 values under one key (SP 800-38D, 8.3), far more than there are tokens.
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return key{}, fmt.Errorf("cipher mode: %w", err)
	}
	sum := sha256.Sum256(raw)
	return key{id: sum[:idBytes], gcm: gcm}, nil
}

func (s *Sealer) find(id []byte) *key {
	for i := range s.keys {
		if bytes.Equal(s.keys[i].id, id) {
			return &s.keys[i]
		}
	}
	return nil
}

// Seal gives the secret as it may be stored, bound to the organization. An empty organization is an Internal fault.
func (s *Sealer) Seal(org tenancy.OrgID, secret string) ([]byte, error) {
	if org == "" {
		return nil, fault.New(fault.Internal, "A secret was to be sealed for no organization.")
	}
	k := s.keys[0]
	sealed := append([]byte{format}, k.id...)
	return k.gcm.Seal(sealed, nil, []byte(secret), bound(sealed, org)), nil //nolint:gosec // the cipher draws a fresh nonce itself (NewGCMWithRandomNonce)
}

// Open gives the secret back. A value of another organization, one that was changed, and one whose key is gone are Internal faults: each
// says that the stored data or the configuration is wrong.
func (s *Sealer) Open(org tenancy.OrgID, sealed []byte) (string, error) {
	if len(sealed) < header || sealed[0] != format {
		return "", fault.New(fault.Internal, "A stored secret is not in the format that is known here.")
	}
	k := s.find(sealed[1:header])
	if k == nil {
		return "", fault.New(fault.Internal, "A stored secret was sealed with an encryption key that is not configured any more.")
	}
	secret, err := k.gcm.Open(nil, nil, sealed[header:], bound(sealed[:header], org))
	if err != nil {
		return "", fault.Wrap(fault.Internal, err, "A stored secret does not belong to this organization, or was changed.")
	}
	return string(secret), nil
}

// bound is what the seal vouches for besides the secret.
func bound(head []byte, org tenancy.OrgID) []byte {
	return append(append([]byte(nil), head...), org...)
}
