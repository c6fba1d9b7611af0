"""What does a person read whose part, written in Python, cannot be? A line for each mistake, in the words of a file's."""

from typing import TypeVar

from pydantic import ModelWrapValidatorHandler, ValidationError, ValidationInfo

from entente.errors import ModelError
from entente.scenario.explain import sentence, worth_saying
from entente.scenario.parts import FROM_FILE, Part

Made = TypeVar("Made", bound=Part)


def told(part: type[Made], given: object, handler: ModelWrapValidatorHandler[Made], info: ValidationInfo) -> Made:
    """The part that `handler` makes of what was given: the last of its validators, so that it holds what all of them say.

    Raises:
        ModelError: each mistake on a line, those of the parts within it too.
        ValidationError: the same, for a reader, which knows the lines of its file.
    """
    if info.context == FROM_FILE:
        return handler(given)
    try:
        return handler(given)
    except (ValidationError, ModelError) as error:  # the latter of a part within, which hides the mistakes beside it
        raise ModelError("\n".join(_lines(part, given)) or str(error)) from None


def _lines(part: type[Part], given: object) -> list[str]:
    """What is wrong with all of it, asked as a reader asks, so that the parts within do not answer for themselves."""
    try:
        part.model_validate(given, context=FROM_FILE)
    except ValidationError as error:
        found = worth_saying(error.errors(include_url=False), part)
        return [f"{'.'.join(map(str, (part.__name__, *each['loc'])))}: {sentence(each, part)}" for each in found]
    return []
