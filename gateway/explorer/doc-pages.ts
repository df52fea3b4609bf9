// The pages that `extensions.docUrl` leads to: one for each error and each reason of a mask, made from the catalogues.
import { type ErrorCode, errorCatalogue } from '../../core/errors.ts'
import type { ReasonCode } from '../../core/policy/decide-access.ts'
import { errorRemedies, reasonExplanations } from './remedies.ts'

/** The address of an error's page, relative to the server that answered. */
export function docUrlOfError(code: ErrorCode): string {
  return `/docs/errors/${code}`
}

/** The address of the page of a mask's reason, relative to the server that answered. */
export function docUrlOfReason(code: ReasonCode): string {
  return `/docs/masks/${code}`
}

/** Every page, by its address. */
export function docPages(): ReadonlyMap<string, string> {
  const errors = Object.entries(errorCatalogue).map(([code, { sentence, status }]): [string, string] => {
    const name = code as ErrorCode
    const place = `In <code>errors[].extensions.code</code>. HTTP status ${status}.`
    return [docUrlOfError(name), page(code, sentence, `<p>${place}</p>\n<p>${escaped(errorRemedies[name])}</p>`)]
  })
  const reasons = Object.entries(reasonExplanations).map(([code, { sentence, remedy }]): [string, string] => {
    const place = 'In <code>extensions.masks[].reasonCode</code>. A masked field is no error.'
    return [docUrlOfReason(code as ReasonCode), page(code, sentence, `<p>${place}</p>\n<p>${escaped(remedy)}</p>`)]
  })
  const lists = `<h2>Errors</h2>\n${linksTo(errors)}\n<h2>Reasons of masks</h2>\n${linksTo(reasons)}`
  const list = page('Errors and masks', 'What an answer may say instead of a value.', lists)
  return new Map([['/docs/errors', list], ...errors, ...reasons])
}

function linksTo(pages: readonly (readonly [address: string, page: string])[]): string {
  const links = pages.map(([address]) => `<li><a href="${address}">${address.split('/').at(-1)}</a></li>`)
  return `<ul>${links.join('')}</ul>`
}

function page(title: string, sentence: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – Sovereign Graph</title>
<style>body{max-width:42rem;margin:2rem auto;padding:0 1rem;font:1.0625rem/1.6 system-ui,sans-serif}code,h1{overflow-wrap:anywhere}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p><strong>${escaped(sentence)}</strong></p>
${content}
<p><a href="/docs/errors">All errors and masks</a></p>
</main>
</body>
</html>
`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
