"""Makes concrete classes of Triton's abstract ones."""

from typing import Any, NoReturn


def concrete(name: str, base: Any, **members: object) -> Any:
    """A subclass of `base` with `members`, in which every other abstract method refuses to be called."""
    refusals = dict.fromkeys(base.__abstractmethods__, _refuse)
    return type(base)(name, (base,), refusals | members)


def _refuse(*_args: object, **_options: object) -> NoReturn:
    raise NotImplementedError("this Triton backend only names itself: kernels run in the interpreter")
