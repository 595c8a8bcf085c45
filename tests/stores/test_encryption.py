"""What encryption makes of values: nothing of them is legible, and each opens with its key, at its place, or not."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from router.core.caching.entry import Entry
from router.core.caching.seal import Digest, Seal
from router.core.caching.value import COMPRESSED_ABOVE_BYTES, read_value, write_value
from router.core.errors import SettingsError
from router.stores.cache import choose_seal
from router.stores.encryption import BATCH, NAME_BYTES, NONCE_BYTES, SALT_BYTES, Cipher
from tests.cached import KEY, OTHER_KEY, entry, place

HEAD_BYTES = 11
SALTED = slice(NAME_BYTES, NAME_BYTES + SALT_BYTES)
NONCE = slice(SALTED.stop, SALTED.stop + NONCE_BYTES)
TAG_BYTES = 16
CONTEXT = b"alice, here"


def written(what: Entry, seal: Seal) -> bytes:
    value = write_value(place(), what, seal)
    assert value is not None
    return value


@pytest.mark.parametrize("size", [10, COMPRESSED_ABOVE_BYTES], ids=["as it is", "compressed"])
def test_nothing_of_an_entry_is_legible_but_its_head(size: int) -> None:
    canaries = ["canary-body", "canary-policy", "canary-rule", "canary-model"]
    body, policy, rule, model = canaries
    value = written(entry(body * size, policy=policy, rule=rule, model=model), Cipher([KEY]))

    assert not any(each.encode() in value for each in canaries)


def test_the_same_payload_never_looks_the_same_again() -> None:
    cipher = Cipher([KEY])
    closed = [cipher.close(CONTEXT, b"the same") for _ in range(1_000)]

    assert len({each[NONCE] for each in closed}) == len({each[NONCE.stop :] for each in closed}) == 1_000


def test_each_process_and_each_batch_of_values_has_a_key_of_its_own() -> None:
    one, other = Cipher([KEY]), Cipher([KEY])
    salts = [one.close(CONTEXT, b"")[SALTED] for _ in range(BATCH + 1)]

    assert len(set(salts[:BATCH])) == 1
    assert len({salts[0], salts[BATCH], other.close(CONTEXT, b"")[SALTED]}) == 3
    assert one.open(CONTEXT, other.close(CONTEXT, b"text")) == b"text"


def test_many_threads_use_it_at_once() -> None:
    cipher, texts = Cipher([KEY]), [b"%d" % number * 1_000 for number in range(2_000)]

    with ThreadPoolExecutor(4) as pool:
        opened = pool.map(lambda text: cipher.open(CONTEXT, cipher.close(CONTEXT, text)), texts)

    assert list(opened) == texts


def test_what_is_compressed_is_compressed_before_it_is_encrypted() -> None:
    assert len(written(entry("x" * 100_000), Cipher([KEY]))) < 2_000


@given(st.binary(max_size=300), st.binary(max_size=100))
def test_a_payload_grows_by_a_name_a_salt_a_nonce_and_a_tag_and_opens_in_its_context_alone(
    payload: bytes, context: bytes
) -> None:
    cipher = Cipher([KEY])
    closed = cipher.close(context, payload)

    assert len(closed) == NONCE.stop + len(payload) + TAG_BYTES
    assert cipher.open(context, closed) == payload
    assert cipher.open(context + b"x", closed) is None


def test_the_keys_are_those_that_the_standard_makes() -> None:
    closed = Cipher([KEY]).close(CONTEXT, b"text")
    key = HKDFExpand(SHA256(), 32, b"tandem cache: the key of a batch" + closed[SALTED]).derive(KEY)

    assert closed[:NAME_BYTES] == HKDFExpand(SHA256(), NAME_BYTES, b"tandem cache: the name of a key").derive(KEY)
    assert AESGCM(key).decrypt(closed[NONCE], closed[NONCE.stop :], CONTEXT) == b"text"


def test_every_key_decrypts_and_the_first_encrypts() -> None:
    old, new, both = Cipher([OTHER_KEY]), Cipher([KEY]), Cipher([KEY, OTHER_KEY])

    assert both.open(CONTEXT, old.close(CONTEXT, b"old")) == b"old"
    assert new.open(CONTEXT, both.close(CONTEXT, b"new")) == b"new"
    assert old.open(CONTEXT, both.close(CONTEXT, b"new")) is None


@pytest.mark.parametrize(
    ("closing", "opening"),
    [
        (Cipher([KEY]), Cipher([OTHER_KEY])),
        (Cipher([KEY]), Digest()),
        (Digest(), Cipher([KEY])),
    ],
    ids=["another key", "encrypted, without a key", "legible, with a key"],
)
def test_what_was_written_under_another_seal_is_nothing(closing: Seal, opening: Seal) -> None:
    assert read_value(place(), written(entry(), closing), opening) is None


def test_a_head_that_was_changed_makes_it_nothing_though_it_says_what_the_entry_would() -> None:
    better = entry(tier="strong", made_s=1.0)
    value, other = written(entry(), Cipher([KEY])), written(better, Cipher([KEY]))

    assert read_value(place(), other[:HEAD_BYTES] + value[HEAD_BYTES:], Cipher([KEY])) is None


def test_a_key_given_twice_is_one() -> None:
    assert Cipher([KEY, KEY]).open(CONTEXT, Cipher([KEY]).close(CONTEXT, b"")) == b""


def test_a_key_is_not_shown() -> None:
    assert KEY.hex() not in repr(Cipher([KEY])).lower()
    assert repr(KEY)[2:-1] not in repr(Cipher([KEY]))


def test_without_keys_nothing_is_encrypted_and_with_them_everything_is() -> None:
    assert isinstance(choose_seal([]), Digest)
    assert isinstance(choose_seal([KEY]), Cipher)


def test_where_the_library_is_missing_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "router.stores.encryption")
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)

    with pytest.raises(SettingsError, match=r"pip install 'tandem-router\[encryption\]'"):
        choose_seal([KEY])
