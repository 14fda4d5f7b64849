# shellcheck shell=bash
# steps.sh -- what test and check share; sourced, never run: steps, each with its log, its time and one
# line, and their sum. LOGS is the folder of the logs.

TOTAL_PASSED=0 TOTAL_FAILED=0
GROUP='' CODE=0

# run_group COMMAND…: runs it in a process group of its own; its status is in CODE, since within a
# condition set -e would do nothing. A signal that comes to us meanwhile ends all of the group, and waits
# until that has tidied up.
run_group() {
	CODE=0
	set -m
	(
		set -e
		"$@"
	) </dev/null &
	GROUP=$!
	set +m
	wait "$GROUP" || CODE=$?
	GROUP=
}

end_group() {
	if [ -n "$GROUP" ]; then
		kill -TERM -- "-$GROUP" 2>/dev/null || true
		wait "$GROUP" || true
	fi
}
trap 'end_group; exit 130' INT
trap 'end_group; exit 143' TERM HUP

# step NAME COMMAND…: runs it with its output in LOGS/NAME.log; when it fails, the end of that is shown.
# What it counts is found in the log; a command that counts nothing is one test.
step() {
	local name=$1 log=$LOGS/$1.log started=${EPOCHREALTIME/[.,]/} passed failed skipped
	shift
	run_group "$@" >"$log" 2>&1
	read -r passed failed skipped < <(step_counts "$log")
	if [ "$CODE" -ne 0 ] && [ "$failed" -eq 0 ]; then
		failed=1
	elif [ "$((passed + failed))" -eq 0 ]; then
		passed=1
	fi
	TOTAL_PASSED=$((TOTAL_PASSED + passed))
	TOTAL_FAILED=$((TOTAL_FAILED + failed))
	step_line "$name" "$passed" "$failed" "$skipped" "$started"
	[ "$failed" -eq 0 ] || step_tail "$log"
}

step_line() {
	local us=$((${EPOCHREALTIME/[.,]/} - $5)) verdict=ok
	[ "$3" -eq 0 ] || verdict=FAILED
	[ "$4" -eq 0 ] || verdict="$verdict ($4 skipped)"
	printf '%-16s %5d passed %4d failed %6d.%d s  %s\n' "$1" "$2" "$3" $((us / 1000000)) \
		$((us % 1000000 / 100000)) "$verdict"
}

step_tail() {
	tail -n 60 "$1" | sed 's/^/    /'
	printf '    (all of it: %s)\n' "$1"
}

# What passed, failed and was skipped by a log of cmocka, of pytest, or of step_total.
step_counts() {
	sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '
		/^\[  PASSED  \] [0-9]+ test/ { passed += $4 }
		/^\[  FAILED  \] [0-9]+ test/ { failed += $4 }
		/^=* ?[0-9]+ [a-z]+(, [0-9]+ [a-z]+)*( in [0-9].*)?$/ {
			gsub(/[=,]/, "")
			for (i = 1; i < NF; i++) {
				if ($(i + 1) ~ /^(passed|xfailed)$/) passed += $i
				if ($(i + 1) ~ /^(failed|errors?|xpassed)$/) failed += $i
				if ($(i + 1) == "skipped") skipped += $i
			}
		}
		END { print passed + 0, failed + 0, skipped + 0 }'
}

# The last line, and the status of the whole.
step_total() {
	printf '%d passed, %d failed\n' "$TOTAL_PASSED" "$TOTAL_FAILED"
	[ "$TOTAL_FAILED" -eq 0 ]
}
