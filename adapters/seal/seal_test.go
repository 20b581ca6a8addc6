package seal_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/seal"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
)

const acme, globex = tenancy.OrgID("org_acme"), tenancy.OrgID("org_globex")

func keyOf(b byte) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32)) }

func sealer(t *testing.T, keys ...string) *seal.Sealer {
	t.Helper()
	s, err := seal.New(strings.Join(keys, ", "))
	require.NoError(t, err)
	return s
}

func TestOpensWhatItSealed(t *testing.T) {
	t.Parallel()
	s := sealer(t, keyOf(1))
	for _, secret := range []string{"", "xoxb-token", strings.Repeat("ü", 4000)} {
		sealed, err := s.Seal(acme, secret)
		require.NoError(t, err)
		if secret != "" {
			require.NotContains(t, string(sealed), secret)
		}
		got, err := s.Open(acme, sealed)
		require.NoError(t, err)
		require.Equal(t, secret, got)
	}
	one, err := s.Seal(acme, "same")
	require.NoError(t, err)
	two, err := s.Seal(acme, "same")
	require.NoError(t, err)
	require.NotEqual(t, one, two)
}

func TestDoesNotOpenElsewhere(t *testing.T) {
	t.Parallel()
	s := sealer(t, keyOf(1))
	sealed, err := s.Seal(acme, "xoxb-token")
	require.NoError(t, err)
	for _, org := range []tenancy.OrgID{globex, "", "org_acm", "org_acme2"} {
		got, err := s.Open(org, sealed)
		require.Equal(t, fault.Internal, fault.KindOf(err), org)
		require.Empty(t, got)
	}
	_, err = s.Seal("", "x")
	require.Equal(t, fault.Internal, fault.KindOf(err))
}

func TestEveryChangedByteIsNoticed(t *testing.T) {
	t.Parallel()
	s := sealer(t, keyOf(1), keyOf(2))
	sealed, err := s.Seal(acme, "xoxb-token")
	require.NoError(t, err)
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		_, err := s.Open(acme, changed)
		require.Equal(t, fault.Internal, fault.KindOf(err), "byte %d", i)
		_, err = s.Open(acme, sealed[:i])
		require.Equal(t, fault.Internal, fault.KindOf(err), "%d bytes", i)
	}
	_, err = s.Open(acme, nil)
	require.Equal(t, fault.Internal, fault.KindOf(err))
}

func TestRotation(t *testing.T) {
	t.Parallel()
	sealed, err := sealer(t, keyOf(1)).Seal(acme, "xoxb-token")
	require.NoError(t, err)
	rotating := sealer(t, keyOf(2), keyOf(1))
	got, err := rotating.Open(acme, sealed)
	require.NoError(t, err)
	require.Equal(t, "xoxb-token", got)

	fresh, err := rotating.Seal(acme, "xoxb-token")
	require.NoError(t, err)
	_, err = sealer(t, keyOf(2)).Open(acme, fresh)
	require.NoError(t, err, "the newest key seals")
	_, err = sealer(t, keyOf(2)).Open(acme, sealed)
	require.ErrorContains(t, err, "not configured any more")
}

func TestBadKeys(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]string{
		"":                        "encryption key 1",
		"hush":                    "encryption key 1",
		keyOf(1) + ",":            "encryption key 2",
		keyOf(1) + "," + keyOf(1): "twice",
		base64.StdEncoding.EncodeToString([]byte("hush, too short")): "32 bytes",
	} {
		_, err := seal.New(keys)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "hush")
	}
}
