"""Magento's product CSV: one row for each product and store view.

Columns and their meaning: https://experienceleague.adobe.com/en/docs/commerce-admin/systems/data-transfer/data-attributes-product
"""
