"""The catalogue holds what DCAT-AP-NO demands, says the same in both forms, and leads to what there is."""

from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic

from services.opendata.exports.about import Publisher
from tests.opendata.exports.downloading import Downloading

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SHAPES = Graph().parse(Path(__file__).with_name("dcat_ap_no.ttl"))
IMDI = Publisher("IMDi", "https://data.norge.no/organizations/987879696", "mailto:post@imdi.example")


@pytest.fixture(scope="module")
def ask():
    return Downloading(publisher=IMDI, root="https://bosatt.example/")


@pytest.fixture
def found(ask):
    return Graph().parse(data=ask.bytes("catalog.ttl"), format="turtle")


def faults(graph):
    conforms, _, text = validate(graph, shacl_graph=SHAPES)
    return "" if conforms else text


@pytest.mark.parametrize("publisher", [None, IMDI])
def test_it_holds_what_the_standard_demands(publisher):
    ask = Downloading() if publisher is None else Downloading(publisher=publisher)

    assert not faults(Graph().parse(data=ask.bytes("catalog.ttl"), format="turtle"))


@pytest.mark.parametrize(
    ("kind", "demanded"),
    [
        (DCAT.Catalog, (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.contactPoint)),
        (
            DCAT.Dataset,
            (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.contactPoint, DCAT.theme),
        ),
        (DCAT.DataService, (DCTERMS.title, DCTERMS.publisher, DCAT.contactPoint, DCAT.endpointURL)),
        (DCAT.Distribution, (DCAT.accessURL, DCTERMS.license)),
        (FOAF.Agent, (FOAF.name,)),
        (VCARD.Organization, (VCARD.fn, VCARD.hasEmail)),
    ],
)
def test_the_shapes_notice_whatever_is_missing(found, kind, demanded):
    what = next(found.subjects(RDF.type, kind))

    for one in demanded:
        without = Graph()
        for triple in found:
            if triple[:2] != (what, one):
                without.add(triple)
        assert faults(without), one


# rdflib warns of a class of its own that its reader uses.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_both_forms_say_the_same(ask, found):
    assert isomorphic(Graph().parse(data=ask.bytes("catalog.jsonld"), format="json-ld"), found)


def test_every_download_it_names_is_there(ask, found):
    addresses = list(found.objects(None, DCAT.downloadURL))

    for address in addresses:
        name = str(address).removeprefix("https://bosatt.example/data/")
        assert ask.get(name, method="HEAD").status_code == 200, name
    assert len(addresses) == 3 + 2 + 2 + 8 * 2


def test_it_names_its_publisher_where_readers_find_it_and_the_licence(found):
    catalog = URIRef("https://bosatt.example/data/#catalog")
    licence = URIRef("http://publications.europa.eu/resource/authority/licence/NLOD_2_0")

    assert found.value(catalog, DCTERMS.publisher) == URIRef(IMDI.uri)
    assert found.value(URIRef(IMDI.uri), FOAF.name) == Literal("IMDi", "nb")
    assert set(found.objects(None, DCTERMS.license)) == {licence}
    assert found.value(URIRef("https://bosatt.example/data/#graphql"), DCAT.endpointURL) == URIRef(
        "https://bosatt.example/graphql"
    )
