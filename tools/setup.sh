#!/bin/sh
# Prepare this machine for working on overdraft: QGIS and libraries from the distribution, a virtual
# environment in .venv on top of them. Safe to call again: when nothing changed it ends at once.
#
# Debian 12 and newer releases. Runs as root, or as a user who may call sudo. Python packages that use
# GEOS or GDAL come from the distribution or, where it has only old ones (Debian 12), are compiled against
# its libraries: a binary wheel would bring a second copy into QGIS's process, which corrupts results.
set -eu
# The repository's own tests and the checks of the package must not depend on the caller's Python settings.
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
venv="$root/.venv"
constraints=""
stamp="$venv/.setup-stamp"
python=/usr/bin/python3
system_packages="qgis python3-qgis xvfb xauth imagemagick poppler-utils fonts-noto-cjk git make
    python3-venv python3-geopandas python3-scipy python3-rasterio python3-jinja2 python3-openpyxl python3-docx
    pyqt5-dev-tools qttools5-dev-tools"
# The release decides where shapely, pyogrio and geopandas come from.
case "$(. /etc/os-release 2>/dev/null && printf '%s %s' "${ID:-}" "${VERSION_ID:-}")" in
    "debian 1"[3-9]* | "debian ") # 13 and newer, testing, unstable
        system_packages="$system_packages python3-pyogrio" ;;
    *)
        system_packages="$system_packages libgdal-dev libgeos-dev libproj-dev python3-dev g++"
        constraints="$root/tools/constraints.txt" ;;
esac

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: FAILED: %s\n' "$*" >&2; exit 1; }

# retry COMMAND...: up to three times, with a pause, because mirrors and networks have bad moments
retry() {
    attempt=1
    until "$@"; do
        [ "$attempt" -ge 3 ] && return 1
        say "that did not work (attempt $attempt of 3); trying again in $((attempt * 5)) seconds"
        sleep $((attempt * 5))
        attempt=$((attempt + 1))
    done
}

# as_root COMMAND...: directly as root, else through sudo
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

# What the environment depends on: this script, the versions asked for, the interpreter, QGIS, GEOS and GDAL.
fingerprint() {
    {
        cat "$root/tools/setup.sh" "$root/tools/constraints.txt"
        printf '%s\n' "$root"
        "$python" -V 2>&1
        # shellcheck disable=SC2086  # a list of words
        dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' $system_packages 2>&1
    } | sha256sum | cut -d ' ' -f 1
}

install_system_packages() {
    missing=""
    for package in $system_packages; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed$' || missing="$missing $package"
    done
    if [ -z "$missing" ]; then
        say "all system packages are installed"
        return
    fi
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null 2>&1 ||
        fail "these packages are missing, and installing them needs root or sudo:$missing"
    say "installing from the distribution (some minutes the first time):$missing"
    retry as_root apt-get update -qq ||
        fail "the package lists cannot be fetched. Check the network and the entries of /etc/apt/sources.list"
    mkdir -p build
    # shellcheck disable=SC2086  # a list of words
    retry as_root apt-get install -y -qq --no-install-recommends $missing > build/apt.log 2>&1 || {
        tail -n 20 build/apt.log >&2
        fail "apt could not install:$missing. The lines above say why, build/apt.log has all of them"
    }
}

pip_install() {
    retry "$venv/bin/python" -m pip install -q -q --disable-pip-version-check --root-user-action ignore \
        ${constraints:+-c "$constraints"} "$@" ||
        fail "pip could not install: $*. Without a network, or behind a proxy, set PIP_INDEX_URL or https_proxy and try again"
}

make_environment() {
    # An environment of another folder or interpreter is rebuilt, not mended.
    if [ -e "$venv" ] && ! "$venv/bin/python" -c "import sys; sys.exit(sys.prefix != '$venv')" 2>/dev/null; then
        say "the environment in .venv belongs to another place or Python; making it anew"
        rm -rf "$venv"
    fi
    if [ ! -e "$venv" ]; then
        say "making the Python environment .venv on $("$python" -V)"
        "$python" -m venv --system-site-packages "$venv" || fail "the virtual environment could not be made in $venv"
    fi
    # pyproj looks for PROJ's database below the environment it runs in, and Debian's lies in /usr/share.
    mkdir -p "$venv/share"
    [ -e "$venv/share/proj" ] || ln -s /usr/share/proj "$venv/share/proj"
    if [ -n "$constraints" ]; then
        say "compiling shapely against the distribution's GEOS (about a minute)"
        pip_install --no-binary shapely "shapely>=2"
        say "compiling pyogrio against the distribution's GDAL (about a minute)"
        pip_install --no-binary pyogrio pyogrio
        say "installing geopandas"
        pip_install geopandas
    fi
    say "installing the solvers"
    # --no-deps: both need numpy alone, which stays the distribution's.
    pip_install --no-deps rustworkx highspy
    say "installing the tools for tests and checks"
    pip_install "pytest>=8" pytest-qgis pytest-qt pytest-xdist hypothesis ruff mypy import-linter bandit detect-secrets
}

check_environment() {
    say "checking that QGIS, GEOS and GDAL are one copy each"
    "$venv/bin/python" - <<'PYTHON' || fail "the environment does not work. Remove .venv and run 'make setup' again"
import geopandas, pyogrio, pyproj, shapely  # noqa: E401
from osgeo import gdal
from qgis.core import Qgis

gdal_of_pyogrio = ".".join(map(str, pyogrio.__gdal_version__))
if gdal_of_pyogrio != gdal.__version__.split("dev")[0]:
    raise SystemExit(f"pyogrio uses GDAL {gdal_of_pyogrio}, QGIS uses {gdal.__version__}: two copies of one library")
pyproj.CRS(4547)
print(f"setup: QGIS {Qgis.QGIS_VERSION}, geopandas {geopandas.__version__}, shapely {shapely.__version__} "
      f"(GEOS {shapely.geos_version_string}), pyogrio {pyogrio.__version__} (GDAL {gdal_of_pyogrio})")
PYTHON
}

[ "$(uname -s)" = Linux ] && command -v apt-get >/dev/null 2>&1 ||
    fail "this script knows Debian and its relatives only. CONTRIBUTING.md lists what is needed elsewhere"

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ] && [ -x "$venv/bin/python" ]; then
    say "already done"
    exit 0
fi
install_system_packages
make_environment
check_environment
mkdir -p build
# Under sudo the files made here stay the caller's, who may go on without sudo.
[ "$(id -u)" -ne 0 ] || [ -z "${SUDO_UID:-}" ] || chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$venv" build
fingerprint > "$stamp"
say "done"
