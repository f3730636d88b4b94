#!/bin/sh
# The Chinese texts of menus, messages and checks: resources/i18n/overdraft_zh_CN.ts.
#
#     tools/translations.sh collect   put new texts of plugin, processing and ui into the .ts, take gone ones out
#     tools/translations.sh check     fail if the .ts lacks a text, keeps a gone one or has one untranslated
#     tools/translations.sh compile   make the .qm that QGIS loads (the default: check, then compile)
#
# A text is what stands in tr("…"); pylupdate5 files it under @default. Lines of code are left out of the .ts, so that
# it changes only when a text does.
set -eu

root=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
ts="$root/resources/i18n/overdraft_zh_CN.ts"
cd "$root"

fail() { printf 'translations: FAILED: %s\n' "$*" >&2; exit 1; }

for program in pylupdate5 lrelease; do
    command -v "$program" > /dev/null || fail "$program is missing. Run 'make setup' (packages pyqt5-dev-tools, qttools5-dev-tools)"
done

# Writes the texts of the code into the .ts file $1, keeping its translations.
collect() {
    for folder in plugin processing ui; do
        [ ! -d "$folder" ] || find "$folder" -name '*.py'
    done | LC_ALL=C sort | xargs sh -c 'to=$1; shift; PYTHONWARNINGS=ignore pylupdate5 -noobsolete "$@" -ts "$to"' collect "$1"
    sed -i '/<location /d' "$1"
}

check() {
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    cp "$ts" "$folder/now.ts"
    collect "$folder/now.ts"
    cmp -s "$ts" "$folder/now.ts" || {
        diff "$ts" "$folder/now.ts" >&2 || :
        fail "$ts is out of date. Run 'tools/translations.sh collect' and translate what is new"
    }
    ! grep -n 'type="unfinished"' "$ts" >&2 || fail "$ts has texts without a translation (above)"
}

compile() {
    lrelease -silent "$ts" -qm "${ts%.ts}.qm" || fail "lrelease could not make the .qm"
}

case "${1:-all}" in
    collect) collect "$ts"; printf 'translations: %s texts, %s untranslated\n' \
        "$(grep -c '<source>' "$ts")" "$(grep -c 'type="unfinished"' "$ts" || :)" ;;
    check) check ;;
    compile) compile ;;
    all) check; compile ;;
    *) fail "unknown step $1 (collect, check, compile)" ;;
esac
