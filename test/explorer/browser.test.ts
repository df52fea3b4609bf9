// The explorer as a person meets it, in a real browser that can reach nothing but the server.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DEVELOPMENT_ISSUER } from '../../core/config.ts'
import { openDevelopment } from '../../core/development.ts'
import { seededId } from '../../core/ids.ts'
import { CHROMIUM, NO_CHROMIUM, openBrowser, openPage, seriousFaults } from '../support/browser.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const CUSTOMER = seededId('sovereign-graph', 'Customer', 1)
const AS_THREE =
  '#operation=CustomerTimeline&as=subject:SUBJECT_REQUEST&as=rep:SALES_FOLLOW_UP&as=partner:PARTNER_SHARING'
const AS_TWO = '#operation=CustomerTimeline&as=subject:SUBJECT_REQUEST&as=partner:PARTNER_SHARING'

let api: TestApi
let browser: Browser

beforeEach(context => context.skip(CHROMIUM === undefined, NO_CHROMIUM))
beforeAll(async () => {
  if (CHROMIUM === undefined) return
  api = await startApi({ customers: 6 })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await api?.close()
})

/** Opens the page at / and waits for its editor. */
async function explore(url = api.url) {
  const watched = await openPage(browser)
  await watched.page.goto(url)
  await watched.page.locator('.graphiql-query-editor .view-line').first().waitFor()
  await watched.page.getByText('Loading the editor').waitFor({ state: 'detached' })
  return watched
}

const run = (page: Page) => page.getByRole('button', { name: /Execute query/ }).click()
const panelOf = (page: Page) => page.getByRole('region', { name: 'Answer' })

async function compare(fragment: string, options: Parameters<typeof openPage>[1] = {}) {
  const watched = await openPage(browser, options)
  await watched.page.goto(`${api.url}/compare${fragment}`)
  await watched.page.locator('.column .tree').first().waitFor()
  return watched
}

const columnOf = (page: Page, viewer: string) => page.locator('.column', { has: page.locator(`#column-${viewer}`) })

describe('the editor', () => {
  test('opens with the network off, reads the schema, and nothing that it does breaks the policy of the page', async () => {
    const { page, troubles, origins } = await openPage(browser)
    const schema = page.waitForResponse(response =>
      (response.request().postData() ?? '').includes('IntrospectionQuery'),
    )
    await page.goto(api.url)
    expect((await (await schema).json()).data.__schema.queryType.name).toBe('Query')
    await page.locator('.graphiql-query-editor .view-line').first().waitFor()
    await run(page)
    await panelOf(page).getByText('customer:', { exact: true }).waitFor()
    expect(troubles).toEqual([])
    expect([...origins]).toEqual([api.url])
    expect(page.workers().every(worker => worker.url().startsWith(api.url))).toBe(true)
    expect(page.workers().length).toBeGreaterThan(0)
    await page.context().close()
  })

  test('shows each mask at its field, in the editor and in the panel, with reason, policy and remedy', async () => {
    const { page } = await explore()
    await page.getByLabel('Viewer', { exact: true }).selectOption('rep')
    await run(page)
    const phone = panelOf(page)
      .getByRole('listitem')
      .filter({ hasText: /^phone:/ })
    await expect.poll(() => phone.innerText()).toContain('***0000')
    await phone.getByText('MASKED_BY_RULE').click()
    const shown = await phone.innerText()
    expect(shown).toContain('ground/sales-contact 1, LAST4')
    expect(shown).toContain('None: the policy shows this category to this viewer as LAST4 only.')
    expect(await phone.getByRole('link').getAttribute('href')).toBe('/docs/masks/MASKED_BY_RULE')
    await expect.poll(() => page.locator('.result-window').innerText()).toMatch(/LAST4.MASKED_BY_RULE/)
    const facts = await panelOf(page).locator('.facts').innerText()
    expect(facts).toMatch(/Status\s+200[\s\S]*Evidence entry\s+[0-9a-f-]{36}[\s\S]*execute \d+ ms/)
    await page.context().close()
  })

  test('asks as another viewer for another purpose, and offers what that viewer may call', async () => {
    const { page } = await explore()
    await page.getByLabel('Viewer', { exact: true }).selectOption('service')
    const operations = page.getByLabel('Prepared operation')
    const names = () => operations.locator('option').allInnerTexts()
    expect(await names()).toContain('CustomerTimeline')
    await page.getByLabel('Only those that this viewer may call').check()
    expect(await names()).toContain('Ingest (changes something)')
    expect(await names()).not.toContain('CustomerTimeline')
    expect(await operations.locator('optgroup').first().getAttribute('label')).toBe('Know a customer')
    await operations.selectOption('DeadLetters')
    await expect.poll(() => page.locator('.graphiql-query-editor').innerText()).toContain('deadLetters')
    await page.context().close()
  })

  test('leaves nothing of what was typed in the browser', async () => {
    const { page } = await explore()
    await run(page)
    await panelOf(page).getByText('customer:', { exact: true }).waitFor()
    expect(await page.evaluate('Object.keys(localStorage)')).toEqual([])
    await page.context().close()
  })
})

describe('a comparison', () => {
  test('comes from a link, stands side by side, marks what differs and says why', async () => {
    const { page, troubles, origins } = await compare(AS_THREE)
    expect(await page.locator('.column h3').allInnerTexts()).toEqual(['subject', 'rep', 'partner'])
    const phones = page.locator('.column .tree li').filter({ hasText: /^phone:/ })
    const texts = (await phones.allInnerTexts()).map(text => text.replaceAll(/\s+/g, ' '))
    expect(texts).toEqual([
      'phone: +862100000000 ≠ differs',
      'phone: ***0000 ≠ differs MASKED_BY_RULE',
      'phone: null ≠ differs CATEGORY_NOT_GRANTED',
    ])
    const id = page.locator('.column .tree li').filter({ hasText: /^id:/ }).first()
    expect(await id.innerText()).not.toContain('differs')
    expect(await page.getByRole('status').innerText()).toMatch(/^\d+ places differ/)
    const reasons = await columnOf(page, 'rep').locator('.plain').innerText()
    expect(reasons).toContain("The customer's consent to AI_DECISION would lift this.")
    expect(await columnOf(page, 'subject').locator('.plain').count()).toBe(0)
    expect(await columnOf(page, 'rep').locator('.known').innerText()).toContain('***0000')
    expect(await columnOf(page, 'partner').locator('.known abbr').allInnerTexts()).toEqual(['withheld', 'withheld'])
    expect(troubles).toEqual([])
    expect([...origins]).toEqual([api.url])
    await page.context().close()
  })

  test('follows the consents of the customer, which the switches give and withdraw', async () => {
    const { page } = await compare(AS_TWO)
    const sharing = page.getByRole('switch', { name: /PARTNER_SHARING/ })
    const partner = columnOf(page, 'partner').locator('.tree').first()
    await sharing.click()
    await expect.poll(() => partner.innerText()).toMatch(/^customer: null[\s\S]*NOT_VISIBLE/)
    expect(await sharing.isChecked()).toBe(false)
    await sharing.click()
    await expect.poll(() => partner.innerText()).toContain('timeline')
    expect(await sharing.isChecked()).toBe(true)
    const { data } = await api.ask(
      'subject',
      `{ customer(id: "${CUSTOMER}") { consents { purpose history { state } } } }`,
    )
    const [steps] = data.customer.consents.filter(({ purpose }: { purpose: string }) => purpose === 'PARTNER_SHARING')
    expect(steps.history.map(({ state }: { state: string }) => state)).toEqual(['GIVEN', 'WITHDRAWN', 'GIVEN'])
    await page.context().close()
  })

  test('is made by keyboard alone, and its address carries it without any variable', async () => {
    const { page } = await compare('')
    const compared = () => page.locator('.column h3').allInnerTexts()
    expect(await compared()).toEqual(['subject', 'rep', 'partner'])
    const reach = async (name: string) => {
      for (let tabs = 0; tabs < 60; tabs++) {
        await page.keyboard.press('Tab')
        const focused = await page.evaluate<string>(
          '(document.activeElement?.labels?.[0] ?? document.activeElement)?.innerText ?? ""',
        )
        if (focused.startsWith(name)) return
      }
      throw new Error(`${name} was not reached`)
    }
    await reach('subject')
    await page.keyboard.press('Space')
    await reach('analyst')
    await page.keyboard.press('Space')
    await reach('Compare')
    await page.keyboard.press('Enter')
    await expect.poll(compared).toEqual(['rep', 'partner', 'analyst'])
    expect(decodeURIComponent(new URL(page.url()).hash)).toBe(
      '#operation=CustomerTimeline&as=rep:SALES_FOLLOW_UP&as=partner:PARTNER_SHARING&as=analyst:ANALYTICS',
    )
    expect(page.url()).not.toContain(CUSTOMER)
    await page.context().close()
  })

  test('wants two to six viewers, and variables that are an object', async () => {
    const { page } = await compare(AS_TWO)
    await page.getByLabel('subject', { exact: false }).first().uncheck()
    expect(await page.getByRole('alert').innerText()).toBe('Choose at least 2 viewers.')
    for (const name of ['subject', 'rep', 'other-rep', 'manager', 'analyst', 'auditor']) {
      await page
        .locator('.choices .check', { hasText: new RegExp(`^${name} `) })
        .locator('input')
        .check()
    }
    expect(await page.getByRole('alert').innerText()).toBe('Choose at most 6 viewers.')
    await page
      .locator('.choices .check', { hasText: /^auditor / })
      .locator('input')
      .uncheck()
    await page.getByLabel('Variables, a JSON object').fill('[1]')
    expect(await page.getByRole('alert').innerText()).toContain('The variables are not usable.')
    expect(await page.getByRole('button', { name: 'Compare' }).getAttribute('aria-disabled')).toBe('true')
    await page.context().close()
  })
})

describe('each page is for everybody', () => {
  test.each([
    ['light', 'en-US', 'Why it is so'],
    ['dark', 'zh-CN', '原因'],
  ] as const)('to compare in %s and %s: axe-core finds nothing serious', async (colorScheme, locale, why) => {
    const { page } = await compare(AS_THREE, { colorScheme, locale })
    expect(await columnOf(page, 'rep').getByRole('heading', { name: why }).count()).toBe(1)
    expect(await page.evaluate('document.documentElement.lang')).toBe(locale.slice(0, 2))
    expect(await seriousFaults(page)).toEqual([])
    await page.context().close()
  })

  test.each(['light', 'dark'] as const)(
    'to explore in %s: axe-core finds nothing serious around the editor',
    async colorScheme => {
      const { page } = await openPage(browser, { colorScheme })
      await page.goto(api.url)
      await page.locator('.graphiql-query-editor .view-line').first().waitFor()
      await page.getByLabel('Viewer', { exact: true }).selectOption('rep')
      await run(page)
      await panelOf(page).getByText('customer:', { exact: true }).waitFor()
      expect(await seriousFaults(page, '.graphiql-container')).toEqual([])
      await page.context().close()
    },
  )

  test('at 200 % nothing has to be scrolled sideways', async () => {
    const { page } = await compare(AS_THREE, { viewport: { width: 640, height: 450 } })
    const overflow = () => page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    expect(await overflow()).toBe(0)
    await page.goto(api.url)
    await page.locator('.graphiql-query-editor .view-line').first().waitFor()
    expect(await overflow()).toBe(0)
    await page.context().close()
  })

  test('keeps the language that was chosen', async () => {
    const { page } = await compare(AS_TWO)
    await page.getByLabel('Language').selectOption('zh')
    expect(await page.getByRole('button', { name: '对比' }).count()).toBe(1)
    await page.reload()
    await page.getByRole('button', { name: '对比' }).waitFor()
    expect(await page.title()).toBe('对比 – Sovereign Graph')
    await page.context().close()
  })
})

describe('what goes wrong is shown as what it is', () => {
  test('a token that has expired, and new ones at a press', async () => {
    const { page } = await compare(AS_TWO)
    const before = api.clock.now()
    api.clock.set(new Date(Date.now() + 9 * 3_600_000).toISOString() as typeof before)
    await page.getByRole('button', { name: 'Compare' }).click()
    const refused = columnOf(page, 'subject').getByRole('alert')
    await expect.poll(() => refused.innerText()).toContain('The token is not valid, or no longer.')
    api.clock.set(before)
    await refused.getByRole('button', { name: 'Get new tokens' }).click()
    await columnOf(page, 'subject').locator('.tree').first().waitFor()
    await page.context().close()
  })

  test('an operation with data and errors: both, the error at its place', async () => {
    const { page } = await explore()
    await page.getByLabel('Viewer', { exact: true }).selectOption('auditor')
    await page.locator('.graphiql-query-editor .view-line').first().click()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.insertText(
      `query Both { customer(id: "${CUSTOMER}") { id } signalRuns(first: 1) { edges { cursor } } }`,
    )
    // GraphiQL reads the name of what is to be run a moment after it was written.
    await page.getByRole('tab', { name: 'Both' }).waitFor()
    await run(page)
    const panel = panelOf(page)
    await panel.getByText('A part of the answer failed.').waitFor()
    expect(
      await panel
        .getByRole('listitem')
        .filter({ hasText: /^signalRuns:/ })
        .innerText(),
    ).toContain('FORBIDDEN')
    expect(await panel.getByRole('listitem').filter({ hasText: /^id:/ }).innerText()).toContain(CUSTOMER)
    expect(await panel.getByRole('link', { name: 'FORBIDDEN' }).getAttribute('href')).toBe('/docs/errors/FORBIDDEN')
    await page.context().close()
  })

  test('an answer of five megabytes: its size, and its beginning at once', async () => {
    const { page, troubles } = await explore()
    const rows = Array.from({ length: 5_000 }, (_, index) => ({ id: `row ${index}`, text: 'x'.repeat(1_000) }))
    const body = JSON.stringify({ data: { rows }, extensions: { masks: [] } })
    expect(body.length).toBeGreaterThan(5_000_000)
    await page.route('**/graphql', route => route.fulfill({ contentType: 'application/json', body }))
    await run(page)
    const panel = panelOf(page)
    await panel.getByText(`${body.length.toLocaleString('en')} characters`).waitFor()
    expect(await panel.locator('.value', { hasText: /^row \d+$/ }).count()).toBe(50)
    await panel.getByRole('button', { name: 'Show 50 more' }).click()
    await expect.poll(() => panel.locator('.value', { hasText: /^row \d+$/ }).count()).toBe(100)
    expect(await page.locator('.result-window').innerText()).toMatch(/too.large/)
    expect(troubles).toEqual([])
    await page.context().close()
  })

  test('something that is no answer: its status and its text', async () => {
    const { page } = await compare(AS_TWO)
    const body = '<html><script>alert(1)</script>Bad gateway</html>'
    await page.route('**/graphql', route => route.fulfill({ status: 502, contentType: 'text/html', body }))
    await page.getByRole('button', { name: 'Compare' }).click()
    const alert = columnOf(page, 'partner').getByRole('alert')
    await expect.poll(() => alert.innerText()).toContain('The server answered 502')
    expect(await alert.locator('code').innerText()).toBe(body)
    await page.context().close()
  })

  test('a server that is down, and what to do', async () => {
    const { page } = await compare(AS_TWO)
    await page.route('**/graphql', route => route.abort('connectionrefused'))
    await page.getByRole('button', { name: 'Compare' }).click()
    const alert = columnOf(page, 'partner').getByRole('alert')
    await expect.poll(() => alert.innerText()).toContain('The server cannot be reached.')
    await page.context().close()
  })
})

describe('in production', () => {
  let production: TestApi
  let issuer: Server

  beforeAll(async () => {
    if (CHROMIUM === undefined) return
    let keys: object[] = []
    issuer = createServer((_request, response) => response.end(JSON.stringify({ keys })))
    await new Promise<void>(listening => issuer.listen(0, '127.0.0.1', listening))
    const env = {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      JWKS_URL: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`,
      JWT_ISSUER: DEVELOPMENT_ISSUER,
    }
    production = await startApi({ customers: 1, env })
    keys = [{ ...(await openDevelopment(production.dataDir)).publicJwk, alg: 'EdDSA' }]
  })
  afterAll(async () => {
    await production?.close()
    issuer?.close()
  })

  test('the explorer asks for a token, offers no viewers, and forgets the token', async () => {
    const { page, troubles } = await explore(production.url)
    expect(await page.getByLabel('Viewer', { exact: true }).count()).toBe(0)
    await run(page)
    await panelOf(page).getByText('The token is not valid, or no longer.').waitFor()
    await page.getByLabel('Token or API key').fill(await production.tokenOf('rep'))
    await page.getByLabel('Purpose', { exact: true }).selectOption('SALES_FOLLOW_UP')
    await run(page)
    await panelOf(page).getByText('customer:', { exact: true }).waitFor()
    expect(await page.evaluate('[{ ...localStorage }, { ...sessionStorage }, document.cookie]')).toEqual([{}, {}, ''])
    await page.reload()
    expect(await page.getByLabel('Token or API key').inputValue()).toBe('')
    expect(troubles).toEqual([])
    await page.goto(`${production.url}/compare${AS_TWO}`)
    await page.getByText('Comparing needs the viewers of a development server.').waitFor()
    await page.context().close()
  })
})
