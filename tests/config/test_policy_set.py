"""A folder of policies: read whole, with the cases that gate it and the rollouts beside it, or not at all."""

from pathlib import Path

import pytest

from router.config.policies.policy_reader import read_policy_set
from router.config.policies.policy_set import PolicySet
from router.core.errors import FilesRefused
from router.core.rollout import Rollout
from tests.policy_texts import SHIPPED
from tests.usual import USUAL

CASES = "policy: {name}\ncases:\n  - name: one\n    expect: {{tier: {tier}}}\n"


def a_policy_named(name: str, tier: str = "fast") -> str:
    return f"name: {name}\nrules: []\notherwise: {{tier: {tier}}}\n"


def a_folder(folder: Path, **files: str) -> Path:
    """The folder with these files in it: `cases__default` is `cases/default.yaml`."""
    (folder / "cases").mkdir()
    for name, content in files.items():
        (folder / f"{name.replace('__', '/')}.yaml").write_text(content)
    return folder


def read(folder: Path) -> PolicySet:
    return read_policy_set(folder, "default", USUAL)


def refused(folder: Path) -> list[str]:
    """Everything that is wrong with a folder, each beginning with the file within it."""
    with pytest.raises(FilesRefused) as error:
        read(folder)
    assert error.value.message == "\n".join(each.message for each in error.value.errors)
    return [each.message.removeprefix(f"{folder}/") for each in error.value.errors]


# --- what is read -----------------------------------------------------------------------------------------------


def test_the_policies_of_a_folder_go_by_the_names_in_them(tmp_path: Path) -> None:
    found = read(a_folder(tmp_path, a=a_policy_named("default"), b=a_policy_named("cheap")))

    assert set(found.policies) == {"default", "cheap"}
    assert found.policies["cheap"].policy.name == "cheap"
    assert found.policies["cheap"].file.path == tmp_path / "b.yaml"
    assert found.rollouts == {}


def test_a_policy_knows_its_cases_and_what_came_of_them(tmp_path: Path) -> None:
    cases = CASES.format(name="default", tier="fast")

    loaded = read(a_folder(tmp_path, default=a_policy_named("default"), cases__x=cases)).policies["default"]

    assert [result.case.name for result in loaded.results] == ["one"]
    assert loaded.failures == ()


def test_a_policy_needs_no_cases(tmp_path: Path) -> None:
    (tmp_path / "default.yaml").write_text(a_policy_named("default"))

    loaded = read(tmp_path).policies["default"]

    assert (loaded.cases, loaded.results) == (None, ())


def test_rollouts_are_known_by_the_policy_in_force(tmp_path: Path) -> None:
    rollouts = "rollouts:\n  - {policy: default, candidate: next, mode: canary, share: 5%}\n"

    found = read(a_folder(tmp_path, default=a_policy_named("default"), next=a_policy_named("next"), rollouts=rollouts))

    assert found.rollouts == {"default": Rollout("default", "next", "canary", 0.05)}
    assert "rollouts" not in found.policies


def test_hidden_files_and_other_files_are_not_read(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, default=a_policy_named("default"))
    for name in (".default.yaml", "cases/.x.yaml", "default.yaml~", "schema.json", "README.md", ".#default.yaml"):
        (folder / name).write_text("no policy at all")

    assert set(read(folder).policies) == {"default"}


def test_a_folder_is_read_through_symbolic_links(tmp_path: Path) -> None:
    (data := tmp_path / "..2026_11_20").mkdir()
    a_folder(data, default=a_policy_named("default"))
    (tmp_path / "default.yaml").symlink_to(data / "default.yaml")

    assert set(read(tmp_path).policies) == {"default"}


def test_the_policies_that_ship_are_read_whole_and_all_their_cases_pass() -> None:
    found = read(SHIPPED)

    assert {name for name, loaded in found.policies.items() if loaded.failures} == set()
    assert "default" in found.policies


# --- what is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["", "a.yaml"])
def test_what_is_no_folder_is_refused(tmp_path: Path, file: str) -> None:
    path = tmp_path / "a.yaml"
    if file:
        path.write_text(a_policy_named("default"))

    with pytest.raises(FilesRefused, match="is not a folder of policies"):
        read(path)


def test_a_folder_without_the_default_policy_is_refused_and_those_there_are_listed(tmp_path: Path) -> None:
    (said,) = refused(a_folder(tmp_path, a=a_policy_named("defualt"), b=a_policy_named("cheap")))

    assert "no policy named 'default'" in said
    assert "did you mean 'defualt'?" in said
    assert "cheap" in said


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FilesRefused, match="no policy named 'default'"):
        read(tmp_path)


def test_two_policies_of_one_name_are_refused_at_the_second_name(tmp_path: Path) -> None:
    (said,) = refused(a_folder(tmp_path, a=a_policy_named("default"), b="# b\n" + a_policy_named("default")))

    assert said.startswith("b.yaml:2:7: two policies are named 'default'")


def test_a_case_that_fails_keeps_the_whole_folder_from_going_live(tmp_path: Path) -> None:
    cases = CASES.format(name="default", tier="strong")

    said = refused(
        a_folder(tmp_path, default=a_policy_named("default"), cheap=a_policy_named("cheap"), cases__default=cases)
    )

    assert said == ["cases/default.yaml:4:20: case 'one' fails: the tier is 'fast', expected 'strong'"]


def test_every_file_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    folder = a_folder(
        tmp_path,
        a="name: a\n",
        b="name: b\nrules: {\n",
        c="name: c\nrules: [{name: x, when: signals.steaks == '', then: {tier: fast}}]\notherwise: {tier: fast}\n",
        default=a_policy_named("default"),
        cases__default="policy: default\n",
    )

    places = {said.partition(": ")[0].rpartition(":")[0] for said in refused(folder)}

    assert places == {"a.yaml:1", "b.yaml:3", "c.yaml:2", "cases/default.yaml:1"}


def test_cases_of_no_policy_are_refused_at_the_name(tmp_path: Path) -> None:
    cases = CASES.format(name="defualt", tier="fast")

    said = refused(a_folder(tmp_path, default=a_policy_named("default"), cases__default=cases))

    assert said == ["cases/default.yaml:1:9: there is no policy 'defualt'; did you mean 'default'?"]


def test_cases_of_a_policy_that_is_itself_wrong_are_not_called_orphans(tmp_path: Path) -> None:
    cases = CASES.format(name="a", tier="fast")

    (said,) = refused(a_folder(tmp_path, a="name: a\n", default=a_policy_named("default"), cases__a=cases))

    assert said.startswith("a.yaml:1:1: ")


def test_two_files_of_cases_for_one_policy_are_refused_at_the_second(tmp_path: Path) -> None:
    cases = CASES.format(name="default", tier="fast")

    (said,) = refused(a_folder(tmp_path, default=a_policy_named("default"), cases__a=cases, cases__b=cases))

    assert said.startswith("cases/b.yaml:1:9: the policy 'default' has cases already, in a.yaml")


def test_a_rule_in_a_case_that_the_policy_does_not_have_is_refused_at_the_case(tmp_path: Path) -> None:
    cases = "policy: default\ncases:\n  - name: one\n    expect:\n      rule: otherwize\n"

    said = refused(a_folder(tmp_path, default=a_policy_named("default"), cases__default=cases))

    assert said == ["cases/default.yaml:5:13: the policy default has no rule 'otherwize'; did you mean 'otherwise'?"]


def test_a_rollout_of_a_policy_that_is_not_there_is_refused(tmp_path: Path) -> None:
    rollouts = "rollouts:\n  - policy: default\n    candidate: nxt\n    mode: shadow\n"

    said = refused(
        a_folder(tmp_path, default=a_policy_named("default"), next=a_policy_named("next"), rollouts=rollouts)
    )

    assert said == ["rollouts.yaml:3:16: there is no policy 'nxt'; did you mean 'next'?"]


def test_a_policy_may_not_be_written_where_the_rollouts_are(tmp_path: Path) -> None:
    (said,) = refused(a_folder(tmp_path, default=a_policy_named("default"), rollouts=a_policy_named("rollouts")))

    assert said.startswith("rollouts.yaml:1:1: name: is not a known setting")


def test_a_policy_whose_file_would_be_passed_over_is_told(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, default=a_policy_named("default"))
    (folder / "cheap.yml").write_text(a_policy_named("cheap"))

    said = "cheap.yml:1:1: would not be read: policies are files that end in .yaml; name it cheap.yaml"
    assert refused(folder) == [said]
