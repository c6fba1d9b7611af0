#!/usr/bin/env bash
# Print the path of a Chromium for the browser tests; get one if there is none. It never skips: no browser is a failure.
# 1. on PATH   2. unpacked here before   3. apt-get, as root   4. Debian's packages, unpacked into .cache   5. give up
set -euo pipefail
cd "$(dirname "$0")/.."
unpacked="$PWD/.cache/chromium"

limit() { # seconds command...; without the limit where there is no `timeout`
    if command -v timeout >/dev/null; then timeout --foreground --kill-after=10 "$@"; else "${@:2}"; fi
}

works() { limit 30 "$1" --no-sandbox --version >/dev/null 2>&1; }

answer_if_there() {
    local name path
    for name in ${CHROMIUM:-} chromium chromium-browser google-chrome "$unpacked/chromium"; do
        path="$(command -v "$name" 2>/dev/null)" || continue
        if works "$path"; then echo "$path" && exit 0; fi
    done
}

# Debian's own packages and those they need that this machine lacks, unpacked without being installed.
unpack() {
    local debs="$unpacked/debs" root="$unpacked/root" names
    mkdir -p "$debs" "$root"
    names="$(apt-get -qq -o Debug::NoLocking=1 --print-uris install -y --no-install-recommends \
        chromium fonts-dejavu-core | sed -n "s/^'[^']*' \([^_ ]*\)_.*/\1/p")"
    [ -n "$names" ] || return 1
    # shellcheck disable=SC2086  # one argument per package
    (cd "$debs" && limit 600 apt-get -qq download $names) || return 1
    for deb in "$debs"/*.deb; do dpkg-deb -x "$deb" "$root"; done
    cat >"$unpacked/chromium" <<'WRAPPER'
#!/usr/bin/env bash
root="$(dirname "$(readlink -f "$0")")/root"
machine="$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH="$root/usr/lib/$machine:$root/lib/$machine:$root/usr/lib/chromium:${LD_LIBRARY_PATH:-}"
export XDG_DATA_DIRS="$root/usr/share:${XDG_DATA_DIRS:-/usr/local/share:/usr/share}"
exec "$root/usr/lib/chromium/chromium" "$@"
WRAPPER
    chmod +x "$unpacked/chromium"
    rm -rf "$debs"
}

answer_if_there
if command -v apt-get >/dev/null; then
    if [ "$(id -u)" -eq 0 ]; then
        echo "installing chromium" >&2
        limit 300 apt-get -qq update >&2 || true
        limit 600 apt-get -qq install -y --no-install-recommends chromium fonts-dejavu-core >&2 || true
        answer_if_there
    fi
    echo "unpacking chromium into .cache" >&2
    unpack >&2 || true
    answer_if_there
fi
echo "the browser tests need Chromium; type: sudo apt-get install chromium fonts-dejavu-core" >&2
exit 1
