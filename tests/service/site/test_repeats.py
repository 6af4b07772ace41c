"""Writes that come twice: what counts as the same, and what is kept of them."""

import pytest
from tests.service.apps.people.helpers import person, signed_in

from servewell.apps.base.models import GivenAnswer


@pytest.fixture(autouse=True)
def _quick_and_apart(settings, tmp_path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATA = tmp_path


def test_a_fresh_api_key_is_nowhere_in_the_database():
    """The answer is kept for a repetition, but sealed."""
    browser = signed_in(person("wang", "administrator"))
    asked = {"name": "k", "scopes": ["logs.read"]}
    answers = [browser("POST", "/api/v1/people/keys", asked, **{"Idempotency-Key": "abc"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    (secret,) = [value for value in answers[0].json().values() if isinstance(value, str) and value.startswith("sw_")]
    kept = str(list(GivenAnswer.objects.values_list()))
    assert "abc" in kept
    assert secret not in kept


def test_files_sent_with_the_same_key_are_told_apart_by_what_they_hold():
    """Not by their length; nor by the boundary, which each try draws anew."""
    browser = signed_in(person("wang", "administrator"))

    def send(content, boundary):
        part = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        return browser.client.generic(
            "POST",
            "/api/v1/insight/uploads",
            f"{part}{content}\r\n--{boundary}--\r\n".encode(),
            content_type=f"multipart/form-data; boundary={boundary}",
            headers={"X-CSRFToken": browser.client.cookies["csrftoken"].value, "Idempotency-Key": "abc"},
        )

    first = send("case,activity,time\n1,a,2026-01-01", "one")
    again = send("case,activity,time\n1,a,2026-01-01", "another-one")
    other = send("case,activity,time\n2,b,2026-01-02", "one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    assert (other.status_code, other.json()["type"]) == (422, "/errors/base-key-reused")


def test_a_broken_form_with_a_key_is_refused_in_words():
    """And nothing is kept."""
    browser = signed_in(person("wang", "administrator"))
    headers = {"X-CSRFToken": browser.client.cookies["csrftoken"].value, "Idempotency-Key": "abc"}
    kind = "multipart/form-data; boundary="
    answer = browser.client.generic("POST", "/api/v1/insight/uploads", b"x", content_type=kind, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (400, "/errors/site-malformed")
