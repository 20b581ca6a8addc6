package clerk

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

func (s *Server) listOrganizations(r *http.Request) (int, any, *refusal) {
	query := strings.ToLower(r.URL.Query().Get("query"))
	var all []object
	for _, o := range s.orgs {
		if query == "" || o.ID == query || strings.Contains(strings.ToLower(o.Name+" "+o.Slug), query) {
			all = append(all, s.orgObject(o))
		}
	}
	return paged(all, r)
}

func paged(all []object, r *http.Request) (int, any, *refusal) {
	document, no := page(all, r.URL.Query())
	return http.StatusOK, document, no
}

func (s *Server) getOrganization(r *http.Request) (int, any, *refusal) {
	o := s.org(r.PathValue("org"))
	if o == nil {
		return 0, nil, notFound("organization")
	}
	return http.StatusOK, s.orgObject(o), nil
}

func (s *Server) patchOrganization(r *http.Request) (int, any, *refusal) {
	o := s.org(r.PathValue("org"))
	if o == nil {
		return 0, nil, notFound("organization")
	}
	var body struct {
		Name       *string `json:"name"`
		Slug       *string `json:"slug"`
		MaxMembers *int    `json:"max_allowed_memberships"`
	}
	if no := readJSON(r, &body); no != nil {
		return 0, nil, no
	}
	if body.Name != nil {
		o.Name = *body.Name
	}
	if body.Slug != nil {
		o.Slug = *body.Slug
	}
	if body.MaxMembers != nil {
		o.MaxMembers = *body.MaxMembers
	}
	return s.organizationChanged(o)
}

func (s *Server) organizationChanged(o *organization) (int, any, *refusal) {
	o.updated = s.cfg.Now()
	document := s.orgObject(o)
	s.announce("organization.updated", document)
	return http.StatusOK, document, nil
}

type metadata struct {
	Public  json.RawMessage `json:"public_metadata"`
	Private json.RawMessage `json:"private_metadata"`
}

func (s *Server) patchMetadata(r *http.Request) (int, any, *refusal) {
	return s.changeMetadata(r, merged)
}

func (s *Server) putMetadata(r *http.Request) (int, any, *refusal) {
	return s.changeMetadata(r, func(_, fresh json.RawMessage) json.RawMessage { return fresh })
}

func (s *Server) changeMetadata(r *http.Request, combine func(old, fresh json.RawMessage) json.RawMessage) (int, any, *refusal) {
	o := s.org(r.PathValue("org"))
	if o == nil {
		return 0, nil, notFound("organization")
	}
	var body metadata
	if no := readJSON(r, &body); no != nil {
		return 0, nil, no
	}
	if body.Public != nil {
		o.public = combine(o.public, body.Public)
	}
	if body.Private != nil {
		o.private = combine(o.private, body.Private)
	}
	return s.organizationChanged(o)
}

func (s *Server) removeOrganization(r *http.Request) (int, any, *refusal) {
	o := s.org(r.PathValue("org"))
	if o == nil {
		return 0, nil, notFound("organization")
	}
	s.dropOrganization(o)
	document := deleted("organization", o.ID)
	return http.StatusOK, document, nil
}

func deleted(kind, id string) object { return object{"object": kind, "id": id, "deleted": true} }

func (s *Server) dropOrganization(o *organization) {
	for _, m := range s.membersOf(o.ID) {
		s.removeMembership(m)
	}
	s.orgs = slices.DeleteFunc(s.orgs, func(other *organization) bool { return other == o })
	s.announce("organization.deleted", deleted("organization", o.ID))
}
