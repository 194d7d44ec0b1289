"""Checks what was there before against the constraints, without stopping anybody."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_refunds_and_returns")]

    operations = [
        ValidateConstraint("line", "orders_line_returns_what_was_sent"),
        ValidateConstraint("line", "orders_line_credits_once"),
        ValidateConstraint("order", "orders_refunds_what_it_cost"),
    ]
