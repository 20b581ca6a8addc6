package clerk

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
)

// keyring is the instance's signing key.
type keyring struct {
	key *rsa.PrivateKey
	id  string
	pem string
}

func newKeyring(key *rsa.PrivateKey) (keyring, error) {
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return keyring{}, fmt.Errorf("sandbox clerk: encode public key: %w", err)
	}
	sum := sha256.Sum256(der)
	return keyring{
		key: key,
		// Clerk's key ids are those of the instance.
		id:  "ins_" + hex.EncodeToString(sum[:13]),
		pem: string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})),
	}, nil
}

// KeyID is the "kid" of every token.
func (s *Server) KeyID() string { return s.keys.id }

// PublicKeyPEM is the key that CLERK_JWT_KEY takes.
func (s *Server) PublicKeyPEM() string { return s.keys.pem }

// jwksDocument: RFC 7517 section 5, as /v1/jwks of the Backend API and /.well-known/jwks.json of the Frontend API answer.
func (k keyring) jwksDocument() map[string]any {
	return map[string]any{"keys": []map[string]any{{
		"use": "sig", "kty": "RSA", "kid": k.id, "alg": "RS256",
		"n": base64.RawURLEncoding.EncodeToString(k.key.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.key.E)).Bytes()),
	}}}
}

// sign makes a compact JWS (RFC 7515 section 7.1). Without a key the signature is empty.
func sign(header, claims map[string]any, key *rsa.PrivateKey) (string, error) {
	head, err := json.Marshal(header)
	if err != nil {
		return "", fmt.Errorf("sandbox clerk: encode token header: %w", err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("sandbox clerk: encode claims: %w", err)
	}
	input := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(body)
	if key == nil {
		return input + ".", nil
	}
	sum := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sandbox clerk: sign token: %w", err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}
