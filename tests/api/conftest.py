"""The accounts at the end."""

LAST = {"test_every_operation_was_tried", "test_every_code_was_seen"}


def pytest_collection_modifyitems(config, items):
    """The accounts of routes and codes come last, and only when every test of the API has run."""
    items.sort(key=lambda item: item.name in LAST)
    options = config.option
    part = options.keyword or options.markexpr or getattr(options, "lf", False)
    if part or any(".py" in argument for argument in config.args):
        items[:] = [item for item in items if item.name not in LAST]
