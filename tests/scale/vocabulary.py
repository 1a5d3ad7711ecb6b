"""Words and sentences that nobody wrote, as many and as unevenly used as those of real plans.

A few words stand in most texts, tens of thousands in a handful: how often a word is used falls with its place in the
list (Zipf's law), which is what a search has to bear.
"""

import random
from itertools import accumulate

_FIRST = """
    skol barn ungdoms äldre omsorgs trygghets miljö klimat trafik cykel park idrotts kultur biblioteks bostads bygg
    vatten avfalls energi digital arbets närings turist landsbygds stads torg brand hälso tand vård stöd familje
    hem boende demens funktions tillgänglighets språk integrations jämställdhets demokrati medborgar ekonomi budget
    upphandlings personal chefs kompetens utbildnings förskole gymnasie elev lärar musik teater fritids simhalls
    natur skogs sjö hamn väg buss järnvägs flyg data system säkerhets beredskaps kris livsmedels måltids kost
    lokal fastighets mark plan tillstånds tillsyns livs djur vinter sommar kvälls natt helg dag års
""".split()  # noqa: SIM905 - words to be read, not a list
_LAST = """
    plan stöd grupp arbete verksamhet miljö program insats utveckling samverkan utbildning enhet mottagning
    plats tid kvalitet kostnad avgift bidrag projekt modell metod rutin policy strategi uppföljning mätning enkät
    dialog råd forum träff möte läger kurs lokal hall gård hus boende väg stig led yta park lek skola klass
    lag team tjänst tillsyn kontroll tillstånd ansökan beslut rätt ansvar uppdrag mål krav nivå norm garanti
    resurs budget satsning medel fond pool bank central nav nät punkt station linje bro port tak vägg golv
""".split()  # noqa: SIM905
_COMMON = """
    barn verksamheten kommunen stöd arbetet unga medarbetare vård omsorg skolan insatser behov möjlighet samarbete
    kvalitet familjer äldre invånare brukare föräldrar trygghet hälsa delaktighet förebyggande kompetens resurser
    utveckling anhöriga boende hemmet personal utbildning kunskap information dialog jämställdhet tillgänglighet
    självständighet inflytande bemötande uppföljning missbruk våld ekonomi arbete bostad integration skola förskola
""".split()  # noqa: SIM905
_ENDINGS = ("", "en", "er", "erna", "s")
_VERBS = """
    Öka Minska Stärka Utveckla Införa Utreda Ta_fram Förbättra Säkra Bygga Öppna Starta Fördjupa Bredda Pröva Följa_upp
    Samordna Förenkla Behålla Erbjuda
""".split()  # noqa: SIM905
_ADJECTIVES = "god bättre tidig nära lokal hållbar trygg jämlik digital samlad enkel öppen långsiktig ny".split()  # noqa: SIM905
_BETWEEN = ("för", "i", "med", "och", "inom", "av", "till", "på")
_CONSONANTS, _VOWELS = "bdfghjklmnprstv", "aeiouyåäö"

#: How many words there are, and how many pieces of sentences are made of them.
WORDS, PIECES = 80_000, 120_000


class Vocabulary:
    """The words, the commonest first, and what is written with them; the same for the same seed."""

    def __init__(self, seed: int, words: int = WORDS, pieces: int = PIECES):
        rng = random.Random(f"{seed}-vocabulary")
        compounds = [first + last + ending for first in _FIRST for last in _LAST for ending in _ENDINGS]
        rng.shuffle(compounds)
        names = (
            "".join(rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(rng.randint(2, 4)))
            + rng.choice(("na", "by", "sta", "lund", "näs"))
            for _ in range(2 * words)
        )
        self.words = list(dict.fromkeys([*_COMMON, *compounds, *names]))[:words]
        self._weights = list(accumulate(1 / (place + 3) for place in range(len(self.words))))
        drawn = iter(rng.choices(self.words, cum_weights=self._weights, k=3 * pieces))
        self.pieces = [
            f"{rng.choice(_ADJECTIVES)} {next(drawn)} {rng.choice(_BETWEEN)} {next(drawn)}"
            if rng.random() < 0.3
            else f"{next(drawn)} {rng.choice(_BETWEEN)} {next(drawn)}"
            for _ in range(pieces)
        ]
        self.verbs = [verb.replace("_", " ") for verb in _VERBS]

    def some(self, rng: random.Random, count: int) -> list[str]:
        """Draw words as they are used."""
        return rng.choices(self.words, cum_weights=self._weights, k=count)

    def goal(self, rng: random.Random, percent: int | None) -> str:
        """Write a goal, which may state a target."""
        first, second = rng.choice(self.pieces), rng.choice(self.pieces)
        if percent is not None:
            return f"Minst {percent} % av {first} ska ha {second}."
        return f"{rng.choice(self.verbs)} {first} så att {second} blir {rng.choice(_ADJECTIVES)}."

    def prose(self, rng: random.Random) -> str:
        """Write some sentences of running text."""
        return " ".join(
            f"Här står som exempel {first} {second} {third}."
            for first, second, third in (rng.choices(self.pieces, k=3) for _ in range(rng.randint(1, 3)))
        )
