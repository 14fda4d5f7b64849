"""Requests that may take long: which they are."""

ROUTES = {("GET", "/api/v1/dashboard"), ("GET", "/api/v1/dashboard/statistics"),
          ("GET", "/api/v1/users/me/export"),
          ("PATCH", "/api/v1/tasks/bulk"), ("DELETE", "/api/v1/tasks/bulk"),
          ("PATCH", "/api/v1/users/{user_id}/tasks/bulk"),
          ("DELETE", "/api/v1/users/{user_id}/tasks/bulk")}


def test_document_tells_what_may_take_long(contract):
    """The web server's table of slow requests is compared with these marks."""
    slow = {operation for operation, description in contract.operations() if description.get("x-slow")}
    assert slow == ROUTES
    for operation, description in contract.operations():
        for parameter in description["parameters"]:
            assert parameter.get("x-slow", False) == (parameter.get("name") == "search"), operation
