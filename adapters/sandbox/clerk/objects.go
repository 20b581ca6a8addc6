package clerk

import (
	"encoding/json"
	"strings"
	"time"
)

// object is a JSON object under construction. Times are Unix milliseconds everywhere in Clerk's APIs.
type object = map[string]any

func millis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

func (s *Server) orgObject(o *organization) object {
	return object{
		"object": "organization", "id": o.ID, "name": o.Name, "slug": o.Slug, "image_url": nil, "has_image": false,
		"members_count": len(s.membersOf(o.ID)), "pending_invitations_count": s.pending(o.ID),
		"max_allowed_memberships": o.MaxMembers, "admin_delete_enabled": true,
		"public_metadata": o.public, "private_metadata": o.private, "created_by": "",
		"created_at": millis(o.created), "updated_at": millis(o.updated),
	}
}

func (s *Server) membershipObject(m *membership) object {
	out := object{
		"object": "organization_membership", "id": m.id, "role": m.role, "role_name": roleName(m.role), "permissions": permissionKeys(m.role),
		"public_metadata": object{}, "private_metadata": object{}, "created_at": millis(m.created), "updated_at": millis(m.updated),
	}
	if o := s.org(m.org); o != nil {
		out["organization"] = s.orgObject(o)
	}
	if u := s.user(m.user); u != nil {
		out["public_user_data"] = publicUser(u)
	}
	return out
}

func publicUser(u *user) object {
	return object{
		"user_id": u.ID, "first_name": u.FirstName, "last_name": u.LastName, "image_url": nil, "has_image": false,
		"identifier": u.Email, "username": nil,
	}
}

func (s *Server) userObject(u *user) object {
	address := "idn_" + strings.TrimPrefix(u.ID, "user_")
	var verification any
	if !u.EmailUnverified {
		verification = object{"object": "verification_admin", "status": "verified", "strategy": "admin", "attempts": nil, "expire_at": nil}
	}
	return object{
		"object": "user", "id": u.ID, "username": nil, "first_name": u.FirstName, "last_name": u.LastName, "image_url": nil, "has_image": false,
		"primary_email_address_id": address, "primary_phone_number_id": nil, "primary_web3_wallet_id": nil,
		"email_addresses": []object{{
			"object": "email_address", "id": address, "email_address": u.Email, "reserved": false, "verification": verification,
			"linked_to": []object{}, "created_at": millis(u.created), "updated_at": millis(u.updated),
		}},
		"phone_numbers": []object{}, "web3_wallets": []object{}, "passkeys": []object{}, "external_accounts": []object{},
		"saml_accounts": []object{}, "enterprise_accounts": []object{}, "public_metadata": object{}, "private_metadata": object{},
		"unsafe_metadata": object{}, "external_id": nil, "last_sign_in_at": millis(u.lastSignIn), "last_active_at": millis(u.lastSignIn),
		"banned": false, "locked": false, "password_enabled": false, "two_factor_enabled": false, "totp_enabled": false,
		"backup_code_enabled": false, "delete_self_enabled": true, "create_organization_enabled": true,
		"created_at": millis(u.created), "updated_at": millis(u.updated),
	}
}

func (s *Server) invitationObject(i *invitation) object {
	out := object{
		"object": "organization_invitation", "id": i.id, "email_address": i.email, "role": i.role, "role_name": roleName(i.role),
		"organization_id": i.org, "status": i.status, "public_metadata": object{}, "private_metadata": object{},
		"expires_at": i.created.AddDate(0, 0, 30).UnixMilli(), "created_at": millis(i.created), "updated_at": millis(i.updated),
	}
	if i.status == "pending" {
		out["url"] = s.cfg.BaseURL + "/invitations/" + i.id
	}
	return out
}

func (s *Server) sessionObject(x *session) object {
	var org any
	if x.org != "" {
		org = x.org
	}
	return object{
		"object": "session", "id": x.id, "client_id": x.client, "user_id": x.user, "status": x.status, "last_active_organization_id": org,
		"actor": nil, "last_active_at": millis(x.updated), "expire_at": millis(x.created.Add(sessionLife)),
		"abandon_at": millis(x.created.Add(30 * 24 * time.Hour)), "created_at": millis(x.created), "updated_at": millis(x.updated),
	}
}

// merged applies metadata as PATCH does: top-level keys are set, null removes.
func merged(old, patch json.RawMessage) json.RawMessage {
	var into, from map[string]json.RawMessage
	if json.Unmarshal(old, &into) != nil || into == nil {
		into = map[string]json.RawMessage{}
	}
	if json.Unmarshal(patch, &from) != nil {
		return old
	}
	for key, value := range from {
		if string(value) == "null" {
			delete(into, key)
			continue
		}
		into[key] = value
	}
	out, err := json.Marshal(into)
	if err != nil {
		return old
	}
	return out
}
