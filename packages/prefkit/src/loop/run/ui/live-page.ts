import { escapeHtml } from '../../../report/escape-html'
import { REPORT_STYLE } from '../../../report/report-style'
import { partNames } from './page-parts'

/**
 * What runs in the page: puts the parts that have changed in the place of the old ones, and says when nobody sends any more. What is open
 * stays open. Parts are markup of the server's, in which texts are escaped.
 */
const script = `
const state = document.getElementById('state')
const events = new EventSource('events')
events.addEventListener('parts', (event) => {
  for (const [name, markup] of Object.entries(JSON.parse(event.data))) {
    const place = document.getElementById(name)
    const open = [...place.querySelectorAll('details[open]')].map((each) => each.id)
    place.innerHTML = markup
    for (const id of open) if (id) document.getElementById(id)?.setAttribute('open', '')
  }
  state.textContent = 'live, ' + new Date().toLocaleTimeString()
})
events.addEventListener('end', (event) => {
  events.close()
  state.textContent = JSON.parse(event.data)
})
events.addEventListener('error', () => {
  state.textContent = 'nobody answers: the page shows how far it was'
})
`

/** The page without anything in it: it asks for its parts, of this server alone. */
export const livePage = (name: string, nonce: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(name)}, live</title>
<link rel="icon" href="data:,">
<style>${REPORT_STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(name)}</h1>
<p class="subtitle" id="state" role="status">waiting for the run</p>
<div id="summary"></div>
</header>
<main>
${partNames
  .filter((part) => part !== 'summary')
  .map((part) => `<div id="${part}"></div>`)
  .join('\n')}
</main>
<script nonce="${nonce}">${script}</script>
</body>
</html>
`

/** What a browser may do with the page: its own style and script, and nothing from or to anywhere else. */
export const pageHeaders = (nonce: string): Record<string, string> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
})

/** For all answers: nothing of them is kept, guessed or given to other sites. */
export const commonHeaders: Readonly<Record<string, string>> = {
  // No connection outlives its answer, or the server would wait for it at the end.
  connection: 'close',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}
