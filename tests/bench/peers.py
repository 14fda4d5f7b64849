"""The peers of scripts/bench --peers: small programs that answer the same reads, behind the same nginx
and on the same database server."""

import os
import pathlib
import re
import shutil
import subprocess

from bench import stack

SOURCES = pathlib.Path(__file__).parent / "peers"
CONNECTIONS = 8  # to PostgreSQL, for each peer
UPSTREAMS = """
	upstream bench_go {
		server unix:$state/s/go.sock;
		keepalive 32;
		keepalive_requests 100000;
	}
	upstream bench_go_same {
		server unix:$state/s/go-same.sock;
		keepalive 32;
		keepalive_requests 100000;
	}
	upstream bench_php {
		server unix:$state/s/php.sock;
	}
"""
LOCATIONS = """
		location /bench/go/ {
			proxy_pass http://bench_go/;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
		}
		location /bench/go-same/ {
			proxy_pass http://bench_go_same/;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_set_header X-Request-Id $daybook_request_id;
		}
		location /bench/php/ {
			include /etc/nginx/fastcgi_params;
			fastcgi_param SCRIPT_FILENAME $sources/index.php;
			fastcgi_keep_conn off;
			fastcgi_pass bench_php;
		}
"""
# As its manual advises for a machine of its own: all processes from the beginning, and the code compiled once.
PHP = """
[global]
error_log = {folder}/php.log
daemonize = no
[bench]
{user}listen = {state}/s/php.sock
listen.mode = 0666
listen.backlog = 128
pm = static
pm.max_children = {connections}
clear_env = no
php_admin_value[opcache.enable] = 1
php_admin_value[opcache.validate_timestamps] = 0
"""


class Peers:
    """`with Peers(target, user):` they run, and answer below BASES."""

    BASES = {"Go, bare": "/bench/go/api/v1", "Go, the same": "/bench/go-same/api/v1", "php-fpm, bare": "/bench/php/api/v1"}

    def __init__(self, target, user):
        subprocess.run([stack.ROOT / "scripts" / "setup", "peers"], check=True)
        self.target, self.user, self.started = target, user, []
        self.folder = stack.HERE / "peers"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def __enter__(self):
        try:
            self._start_go("go")
            self._start_go("go-same", BEGIN_SQL=self._begin_sql(), LOG_TARGET=str(self.folder / "go.log"))
            self._start_php()
            self.target.add_to_nginx(UPSTREAMS, LOCATIONS.replace("$sources", str(SOURCES)),
                                     [f"{base}/tasks" for base in self.BASES.values()], self.user["token"])
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.started:
            process.terminate()
            process.wait()

    def _start(self, *command, **environment):
        secret = re.search(r"^JWT_SECRET_KEY=(.*)$", (self.target.state / "daybook.env").read_text(), re.M)
        self.started.append(subprocess.Popen(
            command, env=os.environ | {"JWT_SECRET_KEY": secret[1]} | environment, start_new_session=True))

    def _begin_sql(self):
        """What goes before every statement of a worker, as PostgreSQL logs it."""
        sql, _ = self.target.sql_of(f"/tasks/{self.user['first']}", self.user["token"])[0]
        return re.sub(r":p(\d+)", r"$\1", sql)

    def _start_go(self, name, **environment):
        """Bare it is the superuser, whom row-level security does not bind."""
        program = self.folder / "peer"
        if not program.exists():
            subprocess.run(["go", "build", "-o", program, SOURCES / "peer.go"], check=True,
                           env=os.environ | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "",
                                             "GOCACHE": str(self.folder / "cache")})
        role = "daybook_app" if environment else "postgres"
        self._start(program, SOCKET=str(self.target.state / "s" / f"{name}.sock"),
                    DATABASE_URL=f"host={self.target.state}/s user={role} dbname=daybook search_path=daybook"
                                 f" pool_max_conns={CONNECTIONS}", **environment)

    def _start_php(self):
        program = max(pathlib.Path("/usr/sbin").glob("php-fpm*"))
        user = "user = postgres\ngroup = postgres\n" if os.getuid() == 0 else ""
        conf = self.folder / "php-fpm.conf"
        conf.write_text(PHP.format(folder=self.folder, state=self.target.state, connections=CONNECTIONS, user=user))
        self._start(program, "-F", "-y", conf,
                    DATABASE_DSN=f"pgsql:host={self.target.state}/s;dbname=daybook;user=postgres;"
                                 "options='-c search_path=daybook'")
