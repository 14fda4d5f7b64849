# shellcheck shell=bash
# database.sh -- how migrate and seed reach a database; sourced after lib.sh, never run.

# Prints NAME=value of libpq's environment, ended by NUL, for a URI or a conninfo string: in the
# environment a password is not seen by other users.
libpq_environment() {
	perl -e '
		my %names = map { $_ => "PG" . uc } qw(host hostaddr port user password passfile service
			sslmode sslcert sslkey sslrootcert sslcrl requirepeer connect_timeout options gssencmode);
		@names{qw(dbname application_name target_session_attrs channel_binding)} =
			qw(PGDATABASE PGAPPNAME PGTARGETSESSIONATTRS PGCHANNELBINDING);
		my ($text, @pairs) = $ENV{GIVEN_DATABASE};
		sub plain { my ($s) = @_; $s =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge; $s }
		if ($text =~ m{^postgres(?:ql)?://(?:([^:@/?]*)(?::([^@/?]*))?@)?([^/?]*)(?:/([^?]*))?(?:\?(.*))?$}) {
			my ($user, $password, $hosts, $name, $rest) = ($1, $2, $3, $4, $5);
			my (@hosts, @ports);
			for (split /,/, $hosts) {
				/^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/ or die "bad host in the URI\n";
				push @ports, $2 // "";
				push @hosts, $1 =~ s/^\[|\]$//gr;
			}
			push @pairs, [host => join ",", @hosts] if grep { length } @hosts;
			push @pairs, [port => join ",", @ports] if grep { length } @ports;
			push @pairs, map { [split /=/, $_, 2] } split /&/, $rest // "";
			push @pairs, grep { length $_->[1] // "" }
				[user => $user], [password => $password], [dbname => $name];
			@pairs = map { [$_->[0], plain($_->[1] // "")] } @pairs;
		} elsif ($text =~ /=/ && $text !~ m{^\w+://}) {
			pos($text) = 0;
			while ($text =~ /\G\s*(\w+)\s*=\s*(?:\x27((?:[^\x27\\]|\\.)*)\x27|((?:[^\s\x27\\]|\\.)*))(?=\s|$)/gc) {
				push @pairs, [$1, ($2 // $3) =~ s/\\(.)/$1/gr];
			}
			$text =~ /\G\s*$/ or die "not a conninfo string\n";
		} else {
			die "neither a libpq URI nor a conninfo string\n";
		}
		for (@pairs) {
			my $name = $names{$_->[0]} or die "unknown parameter \"$_->[0]\"\n";
			print "$name=$_->[1]\0";
		}
	'
}

# One line instead of a page of Perl when the server is not there.
check_reachable() {
	local error
	if ! error=$(psql -XAtqw -c 'SELECT 1' 2>&1 >/dev/null </dev/null); then
		error=${error#psql: error: }
		die "cannot reach the database: ${error%%$'\n'*}"
	fi
}

# database_choose [DATABASE]: sets libpq's environment for a libpq URI or conninfo string; without one for the
# private database of scripts/run.
database_choose() {
	local database=${1:-} variables variable
	if [ -z "$database" ]; then
		unset "${!PG@}"
		database=$(pg_url "${DAYBOOK_STATE:-$ROOT/build/run}" postgres)
	fi

	variables=$(GIVEN_DATABASE=$database libpq_environment 2>&1 | base64 -w 0; exit "${PIPESTATUS[0]}") ||
		die "the database's address: $(base64 -d <<<"$variables")"
	while IFS= read -r -d '' variable; do
		export "${variable?}"
	done < <(base64 -d <<<"$variables")
	export PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-5}
	check_reachable
}
