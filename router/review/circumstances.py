"""What is assumed about a request of which only the text is known: who asks, how the tiers are doing, what went
before. Pure. What is assumed goes through `core.case`, so that reviews, cases and serving cannot disagree."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from pydantic import ValidationError

from router.config.policies.case_file import TierSpec
from router.config.validation import suggestion
from router.core.case import Case, Expectation, Setting, Usual, put
from router.core.grants import OWNER, Caller
from router.core.model_names import AUTO
from router.core.recall import NEW_CONVERSATION
from router.core.situation import Question
from router.core.values import TIERS, ChatRequest, Hints, Tier, TierState
from router.engines.dialects import USUAL_TIERS


class Circumstances(Struct, frozen=True):
    """In which a request is asked that no router has met: unless they say otherwise, an owner's first one to the
    usual tiers, idle."""

    usual: Usual
    caller: Caller = OWNER
    setting: Setting = Setting()

    def question(self, request: ChatRequest, hints: Hints) -> Question:
        """The request in these circumstances, as `decide` is asked it. A model that is no name of the router's own
        is taken for `auto`: which models a deployment serves is not known here. Raises CallerError."""
        asked = request if _is_ours(request.model) else replace(request, model=AUTO)
        return put(Case("", asked, hints, self.caller, self.setting, Expectation()), self.usual)


def assume(usual: Usual, tenant: str, tiers: Iterable[str], reached: Tier | None, *, escalated: bool) -> Circumstances:
    """An owner's request of this tenant. `tiers`: how they are doing, in words such as `fast.in_flight=9`; `reached`:
    by its conversation (None: one that begins); `escalated`: the same messages went up not long ago. Raises
    ValueError, which says what was expected."""
    conversation = NEW_CONVERSATION if reached is None else NEW_CONVERSATION.after(reached)
    setting = Setting(tiers=_tier_states(tiers), conversation=conversation, escalated=escalated)
    return Circumstances(usual, Caller(tenant, OWNER.key_id, OWNER.grants), setting)


def _is_ours(model: str) -> bool:
    return model in TIERS or model.partition(":")[0] == AUTO


def _tier_states(said: Iterable[str]) -> Mapping[Tier, Mapping[str, Any]]:
    states: dict[Tier, dict[str, Any]] = {}
    for each in said:
        place, equals, written = each.partition("=")
        tier, dot, field = place.partition(".")
        if not equals or not dot:
            raise ValueError(f"expected TIER.FIELD=VALUE such as fast.in_flight=9, found {each!r}")
        state = states.setdefault(_tier(tier), {})
        name = _field(field)
        state[name] = _value(name, written)
    return states


def _tier(written: str) -> Tier:
    for tier in USUAL_TIERS:
        if tier == written:
            return tier
    raise ValueError(f"there is no tier {written!r}; there are: {', '.join(USUAL_TIERS)}")


def _field(written: str) -> str:
    fields = TierState.__struct_fields__
    if written not in fields:
        raise ValueError(f"tiers have no {written!r}{suggestion(written, fields)}; they have: {', '.join(fields)}")
    return written


def _value(field: str, written: str) -> Any:
    try:
        value = msgspec.json.decode(written, type=int | float | bool)
        return getattr(TierSpec.model_validate({field: value}), field)
    except msgspec.DecodeError:
        raise ValueError(f"{field}: expected a number, true or false, found {written!r}") from None
    except ValidationError as error:
        raise ValueError(f"{field}: {error.errors()[0]['msg']}, found {written!r}") from None
