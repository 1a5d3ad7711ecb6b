"""People's words beside those of the plans: which words lead to which others.

Written by hand, from the vocabulary of Swedish municipalities and their social services: what people call a thing, what
the law and the offices call it now, and what they called it before. In a group every word leads to all the others;
``NARROWER`` leads one way, from a word to what it is a kind of. A word stands for its inflections too. Nothing is added
that only one plan would have; what is shown for another word is said beside the hits.
"""

import re

from goals.search.query import TOO_COMMON
from proposals.words import plain, words_of

ALIKE: tuple[tuple[str, ...], ...] = (
    # Money and work
    ("socialbidrag", "försörjningsstöd", "ekonomiskt bistånd", "socialhjälp"),
    ("arbetslös", "arbetslöshet", "sysselsättning", "egen försörjning", "arbetsmarknad"),
    ("sparkrav", "besparing", "nedskärning", "effektivisering", "åtstramning"),
    ("privatisering", "utförsäljning", "vinstuttag", "privata vinster", "riskkapitalbolag"),
    ("valfrihet", "lov", "fri etableringsrätt", "valfrihetssystem"),
    ("sextimmarsdag", "6-timmarsarbetsdag", "arbetstidsförkortning", "kortare arbetstid", "sex timmars arbetsdag"),
    ("personal", "medarbetare", "anställda"),
    ("chef", "ledare", "ledarskap"),
    ("sjukskrivning", "sjukfrånvaro", "sjuktal"),
    ("vidareutbildning", "fortbildning", "kompetenshöjning", "kompetensutveckling"),
    ("budget i balans", "budgetbalans", "underskott"),
    # Homes
    ("hemlös", "hemlöshet", "bostadslös", "uteliggare", "härbärge"),
    ("vräkning", "vräkt", "avhysning"),
    ("bostad", "lägenhet", "boende"),
    # Children and young people
    ("fosterhem", "fosterfamilj", "familjehem"),
    ("barnhem", "hvb", "hem för vård eller boende", "institution"),
    ("kollo", "barnkoloni", "koloni", "sommarläger"),
    ("flyktingbarn", "ensamkommande"),
    ("ungdomar", "unga", "tonåringar"),
    ("tjej", "flicka"),
    ("kille", "pojke"),
    ("barnperspektiv", "barnrättsperspektiv", "barnets rättigheter", "barnets bästa", "barnkonventionen"),
    ("dagis", "förskola", "barnomsorg"),
    ("fritids", "fritidshem"),
    ("gymnasium", "gymnasieskola"),
    ("skolk", "ogiltig frånvaro", "skolfrånvaro"),
    ("fältassistent", "fältarbetare", "fältgrupp", "fältarbetande"),
    ("bup", "barn- och ungdomspsykiatri"),
    ("orosanmälan", "barn som far illa"),
    # Addiction and crime
    ("drog", "narkotika", "knark"),
    ("missbruk", "beroende"),
    ("brott", "kriminalitet", "brottslighet", "kriminell"),
    # Violence and equality
    ("kvinnomisshandel", "mäns våld mot kvinnor", "våld i nära relation", "kvinnofrid", "hustrumisshandel"),
    ("kvinnojour", "tjejjour", "skyddat boende"),
    ("jämställdhet", "genus"),
    ("främlingsfientlighet", "rasism"),
    # Health, age and disability
    ("psykisk ohälsa", "psykisk hälsa", "psykisk sjukdom", "må dåligt"),
    ("handikapp", "funktionshinder", "funktionsnedsättning", "funktionsnedsatt", "rörelsehinder"),
    ("pensionär", "äldre", "gamla", "senior"),
    ("äldreboende", "ålderdomshem", "servicehus", "särskilt boende"),
    # People and the committee
    ("invandrare", "nyanländ", "invandrat", "utrikes född", "flykting"),
    ("invånare", "medborgare", "kommuninvånare"),
    ("klient", "brukare"),
    ("socialsekreterare", "socialarbetare", "handläggare"),
    ("region", "landsting"),
    ("förening", "civilsamhälle", "ideell", "frivilligorganisation"),
)
#: From a word to what it is a kind or a part of; never back.
NARROWER: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("alkohol", ("missbruk", "beroende")),
    ("alkoholism", ("missbruk", "beroende")),
    ("sprit", ("alkohol", "missbruk")),
    ("narkoman", ("missbruk", "drog")),
    ("narkotika", ("drogmissbruk", "drogfri")),
    ("knark", ("drogmissbruk", "drogfri")),
    ("drog", ("missbruk",)),
    ("spelberoende", ("missbruk", "beroende")),
    ("depression", ("psykisk ohälsa",)),
    ("ångest", ("psykisk ohälsa",)),
    ("självmord", ("psykisk ohälsa",)),
    ("utbränd", ("sjukskrivning", "arbetsmiljö")),
    ("kvinnomisshandel", ("kvinnojour",)),
    ("ungdomskriminalitet", ("brott", "kriminalitet")),
    ("ungdomsbrottslighet", ("brott", "kriminalitet")),
    ("hyra", ("bostad",)),
    ("pension", ("äldre",)),
    ("mobbning", ("kränkning", "utsatthet")),
)
#: How the words above may end.
_ENDINGS = (
    "(?:a|e|n|t|r|s|en|et|na|an|ar|er|or|are|ad|at|ade|te|de|het|heten|aren|ande|arna|erna|orna|ns|iska?t?|ts|ars|ers|"
    "ens|ets|rna|nas|arnas|ernas|ornas|arens)?"
)


def _pattern(term: str) -> re.Pattern[str]:
    """Find a term in a row of plain words, in whatever inflection each of them stands."""
    stems = [re.sub("(?<=...)[ae]$", "", plain(word)) for word in words_of(term) if word not in TOO_COMMON]
    return re.compile(rf"(?<!\S){' '.join(stem + _ENDINGS for stem in stems)}(?!\S)")


def _rules() -> list[tuple[re.Pattern[str], tuple[str, ...]]]:
    both_ways = [(term, tuple(other for other in group if other != term)) for group in ALIKE for term in group]
    return [(_pattern(term), others) for term, others in (*both_ways, *NARROWER)]


_RULES = _rules()


def others_for(words: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """Find terms in a row of words, and give the first and the last of its words, by place, and what they lead to."""
    row = plain(words)
    return [
        (row.count(" ", 0, found.start()), row.count(" ", 0, found.end()), others)
        for pattern, others in _RULES
        for found in pattern.finditer(row)
    ]
