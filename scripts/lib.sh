# shellcheck shell=bash
# lib.sh -- what the scripts share; sourced, never run.
#
# PostgreSQL refuses to run as root, so whatever serves (PostgreSQL, workers, nginx) runs as the
# "service user": user postgres when the script is run by root, else the user who runs it.
#
# Functions say "return 0", not "return": within a trap the latter means the status before the trap.
#
# A state folder holds one whole stack. Of its folders four are the service user's: pg/ (data), s/
# (sockets), mail/ (mails that are sent nowhere) and work/ (temporary files). All else belongs to whoever runs the script: logs/, pids/, tls/,
# bin/ (the program), pages/ and the configuration. So root opens, makes and renames files only in folders
# of its own, where nobody else can have put a link; what has to be written in the other four is written
# as the service user.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
SERVICE_USER=$(id -un)
SERVICE_PREFIX=()
umask 022

say() { printf '%s\n' "$*"; }

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

if [ "$(id -u)" -eq 0 ]; then
	SERVICE_USER=postgres
	SERVICE_PREFIX=(setpriv --reuid=postgres --regid=postgres --init-groups)
fi

# Runs a command as the service user, from a folder that every user may enter.
run_as_service() {
	(cd / && exec ${SERVICE_PREFIX[@]+"${SERVICE_PREFIX[@]}"} "$@")
}

# Whether the service user may enter a folder.
service_enters() {
	run_as_service stat "$1/." >/dev/null 2>&1
}

# state_home NAME PLACE: prints the folder for the states of that name. It is build/NAME, unless the
# service user may not come so far, as in a clone in root's home: then build/NAME is a link to a folder in
# PLACE, made once.
state_home() {
	local link=$ROOT/build/$1
	mkdir -p "$ROOT/build"
	if [ ! -L "$link" ] || [ ! -e "$link" ]; then
		service_enters "$ROOT/build" || state_move_out "$link" "$2/daybook-$1"
	fi
	realpath -m -- "$link"
}

# state_move_out LINK NAME: makes a folder NAME.XXXXXX and LINK lead there, with what was in LINK so far:
# an earlier version let the service user pass.
state_move_out() {
	local folder
	[ ! -e "$1/pg/postmaster.pid" ] ||
		die "user $SERVICE_USER may not enter $1; end what runs there, then delete pg/postmaster.pid"
	folder=$(mktemp -d "$2.XXXXXX") || die "cannot make the folder $2.XXXXXX"
	if [ -d "$1" ]; then
		mv -T "$1" "$folder"
	fi
	chmod 0755 "$folder"
	ln -sfT "$folder" "$1"
}

# The state folder of scripts/run.
state_folder() {
	if [ -n "${DAYBOOK_STATE:-}" ]; then
		realpath -m -- "$DAYBOOK_STATE"
	else
		state_home run /var/lib
	fi
}

# Makes the state folder with the folders in it.
state_prepare() {
	local state=$1 folder
	state_check_path "$state"
	mkdir -p "$state" 2>/dev/null || die "cannot make the folder $state"
	state_take "$state"
	service_enters "$state" || die "user $SERVICE_USER may not enter $state; set DAYBOOK_STATE to a folder \
below which every user may enter"
	chmod 0755 "$state"
	for folder in "$state"/{pids,tls,bin}; do
		mkdir -p "$folder"
		chmod 0755 "$folder"
	done
	mkdir -p "$state/logs"
	give_to_group 0750 "$state/logs"
	for folder in "$state"/{s,mail,work}; do
		mkdir -p "$folder"
		give_to_service 0700 "$folder"
	done
}

state_check_path() {
	local state=$1 socket=$1/s/.s.PGSQL.5432 unsafe=$' \t\n"\'\\$%&#;,{}?|*'
	case $state in
	/*) ;;
	*) die "the state folder must be an absolute path: $state" ;;
	esac
	case $state in
	*["$unsafe"]*) die "the path must not contain any of ${unsafe//[[:space:]]/} or white space: $state" ;;
	esac
	if [ "$(printf %s "$socket" | wc -c)" -gt 107 ]; then
		die "the path is too long for a unix socket (107 bytes): $socket; set DAYBOOK_STATE to a shorter one"
	fi
	if [ "$SERVICE_USER" = postgres ] && ! id postgres >/dev/null 2>&1; then
		die "there is no user postgres; scripts/setup installs PostgreSQL"
	fi
}

# Makes sure that the state folder belongs to whoever runs the script, and that the service user can put
# nothing else in its place.
state_take() {
	local state=$1 owner
	owner=$(stat -c %U -- "$state")
	if [ "$owner" != "$(id -un)" ]; then
		[ "$owner" = "$SERVICE_USER" ] || die "$state belongs to another user: $owner"
		state_disarm "$state"
	fi
	# shellcheck disable=SC2016 # for the other shell
	[ "$(id -u)" -ne 0 ] || run_as_service sh -c '
		while [ "$1" != / ]; do
			set -- "$(dirname "$1")"
			if [ -O "$1" ] || { [ -w "$1" ] && [ ! -k "$1" ]; }; then
				exit 1
			fi
		done' sh "$state" || die "user $SERVICE_USER may change a folder above $state; choose another DAYBOOK_STATE"
}

# Takes over the state folder of an earlier version, where all belonged to the service user. First the
# folders change hands, so that nothing more can be put there; then what is no plain file goes. Whom to
# end is read from pids/, so nothing stays there that root has not written.
state_disarm() {
	local state=$1 folder
	chown -h root:root "$state"
	if [ -L "$state" ] || [ ! -d "$state" ]; then
		die "$state is no folder"
	fi
	find "$state" -mindepth 1 -maxdepth 1 ! -type d \( ! -type f -o -links +1 \) -delete
	for folder in "$state"/{logs,pids,tls}; do
		if [ -d "$folder" ]; then
			chown -h root:root "$folder"
			find "$folder" -mindepth 1 \( ! -type f -o -links +1 \) -exec rm -rf {} +
		fi
	done
	[ ! -d "$state/pids" ] || find "$state/pids" -mindepth 1 ! -user root -delete
	rm -rf "$state/nginx"
}

# give_to_service MODE PATH: of something in a folder of one's own.
give_to_service() {
	[ "$(id -u)" -ne 0 ] || chown -h "$SERVICE_USER:" "$2"
	chmod "$1" "$2"
}

# give_to_group MODE PATH: the service user may use it as the mode says, but not change that.
give_to_group() {
	[ "$(id -u)" -ne 0 ] || chown -h "root:$SERVICE_USER" "$2"
	chmod "$1" "$2"
}

# Makes a log for the service user, who can make none in logs/.
service_log() {
	[ -e "$1" ] || : >"$1"
	give_to_service 0640 "$1"
}

# Where the programs of PostgreSQL are: of the version that made the data, else the newest.
pg_bin() {
	local version
	version=$(run_as_service head -c 16 "$1/pg/PG_VERSION" 2>/dev/null) || version=
	if [ -n "$version" ]; then
		[ -x "/usr/lib/postgresql/$version/bin/postgres" ] ||
			die "$1/pg was made by PostgreSQL $version, which is not installed"
		say "/usr/lib/postgresql/$version/bin"
		return 0
	fi
	find /usr/lib/postgresql/*/bin -name initdb 2>/dev/null | sort -V | tail -n 1 | xargs -r dirname
}

pg_init() {
	local state=$1 bin=$2
	rm -rf "$state/pg.new"
	mkdir "$state/pg.new"
	give_to_service 0700 "$state/pg.new"
	run_as_service "$bin/initdb" -D "$state/pg.new" -U postgres --encoding=UTF8 --locale=C.UTF-8 \
		--auth-local=trust --auth-host=reject >"$state/logs/initdb.log" 2>&1 ||
		die "initdb failed, see $state/logs/initdb.log"
	run_as_service tee -a "$state/pg.new/postgresql.conf" >/dev/null <<<"include 'daybook.conf'"
	mv "$state/pg.new" "$state/pg"
}

# Starts the private PostgreSQL of a state folder, and makes it first if there is none. It listens on
# the socket in STATE/s only, a folder that is closed to everybody else; hence "trust".
# Further options for the server: DAYBOOK_PG_OPTIONS, for example "-c fsync=off".
pg_start() {
	local state=$1 bin
	state_prepare "$state"
	bin=$(pg_bin "$state")
	[ -n "$bin" ] || die "PostgreSQL is not installed; scripts/setup installs it"
	[ -s "$state/pg/PG_VERSION" ] || pg_init "$state" "$bin"
	# log_error_verbosity: details of an error quote people's data. deadlock_timeout: less than the
	# workers' LOCK_TIMEOUT_MS, so that who is caught in a deadlock is found, and repeated.
	run_as_service tee "$state/pg/daybook.conf" >/dev/null <<-END
		listen_addresses = ''
		unix_socket_directories = '$state/s'
		unix_socket_permissions = 0700
		timezone = 'UTC'
		log_timezone = 'UTC'
		log_error_verbosity = terse
		deadlock_timeout = 200ms
	END
	if pg_running "$state"; then
		return 0
	fi
	service_log "$state/logs/postgres.log"
	run_as_service "$bin/pg_ctl" -D "$state/pg" -l "$state/logs/postgres.log" -s -w -t 60 \
		-o "${DAYBOOK_PG_OPTIONS:-}" start >/dev/null 2>&1 ||
		die "PostgreSQL did not start, see $state/logs/postgres.log"
}

# Whether it runs.
pg_running() {
	local bin
	[ -s "$1/pg/postmaster.pid" ] || return 1
	bin=$(pg_bin "$1")
	run_as_service "$bin/pg_ctl" -D "$1/pg" status >/dev/null 2>&1
}

# Stops it: "fast" ends its connections, and what was committed is on disk.
pg_stop() {
	local state=$1 mode=${2:-fast} bin
	pg_running "$state" || return 0
	bin=$(pg_bin "$state")
	# PostgreSQL 15 never ends a fast stop that comes while it recovers from a crash.
	run_as_service "$bin/pg_ctl" -D "$state/pg" -m "$mode" -s -w -t 20 stop 2>/dev/null ||
		run_as_service "$bin/pg_ctl" -D "$state/pg" -m immediate -s -w -t 40 stop
}

# pg_url STATE ROLE [DATABASE]: the libpq URL of the private PostgreSQL.
pg_url() {
	say "postgresql:///${3:-daybook}?host=$1/s&user=$2"
}

# service_start PIDFILE LOG COMMAND…: runs it as the service user in the background, in a session of its
# own, so that Ctrl-C in the terminal reaches only the script.
service_start() {
	local file=$1 log=$2
	shift 2
	(
		cd /
		exec ${SERVICE_PREFIX[@]+"${SERVICE_PREFIX[@]}"} setsid "$@"
	) </dev/null >>"$log" 2>&1 &
	pid_write "$file" $!
	disown $!
}

read -r BOOT_ID </proc/sys/kernel/random/boot_id

# pid_write FILE PID: notes a process with its start time and this boot of the machine. So no later process
# of the same number is taken for it.
pid_write() {
	pid_started "$2" || true
	say "$2 $REPLY $BOOT_ID" >"$1"
}

# Sets REPLY to when the process began, in clock ticks. Fails for one that has ended (Z: nobody has reaped
# it yet). Starts no process, nor does pid_alive: while bash waits for one, a Ctrl-C can get lost.
pid_started() {
	local stat
	REPLY=
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
	read -ra stat <<<"${stat##*) }"
	[[ ${stat[0]} != [ZX] ]] || return 1
	REPLY=${stat[19]}
}

# Prints the process that FILE notes, if it still runs.
pid_alive() {
	local pid started boot
	[ -s "$1" ] && read -r pid started boot <"$1" && [ "$boot" = "$BOOT_ID" ] || return 1
	pid_started "$pid" && [ "$REPLY" = "$started" ] || return 1
	say "$pid"
}

# Prints the process that FILE notes or, when that was killed, what it left behind in its session.
pid_remains() {
	local pid boot
	if pid_alive "$1" || [ ! -s "$1" ]; then
		return 0
	fi
	read -r pid _ boot <"$1"
	[ "$boot" = "$BOOT_ID" ] || return 0
	pid_started "$pid" || pgrep -s "$pid" -u "$SERVICE_USER" -r DRST || true
}

# pid_stop FILE SIGNAL SECONDS: asks the process to end, waits, and kills it when the time is over.
pid_stop() {
	local file=$1 signal=$2 tries=$(($3 * 20)) remains told=
	while remains=$(pid_remains "$file") && [ -n "$remains" ] && [ "$tries" -gt -100 ]; do
		[ "$tries" -ne 0 ] || signal=KILL told=
		if [ "$remains" != "$told" ]; then
			# shellcheck disable=SC2086 # a list of numbers
			kill "-$signal" $remains 2>/dev/null || true
			told=$remains
		fi
		sleep 0.05
		tries=$((tries - 1))
	done
	rm -f "$file"
}
