package pipeline
import ("github.com/leadagent/leadagent/domain/leads";"github.com/leadagent/leadagent/ports")
func mentions(o ports.OrganizationSettings, _ leads.Lead) []string { return o.AllowedLinks }
