"""The account of routes at the end."""

LAST = "test_every_operation_was_tried"


def pytest_collection_modifyitems(config, items):
    """The account of routes comes last, and only when every test of the API has run."""
    items.sort(key=lambda item: item.name == LAST)
    options = config.option
    part = options.keyword or options.markexpr or getattr(options, "lf", False)
    if part or any(".py" in argument for argument in config.args):
        items[:] = [item for item in items if item.name != LAST]
