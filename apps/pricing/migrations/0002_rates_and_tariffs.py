"""Tax rates and ways of sending to begin with; the merchant changes both in the admin.

Standard VAT rates as the member states publish them through the European Commission's "Taxes in
Europe" database (https://ec.europa.eu/taxation_customs/tedb), each with the day it took effect;
known up to 2025-08. Goods sent out of the EU are exempt as exports (Directive 2006/112/EC,
Article 146), and sales to the United States carry no tax of ours.
"""

from datetime import date

from django.db import migrations

TEDB = "European Commission, Taxes in Europe database"
EXPORT = "Directive 2006/112/EC, Article 146: exports are exempt"
VAT = """
AT 20 1984-01-01, BE 21 1996-01-01, BG 20 1999-01-01, CY 19 2014-01-13, CZ 21 2013-01-01,
DE 19 2007-01-01, DK 25 1992-01-01, EE 24 2025-07-01, ES 21 2012-09-01, FI 25.5 2024-09-01,
FR 20 2014-01-01, GR 24 2016-06-01, HR 25 2012-03-01, HU 27 2012-01-01, IE 23 2012-01-01,
IT 22 2013-10-01, LT 21 2009-09-01, LU 17 2024-01-01, LV 21 2012-07-01, MT 18 2004-01-01,
NL 21 2012-10-01, PL 23 2011-01-01, PT 23 2011-01-01, RO 21 2025-08-01, SE 25 1990-07-01,
SI 22 2013-07-01, SK 23 2025-01-01
"""
BOOKS = "BE 6 1971-01-01, DE 7 1983-07-01, FR 5.5 2013-01-01, NL 9 2019-01-01"
EXPORTS = ["CA", "CH", "GB", "NO", "US"]
EU = sorted(entry.split()[0] for entry in VAT.split(","))

OPTIONS = [
    ("standard", {"en": "Standard", "fr": "Standard"}, (2, 4), [*EU, *EXPORTS], 490, 6_000),
    ("express", {"en": "Express", "fr": "Express"}, (1, 2), EU, 1_290, None),
]


def load(apps, schema_editor):
    rate = apps.get_model("pricing", "TaxRate").objects.create
    for tax_class, table in [("standard", VAT), ("books", BOOKS)]:
        for country, percent, since in (entry.split() for entry in table.split(",")):
            rate(country=country, tax_class=tax_class, percent=percent, since=since, source=TEDB)
    for country in EXPORTS:
        rate(
            country=country,
            tax_class="standard",
            percent=0,
            since=date(2007, 1, 1),
            source="No tax of ours" if country == "US" else EXPORT,
        )
    for code, name, (earliest, latest), countries, minor, free_from in OPTIONS:
        option = apps.get_model("pricing", "ShippingOption").objects.create(
            code=code, name=name, countries=countries, earliest=earliest, latest=latest
        )
        for currency in ("EUR", "USD"):
            option.prices.create(currency=currency, minor=minor, free_from_minor=free_from)


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
