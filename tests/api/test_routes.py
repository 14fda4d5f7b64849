"""Every documented operation is tried: with success, with a refusal, and by a stranger."""


def test_every_operation_was_tried(contract, record):
    missing = []
    for operation, description in contract.operations():
        wanted = {"success", "refusal"}
        if description.get("security") != []:
            wanted.add("stranger")
        for outcome in sorted(wanted - record.outcomes[operation]):
            missing.append(f"{' '.join(operation)}: no {outcome}")
    assert not missing, "\n".join(missing)
