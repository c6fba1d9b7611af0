#!/usr/bin/env bash
# Make .venv and install the locked requirements into it: `environment.sh run` for a user, `dev` for a developer.
# 1. find a Python   2. make .venv   3. stop if the stamp says nothing changed   4. install what is locked   5. install entente
set -euo pipefail
cd "$(dirname "$0")/.."
kind="${1:?usage: builders/environment.sh run|dev}"

limit() { # seconds command...; without the limit where there is no `timeout`
    if command -v timeout >/dev/null; then timeout --foreground --kill-after=10 "$@"; else "${@:2}"; fi
}

# 1. A Python of 3.11 or later
recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
python=""
for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
    if recent "$name"; then python="$name" && break; fi
done
if [ -z "$python" ]; then
    echo "entente needs Python 3.11 or later; set PYTHON=/path/to/python3 if it is not on PATH" >&2
    exit 1
fi

# 2. The environment. Debian ships Python without the venv module's pip.
if ! recent .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    if ! limit 120 "$python" -m venv --clear .venv >/dev/null 2>&1; then
        version="$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
        if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
            echo "installing python3-venv" >&2
            limit 300 apt-get -qq update >&2
            limit 300 apt-get -qq install -y --no-install-recommends python3-venv >&2
            limit 120 "$python" -m venv --clear .venv
        else
            echo "'$python -m venv' failed; type: sudo apt-get install python3-venv   (or $version)" >&2
            exit 1
        fi
    fi
fi

# 3. The stamp: the requirements, the project's own metadata, the interpreter, and where all this stands
stamp=".venv/.stamp-$kind"
hash="$(.venv/bin/python - "requirements/$kind.txt" pyproject.toml builders/environment.sh <<'PY'
import hashlib
import pathlib
import sys

digest = hashlib.sha256(f"{sys.version} {pathlib.Path.cwd()}".encode())
for name in sys.argv[1:]:
    digest.update(pathlib.Path(name).read_bytes())
print(digest.hexdigest())
PY
)"
if [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$hash" ]; then exit 0; fi

# 4. What is locked, and nothing else
echo "installing requirements/$kind.txt into .venv" >&2
pip="limit 1200 .venv/bin/python -m pip --disable-pip-version-check -q install --no-input --root-user-action ignore"
$pip --require-hashes -r "requirements/$kind.txt"

# 5. entente itself, from this folder. A constraints file with hashes refuses an editable install, hence --no-deps.
$pip --no-deps --no-build-isolation -e .
echo "$hash" >"$stamp"
