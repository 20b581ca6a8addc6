package exa

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

//go:embed corpus.json
var corpusJSON []byte

// company is one invented company with its website.
type company struct {
	Host      string   `json:"host"`
	Name      string   `json:"name"`
	Industry  string   `json:"industry"`
	Language  string   `json:"language"`
	City      string   `json:"city"`
	Country   string   `json:"country"`
	Employees int      `json:"employees"`
	Founded   int      `json:"founded"`
	Published string   `json:"published"`
	Does      string   `json:"does"`
	About     []string `json:"about"`
	Offers    []offer  `json:"offers"`
	Team      []person `json:"team"`
	Tech      []string `json:"tech"`
	News      []report `json:"news"`
	// Hostile marks the company whose pages carry instructions for whoever reads them by machine.
	Hostile bool `json:"hostile"`
}

type offer struct {
	Name  string `json:"name"`
	Price string `json:"price"`
	Text  string `json:"text"`
}

type person struct {
	Name string `json:"name"`
	Role string `json:"role"`
}

type report struct {
	Slug  string `json:"slug"`
	Title string `json:"title"`
	Date  string `json:"date"`
	Text  string `json:"text"`
}

// newsHost carries the reports about all companies.
const newsHost = "trade-courier.example"

// page is one page of the corpus.
type page struct {
	host, path, title, language, published, author string
	// paragraphs are what people see.
	paragraphs []string
	company    *company
}

func (p page) url() string { return "http://www." + p.host + p.path }

func (p page) text() string { return p.title + "\n\n" + strings.Join(p.paragraphs, "\n\n") }

func load() ([]company, error) {
	var document struct {
		Companies []company `json:"companies"`
	}
	if err := json.Unmarshal(corpusJSON, &document); err != nil {
		return nil, fmt.Errorf("reading the bundled corpus: %w", err)
	}
	return document.Companies, nil
}

// pagesOf builds the pages of a company's site and the reports about it.
func pagesOf(c *company) []page {
	words := wordsOf(c.Language)
	site := func(path, title string, paragraphs ...string) page {
		return page{host: c.Host, path: path, title: title, language: c.Language, published: c.Published, author: c.Name, paragraphs: paragraphs, company: c}
	}
	facts := fmt.Sprintf(words.facts, c.Name, c.Employees, c.City, c.Country, c.Founded)
	pages := []page{
		site("/", c.Name+" – "+c.Industry, c.Does, c.About[0], fmt.Sprintf(words.base, c.City)),
		site("/about", fmt.Sprintf(words.about, c.Name), append([]string{c.Does, facts}, c.About...)...),
	}
	var prices, people []string
	for _, o := range c.Offers {
		prices = append(prices, o.Name+": "+o.Price+". "+o.Text)
	}
	for _, p := range c.Team {
		people = append(people, p.Name+", "+p.Role)
	}
	pages = append(pages, site("/pricing", fmt.Sprintf(words.pricing, c.Name), prices...), site("/team", fmt.Sprintf(words.team, c.Name), people...))
	for _, r := range c.News {
		pages = append(pages, page{
			host: newsHost, path: "/" + r.Slug, title: r.Title, language: c.Language, published: r.Date, author: "Trade Courier", paragraphs: []string{r.Text}, company: c,
		})
	}
	return pages
}

// siteWords are a site's fixed phrases: of a name; of name, employees, city, country and year; of a city.
type siteWords struct {
	about, pricing, team, facts, base string
}

func wordsOf(language string) siteWords {
	switch language {
	case "de":
		return siteWords{"Über %s", "Preise bei %s", "Das Team von %s", "Gegründet %[5]d, hat %[1]s heute %[2]d Mitarbeiter mit Sitz in %[3]s, %[4]s.", "Besuchen Sie uns in %s."}
	case "fr":
		return siteWords{"À propos de %s", "Tarifs de %s", "L’équipe de %s", "%s compte %d collaborateurs, est basée à %s, %s, et a été fondée en %d.", "Rendez-nous visite à %s."}
	case "es":
		return siteWords{"Sobre %s", "Precios de %s", "El equipo de %s", "%s cuenta con %d empleados, tiene su sede en %s, %s, y fue fundada en %d.", "Visítenos en %s."}
	}
	return siteWords{"About %s", "Prices of %s", "The team of %s", "%s has %d employees, is headquartered in %s, %s, and was founded in %d.", "Visit us in %s."}
}

// Hosts lists every host that Pages answers for, in alphabetical order: each with and without "www.".
func (s *Server) Hosts() []string {
	var hosts []string
	for host := range s.sites {
		hosts = append(hosts, host, "www."+host)
	}
	slices.Sort(hosts)
	return hosts
}
