#!/usr/bin/env bash
# Shows what custcli does, on the sample company: import of tables and paper forms, classify, value, prospects, export.
# Usage: samples/demo.sh [FOLDER]   FOLDER (default ./demo) is made anew; the environment's CUSTCLI names the program.
set -eu

custcli=${CUSTCLI:-custcli}
folder=${1:-./demo}
samples=$(cd "$(dirname "$0")" && pwd)

if [ -e "$folder" ] && [ ! -e "$folder/.made-by-demo" ]; then
    echo "$folder was not made by this demo; name another folder" >&2
    exit 1
fi
rm -rf "$folder"
mkdir -p "$folder"
touch "$folder/.made-by-demo"

export CUSTCLI_DB="$folder/customers.db" CUSTCLI_AS_OF=2026-06-30 CUSTCLI_LANG="${CUSTCLI_LANG:-zh}"

run() {
    printf '\n$ custcli'
    printf ' %s' "$@"
    printf '\n'
    "$custcli" "$@"
}

run import "$samples/dossiers.xlsx"
run import "$samples/orders.csv" "$samples/payments.csv"
run import "$samples/prospects.xlsx"
run import "$samples/order_lines.csv" "$samples/registers.xlsx"
run show HD-000101
run export card HD-000101 -o "$folder/card.xlsx"
run import "$folder/card.xlsx"
run classify --by value --limit 15
run value --top 10
run prospects --grade A
run progress --limit 10
run recommend HB-000004 --limit 5
run export all -o "$folder/customers.xlsx"
run export classes -o "$folder/classes.xlsx"
run log
