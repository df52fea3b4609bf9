// The page of a development server. Everything that comes from outside is shown as text, never as markup.

const LONGEST_WAIT_MS = 35_000
const VIEWERS_AGAIN_MS = 2_000
const MOST_ROWS = 200
const LONGEST_PREVIEW = 140
const LONGEST_FOREIGN_TEXT = 2_000
const FIRST_OPERATION = 'CustomerTimeline'
const DECLARES_KEY = /\$idempotencyKey\s*:/
const UNMASKED = 'Nothing in it was withheld or changed.'
const UNREACHABLE = 'The server cannot be reached. Start it with npm start, then run this again.'

/** What Run sends; the curl command says the same. Throws SyntaxError where the variables are no JSON object. */
export function requestOf({ document, variables, token, purpose }) {
  return {
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(purpose === '' ? {} : { 'x-purpose': purpose }),
    },
    body: JSON.stringify({ query: document, variables: parseVariables(variables) }),
  }
}

export function curlCommand(url, { headers, body }) {
  const words = Object.entries(headers).map(([name, value]) => `-H ${shellQuoted(`${name}: ${value}`)}`)
  return [`curl ${shellQuoted(url)}`, ...words, `--data-raw ${shellQuoted(body)}`].join(' \\\n  ')
}

/** `['customers', 0, 'name']` → `customers[0].name`. */
export function placeOf(path) {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')
}

export function parseVariables(text) {
  if (text.trim() === '') return {}
  const value = JSON.parse(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new SyntaxError('Expected a JSON object, such as {"first": 10}')
}

/** The variables with a new idempotency key where the document declares one and the key is absent or was `replaced`. */
export function withFreshKey(document, variables, replaced) {
  if (!DECLARES_KEY.test(document)) return variables
  const { idempotencyKey } = variables
  if (idempotencyKey !== undefined && idempotencyKey !== replaced) return variables
  return { ...variables, idempotencyKey: crypto.randomUUID() }
}

// Inside single quotes a POSIX shell reads nothing but the next single quote.
function shellQuoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** Sends a request and tells what came: an answer, something else than JSON, or nothing. Never throws. */
async function send({ headers, body }) {
  const started = performance.now()
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
    })
    const text = await response.text()
    return {
      status: `${response.status} ${response.statusText}`.trim(),
      requestId: response.headers.get('x-request-id'),
      milliseconds: Math.round(performance.now() - started),
      ...readAnswer(text, response.status),
    }
  } catch (error) {
    const problem =
      error.name === 'TimeoutError'
        ? `The server gave no answer within ${LONGEST_WAIT_MS / 1000} seconds.`
        : UNREACHABLE
    return { status: 'no answer', problem }
  }
}

function readAnswer(text, status) {
  const hint = status === 401 ? 'The token is not valid, or no longer. Reload this page for a new one.' : undefined
  try {
    const answer = JSON.parse(text)
    if (typeof answer === 'object' && answer !== null) return { answer, problem: hint }
  } catch {
    // Said below: whatever else came is shown as it is.
  }
  return { foreignText: text, problem: hint ?? 'The server answered with something that is not a GraphQL answer.' }
}

const masksIn = ({ answer }) => answer?.extensions?.masks ?? []
const errorsIn = ({ answer }) => answer?.errors ?? []

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

/** A table in a frame that scrolls by itself, also by keyboard. A column is [title, text of a row, class]. */
function table(name, columns, rows) {
  const shown = rows.slice(0, MOST_ROWS)
  const head = element('tr', {}, ...columns.map(([title]) => element('th', { scope: 'col' }, title)))
  const body = shown.map(row => {
    const cells = columns.map(([, textOf, kind = ''], index) =>
      element(
        index === 0 ? 'th' : 'td',
        { class: kind, ...(index === 0 && { scope: 'row' }) },
        String(textOf(row) ?? '–'),
      ),
    )
    return element('tr', {}, ...cells)
  })
  const whole = element('table', {}, element('thead', {}, head), element('tbody', {}, ...body))
  const frame = element('div', { class: 'table', role: 'region', 'aria-label': name, tabindex: '0' }, whole)
  if (shown.length === rows.length) return [frame]
  return [frame, element('p', { class: 'hint' }, `The first ${MOST_ROWS} of ${rows.length}.`)]
}

function facts(entries) {
  const known = entries.filter(([, value]) => value !== undefined && value !== null)
  return element('dl', {}, ...known.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]))
}

function text(name, content) {
  return element('pre', { role: 'region', 'aria-label': name, tabindex: '0' }, content)
}

const errorColumns = [
  ['Code', ({ extensions }) => extensions?.code],
  ['Message', ({ message }) => message, 'long'],
  ['Path', ({ path }) => path && placeOf(path), 'path'],
]

const maskColumns = [
  ['Path', ({ path }) => placeOf(path), 'path'],
  ['Field', ({ type, field }) => `${type}.${field}`],
  ['Mask', ({ mask }) => mask],
  ['Reason', ({ reasonCode }) => reasonCode],
  ['Policy', ({ policyId, policyVersion }) => `${policyId} ${policyVersion}`],
  ['Legal basis', ({ legalBasis }) => legalBasis],
  ['Remedy', ({ remedy }) => remedy, 'long'],
]

const viewerColumns = [
  ['Viewer', ({ viewer }) => viewer.name],
  ['Purpose', ({ viewer }) => viewer.purpose ?? 'none'],
  ['Status', ({ outcome }) => outcome.status],
  ['Masks', ({ outcome }) => masksIn(outcome).length],
  ['First error', ({ outcome }) => errorsIn(outcome)[0]?.extensions?.code],
  ['Answer begins', ({ outcome }) => preview(outcome), 'long'],
]

function preview({ answer, foreignText, problem }) {
  if (answer === undefined) return foreignText?.slice(0, LONGEST_PREVIEW) ?? problem
  const data = JSON.stringify(answer.data ?? null)
  return data.length > LONGEST_PREVIEW ? `${data.slice(0, LONGEST_PREVIEW)}…` : data
}

function shownAlone(asked, outcome) {
  const { status, requestId, milliseconds, answer, foreignText } = outcome
  const [errors, masks] = [errorsIn(outcome), masksIn(outcome)]
  const shown = [
    facts([
      ['Asked', asked],
      ['Status', status],
      ['Request id', requestId],
      ['Took', milliseconds === undefined ? undefined : `${milliseconds} ms`],
    ]),
  ]
  if (foreignText !== undefined) shown.push(text('What came instead', foreignText.slice(0, LONGEST_FOREIGN_TEXT)))
  if (errors.length > 0)
    shown.push(element('h3', {}, `Errors (${errors.length})`), ...table('Errors', errorColumns, errors))
  if (masks.length > 0) shown.push(element('h3', {}, `Masks (${masks.length})`), ...table('Masks', maskColumns, masks))
  if (answer !== undefined) {
    const hint = masks.length > 0 ? 'Its extensions.masks is the table above.' : errors.length > 0 ? '' : UNMASKED
    shown.push(element('h3', {}, 'Answer'), element('p', { class: 'hint' }, hint))
    shown.push(text('Answer', JSON.stringify(withoutMasks(answer), null, 2)))
  }
  return shown
}

// The masks stand in their table already.
function withoutMasks({ extensions, ...answer }) {
  if (extensions === undefined) return answer
  const { masks, ...others } = extensions
  return Object.keys(others).length === 0 ? answer : { ...answer, extensions: others }
}

function start() {
  const control = id => document.getElementById(id)
  const form = {
    operation: control('operation'),
    purpose: control('purpose'),
    document: control('document'),
    variables: control('variables'),
  }
  let operations = []
  let viewers = []
  let busy = false

  const chosenViewer = () => viewers.find(({ name }) => name === control('ask').elements.viewer?.value)
  const chosenRequest = (token, purpose) =>
    requestOf({ document: form.document.value, variables: form.variables.value, token, purpose })

  function chooseOperation() {
    const operation = operations.find(({ name }) => name === form.operation.value)
    if (operation === undefined) return
    form.document.value = operation.document
    form.document.setSelectionRange(0, 0)
    form.variables.value = JSON.stringify(withFreshKey(operation.document, operation.variables), null, 2)
    refresh()
  }

  function chooseViewer() {
    form.purpose.value = chosenViewer()?.purpose ?? ''
    refresh()
  }

  /** Says of the form what follows from it: the token, the curl command, what is wrong with the variables. */
  function refresh() {
    const viewer = chosenViewer()
    const problem = problemOf(form.variables.value)
    control('token').value = viewer?.token ?? ''
    control('key-hint').hidden = !DECLARES_KEY.test(form.document.value)
    control('variables-problem').hidden = problem === undefined
    control('variables-problem').textContent = problem ?? ''
    form.variables.setAttribute('aria-invalid', String(problem !== undefined))
    control('curl').value =
      viewer === undefined || problem !== undefined
        ? ''
        : curlCommand(new URL('/graphql', location.href).href, chosenRequest(viewer.token, form.purpose.value))
  }

  /** Runs one thing at a time, so that an older answer never replaces a newer one. */
  async function alone(what, run) {
    if (busy) return
    if (problemOf(form.variables.value) !== undefined) return form.variables.focus()
    if (viewers.length === 0) return say('There is no viewer to run this as yet.')
    const buttons = [control('run'), control('run-all')]
    busy = true
    for (const button of buttons) button.setAttribute('aria-disabled', 'true')
    say(`Running ${what} …`)
    try {
      await run()
    } finally {
      busy = false
      for (const button of buttons) button.removeAttribute('aria-disabled')
    }
  }

  function runOnce() {
    const viewer = chosenViewer()
    const purpose = form.purpose.value
    const asked = `${form.operation.value} as ${viewer?.name} for ${purpose || 'no purpose'}`
    return alone(asked, async () => {
      const sent = parseVariables(form.variables.value).idempotencyKey
      const outcome = await send(chosenRequest(viewer.token, purpose))
      // Without an answer the change may have been made: the same key again finds out and makes it once.
      if (outcome.answer !== undefined) renewKey(sent)
      const [masks, errors] = [masksIn(outcome).length, errorsIn(outcome).length]
      if (outcome.problem === undefined)
        say(`${outcome.status}: ${counted(masks, 'mask')}, ${counted(errors, 'error')}.`)
      else say(outcome.problem, 'problem')
      show(shownAlone(asked, outcome))
    })
  }

  function runAsEveryViewer() {
    const operation = form.operation.value
    return alone(`${operation} as every viewer`, async () => {
      const sent = parseVariables(form.variables.value).idempotencyKey
      const rows = await Promise.all(
        viewers.map(async viewer => ({
          viewer,
          outcome: await send(chosenRequest(viewer.token, viewer.purpose ?? '')),
        })),
      )
      if (rows.every(({ outcome }) => outcome.answer !== undefined)) renewKey(sent)
      say(`${operation} was run as ${counted(viewers.length, 'viewer')}, each for its default purpose.`)
      show([element('h3', {}, `${operation} as every viewer`), ...table('Every viewer', viewerColumns, rows)])
    })
  }

  function renewKey(sent) {
    if (sent === undefined || problemOf(form.variables.value) !== undefined) return
    const variables = withFreshKey(form.document.value, parseVariables(form.variables.value), sent)
    form.variables.value = JSON.stringify(variables, null, 2)
    refresh()
  }

  function say(sentence, kind = '') {
    control('status').textContent = sentence
    control('status').className = kind
  }

  function show(parts) {
    control('start').hidden = true
    control('outcome').replaceChildren(...parts)
    const { top, bottom } = control('status').getBoundingClientRect()
    if (top < 0 || bottom > innerHeight) control('result-title').scrollIntoView()
  }

  async function copy(id, what) {
    const from = control(id)
    from.select()
    const copied = await navigator.clipboard?.writeText(from.value).then(
      () => true,
      () => false,
    )
    control('copy-note').textContent = copied
      ? `The ${what} is on the clipboard.`
      : `The browser does not let this page copy. The ${what} is selected: copy it by keyboard.`
  }

  function offerViewers() {
    const radios = viewers.map(({ name, kind, purpose }, index) => {
      const radio = element('input', { type: 'radio', name: 'viewer', value: name })
      radio.checked = index === 0
      const about = element('span', { class: 'hint' }, `${kind}, ${purpose ?? 'no purpose'}`)
      return element('label', {}, radio, element('span', {}, name, about))
    })
    control('viewers').replaceChildren(...radios)
    control('no-viewers').hidden = viewers.length > 0
    chooseViewer()
  }

  async function load() {
    try {
      operations = await fetchJson('/page/operations')
      form.operation.replaceChildren(...operations.map(({ name }) => element('option', {}, name)))
      if (operations.some(({ name }) => name === FIRST_OPERATION)) form.operation.value = FIRST_OPERATION
      chooseOperation()
      await loadViewers()
    } catch (error) {
      control('load-problem').textContent = error.message
      control('load-problem').hidden = false
      control('no-viewers').hidden = true
    }
  }

  // A first start makes the sample data while this page is open already.
  async function loadViewers() {
    viewers = await fetchJson('/page/viewers')
    while (viewers.length === 0) {
      await new Promise(resolve => setTimeout(resolve, VIEWERS_AGAIN_MS))
      viewers = await fetchJson('/page/viewers')
    }
    offerViewers()
  }

  form.operation.addEventListener('change', chooseOperation)
  form.purpose.addEventListener('change', refresh)
  form.document.addEventListener('input', refresh)
  form.variables.addEventListener('input', refresh)
  control('viewers').addEventListener('change', chooseViewer)
  control('run-all').addEventListener('click', runAsEveryViewer)
  control('copy-token').addEventListener('click', () => copy('token', 'token'))
  control('copy-curl').addEventListener('click', () => copy('curl', 'curl command'))
  control('ask').addEventListener('submit', event => {
    event.preventDefault()
    void runOnce()
  })
  document.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    void runOnce()
  })
  void load()
}

function problemOf(variables) {
  try {
    parseVariables(variables)
    return undefined
  } catch (error) {
    return `The variables are not usable. ${error.message}`
  }
}

async function fetchJson(path) {
  const response = await fetch(path).catch(() => undefined)
  if (response === undefined)
    throw new Error('The server cannot be reached. Start it with npm start, then reload this page.')
  const body = await response.json().catch(() => undefined)
  if (response.ok && body !== undefined) return body
  throw new Error(body?.errors?.[0]?.message ?? `The server answered ${response.status} for ${path}. Reload this page.`)
}

function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

// Tests import the functions above where there is no page.
if ('document' in globalThis) start()
