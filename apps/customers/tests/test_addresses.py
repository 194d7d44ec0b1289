from dataclasses import replace

import pytest
from django.utils import translation

from apps.customers.interface import Address, customers

pytestmark = pytest.mark.usefixtures("both_ways")
PARIS = Address(
    name="Ada Martin", line1="12 rue des Halles", postal_code="75001", city="Paris", country="FR"
)
DELIVERABLE = [
    PARIS,
    Address("Jörg Weiß", "Königsallee 1", "Düsseldorf", "DE", "40212"),
    Address("Ivy Lee", "1 High St", "London", "GB", "ec1y 8sy", phone="+44 20 7946 0000 ext. 7"),
    Address("Seán Ó Dálaigh", "1 Main Street", "Galway", "IE"),
    Address("Zoë", "1 Loop Rd", "Cupertino", "US", "95014-1234", "Apt. 2", "California"),
    Address("Noé", "1 rue Saint-Paul", "Montréal", "CA", "H3Z 2Y7", region="QC"),
    Address("Urs", "Bahnhofstrasse 1", "Zürich", "CH", "8001", phone="044/211 22 33"),
    Address("Nikos", "Ermou 1", "Αθήνα", "GR", "105 63"),
    Address("Ana", "Calle Mayor 1", "Madrid", "ES", "28013", region="Madrid"),
]


def problems(address, locale="en"):
    found = customers.check_address(address=address, locale=locale)
    return {(problem.field, problem.code) for problem in found}


def test_lists_delivery_countries_by_name_in_the_readers_language():
    english = [country.name for country in customers.countries(locale="en")]
    french = [country.name for country in customers.countries(locale="fr")]
    assert len(english) == 32
    assert english[:3] == ["Austria", "Belgium", "Bulgaria"]
    assert french[:3] == ["Allemagne", "Autriche", "Belgique"]
    assert french.index("États-Unis") < french.index("Finlande")


def test_names_what_each_country_needs():
    needed = {country.code: country.required for country in customers.countries(locale="en")}
    assert needed["FR"] == ("name", "line1", "city", "postal_code")
    assert needed["US"] == ("name", "line1", "city", "region", "postal_code")
    assert needed["IE"] == ("name", "line1", "city")


@pytest.mark.parametrize("address", DELIVERABLE, ids=lambda address: address.country)
def test_accepts_what_the_post_delivers(address):
    assert problems(address) == set()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": " "}, ("name", "required")),
        ({"line1": ""}, ("line1", "required")),
        ({"line1": "  "}, ("line1", "required")),
        ({"city": ""}, ("city", "required")),
        ({"postal_code": ""}, ("postal_code", "required")),
        ({"postal_code": "7500"}, ("postal_code", "invalid")),
        ({"postal_code": "750011"}, ("postal_code", "invalid")),
        ({"country": "AU"}, ("country", "not-delivered")),
        ({"country": "XX"}, ("country", "not-delivered")),
        ({"country": "../FR"}, ("country", "not-delivered")),
        ({"country": ""}, ("country", "required")),
        ({"country": "US", "postal_code": "95014"}, ("region", "required")),
        ({"country": "US", "postal_code": "95014", "region": "Wales"}, ("region", "invalid")),
        ({"country": "US", "postal_code": "95014", "region": "NY"}, ("postal_code", "invalid")),
        ({"line2": "x" * 201}, ("line2", "too-long")),
        ({"postal_code": "7" * 64_000}, ("postal_code", "too-long")),
        ({"city": "Par\x00is"}, ("city", "invalid")),
        ({"name": "Ada\nMartin"}, ("name", "invalid")),
        ({"phone": "call me"}, ("phone", "invalid")),
        ({"phone": "123"}, ("phone", "invalid")),
        ({"phone": "1" * 30}, ("phone", "invalid")),
    ],
)
def test_names_the_field_that_is_wrong(change, problem):
    assert problems(replace(PARIS, **change)) == {problem}


def test_names_everything_that_is_wrong_at_once():
    wrong = Address(name="", line1="", city="", country="FR", postal_code="x", phone="x")
    assert {field for field, _ in problems(wrong)} == {
        *("name", "line1", "city", "postal_code", "phone")
    }


def test_every_problem_is_a_sentence_with_an_example():
    (problem,) = customers.check_address(address=replace(PARIS, postal_code="1"), locale="en")
    assert problem.text == "Enter a postal code as this country writes it: 33380."


def test_speaks_the_readers_language_and_not_the_servers(settings, tmp_path):
    with translation.override("fr"):
        (problem,) = customers.check_address(address=replace(PARIS, city=""), locale="en")
    assert problem.text == "Enter the city."


@pytest.mark.parametrize(
    "email",
    ["ada@example.com", " ada+halles@example.co.uk ", "ada@exämple.de", "a@xn--exmple-cua.de"],
)
def test_accepts_what_can_be_an_email_address(email):
    assert customers.check_email(email=email, locale="en") == ()


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("", "required"),
        ("  ", "required"),
        ("ada", "invalid"),
        ("ada@", "invalid"),
        ("ada@example", "invalid"),
        ("ada@example.com\nBcc: all@example.com", "invalid"),
        ("ada b@example.com", "invalid"),
        ("{{7*7}}@example.com\x00", "invalid"),
        ("a" * 250 + "@example.com", "too-long"),
    ],
)
def test_refuses_what_cannot_be_an_email_address(email, code):
    (problem,) = customers.check_email(email=email, locale="en")
    assert (problem.field, problem.code) == ("email", code)
    assert problem.text.endswith(".")
