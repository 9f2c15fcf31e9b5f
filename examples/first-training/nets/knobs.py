"""Lets a run change the constants of a program without editing it."""
import os


def varied(constants):
    """The constants that this run was given another value for.

    The parameter `hidden` of a run arrives as MLE_PARAM_HIDDEN. It takes
    the type of the constant that it replaces.
    """
    found = {}
    for name, value in constants.items():
        text = os.environ.get(f"MLE_PARAM_{name.upper()}")
        if text is None:
            continue
        if isinstance(value, bool):
            found[name] = text.lower() in ("1", "true", "yes")
        elif isinstance(value, (int, float, str)):
            found[name] = type(value)(text)
    return found
