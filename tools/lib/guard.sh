#!/bin/sh
# Gives a lifeline to a program that knows none: its process group ends when fd 3 closes.
# Usage: guard.sh PROGRAM [ARGUMENT…] with the lifeline on fd 3; standard input goes to the program.
exec 4<&0
"$@" <&4 3<&- 4<&- &
program=$!
exec 4<&-
(
  read -r _ <&3
  trap '' TERM
  kill -TERM 0
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    kill -0 "$program" 2>/dev/null || exit 0
    sleep 0.1
  done
  kill -KILL 0
) &
watcher=$!
exec 3<&-
trap : TERM INT
wait "$program"
code=$?
# A signal ends the wait early: the program's own end counts.
while kill -0 "$program" 2>/dev/null; do
  wait "$program"
  code=$?
done
kill "$watcher" 2>/dev/null
exit "$code"
