# What the scripts of this directory share. To be sourced.
#   NONZERO_BUILD_DIR    where everything is built, and results go to its out/; by default build/ and out/ of the project
# shellcheck shell=bash

unset CDPATH  # else `cd` may go elsewhere, and says so on the standard output
# Before the directory changes. Programs that a script starts find the same place.
if [[ -n ${NONZERO_BUILD_DIR:-} ]]; then
    NONZERO_BUILD_DIR=$(realpath -m -- "$NONZERO_BUILD_DIR")
    export NONZERO_BUILD_DIR
fi
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit
export SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1

build=${NONZERO_BUILD_DIR:-build}
results=${NONZERO_BUILD_DIR:+$NONZERO_BUILD_DIR/}out
jobs=$(nproc 2>/dev/null || echo 2)

# say LINE…
say() {
    printf '%s\n' "$@"
}

# The exit status of `die`, as of the program: 2 what its user can mend, 4 the host failed.
die_status=2

# die MESSAGE…: one line each, then the end.
die() {
    local line=${1//[[:cntrl:]]/?}
    printf '%s: %s\n' "${0##*/}" "${line:0:1000}" >&2
    shift
    if (($#)); then
        printf '  %s\n' "$@" >&2
    fi
    exit "$die_status"
}

# need_place DIR: makes the directory, and ends where nothing can be written in it.
need_place() {
    local said
    said=$(
        exec 2>&1
        export LC_ALL=C
        mkdir -p -- "$1" || exit
        probe=$(mktemp -- "$1/.writable.XXXXXX") || { echo "$probe" && exit 1; }
        trap 'rm -f -- "$probe"' EXIT
        head -c 4096 /dev/zero >"$probe"
    ) && return
    [[ $said != *"No space left"* && $said != *[Qq]uota* ]] || die_status=4
    die "$1 cannot be written: ${said##*: }; NONZERO_BUILD_DIR=DIR names another place for everything that is made"
}

# need_own_tree DIR: ends where the directory was configured for other sources, or at another place.
need_own_tree() {
    local cache=$1/CMakeCache.txt sources place
    [[ -e $cache ]] || return 0
    sources=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$cache")
    place=$(sed -n 's/^CMAKE_CACHEFILE_DIR:INTERNAL=//p' "$cache")
    if [[ ! $sources -ef . || ! $place -ef $1 ]]; then
        die "$1 was configured for $sources in $place; remove it, or NONZERO_BUILD_DIR=DIR names another place"
    fi
}

# configure_tree PRESET
configure_tree() {
    need_place "$build/$1"
    need_own_tree "$build/$1"
    if command -v ccache >/dev/null; then
        export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
    fi
    cmake --preset "$1" -B "$build/$1"
}

# build_tree PRESET [TARGET…]: configures the tree of a preset and builds it, all of it where no target is named.
build_tree() {
    local preset=$1
    shift
    configure_tree "$preset"
    cmake --build "$build/$preset" --parallel "$jobs" ${1:+--target "$@"}
}
