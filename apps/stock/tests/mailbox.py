"""Mail servers as they are on bad days."""

from smtplib import SMTPRecipientsRefused

from django.core.mail.backends.locmem import EmailBackend


class Down(EmailBackend):
    """Cannot be reached any more when a mail is to leave."""

    def send_messages(self, messages):
        raise ConnectionError("connection reset")


class Declining(EmailBackend):
    """Knows one of its addresses no more."""

    def send_messages(self, messages):
        if messages[0].to == ["gone@example.org"]:
            raise SMTPRecipientsRefused({"gone@example.org": (550, b"no such user")})
        return super().send_messages(messages)
