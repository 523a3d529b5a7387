# Outlives the harness, also where that is killed: stops the server and removes its folder.
# $1: the folder. $2: the signal that ends the server at once.
trap '' INT HUP TERM
read -r _ # ends when the harness does, however it ends

# What nobody has collected yet has ended too.
runs() {
    kill -s 0 "$1" && ! grep -q ') Z ' "/proc/$1/stat"
}

cd "$1" || exit 0
for process in $(cat paused); do kill -s CONT "$process"; done
pid=$(cat pid)
if [ -n "$pid" ]; then
    kill -s "$2" "$pid"
    n=0
    while runs "$pid" && [ "$n" -lt 500 ]; do
        sleep 0.02
        n=$((n + 1))
    done
    kill -s KILL "$pid"
fi
# A server that was killed has left its lock file, which names the shared memory that it left.
segment=$(sed -n '7s/.* //p' data/postmaster.pid)
[ -n "$segment" ] && ipcrm -m "$segment"
cd /
rm -rf "$1"
