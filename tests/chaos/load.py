"""People at work while something fails: some write and change tasks of their own, some read. What was
acknowledged to them is compared with the database afterwards."""

import threading
import time
import uuid

from chaos_client import sign_up


class Load:
    """`with Load(stack) as load:` keeps it running for the block."""

    def __init__(self, stack, writers=4, readers=4, pause_s=0.015):
        self.stack = stack
        self.pause_s = pause_s
        self.user = sign_up(stack)
        self.answers = []
        self.titles = {}  # task → the titles that it may have now
        self.acknowledged = set()
        self.ending = threading.Event()
        turns = [self._write] * writers + [self._read] * readers
        self.threads = [threading.Thread(target=self._work, args=(turn,)) for turn in turns]

    def __enter__(self):
        for _ in range(60):
            self._write(self.user, [])
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join()
        self.user.close()

    def _work(self, turn):
        client, mine = self.user.again(), []
        while not self.ending.is_set():
            turn(client, mine)
            time.sleep(self.pause_s)
        client.close()

    def _write(self, client, mine):
        """A new task with an id of our own, or another title for the newest one."""
        title = str(uuid.uuid4())
        if not mine or len(self.answers) % 2:
            task = str(uuid.uuid4())
            self.titles[task] = {title}
            answer = self._note(client.post("/tasks", {"id": task, "title": title}))
            if answer.ok:
                mine.append(task)
                self.acknowledged.add(task)
        else:
            task = mine[-1]
            self.titles[task].add(title)
            if self._note(client.patch(f"/tasks/{task}", {"title": title})).ok:
                self.titles[task] = {title}

    def _read(self, client, _):
        self._note(client.get("/tasks?limit=50"))

    def _note(self, answer):
        self.answers.append(answer)
        return answer

    # What came of it

    def failed(self):
        return [answer for answer in self.answers if not answer.ok]

    def impolite(self):
        """Answers that are neither a success nor a 503 in the right form."""
        return [answer for answer in self.answers if not answer.ok and not answer.polite]

    def lost(self):
        """Acknowledged tasks that the database does not have, or not as acknowledged."""
        rows = dict(self.stack.ask("SELECT id::text, title FROM tasks"))
        return [task for task in self.acknowledged if rows.get(task) not in self.titles[task]]
