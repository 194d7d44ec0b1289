"""Checks the lines that were there before against the constraints, without stopping anybody."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_shipments")]

    operations = [
        ValidateConstraint("line", "orders_line_packs_what_was_bought"),
        ValidateConstraint("line", "orders_line_ships_what_was_packed"),
    ]
