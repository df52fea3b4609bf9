// The boards as pictures: /boards/NAME.svg, and with the table that says the same /boards/NAME.html. They are operations like all
// others, asked through /graphql with the token that the request bears, so that nothing is shown here that is not shown there.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { ApiError } from '../core/errors.ts'
import { formatEarlyError } from './error-format.ts'

const PICTURE = 'chart(language: $language) table(language: $language) { name value }'
const VARIABLES = '$language: Language!, $grain: Grain! = MONTH, $day: String'

const boards: { readonly [name: string]: string } = {
  health: `query HealthPicture(${VARIABLES}) { board: healthCheck(grain: $grain, day: $day) { ${PICTURE} } }`,
  trends: `query TrendsPicture(${VARIABLES}) { board: healthTrends(grain: $grain, day: $day) { ${PICTURE} } }`,
  governance: `query GovernancePicture(${VARIABLES}) { board: governanceBoard(grain: $grain, day: $day) { ${PICTURE} } }`,
  heatmap: `query HeatMapPicture(${VARIABLES}) { board: sovereigntyHeatMap(grain: $grain, day: $day) { ${PICTURE} } }`,
  regulators: `query RegulatorsPicture(${VARIABLES}) { board: regulatorIndicators(grain: $grain, day: $day) { ${PICTURE} } }`,
}

interface Board {
  readonly chart: string
  readonly table: readonly { readonly name: string; readonly value: string }[]
}

interface Answer {
  readonly data?: { readonly board?: Board } | null
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
}

interface Asked {
  readonly lang?: string
  readonly grain?: string
  readonly day?: string
}

export function serveBoards(http: FastifyInstance): void {
  http.get<{ Params: { file: string }; Querystring: Asked }>('/boards/:file', async (request, reply) => {
    const [name = '', form = ''] = request.params.file.split('.')
    const query = boards[name]
    const { lang = 'en', grain, day } = request.query
    if (query === undefined || !['svg', 'html'].includes(form)) {
      return refuse(reply, 404, `/boards/ and ${Object.keys(boards).join(', ')}, with .svg or .html`, request.id)
    }
    if (!['en', 'zh'].includes(lang)) return refuse(reply, 400, 'lang=en or lang=zh', request.id)
    const { authorization, 'x-purpose': purpose } = request.headers
    const answer = await http.inject({
      method: 'POST',
      url: '/graphql',
      headers: { ...(authorization && { authorization }), ...(purpose && { 'x-purpose': purpose }) },
      payload: { query, variables: { language: lang.toUpperCase(), ...(grain && { grain }), ...(day && { day }) } },
    })
    const { data, errors = [] } = answer.json<Answer>()
    if (!data?.board) {
      const isForbidden = errors[0]?.extensions.code === 'FORBIDDEN'
      const status = answer.statusCode !== 200 ? answer.statusCode : isForbidden ? 403 : 400
      return reply.code(status).type('application/json').send(answer.payload)
    }
    if (form === 'svg') return reply.type('image/svg+xml; charset=utf-8').send(data.board.chart)
    return reply.type('text/html; charset=utf-8').send(pageOf(data.board, lang))
  })
}

function refuse(reply: FastifyReply, status: number, expected: string, requestId: string): FastifyReply {
  const { body } = formatEarlyError(new ApiError('BAD_USER_INPUT', { at: 'address', expected }), requestId, () => {})
  return reply.code(status).send(body)
}

const STYLE = [
  'body{margin:1.5rem;font:1rem/1.5 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif;color:#1a1a1a;background:#fff}',
  'svg{display:block;max-width:100%;height:auto}',
  'table{margin-top:1.5rem;border-collapse:collapse}',
  'th,td{border-bottom:1px solid #d0d0d0;padding:.25rem 1.5rem .25rem 0;text-align:left;font-weight:400}',
  'td{font-variant-numeric:tabular-nums;text-align:right;padding-right:0}',
  '@page{margin:1.5cm}',
].join('')

/** To be read, to be printed, and to be heard: the picture and its twin as a table. */
function pageOf({ chart, table }: Board, lang: string): string {
  const rows = table.map(
    ({ name, value }) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  )
  return [
    `<!doctype html><html lang="${lang === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><title>Sovereign Graph</title>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<style>${STYLE}</style></head><body><main>`,
    chart,
    `<table>${rows.join('')}</table></main></body></html>`,
  ].join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
