// The six dimensions of the health check, with the figures that the industry gives for them.
import {
  count,
  entities,
  meanOf,
  ofCustomers,
  ofDecisions,
  ofLog,
  ofSellers,
  ofTasks,
  ratio,
  shareWith,
  sum,
  yes,
} from './parts.ts'

const SURVEY = 'Industry survey of AI-native sales management, China, 2026'

const surveyed = (healthy: number, mean: number, leader: number) => ({
  benchmark: { healthy, mean, leader, source: SURVEY },
})

export const health = [
  {
    ...ratio,
    ...ofDecisions,
    ...surveyed(0.95, 0.682, 0.991),
    id: 'decision-traceability',
    owner: 'MANAGER',
    title: { en: 'AI decision traceability', zh: 'AI 决策可追溯率' },
    formula: {
      en: 'Shown AI decisions whose every claim resolves to sources ÷ shown AI decisions.',
      zh: '每个论断都能追溯到来源的已展示 AI 决策 ÷ 已展示 AI 决策。',
    },
    ...shareWith('decisions', 'isTraced'),
  },
  {
    ...ratio,
    ...ofCustomers,
    ...surveyed(0.4, 0.227, 0.735),
    id: 'self-operation-penetration',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Customer self-operation penetration', zh: '客户自主操作渗透率' },
    formula: {
      en: 'Active customers with at least one completed self-operation in the period ÷ active customers. Active is who has an interaction in the period.',
      zh: '期间内至少完成一次自主操作的活跃客户 ÷ 活跃客户。期间内有互动即为活跃。',
    },
    numerator: entities('self-operations', yes('isCompleted')),
    denominator: entities('interactions'),
  },
  {
    ...ratio,
    ...ofTasks,
    ...surveyed(6, 28.4, 2.3),
    unit: 'HOURS',
    direction: 'DOWN',
    id: 'task-match-response',
    owner: 'MANAGER',
    title: { en: 'Dynamic task-match response time', zh: '任务动态匹配响应时间' },
    formula: {
      en: 'Hours from the publication of a task to the first person in place, added up ÷ tasks that got their first person in the period.',
      zh: '任务发布到首位人员到位的小时数之和 ÷ 期间内首位人员到位的任务数。',
    },
    ...meanOf('tasks-staffed', 'responseHours'),
  },
  {
    ...ratio,
    ...ofLog,
    ...surveyed(1, 0.516, 1),
    id: 'sovereignty-audit-pass',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Sales-data sovereignty audit pass rate', zh: '销售数据主权审计通过率' },
    formula: {
      en: 'Operations with purpose, legal basis, valid consent or clause, mask decision and evidence entry ÷ all operations that showed personal data, and not a sample. Basis, consent and mask are conditions of the answer itself, so that an integrated entry with a purpose has all five.',
      zh: '具备目的、法律依据、有效同意或条款、脱敏决定与存证的操作 ÷ 展示个人数据的全部操作（非抽样）。依据、同意与脱敏是返回数据的前提，故有目的且已入链的存证五项俱全。',
    },
    ...shareWith('accesses', 'hasPurpose'),
  },
  {
    ...ofTasks,
    ...surveyed(50, 12.3, 217),
    id: 'capability-trades',
    type: 'DERIVED',
    entity: 'Trade',
    unit: 'PER_THOUSAND',
    direction: 'UP',
    whenEmpty: 'NULL',
    owner: 'MANAGER',
    title: { en: 'Cross-role capability trades per 1,000 people', zh: '每千人跨岗能力交易数' },
    formula: {
      en: 'Completed capability trades in the period ÷ people × 1,000. The benchmark is of a month.',
      zh: '期间内完成的能力交易 ÷ 人数 × 1000。行业数据以月计。',
    },
    dividend: 'trades-completed',
    divisor: 'people',
    factor: 1_000,
  },
  {
    ...ratio,
    ...ofCustomers,
    ...surveyed(0.85, 0.438, 0.962),
    id: 'graph-completeness',
    version: 2,
    owner: 'MANAGER',
    title: { en: 'Customer graph field completeness', zh: '客户图谱字段完整率' },
    formula: {
      en: 'Known of name, phone, email, WeCom id, region, company and owner, over all customers ÷ 7 × customers. As things stand now.',
      zh: '全部客户的姓名、电话、邮箱、企微、地区、公司、负责人中已知的字段数 ÷（7 × 客户数）。为当前状态。',
    },
    numerator: sum('profiles', 'fieldsKnown'),
    denominator: sum('profiles', 'fieldsCounted'),
    crossedBy: ['segment', 'region'],
  },
]

/** What trades per 1,000 people are made from. */
export const countsOfExchange = [
  {
    ...ofTasks,
    id: 'trades-completed',
    type: 'SIMPLE',
    entity: 'Trade',
    unit: 'COUNT',
    direction: 'UP',
    whenEmpty: 'ZERO',
    owner: 'MANAGER',
    title: { en: 'Capability trades', zh: '能力交易数' },
    formula: { en: 'Completed capability trades in the period.', zh: '期间内完成的能力交易数。' },
    measure: count('trades', yes('isCompleted')),
  },
  {
    ...ofSellers,
    id: 'people',
    type: 'SIMPLE',
    unit: 'COUNT',
    direction: 'UP',
    whenEmpty: 'ZERO',
    owner: 'MANAGER',
    title: { en: 'People', zh: '人数' },
    formula: { en: 'People who sell, now.', zh: '当前销售人员数。' },
    measure: entities('people'),
  },
]

/** The dimensions, in the order in which they are shown. */
export const healthDimensions: readonly string[] = health.map(({ id }) => id)
