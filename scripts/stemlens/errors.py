"""The one error that a user can mend."""


class InputError(Exception):
    """Something that the user gave is wrong: a file, a folder or a config key.

    Its message is one line: the file or key, what was found, what was expected, what to do.
    """
