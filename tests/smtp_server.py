"""A mail server that does as its script says: replies, silence and cut connections at any step."""

import contextlib
import socket
import socketserver
import ssl
import threading

from mails import read_mail

CUT, HANG, ENDLESS = "cut", "hang", "endless"
USUAL = {"GREETING": "220 mail.example ready", "EHLO": "250 mail.example", "MAIL": "250 2.1.0 sender",
         "RCPT": "250 2.1.5 recipient", "DATA": "354 go on", "DOT": "250 2.0.0 taken", "QUIT": "221 bye", "AUTH": "235 2.7.0 welcome",
         "STARTTLS": "220 go on", "RSET": "250 fresh", "NOOP": "250 here"}


class Taken:
    """A mail that was handed over, whether or not the client has heard so."""

    def __init__(self, sender, recipients, data):
        self.sender, self.recipients, self.data = sender, recipients, data
        self.mail = read_mail(data)


class Handler(socketserver.StreamRequestHandler):
    timeout = 60

    def handle(self):
        self.server.connections += 1
        self.encrypted, self.sender, self.recipients = self.server.implicit_tls, None, []
        with contextlib.suppress(OSError, ssl.SSLError):
            if self.server.implicit_tls:
                self.encrypt()
            if self.reply("GREETING"):
                while self.step():
                    pass

    def encrypt(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.server.certificate)
        self.request = context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        self.encrypted = True

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def reply(self, step):
        """Does what the script has for the step; false ends the connection."""
        self.server.on_step(step)
        answers = self.server.script.get(step)
        answer = USUAL[step]
        if answers:
            answer = answers.pop(0) if isinstance(answers, list) else answers
        if answer == CUT:
            return False
        if answer == HANG:
            self.connection.recv(1)  # the client gives up
            return False
        while answer == ENDLESS:
            self.wfile.write(b"250-" + b"x" * 4096)
        self.say(answer)
        self.answer = answer
        return not answer.startswith("421")

    def step(self):
        line = self.rfile.readline()
        word = line[:4].decode(errors="replace").strip().upper()
        self.server.lines.append(line)
        if not line:
            return False
        if word == "EHLO":
            return self.greet(line)
        if word == "STAR":
            going_on = self.reply("STARTTLS")
            if going_on and self.answer.startswith("220"):
                self.encrypt()
            return going_on
        if word == "DATA":
            return self.take()
        if word == "AUTH":
            self.say("334 ")
            self.rfile.readline()
        if word == "MAIL":
            self.sender, self.recipients = line, []
        if word == "RCPT":
            self.recipients.append(line)
        return self.reply(word) and word != "QUIT"

    def greet(self, line):
        self.server.names.append(line.split()[1].decode())
        if "EHLO" in self.server.script:
            return self.reply("EHLO")
        offers = ["mail.example"]
        if self.server.offers_tls and not self.encrypted:
            offers.append("STARTTLS")
        if self.encrypted or not self.server.offers_tls:
            offers.append("AUTH PLAIN")
        for offer in offers[:-1]:
            self.say(f"250-{offer}")
        self.say(f"250 {offers[-1]}")
        return True

    def take(self):
        if not self.reply("DATA"):
            return False
        if not self.answer.startswith("354"):
            return True
        data = b""
        while not data.endswith(b"\r\n.\r\n"):
            line = self.rfile.readline()
            if not line:
                return False
            data += line
        data = data[:-3].replace(b"\r\n..", b"\r\n.")
        self.server.taken.append(Taken(self.sender, self.recipients, data))
        return self.reply("DOT")


class SmtpServer(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True
    implicit_tls, offers_tls, certificate = False, False, None

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.port = self.server_address[1]
        self.url = f"smtp://localhost:{self.port}"
        self.script, self.taken, self.lines, self.names, self.connections = {}, [], [], [], 0
        self.on_step = lambda step: None

    def handle_error(self, request, client_address):
        pass

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *error):
        self.shutdown()
        self.server_close()


def free_address():
    """An address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"smtp://127.0.0.1:{probe.getsockname()[1]}"
