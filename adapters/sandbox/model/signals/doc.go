// Package signals is the vocabulary of inbound messages: which words of a person's sentence show that they ask for a
// demonstration, name a budget, report a problem, or try to sell something, in English, German, French and Spanish; and what a
// company's page says of the company.
//
// It owns the wording of claims, by which a reader's findings reach the judge and the writer. It must not know what any of them
// is worth.
package signals
