/** The style sheet of a report: light or dark as the reader's system is, light on paper, one column on a phone. */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fdfcfa; --card: #ffffff; --ink: #1d2126; --soft: #4d5560; --muted: #7c8590; --rule: #e4e0d8;
  --accent: #1f5fa8; --wrong: #c9b3ae; --good: #2b7f58; --bad: #b4472f;
  --series-1: #1f66b5; --series-2: #cc5a1e; --series-3: #22845c; --series-4: #8545b0; --series-5: #b52f5c; --series-6: #77691a;
  --serif: Charter, "Bitstream Charter", "Sitka Text", "Source Serif 4", Cambria, Georgia, serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --card: #1b1f25; --ink: #e8e6e1; --soft: #b4bac2; --muted: #8b949e; --rule: #2e343c;
    --accent: #7db7f5; --wrong: #5b4a47; --good: #62c796; --bad: #f0907a;
    --series-1: #6fb1f7; --series-2: #f29a60; --series-3: #5ccb9a; --series-4: #c79bf2; --series-5: #f2839f; --series-6: #d4c35e;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 var(--serif); }
main, header, footer { max-width: 64rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 3.5rem; }
h1 { font-size: clamp(1.9rem, 1.2rem + 2.6vw, 2.9rem); line-height: 1.12; letter-spacing: -0.015em; margin: 0 0 0.5rem; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 1.5rem; line-height: 1.25; letter-spacing: -0.01em; margin: 0 0 0.75rem; text-wrap: balance; }
h3 { font: 600 0.95rem/1.35 var(--sans); margin: 0 0 0.4rem; overflow-wrap: anywhere; }
h4 { font: 600 0.8rem/1.4 var(--sans); margin: 0.9rem 0 0.3rem; color: var(--soft); }
p { margin: 0 0 1rem; max-width: 43rem; text-wrap: pretty; overflow-wrap: anywhere; }
.subtitle { font-size: 1.15rem; color: var(--soft); margin-bottom: 0.25rem; }
.date { font: 0.85rem/1.5 var(--sans); color: var(--muted); }
.summary { margin: 1.75rem 0 1.5rem; padding: 1.1rem 1.35rem; background: var(--card); border: 1px solid var(--rule); border-left: 4px solid var(--accent); border-radius: 6px; font-size: 1.16rem; line-height: 1.55; }
.summary p { max-width: none; margin: 0 0 0.7rem; }
.summary p:last-child { margin: 0; }
nav { font: 0.9rem/1.5 var(--sans); display: flex; flex-wrap: wrap; gap: 0.25rem 1.15rem; padding: 0.65rem 0; border-block: 1px solid var(--rule); }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
section { margin: 3rem 0; scroll-margin-top: 1rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); gap: 1.25rem; align-items: start; }
figure { margin: 0; padding: 1rem 1.1rem 1.1rem; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; min-width: 0; }
figure svg { display: block; width: 100%; max-width: 30rem; height: auto; font-family: var(--sans); font-size: 11.5px; overflow: visible; --plot-background: var(--card); }
figure > div { max-width: 30rem; }
@media (min-width: 52rem) {
  figure:only-child { display: grid; grid-template-columns: minmax(0, 30rem) minmax(0, 1fr); gap: 2rem; align-items: start; grid-column: 1 / -1; }
  figure:only-child > figcaption { margin-top: 1.9rem; }
}
figcaption { font: 0.84rem/1.5 var(--sans); color: var(--soft); margin-top: 0.6rem; max-width: 36rem; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; margin: 0 0 0.4rem; padding: 0; font: 0.84rem/1.5 var(--sans); }
.legend span { color: var(--key); }
.legend .dash { display: inline-block; width: 1.4em; border-top: 2px dashed var(--key); vertical-align: middle; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font: 0.9rem/1.4 var(--sans); font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; font-size: 0.95rem; padding-bottom: 0.3rem; }
.scroll { margin-top: 1.5rem; }
th, td { text-align: left; padding: 0.5rem 0.9rem 0.5rem 0; border-bottom: 1px solid var(--rule); vertical-align: baseline; }
th:last-child, td:last-child { padding-right: 0; }
td.n + td:not(.n), th.n + th:not(.n) { padding-left: 1.2rem; }
thead th { font-weight: 600; color: var(--soft); font-size: 0.82rem; border-bottom: 1.5px solid var(--muted); white-space: nowrap; }
tbody th { font-weight: 600; min-width: 8rem; }
td.n, th.n { text-align: right; white-space: nowrap; }
tr.baseline { color: var(--soft); }
tr.baseline th { font-weight: 400; font-style: italic; }
abbr { text-decoration: underline dotted var(--muted); text-underline-offset: 3px; cursor: help; }
.credits { font-size: 0.92rem; color: var(--soft); padding-left: 1.1rem; max-width: 46rem; overflow-wrap: anywhere; }
.figures + details { margin-top: 1.25rem; }
details { border: 1px solid var(--rule); border-radius: 8px; background: var(--card); padding: 0.8rem 1.1rem; }
summary { cursor: pointer; font: 0.95rem/1.5 var(--sans); }
summary span { color: var(--accent); font-weight: 600; }
article { padding: 1.1rem 0; border-bottom: 1px solid var(--rule); }
article:last-of-type { border-bottom: 0; }
.meta { font: 0.88rem/1.5 var(--sans); color: var(--soft); margin: 0; max-width: none; }
.meta strong { color: var(--ink); }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); gap: 0 1.5rem; }
blockquote { margin: 0; padding: 0.1rem 0 0.1rem 0.9rem; border-left: 3px solid var(--rule); font-size: 0.95rem; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; }
.chosen blockquote { border-left-color: var(--good); }
.rejected blockquote { border-left-color: var(--bad); }
.score { font-weight: 400; color: var(--muted); }
.diff ins { text-decoration: none; background: color-mix(in srgb, var(--good) 20%, transparent); border-radius: 3px; }
.diff del + ins { margin-left: 0.25em; }
.diff del { color: var(--bad); opacity: 0.75; font-size: 0.9em; }
.over-time h4 { margin-top: 0.7rem; }
.alert { margin: 0 0 0.8rem; padding: 0.7rem 1rem; background: var(--card); border: 1px solid var(--rule); border-left: 4px solid var(--series-2); border-radius: 6px; font: 0.92rem/1.5 var(--sans); max-width: none; }
.alert.critical { border-left-color: var(--bad); }
.alert strong { display: block; }
.progress { display: grid; grid-template-columns: minmax(7rem, auto) 1fr minmax(7rem, auto); gap: 0.45rem 1rem; align-items: center; font: 0.9rem/1.4 var(--sans); margin: 0; }
.progress meter, .progress progress { width: 100%; height: 0.7rem; accent-color: var(--accent); }
.more { font: 0.82rem var(--sans); color: var(--muted); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); gap: 0.8rem 1.5rem; margin: 0 0 1.25rem; font: 0.9rem/1.45 var(--sans); }
dt { color: var(--muted); font-size: 0.8rem; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { margin: 0 0 1rem; padding: 0.9rem 1.1rem; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; font: 0.86rem/1.6 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; overflow-x: auto; }
details pre { border: 0; padding: 0.6rem 0 0; margin: 0; background: none; }
footer { padding-block: 1rem 3rem; font: 0.82rem var(--sans); color: var(--muted); }
@media (max-width: 32rem) {
  body { font-size: 1rem; }
  header { padding-top: 2rem; }
  main, header, footer { padding-inline: 1rem; }
  .summary { font-size: 1.06rem; padding: 0.9rem 1rem; }
  figure { padding: 0.8rem 0.75rem 0.9rem; }
  figure svg { font-size: 12.5px; }
  section { margin: 2.25rem 0; }
}
@media print {
  body { font-size: 10pt; background: #fff; }
  header { padding-top: 0; }
  table { font-size: 8.5pt; }
  thead th { font-size: 8pt; }
  tbody th { min-width: 0; }
  figcaption, .legend { font-size: 8.5pt; }
  .summary { font-size: 11.5pt; }
  .scroll { overflow: visible; break-inside: avoid; }
  nav { display: none; }
  figure, article, tr, .summary { break-inside: avoid; }
  h2, h3, h4, section > p { break-after: avoid; }
  .figures { grid-template-columns: 1fr 1fr; }
  section { margin: 1.5rem 0; }
}
`
