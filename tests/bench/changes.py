"""What scripts/bench --changes measures: a page of /changes beside one of a list, a look that finds nothing
beside another 304, and a client that keeps up with a million changes by sixteen writers."""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from bench import loads, sizes

MAX_PAGE_RATIO = 1.3
MAX_POLL_RATIO = 1.1
CHANGES = 1_000_000
WRITERS = 16
# Each writer changes some tasks of one user, holds its transaction open for up to 20 ms, and takes back one of ten.
SCRIPT = """
\\set who random(1, 40)
\\set rows random(1, 200)
\\set hold random(0, 20)
\\set fate random(1, 10)
BEGIN;
UPDATE daybook.tasks SET title = title WHERE (user_id, id) IN (
	SELECT t.user_id, t.id FROM bench_users AS u JOIN daybook.tasks AS t USING (user_id)
	WHERE u.n = :who AND t.id >= u.first_id ORDER BY t.id OFFSET :rows LIMIT :rows FOR NO KEY UPDATE OF t SKIP LOCKED);
\\sleep :hold ms
\\if :fate > 1
COMMIT;
\\else
ROLLBACK;
\\endif
"""


def walk(target, token, since=None, limit=200):
    """The pages of a walk: their changes, and the cursor behind each."""
    while True:
        page = target.call("GET", f"/changes?limit={limit}" + (f"&since={since}" if since else ""), token=token)
        since = page["next_cursor"]
        yield page["changes"], since
        if not page["has_more"]:
            return


def tag_of(target, user, path):
    request = urllib.request.Request(f"{target.url}/api/v1{path}", headers={"Authorization": f"Bearer {user['token']}"})
    with urllib.request.urlopen(request, context=target.tls) as answer:
        return answer.headers["ETag"]


def ask(target, sql):
    done = subprocess.run(["psql", target.database("postgres"), "-XqAt", "-c", sql], check=True, capture_output=True, text=True)
    return done.stdout.split()


def pairs(target, user):
    """Each comparison by name: two addresses, and whether both are 304. The pages are of tasks, as the list's is,
    which goes on behind a cursor: it counts nothing either."""
    pages = list(walk(target, user["token"]))
    behind = [cursor for (_, cursor), (changes, _) in zip(pages, pages[1:])
              if len(changes) == 200 and {change["type"] for change in changes} == {"task"}]
    cursor = target.call("GET", "/tasks?limit=200", token=user["token"])["next_cursor"]
    listed = f"/tasks?limit=200&cursor={cursor}"
    task = user["ids"].read_text().split()[0]
    for name, cursor in [("oldest", behind[0]), ("middle", behind[len(behind) // 2]), ("newest", behind[-1])]:
        yield f"page / list's page: {name}", listed, f"/changes?limit=200&since={cursor}", False
    yield "nothing new / 304", f"/tasks/{task}", f"/changes?since={pages[-1][1]}", True


def compare(report, target, user, rounds, seconds):
    print(f"{'':<36}{'known ms':>10}{'changes ms':>12}{'errors':>8}")
    ratios = {}
    for name, known, ours, unchanged in pairs(target, user):
        figures = []
        for _ in range(rounds):
            row = []
            for path in (known, ours):
                tag = {"tag": tag_of(target, user, path)} if unchanged else {}
                row.append(loads.wrk(f"{target.url}/api/v1{path}", seconds, user | tag, "page", 8))
            figures.append(row)
        times = [statistics.median(8000 / row[i].rate for row in figures) for i in (0, 1)]
        errors = sum(figure.errors for row in figures for figure in row)
        report.missed += errors > 0
        print(f"{name:<36}{times[0]:>10.2f}{times[1]:>12.2f}{errors:>8}", flush=True)
        ratios[name] = statistics.median(a.rate / b.rate for a, b in figures), MAX_POLL_RATIO if unchanged else MAX_PAGE_RATIO
    print()
    for name, (ratio, most) in ratios.items():
        report.line(name, f"{ratio:.2f}", f"<= {most}", ratio <= most)


class Follower(threading.Thread):
    """A client that walks again and again, and keeps the version of each task."""

    def __init__(self, target, user):
        super().__init__(daemon=True)
        self.target, self.user, self.ended = target, user, threading.Event()
        self.copy, self.since, self.heard, self.twice = {}, None, 0, 0

    def look(self):
        seen = set()
        for changes, self.since in walk(self.target, self.user["token"], self.since):
            for change in changes:
                key = change["type"], change["id"]
                self.twice += key in seen
                seen.add(key)
                self.heard += 1
                if change["type"] == "task":
                    self.copy[change["id"]] = change["resource"]["version"]

    def run(self):
        while not self.ended.is_set():
            self.look()


def written(target):
    return int(ask(target, "SELECT n_tup_upd FROM pg_stat_user_tables WHERE relid = 'daybook.tasks'::regclass")[0])


def write(target, wanted, most_s):
    """Lets the writers write until there are so many changes; how many a second."""
    target.psql("CREATE TABLE bench_users AS SELECT row_number() OVER (ORDER BY count(*) DESC) AS n, user_id,"
                " (array_agg(id ORDER BY id))[1] AS first_id FROM daybook.tasks GROUP BY user_id ORDER BY n LIMIT 40")
    start, before, done = time.monotonic(), written(target), 0
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder) / "script"
        script.write_text(SCRIPT)
        while done < wanted and time.monotonic() - start < most_s:
            subprocess.run(["pgbench", "-n", f"-c{WRITERS}", "-j1", "-T5", "-f", script, target.database("postgres")],
                           check=True, capture_output=True)
            time.sleep(1.1)  # PostgreSQL counts with delay
            done = written(target) - before
    return done, done / (time.monotonic() - start)


def follow(report, target, user, wanted, most_s):
    follower = Follower(target, user)
    follower.start()
    done, rate = write(target, wanted, most_s)
    follower.ended.set()
    follower.join()
    follower.look()
    print(f"\n{done} changes by {WRITERS} writers, {rate:.0f} a second; the client heard of {follower.heard}")
    owner = json.loads(user["login"])["email"]
    truth = dict(line.split("|") for line in ask(
        target, f"SELECT t.id, t.version FROM daybook.tasks AS t JOIN daybook.users AS u ON u.id = user_id WHERE email = '{owner}'"))
    wrong = sum(follower.copy.get(key) != int(version) for key, version in truth.items()) + len(follower.copy.keys() - truth.keys())
    report.line("changes", str(done), f">= {wanted}", done >= wanted)
    report.line("tasks that the client has otherwise", str(wrong), "0", wrong == 0)
    report.line("changes that came twice in a walk", str(follower.twice), "0", follower.twice == 0)


def run(report, quick, full, rounds, seconds):
    print("Seeding …", file=sys.stderr)
    target = sizes.make_stack("changes", ["--small"] if quick else ["--full"] if full else [])
    try:
        compare(report, target, target.seeded_user("virginia"), rounds, seconds)
        follow(report, target, target.seeded_user("george"), CHANGES // 20 if quick else CHANGES, 40 if quick else 900)
    finally:
        target.remove()
