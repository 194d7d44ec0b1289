"""The ASGI door of every HTTP role."""

from .wsgi import application as wsgi

from commerce.web import Web  # isort: skip - knows every address of the shop

application = Web(wsgi)
