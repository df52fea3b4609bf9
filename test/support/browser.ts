// A system Chromium, without any network but this machine, for tests that look at what is shown.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import axe, { type AxeResults } from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const PLACES = [...(process.env.PATH ?? '').split(delimiter), '/Applications/Google Chrome.app/Contents/MacOS']

/** The browser of this machine; undefined where there is none. */
export const CHROMIUM = PLACES.flatMap(place => NAMES.map(name => join(place, name))).find(existsSync)

export const NO_CHROMIUM = `none of ${NAMES.join(', ')} is on the PATH`

/** Names are not resolved, so that nothing but 127.0.0.1 can be reached. */
export function openBrowser(): Promise<Browser> {
  const args = ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--disable-gpu']
  return chromium.launch({ executablePath: CHROMIUM ?? '', args })
}

export interface Watched {
  readonly page: Page
  /** What went wrong unseen: exceptions, errors in the console, among them breaches of the content security policy. */
  readonly troubles: readonly string[]
  /** The origins that were asked for anything. */
  readonly origins: ReadonlySet<string>
}

export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, locale: 'en-US', ...options })
  const page = await context.newPage()
  const troubles: string[] = []
  const origins = new Set<string>()
  page.on('pageerror', error => troubles.push(error.message))
  page.on('console', message => {
    // The status of an answer is told by the page itself.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      troubles.push(message.text())
  })
  page.on('request', request => {
    const { protocol, origin } = new URL(request.url())
    if (protocol !== 'data:' && protocol !== 'blob:') origins.add(origin)
  })
  return { page, troubles, origins }
}

/** What axe-core finds serious or critical, as rule and markup. `except` is a part of the page that is not ours. */
export async function seriousFaults(page: Page, except?: string): Promise<string[]> {
  await page.evaluate(axe.source)
  const context = { include: ['body'], ...(except !== undefined && { exclude: [except] }) }
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(context)})`)
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))
}
