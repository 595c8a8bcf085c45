"""Virtual keys: shown once, kept as salted hashes, and known again by nothing else."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.config.keys_file import FileKeyring, OpenKeyring, create_key, read_keys
from router.core.errors import FileError, Unauthenticated
from router.core.grants import OWNER, Grants

FULL = Grants(
    models=("auto", "auto:*"),
    policies=("team-*",),
    max_tier="strong",
    min_stakes="medium",
    hints="full",
    pins=True,
    engine_parameters=True,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the keys are kept."""
    return tmp_path / "keys.json"


def refusal(keyring: FileKeyring, secret: str | None) -> str:
    with pytest.raises(Unauthenticated) as error:
        keyring.caller(secret)
    return error.value.message


# --- making keys ------------------------------------------------------------------------------------------------


def test_a_key_that_was_made_is_known_with_its_tenant_and_grants(file: Path) -> None:
    secret = create_key(file, "acme", FULL)

    caller = FileKeyring(read_keys(file)).caller(secret)

    assert (caller.tenant, caller.grants) == ("acme", FULL)
    assert secret.startswith(f"tdm-{caller.key_id}-")


def test_keys_added_later_leave_the_earlier_ones_as_they_were(file: Path) -> None:
    secrets = [create_key(file, f"tenant-{n}", Grants()) for n in range(4)]

    keyring = FileKeyring(read_keys(file))

    assert [keyring.caller(secret).tenant for secret in secrets] == [f"tenant-{n}" for n in range(4)]


def test_one_tenant_may_have_several_keys(file: Path) -> None:
    first, second = create_key(file, "acme", Grants()), create_key(file, "acme", Grants(pins=True))
    keyring = FileKeyring(read_keys(file))

    assert first != second
    assert keyring.caller(first).key_id != keyring.caller(second).key_id
    assert not keyring.caller(first).grants.pins


def test_the_file_holds_no_secret_and_no_part_of_one(file: Path) -> None:
    secret = create_key(file, "acme", Grants())

    _, key_id, word = secret.split("-", 2)
    assert key_id in file.read_text()
    assert word not in file.read_text()
    assert word[:12] not in file.read_text()


def test_a_secret_has_256_random_bits(file: Path) -> None:
    words = {create_key(file, "acme", Grants()).split("-", 2)[2] for _ in range(8)}

    assert len(words) == 8
    assert all(len(word) >= 43 for word in words)


def test_equal_secrets_would_not_look_alike_because_each_has_its_own_salt(file: Path) -> None:
    for _ in range(4):
        create_key(file, "acme", Grants())

    entries = read_keys(file)

    assert len({entry.salt for entry in entries}) == 4
    assert all(len(entry.salt) == 32 for entry in entries)


def test_only_the_owner_may_read_the_file(file: Path) -> None:
    create_key(file, "acme", Grants())

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_adding_a_key_closes_a_file_that_others_could_read(file: Path) -> None:
    create_key(file, "acme", Grants())
    file.chmod(0o644)

    create_key(file, "acme", Grants())

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_an_interrupted_write_left_behind_does_not_open_the_file_to_others(file: Path) -> None:
    left_behind = file.with_name("keys.json.new")
    left_behind.write_text("half of it")
    left_behind.chmod(0o644)

    secret = create_key(file, "acme", Grants())

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert FileKeyring(read_keys(file)).caller(secret).tenant == "acme"


def test_nothing_is_left_beside_the_file(file: Path) -> None:
    create_key(file, "acme", Grants())
    create_key(file, "acme", Grants())

    assert [each.name for each in file.parent.iterdir()] == ["keys.json"]


def test_a_file_that_is_wrong_is_not_overwritten(file: Path) -> None:
    file.write_text("not keys")

    with pytest.raises(FileError):
        create_key(file, "acme", Grants())

    assert file.read_text() == "not keys"


def test_a_folder_that_is_not_there_is_refused_as_a_mistake_of_the_path(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="No such file or directory"):
        create_key(tmp_path / "missing" / "keys.json", "acme", Grants())


# --- knowing keys -----------------------------------------------------------------------------------------------


def test_a_wrong_secret_and_an_unknown_id_are_refused_in_the_same_words(file: Path) -> None:
    secret = create_key(file, "acme", Grants())
    prefix, key_id, word = secret.split("-", 2)
    keyring = FileKeyring(read_keys(file))

    wrong_secret = refusal(keyring, f"{prefix}-{key_id}-{word[:-1]}")
    unknown_id = refusal(keyring, f"{prefix}-{'0' * 12}-{word}")

    assert wrong_secret == unknown_id == "this key is not known"


@pytest.mark.parametrize(
    "change",
    [
        lambda secret: secret + "x",
        lambda secret: secret[:-1],
        lambda secret: secret.replace("tdm-", "sk-"),
        lambda secret: secret.replace("tdm-", ""),
        lambda secret: secret.replace("tdm-", "TDM-"),
        lambda secret: secret.upper(),
        lambda secret: f" {secret}",
        lambda secret: f"{secret}\n",
        lambda secret: secret.split("-", 2)[2],
        lambda secret: "-".join(secret.split("-", 2)[:2]),
        lambda secret: "-".join(secret.split("-", 2)[:2]) + "-",
        lambda secret: "tdm--" + secret.split("-", 2)[2],
    ],
)
def test_a_key_that_is_nearly_right_is_wrong(file: Path, change: Any) -> None:
    secret = create_key(file, "acme", Grants())

    refusal(FileKeyring(read_keys(file)), change(secret))


def test_one_keys_secret_does_not_fit_another_keys_id(file: Path) -> None:
    first, second = create_key(file, "acme", Grants()), create_key(file, "zenith", Grants())
    mixed = "-".join([*first.split("-", 2)[:2], second.split("-", 2)[2]])

    refusal(FileKeyring(read_keys(file)), mixed)


def test_what_stands_in_the_file_is_not_a_key(file: Path) -> None:
    create_key(file, "acme", Grants())
    (entry,) = read_keys(file)
    keyring = FileKeyring([entry])

    for known in (entry.hash, entry.salt, entry.id, ""):
        refusal(keyring, f"tdm-{entry.id}-{known}")


@pytest.mark.parametrize("secret", [None, ""])
def test_a_missing_key_is_refused_with_a_word_on_how_to_send_one(secret: str | None) -> None:
    assert "Bearer" in refusal(FileKeyring(()), secret)


@given(st.text(max_size=60))
def test_no_text_is_a_key_by_accident_and_none_brings_the_keyring_down(secret: str) -> None:
    refusal(FileKeyring(()), secret)


@given(st.text(max_size=60))
def test_a_refusal_never_repeats_what_was_sent(word: str) -> None:
    assert f"canary{word}" not in refusal(FileKeyring(()), f"tdm-0-canary{word}")


def test_without_a_file_everyone_is_the_owner() -> None:
    assert OpenKeyring().caller(None) == OWNER
    assert OpenKeyring().caller("anything") == OWNER


# --- wrong files ------------------------------------------------------------------------------------------------

ENTRY = {"id": "a1", "tenant": "acme", "salt": "00" * 16, "hash": "11" * 32}


def test_an_entry_without_grants_has_the_ordinary_ones(file: Path) -> None:
    file.write_text(json.dumps([ENTRY]))

    assert read_keys(file)[0].grants == Grants()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"null",
        b"[5]",
        b"[",
        b"\xff\xfe",
        json.dumps([{**ENTRY, "id": 5}]).encode(),
        json.dumps([{name: value for name, value in ENTRY.items() if name != "tenant"}]).encode(),
        json.dumps([{**ENTRY, "tenat": "x"}]).encode(),
        json.dumps([{**ENTRY, "grants": {"pin": True}}]).encode(),
        json.dumps([{**ENTRY, "grants": {"pins": "yes"}}]).encode(),
        json.dumps([{**ENTRY, "grants": {"max_tier": "best"}}]).encode(),
        json.dumps([{**ENTRY, "grants": {"hints": "some"}}]).encode(),
        json.dumps([{**ENTRY, "grants": {"min_stakes": "huge"}}]).encode(),
        json.dumps([{**ENTRY, "grants": {"models": "auto"}}]).encode(),
        json.dumps([{**ENTRY, "salt": "no hexadecimal"}]).encode(),
        json.dumps([{**ENTRY, "hash": "ünlike"}]).encode(),
        json.dumps([ENTRY, {**ENTRY, "tenant": "zenith"}]).encode(),
    ],
    ids=lambda content: repr(content[:120]),
)
def test_a_file_of_keys_that_is_wrong_is_refused_when_it_is_read(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    with pytest.raises(FileError) as error:
        read_keys(file)

    assert error.value.message.startswith(f"{file}:1:1: ")


def test_a_file_of_keys_that_is_not_there_is_refused(file: Path) -> None:
    with pytest.raises(FileError, match="cannot be read: No such file or directory"):
        read_keys(file)


def test_an_empty_list_of_keys_lets_nobody_in(file: Path) -> None:
    file.write_text("[]")

    refusal(FileKeyring(read_keys(file)), "tdm-a1-x")
