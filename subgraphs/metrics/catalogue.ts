// The metrics that ship. Those whose sources nobody contributes yet are defined all the same and answer NOT_MEASURED_YET.
import { type Definition, parseDefinitions } from './definition.ts'

const ratio = { type: 'RATIO', unit: 'RATIO', direction: 'UP', whenEmpty: 'NULL' }
const ofCustomers = { version: 1, entity: 'Customer', purpose: 'COMPLIANCE_AUDIT' }
const ofLog = { version: 1, entity: 'LogEntry', purpose: 'COMPLIANCE_AUDIT' }

/** What customers do in a sale is counted for statistics, which needs their consent where the law says so. */
const ofBehaviour = { version: 1, entity: 'Customer', purpose: 'ANALYTICS' }

const count = (source: string, ...where: object[]) => ({ source, aggregation: 'FACTS', where })
const entities = (source: string, ...where: object[]) => ({ source, aggregation: 'ENTITIES', where })
const sum = (source: string, field: string, ...where: object[]) => ({ source, aggregation: 'SUM', field, where })
const yes = (field: string) => ({ field, is: 'EQUALS', value: 1 })

const health = [
  {
    ...ratio,
    id: 'decision-traceability',
    version: 1,
    entity: 'Decision',
    purpose: 'COMPLIANCE_AUDIT',
    owner: 'MANAGER',
    title: { en: 'AI decision traceability', zh: 'AI 决策可追溯率' },
    formula: {
      en: 'Shown AI decisions whose every claim resolves to sources ÷ shown AI decisions.',
      zh: '每个论断都能追溯到来源的已展示 AI 决策 ÷ 已展示 AI 决策。',
    },
    numerator: count('decisions', yes('isTraced')),
    denominator: count('decisions'),
  },
  {
    ...ratio,
    ...ofCustomers,
    id: 'self-operation-penetration',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Customer self-operation penetration', zh: '客户自主操作渗透率' },
    formula: {
      en: 'Customers with an interaction and a completed self-operation in the period ÷ customers with an interaction in the period.',
      zh: '期间内既有互动又完成自主操作的客户 ÷ 期间内有互动的客户。',
    },
    numerator: entities('self-operations', yes('isCompleted')),
    denominator: entities('interactions'),
  },
  {
    ...ratio,
    unit: 'HOURS',
    direction: 'DOWN',
    id: 'task-match-response',
    version: 1,
    entity: 'Task',
    purpose: 'COMPLIANCE_AUDIT',
    owner: 'MANAGER',
    title: { en: 'Dynamic task-match response time', zh: '任务动态匹配响应时间' },
    formula: {
      en: 'Hours from the publication of a task to the first person in place, added up ÷ tasks with a person in place.',
      zh: '任务发布到首位人员到位的小时数之和 ÷ 已到位任务数。',
    },
    numerator: sum('tasks-staffed', 'responseHours'),
    denominator: count('tasks-staffed'),
  },
  {
    ...ratio,
    ...ofLog,
    id: 'sovereignty-audit-pass',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Sales-data sovereignty audit pass rate', zh: '销售数据主权审计通过率' },
    formula: {
      en: 'Operations that showed personal data for a stated purpose and have an integrated evidence entry ÷ operations that showed personal data. All of them, not a sample; basis, consent and masks are conditions of the answer itself.',
      zh: '声明目的并有存证的个人数据展示操作 ÷ 全部个人数据展示操作（非抽样；法律依据、同意与脱敏是返回数据的前提）。',
    },
    numerator: count('accesses', yes('hasPurpose')),
    denominator: count('accesses'),
  },
  {
    id: 'capability-trades',
    type: 'DERIVED',
    version: 1,
    entity: 'Trade',
    purpose: 'COMPLIANCE_AUDIT',
    unit: 'PER_THOUSAND',
    direction: 'UP',
    whenEmpty: 'NULL',
    owner: 'MANAGER',
    title: { en: 'Cross-role capability trades per 1,000 people', zh: '每千人跨岗能力交易数' },
    formula: {
      en: 'Completed capability trades in the period ÷ people who sell × 1,000.',
      zh: '期间内完成的能力交易 ÷ 销售人员数 × 1000。',
    },
    dividend: 'trades-completed',
    divisor: 'people',
    factor: 1_000,
  },
  {
    ...ratio,
    ...ofCustomers,
    id: 'graph-completeness',
    owner: 'MANAGER',
    title: { en: 'Customer graph field completeness', zh: '客户图谱字段完整率' },
    formula: {
      en: 'Known of name, phone, email, WeCom id, region, company and owner, over all customers ÷ 7 × customers. As things stand now.',
      zh: '全部客户的姓名、电话、邮箱、企微、地区、公司、负责人中已知的字段数 ÷（7 × 客户数）。为当前状态。',
    },
    numerator: sum('profiles', 'fieldsKnown'),
    denominator: sum('profiles', 'fieldsCounted'),
  },
]

const countsOfExchange = [
  {
    id: 'trades-completed',
    type: 'SIMPLE',
    version: 1,
    entity: 'Trade',
    purpose: 'COMPLIANCE_AUDIT',
    unit: 'COUNT',
    direction: 'UP',
    whenEmpty: 'ZERO',
    owner: 'MANAGER',
    title: { en: 'Capability trades', zh: '能力交易数' },
    formula: { en: 'Completed capability trades in the period.', zh: '期间内完成的能力交易数。' },
    measure: count('trades', yes('isCompleted')),
  },
  {
    id: 'people',
    type: 'SIMPLE',
    version: 1,
    entity: 'Seller',
    purpose: 'COMPLIANCE_AUDIT',
    unit: 'COUNT',
    direction: 'UP',
    whenEmpty: 'ZERO',
    owner: 'MANAGER',
    title: { en: 'People', zh: '人数' },
    formula: { en: 'People who sell, now.', zh: '当前销售人员数。' },
    measure: entities('people'),
  },
]

const regulators = [
  {
    ...ratio,
    ...ofCustomers,
    id: 'traced-sales-behaviour',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Traced sales behaviour', zh: '销售行为留痕率' },
    formula: {
      en: 'Steps of opportunities into a stage that have an evidence entry ÷ such steps.',
      zh: '有存证的商机阶段推进 ÷ 全部商机阶段推进。',
    },
    numerator: count('stage-entries', yes('isTraced')),
    denominator: count('stage-entries'),
  },
  {
    ...ratio,
    ...ofCustomers,
    id: 'rights-timeliness',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Timeliness of answers to data-sovereignty requests', zh: '数据主权请求响应及时率' },
    formula: {
      en: "Rights requests answered within the regime's deadline ÷ rights requests due.",
      zh: '在法定期限内答复的权利请求 ÷ 到期的权利请求。',
    },
    numerator: count('rights-requests-due', yes('isInTime')),
    denominator: count('rights-requests-due'),
  },
  {
    ...ratio,
    id: 'cross-department-closure',
    version: 1,
    entity: 'Task',
    purpose: 'COMPLIANCE_AUDIT',
    owner: 'MANAGER',
    title: { en: 'Cross-department closure', zh: '跨部门闭环率' },
    formula: {
      en: 'Cross-department tasks closed within their target ÷ such tasks due.',
      zh: '按期关闭的跨部门任务 ÷ 到期的跨部门任务。',
    },
    numerator: count('cross-department-tasks', yes('isInTime')),
    denominator: count('cross-department-tasks'),
  },
]

const governance = [
  {
    ...ratio,
    ...ofCustomers,
    id: 'consent-coverage',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Consent coverage', zh: '授权覆盖率' },
    formula: {
      en: 'Customers with at least one consent in force ÷ customers. As things stand now.',
      zh: '至少有一项有效同意的客户 ÷ 全部客户。为当前状态。',
    },
    numerator: entities('consents', yes('isGiven')),
    denominator: entities('profiles'),
  },
  {
    ...ratio,
    ...ofCustomers,
    id: 'consent-validity',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Consent validity', zh: '授权有效率' },
    formula: {
      en: 'Consents in force that have an evidence entry ÷ consents in force. As things stand now.',
      zh: '有存证的有效同意 ÷ 全部有效同意。为当前状态。',
    },
    numerator: count('consents', yes('isGiven'), yes('isTraced')),
    denominator: count('consents', yes('isGiven')),
  },
  ...[
    ['withdrawal-propagation', 'Withdrawal propagation time', '撤回传播时间', 'withdrawals-propagated', 'HOURS'],
    ['self-update-timeliness', 'Timeliness of self-updates', '自主更新及时率', 'self-updates', 'RATIO'],
    ['cross-channel-consistency', 'Cross-channel consistency', '跨渠道一致率', 'channel-values', 'RATIO'],
    ['export-turnaround', 'Export turnaround', '导出周转时间', 'exports', 'HOURS'],
    ['rectification-turnaround', 'Rectification turnaround', '更正周转时间', 'rectifications', 'HOURS'],
    ['rights-clause-coverage', 'Rights-clause coverage', '权利条款覆盖率', 'private-domain-touchpoints', 'RATIO'],
    ['intervention-node-completion', 'Intervention-node completion', '介入节点完成率', 'intervention-nodes', 'RATIO'],
  ].map(([id = '', en = '', zh = '', source = '', unit = '']) => notMeasured({ id, en, zh, source, unit })),
  {
    ...ratio,
    ...ofLog,
    id: 'erasure-completion',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Erasure completion', zh: '删除完成率' },
    formula: {
      en: 'Erasures completed in the period ÷ erasures asked for in the period.',
      zh: '期间内完成的删除 ÷ 期间内请求的删除。',
    },
    numerator: count('erasures'),
    denominator: count('erasure-requests'),
  },
  {
    ...ratio,
    ...ofCustomers,
    id: 'evidence-completeness',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Evidence completeness', zh: '存证完整率' },
    formula: {
      en: 'Interactions that have an evidence entry ÷ interactions in the period.',
      zh: '有存证的互动 ÷ 期间内的互动。',
    },
    numerator: count('interactions', yes('isTraced')),
    denominator: count('interactions'),
  },
  {
    ...ratio,
    ...ofLog,
    id: 'purpose-stated-access',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Accesses with a stated purpose', zh: '声明目的的访问占比' },
    formula: {
      en: 'Operations that showed personal data for a stated purpose ÷ operations that showed personal data.',
      zh: '声明目的的个人数据访问 ÷ 全部个人数据访问。',
    },
    numerator: count('accesses', yes('hasPurpose')),
    denominator: count('accesses'),
  },
]

const selling = [
  {
    ...ofBehaviour,
    id: 'follow-up-48h',
    type: 'CONVERSION',
    unit: 'RATIO',
    direction: 'UP',
    whenEmpty: 'NULL',
    owner: 'MANAGER',
    title: { en: '48-hour follow-up of high intent', zh: '高意向客户 48 小时跟进率' },
    formula: {
      en: 'Interactions of high intent that were followed by another interaction with the customer within 48 hours ÷ interactions of high intent in the period.',
      zh: '48 小时内有后续互动的高意向互动 ÷ 期间内的高意向互动。',
    },
    base: count('interactions', yes('isHighIntent')),
    converted: count('interactions'),
    withinHours: 48,
  },
  {
    ...ratio,
    ...ofBehaviour,
    id: 'funnel-conversion',
    owner: 'MANAGER',
    title: { en: 'Funnel conversion', zh: '漏斗转化率' },
    formula: {
      en: 'Opportunities opened in the period that are won ÷ opportunities opened in the period.',
      zh: '期间内开启且已赢单的商机 ÷ 期间内开启的商机。',
    },
    numerator: count('opportunities-opened', yes('isWon')),
    denominator: count('opportunities-opened'),
  },
  {
    ...ratio,
    ...ofBehaviour,
    id: 'sales-cycle',
    unit: 'DAYS',
    direction: 'DOWN',
    owner: 'MANAGER',
    title: { en: 'Sales cycle', zh: '销售周期' },
    formula: {
      en: 'Whole days from opening to winning, added up ÷ opportunities won in the period.',
      zh: '期间内赢单商机从开启到赢单的天数之和 ÷ 赢单商机数。',
    },
    numerator: sum('opportunities-closed', 'cycleDays', yes('isWon')),
    denominator: count('opportunities-closed', yes('isWon')),
  },
  {
    ...ofBehaviour,
    id: 'second-purchase',
    type: 'CONVERSION',
    unit: 'RATIO',
    direction: 'UP',
    whenEmpty: 'NULL',
    owner: 'MANAGER',
    title: { en: 'Second purchase', zh: '复购率' },
    formula: {
      en: 'Opportunities won in the period whose customer won another within 365 days ÷ opportunities won in the period.',
      zh: '365 天内同一客户再次成交的赢单 ÷ 期间内的赢单。',
    },
    base: count('opportunities-closed', yes('isWon')),
    converted: count('opportunities-closed', yes('isWon')),
    withinHours: 365 * 24,
  },
  {
    ...ofBehaviour,
    id: 'opportunities-won-a-year',
    type: 'CUMULATIVE',
    unit: 'COUNT',
    direction: 'UP',
    whenEmpty: 'ZERO',
    owner: 'MANAGER',
    title: { en: 'Opportunities won in 365 days', zh: '365 天赢单数' },
    formula: {
      en: 'Opportunities won in the 365 days up to the end of the period.',
      zh: '截至期末 365 天内的赢单数。',
    },
    measure: count('opportunities-closed', yes('isWon')),
    windowDays: 365,
  },
  {
    ...ofCustomers,
    id: 'self-operation-frequency',
    type: 'RATIO',
    unit: 'COUNT',
    direction: 'UP',
    whenEmpty: 'NULL',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Self-operations per active customer', zh: '每位活跃客户自主操作次数' },
    formula: {
      en: 'Completed self-operations in the period ÷ customers with an interaction in the period.',
      zh: '期间内完成的自主操作 ÷ 期间内有互动的客户。',
    },
    numerator: count('self-operations', yes('isCompleted')),
    denominator: entities('interactions'),
  },
  ...[
    ['challenge-rate', 'AI suggestion challenge rate', 'AI 建议质疑率', 'suggestions', 'RATIO'],
    ['correction-adoption', 'Human correction adoption', '人工修正采纳率', 'corrections', 'RATIO'],
    ['manual-plan-share', 'Share of visit plans made by hand', '手工拜访计划占比', 'visit-plans', 'RATIO'],
    ['self-operation-completion', 'Self-operation completion', '自主操作完成率', 'self-operations-started', 'RATIO'],
    ['self-decision-closure', 'Self-decision closure', '客户自主决策闭环率', 'self-decisions', 'RATIO'],
    ['orchestration-response', 'Orchestration response time', '编排响应时间', 'tasks-staffed', 'HOURS'],
    ['signing-cycle', 'Signing cycle', '签约周期', 'signatures', 'DAYS'],
    ['launch-attainment', 'Launch-quarter attainment', '首季目标达成率', 'launches', 'RATIO'],
    ['renewal', 'Renewal', '续约率', 'renewals', 'RATIO'],
    ['nps', 'Net promoter score', '净推荐值', 'ratings', 'COUNT'],
    ['cross-role-willingness', 'Willingness to work across roles', '跨岗协作意愿', 'surveys', 'RATIO'],
  ].map(([id = '', en = '', zh = '', source = '', unit = '']) => notMeasured({ id, en, zh, source, unit })),
]

/**
 * A metric over a source that nobody contributes yet: the share of its facts with `isReached`, or the mean of their `amount`. Its
 * formula is settled by whoever brings the source.
 */
function notMeasured({ id, en, zh, source, unit }: Readonly<Record<'id' | 'en' | 'zh' | 'source' | 'unit', string>>) {
  return {
    ...ratio,
    id,
    version: 1,
    entity: 'Unknown',
    purpose: 'COMPLIANCE_AUDIT',
    unit,
    direction: unit === 'RATIO' ? 'UP' : 'DOWN',
    owner: 'MANAGER',
    title: { en, zh },
    formula: {
      en: unit === 'RATIO' ? `Reached ÷ all of ${source} in the period.` : `Mean amount over ${source} in the period.`,
      zh: unit === 'RATIO' ? `期间内达成 ÷ 全部（${source}）。` : `期间内平均值（${source}）。`,
    },
    numerator: unit === 'RATIO' ? count(source, yes('isReached')) : sum(source, 'amount'),
    denominator: count(source),
  }
}

export const catalogue: ReadonlyMap<string, Definition> = parseDefinitions([
  ...health,
  ...countsOfExchange,
  ...regulators,
  ...governance,
  ...selling,
])

/** The six dimensions of the health check, with the figures that the industry gives for them. */
export interface Benchmark {
  readonly metric: string
  readonly healthy: number
  readonly mean: number
  readonly leader: number
}

export const BENCHMARK_SOURCE = 'Industry survey of AI-native sales management, China, 2026'

export const benchmarks: readonly Benchmark[] = [
  { metric: 'decision-traceability', healthy: 0.95, mean: 0.682, leader: 0.991 },
  { metric: 'self-operation-penetration', healthy: 0.4, mean: 0.227, leader: 0.735 },
  { metric: 'task-match-response', healthy: 6, mean: 28.4, leader: 2.3 },
  { metric: 'sovereignty-audit-pass', healthy: 1, mean: 0.516, leader: 1 },
  { metric: 'capability-trades', healthy: 50, mean: 12.3, leader: 217 },
  { metric: 'graph-completeness', healthy: 0.85, mean: 0.438, leader: 0.962 },
]

/** The twelve indicators of the governance board, in its order. */
export const governanceIndicators: readonly string[] = [
  'consent-coverage',
  'consent-validity',
  'withdrawal-propagation',
  'self-update-timeliness',
  'cross-channel-consistency',
  'export-turnaround',
  'rectification-turnaround',
  'erasure-completion',
  'rights-clause-coverage',
  'evidence-completeness',
  'intervention-node-completion',
  'purpose-stated-access',
]

/** What regulators ask for. */
export const regulatorIndicators: readonly string[] = [
  'traced-sales-behaviour',
  'rights-timeliness',
  'cross-department-closure',
]
