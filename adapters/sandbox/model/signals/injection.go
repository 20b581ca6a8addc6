package signals

// injectionWords returns how texts speak to a machine that reads them instead of to people.
func injectionWords() []entry {
	return []entry{{Injection, `
ignore|disregard|forget|override|bypass .. all|any|previous|prior|above|earlier|preceding|your|the|these|those .. instruction|instructions|prompt|prompts|directions|guardrails
ignore|disregard|forget|override .. your|all|previous|prior rules|guidelines|training|programming
ignore|disregard everything|anything|all above|before|previous|prior
system|developer|hidden prompt
reveal|print|show|repeat|output|leak|disclose .. prompt|instructions|credentials|passwords|secrets
new|updated instruction|instructions for|to .. you|assistant|ai|llm|agent|model
you are|re now .. assistant|ai|model|bot|admin|administrator|unrestricted|dan
you are|re a|an .. assistant|model|bot|llm that|who|which|and|without|with
act|behave|pretend as|like .. unrestricted|admin|administrator|dan|developer
note|message|attention|instruction|instructions|hello|hi|dear to|for|all .. ai|llm|llms|assistant|model|agents|assistants|models|crawlers
attention|dear ai|llm|assistant|model
if you are|re .. ai|llm|language|assistant|bot|model
mark|classify|categorize|categorise|label|qualify|rate|score|set|treat .. this|me|us|my .. qualified|approved|vip|urgent|hot|priority
set .. category|status .. to|as .. qualified|approved|support
category must|should|to be .. qualified|support|follow
begin|end|start system|prompt|instructions
exfiltrate
forward|email .. all|other|every .. customers|customer|leads|records .. to
jailbreak|jailbroken
prompt injection
ignorier*|vergiss|missachte .. anweisung|anweisungen|regeln|vorgaben|prompt|instruktionen|vorherige*
neue anweisung|anweisungen .. ki|assistent|modell
du bist jetzt|nun|ab
stufe|markiere|setze .. diesen|diese|mich .. qualifiziert|qualified
ignore|ignorez|oublie|oubliez .. instruction|instructions|consignes|regles
tu es|vous etes maintenant|desormais .. assistant|ia|modele
ignora|ignore|olvida|olvide|omite .. instruccion|instrucciones|reglas|indicaciones|anteriores
ahora eres
marca|clasifica .. este|esta|me .. calificado|cualificado|qualified
`, false}}
}
