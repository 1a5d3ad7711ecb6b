"""The data as a catalogue for data portals: DCAT-AP-SE (https://docs.dataportal.se/dcat/sv/), as RDF.

A dataset for each table, so that the catalogue stays as small however many committees there are. Who publishes it is
said where the installation says so, and never made up.
"""

from django.conf import settings
from django.urls import reverse
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, XSD

from goals.data.columns import Table
from goals.data.edition import DataEdition
from goals.data.files import MEDIA_TYPES, DataFile
from goals.data.shared import whole
from goals.data.tables import TABLES
from goals.data.writers import LICENCE, PARTIES_OWN

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
#: What the vocabularies are called for short.
PREFIXES = {"dcat": str(DCAT), "dcterms": str(DCTERMS), "foaf": str(FOAF), "vcard": str(VCARD), "xsd": str(XSD)}
_EU = "http://publications.europa.eu/resource/authority/"
_SWEDISH = URIRef(f"{_EU}language/SWE")
_PUBLIC = URIRef(f"{_EU}access-right/PUBLIC")
_GOVERNMENT = URIRef(f"{_EU}data-theme/GOVE")
_CC0 = URIRef(LICENCE)
_KEYWORDS = ("kommun", "nämnd", "politiska partier", "mål", "uppföljning")

#: The forms of the catalogue: what rdflib calls them, and what a browser does.
FORMS = {"rdf": ("xml", "application/rdf+xml"), "jsonld": ("json-ld", "application/ld+json")}

TITLE = "Nämndkollen: öppna data"
DESCRIPTION = (
    "Partiernas planer för kommunala nämnder, mål för mål och ord för ord, med nämndernas lägesrapporter, beslut och "
    "utfall."
)


def catalogue(edition: DataEdition) -> Graph:
    """Give the catalogue of an edition of the data."""
    graph = Graph()
    for prefix, address in PREFIXES.items():
        graph.bind(prefix, address)
    page = URIRef(whole(reverse("data")))
    itself = URIRef(f"{page}#katalog")
    changed = Literal(edition.changed_at.date().isoformat(), datatype=XSD.date)
    graph.add((itself, RDF.type, DCAT.Catalog))
    _tell(graph, itself, TITLE, DESCRIPTION)
    graph.add((itself, DCTERMS.license, _CC0))
    graph.add((itself, DCTERMS.language, _SWEDISH))
    graph.add((itself, DCTERMS.modified, changed))
    graph.add((itself, FOAF.homepage, page))
    publisher = _publisher(graph, page)
    service = _service(graph, page)
    graph.add((itself, DCAT.service, service))
    described = [itself, service]
    for table in TABLES:
        dataset = _dataset(graph, page, table)
        graph.add((dataset, DCTERMS.modified, changed))
        graph.add((itself, DCAT.dataset, dataset))
        graph.add((service, DCAT.servesDataset, dataset))
        described.append(dataset)
    if publisher:
        for each in described:
            graph.add((each, DCTERMS.publisher, publisher))
    if contact := _contact(graph, page):
        for each in described[1:]:
            graph.add((each, DCAT.contactPoint, contact))
    return graph


def _tell(graph: Graph, subject: URIRef, title: str, description: str) -> None:
    graph.add((subject, DCTERMS.title, Literal(title, lang="sv")))
    graph.add((subject, DCTERMS.description, Literal(description, lang="sv")))


def _publisher(graph: Graph, page: URIRef) -> URIRef | None:
    """Tell who publishes the data, if that is known."""
    if not settings.OPERATOR:
        return None
    publisher = URIRef(f"{page}#utgivare")
    graph.add((publisher, RDF.type, FOAF.Agent))
    graph.add((publisher, FOAF.name, Literal(settings.OPERATOR)))
    return publisher


def _contact(graph: Graph, page: URIRef) -> URIRef | None:
    """Tell whom to ask, if that is known."""
    if not settings.CONTACT_EMAIL:
        return None
    contact = URIRef(f"{page}#kontakt")
    graph.add((contact, RDF.type, VCARD.Organization))
    graph.add((contact, VCARD.fn, Literal(settings.OPERATOR or "Nämndkollen")))
    graph.add((contact, VCARD.hasEmail, URIRef(f"mailto:{settings.CONTACT_EMAIL}")))
    return contact


def _service(graph: Graph, page: URIRef) -> URIRef:
    """Describe the API."""
    service = URIRef(f"{page}#api")
    graph.add((service, RDF.type, DCAT.DataService))
    about = "Samma tabeller som JSON, med urval, sidvis läsning och läget en viss dag."
    _tell(graph, service, "Nämndkollens API", about)
    graph.add((service, DCAT.endpointURL, URIRef(whole(reverse("api_docs")))))
    graph.add((service, DCAT.endpointDescription, URIRef(whole(reverse("api_schema")))))
    graph.add((service, DCTERMS.license, _CC0))
    graph.add((service, DCTERMS.accessRights, _PUBLIC))
    return service


def _dataset(graph: Graph, page: URIRef, table: Table) -> URIRef:
    """Describe a table, and the files that it is in."""
    dataset = URIRef(f"{page}#{table.name}")
    graph.add((dataset, RDF.type, DCAT.Dataset))
    _tell(graph, dataset, f"Nämndkollen: {table.title}", table.about)
    graph.add((dataset, DCTERMS.accessRights, _PUBLIC))
    graph.add((dataset, DCTERMS.language, _SWEDISH))
    graph.add((dataset, DCAT.theme, _GOVERNMENT))
    graph.add((dataset, DCAT.landingPage, page))
    for word in _KEYWORDS:
        graph.add((dataset, DCAT.keyword, Literal(word, lang="sv")))
    for form, media_type in MEDIA_TYPES.items():
        file = DataFile(table.name, form, None)
        address = URIRef(whole(file.url))
        distribution = URIRef(f"{page}#{table.name}-{form}")
        graph.add((dataset, DCAT.distribution, distribution))
        graph.add((distribution, RDF.type, DCAT.Distribution))
        graph.add((distribution, DCTERMS.title, Literal(f"{table.title} som {file.form_name}", lang="sv")))
        graph.add((distribution, DCAT.accessURL, address))
        graph.add((distribution, DCAT.downloadURL, address))
        graph.add((distribution, DCTERMS["format"], Literal(media_type.partition(";")[0])))
        graph.add((distribution, DCTERMS.license, _CC0))
        if table.has_parties_words:
            graph.add((distribution, DCTERMS.rights, Literal(PARTIES_OWN, lang="sv")))
    return dataset
