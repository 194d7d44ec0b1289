"""Keys open the API, and nothing that is kept would let anybody make one up."""

import pytest

from commerce.rest import keys
from commerce.rest.models import ApiKey

pytestmark = pytest.mark.django_db
MUGS = "/api/mugs/v1/mugs"


@pytest.fixture
def secret():
    keys.ensure("warehouse", "sk", "sk_" + "w" * 32, ["mugs:read"])
    return "sk_" + "w" * 32


def get(api, **headers):
    answer = api.get(MUGS, **headers)
    return answer.status_code, answer.json().get("code")


def test_key_of_either_kind_opens_the_list(api, publishable, secret):
    assert get(api, X_Api_Key=publishable)[0] == 200
    assert get(api, Authorization=f"Bearer {secret}")[0] == 200


def test_nothing_kept_gives_the_key_away(secret):
    row = ApiKey.objects.values().get(name="warehouse")
    assert secret not in str(row)
    assert row["prefix"] == secret[:8]


def test_no_credential_is_refused(api):
    assert get(api) == (401, "credentials-missing")
    assert "WWW-Authenticate" in api.get(MUGS).headers


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Api_Key": "pk_unknown"},
        {"X_Api_Key": "é\x01"},
        {"Authorization": "Bearer sk_unknown"},
        {"Authorization": "Bearer "},
    ],
)
def test_unknown_key_is_refused(api, headers):
    assert get(api, **headers) == (401, "credentials-invalid")


def test_kinds_are_not_interchangeable(api, publishable, secret):
    assert get(api, X_Api_Key=secret) == (401, "credentials-invalid")
    assert get(api, Authorization=f"Bearer {publishable}") == (401, "credentials-invalid")


def test_secret_key_without_the_scope_is_refused(api):
    keys.ensure("accounts", "sk", "sk_" + "a" * 32, ["orders:read"])
    answer = api.get(MUGS, Authorization="Bearer sk_" + "a" * 32)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
    assert answer.json()["errors"][0]["meta"] == {"scope": "mugs:read"}


def test_switched_off_key_is_refused(api, secret):
    ApiKey.objects.update(active=False)
    assert get(api, Authorization=f"Bearer {secret}") == (401, "credentials-invalid")


def test_known_key_asks_the_database_once(api, secret, django_assert_num_queries):
    with django_assert_num_queries(2):  # find it, note its use
        for _ in range(3):
            get(api, Authorization=f"Bearer {secret}")


def test_unknown_key_asks_the_database_once(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [keys.find("pk_x"), keys.find("pk_x")] == [None, None]


def test_process_forgets_in_half_a_minute(secret, later):
    keys.find(secret)
    ApiKey.objects.update(active=False)
    later(keys.REMEMBERED - 1)
    assert keys.find(secret)
    later(2)
    assert keys.find(secret) is None


def test_guesses_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(keys, "MOST_REMEMBERED", 5)
    for guess in range(20):
        keys.find(f"pk_{guess}")
    assert len(keys.memory.found) <= 5


def test_use_is_noted(secret):
    keys.find(secret)
    assert ApiKey.objects.get(name="warehouse").last_used_at


def test_ensuring_again_changes_the_value(secret):
    keys.ensure("warehouse", "sk", "sk_" + "n" * 32, ["mugs:read"])
    assert keys.find(secret) is None
    assert keys.find("sk_" + "n" * 32).scopes == {"mugs:read"}


def test_value_must_fit_its_kind():
    with pytest.raises(ValueError, match="begins with sk_"):
        keys.ensure("odd", "sk", "pk_1")


def test_shops_own_key_needs_no_row(api, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert get(api, X_Api_Key=keys.storefront_key())[0] == 200


def test_shops_own_key_survives_a_change_of_the_secret(api, settings):
    key = keys.storefront_key()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    assert keys.storefront_key() != key
    assert get(api, X_Api_Key=key)[0] == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert get(api, X_Api_Key=key)[0] == 401
