package fiberhttp

import (
	"sort"

	"github.com/leadagent/leadagent/app/console"
	"github.com/leadagent/leadagent/domain/tenancy"
)

// people turns members' ids into names. Somebody who has left is known by the name they acted under.
type people struct {
	members map[tenancy.UserID]tenancy.Member
	acted   map[tenancy.UserID]string
}

func peopleOf(d console.Dossier) people {
	p := people{members: d.People, acted: map[tenancy.UserID]string{}}
	for _, m := range d.Moments {
		if by, name := m.Data["by"], m.Data["by_name"]; by != "" && name != "" {
			p.acted[tenancy.UserID(by)] = name
		}
	}
	return p
}

// name is empty for nobody, which stands for the model where a draft's author is meant.
func (p people) name(id tenancy.UserID) string {
	if m, ok := p.members[id]; ok {
		return m.DisplayName()
	}
	if name := p.acted[id]; name != "" {
		return name
	}
	return string(id)
}

// approver names somebody who may approve, the same one every time; empty when nobody is known.
func (p people) approver() string {
	var names []string
	for _, m := range p.members {
		if m.Active && m.Role.Grants(tenancy.LeadsApprove) {
			names = append(names, m.DisplayName())
		}
	}
	if len(names) == 0 {
		return ""
	}
	sort.Strings(names)
	return names[0]
}
