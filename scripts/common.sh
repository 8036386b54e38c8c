# What the scripts of this directory share. To be sourced.
# shellcheck shell=bash

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit
export SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1

jobs=$(nproc 2>/dev/null || echo 2)

# say LINE…
say() {
    printf '%s\n' "$@"
}

# die MESSAGE…: one line each, then exit status 2, as the program does for what its user can mend.
die() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    shift
    if (($#)); then
        printf '  %s\n' "$@" >&2
    fi
    exit 2
}

# configure_tree PRESET
configure_tree() {
    if command -v ccache >/dev/null; then
        export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
    fi
    cmake --preset "$1"
}

# build_tree PRESET [TARGET…]: configures build/PRESET and builds it, all of it where no target is named.
build_tree() {
    local preset=$1
    shift
    configure_tree "$preset"
    cmake --build --preset "$preset" --parallel "$jobs" ${1:+--target "$@"}
}
