#!/usr/bin/env bash
# Makes the pictures of docs/explain.md, docs/reports.md and README.md from what the program prints. Needs aha, chromium and pngquant (Debian).
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

explain=(target/debug/handover explain --policy policies/acme.handover --now 2026-03-10T12:00:00Z)
leads=policies/leads/acme.ndjson

# picture NAME WIDTH HEIGHT PAGE [CHROMIUM OPTION…]
picture() {
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size="$2,$3" "${@:5}" \
    --screenshot="$work/$1.png" "file://$4" 2>/dev/null
  pngquant --force --output "docs/pictures/$1.png" 32 "$work/$1.png"
}

# A terminal in two schemes of colours. aha knows no faint text, so it is made grey before.
terminal() {
  "${explain[@]}" --color always --stage SQL --lead L0001 "$leads" | head -45 |
    sed "s/\x1b\[2m/\x1b[38;5;245m/g" | aha "${@:2}" |
    sed 's/<pre>/<pre style="font: 14px\/1.25 DejaVu Sans Mono; margin: 12px">/' > "$work/$1.html"
  picture "$1" 724 820 "$work/$1.html"
}
terminal explain-terminal-dark --black
terminal explain-terminal-light

"${explain[@]}" --lead L0002 --format html "$leads" > "$work/page.html"
picture explain-page-light 860 1000 "$work/page.html"
picture explain-page-dark 860 1000 "$work/page.html" --blink-settings=preferredColorScheme=0

# The same page with points and deadlines opened, from its lower part.
"${explain[@]}" --lead L0002 --format html "$leads" |
  sed 's/<details class="aside">/<details class="aside" open>/; s/<\/style>/section { display: none }<\/style>/' > "$work/open.html"
picture explain-points 860 1120 "$work/open.html"

target/debug/handover doc policies/acme.handover --format html > "$work/doc.html"
picture doc-page-light 860 980 "$work/doc.html"

target/debug/handover report --policy policies/acme.handover --now 2026-03-10T12:00:00Z --format html --by source \
  --source policies/examples/crm/crm.yaml policies/examples/crm/leads.csv > "$work/report.html"
picture report-page-light 960 760 "$work/report.html"
sed 's/<\/style>/header, .tiles, #targets { display: none }<\/style>/' "$work/report.html" > "$work/handovers.html"
picture report-page-dark 960 980 "$work/handovers.html" --blink-settings=preferredColorScheme=0
