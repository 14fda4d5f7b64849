"""What scripts/bench --sizes measures: the same requests of the same user in a small and in a large
database, side by side, and what somebody with a lot of data waits for."""

import asyncio
import itertools
import json
import statistics
import sys
import time

from bench import loads, stack

MAX_RATIO = 1.3
MAX_MOVE_P99_MS = 100
MAX_DASHBOARD_P95_MS = 200
# Busy clients, and how long each pauses after it has read its list and moved a task.
BUSY = 100
PAUSE_S = 1
# What mary asks for; {project} is her first project.
PAGES = {
    "tasks, the first page": "/tasks",
    "tasks to do, by due date": "/tasks?status=TODO,IN_PROGRESS&sort_by=due_date&sort_order=asc",
    "tasks of a project": "/tasks?project_id={project}",
    "tasks, search": "/tasks?search=plants",
    "journals, search": "/journals?search=plums",
    "projects with their counts": "/projects",
    "mood statistics": "/moods/stats/monthly",
    "dashboard": "/dashboard",
}


def make_stack(name, option):
    target = stack.Stack(4, name)
    try:
        target.start(echo=False)
        target.seed(option)
    except BaseException:
        target.remove()
        raise
    return target


def page_of(target, user, path, seconds):
    return loads.wrk(f"{target.url}/api/v1{path}", seconds, user, "page", 8)


def actions_on(target, seconds):
    """Each measurement by name."""
    mary = target.seeded_user("mary")
    project = target.call("GET", "/projects", token=mary["token"])["projects"][0]["id"]

    def page(path):
        return lambda: page_of(target, mary, path.format(project=project), seconds)

    return {name: page(path) for name, path in PAGES.items()} | {
        "move": lambda: loads.wrk(target.url, seconds, mary, "move", 8)}


def compare(report, small, large, rounds, seconds):
    """A line for each request: both sizes in turns, and what the larger one costs of the smaller."""
    both = [actions_on(target, seconds) for target in (small, large)]
    print(f"{'':<28}{'small ms':>10}{'large ms':>10}{'errors':>8}")
    ratios = {}
    for name in both[0]:
        pairs = [[actions[name]() for actions in both] for _ in range(rounds)]
        times = [statistics.median(8000 / pair[i].rate for pair in pairs) for i in (0, 1)]
        errors = sum(figure.errors for pair in pairs for figure in pair)
        ratios[name] = statistics.median(a.rate / b.rate for a, b in pairs)
        report.missed += errors > 0
        print(f"{name:<28}{times[0]:>10.2f}{times[1]:>10.2f}{errors:>8}", flush=True)
    print()
    for name, ratio in ratios.items():
        report.line(f"large / small: {name}", f"{ratio:.2f}", f"<= {MAX_RATIO}", ratio <= MAX_RATIO)


async def work(target, user, number, seconds):
    """One busy client: reads the list, moves a task, and pauses; how long each move took, and its status."""
    ids, token = user["ids"].read_text().split(), f"Authorization: Bearer {user['token']}"
    done, end = [], time.monotonic() + seconds
    async with loads.Client(target.port, target.tls, "127.0.0.1") as client:
        await asyncio.sleep(PAUSE_S * number / BUSY)
        for turn in itertools.count(number):
            if time.monotonic() > end:
                return done
            await client.send(f"GET /api/v1/tasks HTTP/1.1\r\n{token}")
            task, neighbour = ids[turn % len(ids)], ids[(turn * 7 + 3) % len(ids)]
            body = json.dumps({"after": neighbour if neighbour != task else None})
            start = time.monotonic()
            status = await client.send(f"POST /api/v1/tasks/{task}/move HTTP/1.1\r\n{token}", body)
            done.append((1000 * (time.monotonic() - start), status))
            await asyncio.sleep(PAUSE_S)


async def work_all(target, users, seconds):
    clients = (work(target, users[n % len(users)], n, seconds) for n in range(BUSY))
    return sum(await asyncio.gather(*clients), [])


def print_waits(report, large, seconds):
    """What takes longest: moves of many at once, and everything of a diligent user."""
    mary, george, virginia = (large.seeded_user(name) for name in ("mary", "george", "virginia"))
    moves = loads.wrk(large.url, seconds, mary, "move", BUSY)
    report.line("moves a second on one board, without pause", f"{moves.rate:.0f}")
    report.line("p99 of one of them, behind 99 others", f"{moves.p99_ms:.1f} ms")
    done = asyncio.run(work_all(large, (mary, george, virginia), seconds))
    p99 = loads.quantile(sorted(took for took, _ in done), 0.99)
    report.line(f"p99 of {len(done) / seconds:.0f} moves/s by {BUSY} busy clients", f"{p99:.1f} ms",
                f"< {MAX_MOVE_P99_MS} ms", p99 < MAX_MOVE_P99_MS and all(status == 200 for _, status in done))
    head = f"GET /api/v1/dashboard HTTP/1.1\r\nAuthorization: Bearer {george['token']}"
    done = asyncio.run(loads.repeat_all(4, large.port, large.tls, "127.0.0.1", seconds, 0, head))
    p95 = loads.quantile(sorted(1000 * took for _, took, _ in done), 0.95)
    report.line("dashboard of 10 000 tasks, p95", f"{p95:.1f} ms", f"< {MAX_DASHBOARD_P95_MS} ms",
                p95 < MAX_DASHBOARD_P95_MS and all(status == 200 for _, _, status in done))


def run(report, full, rounds, seconds):
    print("Seeding …", file=sys.stderr)
    small = make_stack("small", ["--small"])
    try:
        large = make_stack("large", ["--full"] if full else [])
        try:
            compare(report, small, large, rounds, seconds)
            print_waits(report, large, 2 * seconds)
        finally:
            large.remove()
    finally:
        small.remove()
