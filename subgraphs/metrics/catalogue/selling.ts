// The rates of selling, of what customers decide by themselves, and of people who work together.
import {
  count,
  entities,
  mean,
  meanOf,
  ofBehaviour,
  ofCustomers,
  ofDecisions,
  ofSellers,
  ofTasks,
  ratio,
  shareWith,
  sum,
  yes,
} from './parts.ts'

const won = yes('isWon')

const ofSales = [
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
    ...shareWith('opportunities-opened', 'isWon'),
  },
  {
    ...mean,
    ...ofBehaviour,
    id: 'sales-cycle',
    unit: 'DAYS',
    owner: 'MANAGER',
    title: { en: 'Sales cycle', zh: '销售周期' },
    formula: {
      en: 'Whole days from opening to winning, added up ÷ opportunities won in the period.',
      zh: '期间内赢单商机从开启到赢单的天数之和 ÷ 赢单商机数。',
    },
    numerator: sum('opportunities-closed', 'cycleDays', won),
    denominator: count('opportunities-closed', won),
  },
  {
    ...mean,
    ...ofBehaviour,
    id: 'signing-cycle',
    unit: 'DAYS',
    owner: 'MANAGER',
    title: { en: 'Signing cycle', zh: '签约周期' },
    formula: {
      en: 'Days from the first proposal to the signature, added up ÷ signatures in the period.',
      zh: '从首次提案到签约的天数之和 ÷ 期间内的签约数。',
    },
    ...meanOf('signatures', 'cycleDays'),
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
    base: count('opportunities-closed', won),
    converted: count('opportunities-closed', won),
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
    measure: count('opportunities-closed', won),
    windowDays: 365,
  },
  {
    ...ratio,
    version: 1,
    entity: 'Product',
    purpose: 'COMPLIANCE_AUDIT',
    id: 'launch-attainment',
    owner: 'MANAGER',
    title: { en: 'Launch-quarter attainment', zh: '首季目标达成率' },
    formula: {
      en: 'Units sold of a product in the 90 days from its launch, added up ÷ units planned for them, of products whose 90 days ended in the period.',
      zh: '产品上市 90 天内售出数量之和 ÷ 计划数量之和（90 天在期间内届满的产品）。',
    },
    numerator: sum('launches', 'unitsSold'),
    denominator: sum('launches', 'unitsPlanned'),
  },
  {
    ...ratio,
    ...ofBehaviour,
    id: 'renewal',
    owner: 'MANAGER',
    title: { en: 'Renewal', zh: '续约率' },
    formula: {
      en: 'Contracts renewed ÷ contracts that came up for renewal in the period.',
      zh: '已续约的合同 ÷ 期间内到期可续的合同。',
    },
    ...shareWith('renewals', 'isRenewed'),
  },
  {
    ...ratio,
    ...ofBehaviour,
    id: 'nps',
    unit: 'POINTS',
    owner: 'MANAGER',
    title: { en: 'Net promoter score', zh: '净推荐值' },
    formula: {
      en: 'Ratings of 9 and 10 count 100, those of 0 to 6 count −100, others 0: added up ÷ ratings in the period.',
      zh: '9–10 分计 100，0–6 分计 −100，其余计 0：合计 ÷ 期间内的评分数。',
    },
    ...meanOf('ratings', 'promoterPoints'),
  },
]

const ofSovereignty = [
  {
    ...ratio,
    ...ofCustomers,
    id: 'self-operation-frequency',
    unit: 'COUNT',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Self-operations per active customer', zh: '每位活跃客户自主操作次数' },
    formula: {
      en: 'Completed self-operations in the period ÷ customers with an interaction in the period.',
      zh: '期间内完成的自主操作 ÷ 期间内有互动的客户。',
    },
    numerator: count('self-operations', yes('isCompleted')),
    denominator: entities('interactions'),
  },
  {
    ...ratio,
    ...ofCustomers,
    id: 'self-operation-completion',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Self-operation completion', zh: '自主操作完成率' },
    formula: {
      en: 'Completed self-operations ÷ self-operations started in the period.',
      zh: '完成的自主操作 ÷ 期间内开始的自主操作。',
    },
    ...shareWith('self-operations-started', 'isCompleted'),
  },
  {
    ...ratio,
    ...ofCustomers,
    id: 'self-decision-closure',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Self-decision closure', zh: '客户自主决策闭环率' },
    formula: {
      en: "Opportunities whose requirement, selection and signing were all done by the customer's own token ÷ opportunities closed in the period.",
      zh: '需求确认、方案选择与签约均由客户本人令牌完成的商机 ÷ 期间内关闭的商机。',
    },
    ...shareWith('self-decisions', 'isOwn'),
  },
]

/** What customers do themselves, from whether they do anything to where they give up. */
export const selfOperationIndicators: readonly string[] = [
  'self-operation-penetration',
  ...ofSovereignty.map(({ id }) => id),
]

const ofPeopleAndMachines = [
  {
    ...ratio,
    ...ofDecisions,
    id: 'challenge-rate',
    owner: 'MANAGER',
    title: { en: 'AI suggestion challenge rate', zh: 'AI 建议质疑率' },
    formula: {
      en: 'Shown AI suggestions that a person challenged ÷ AI suggestions shown in the period.',
      zh: '被人质疑的已展示 AI 建议 ÷ 期间内展示的 AI 建议。',
    },
    ...shareWith('decisions', 'isChallenged'),
  },
  {
    ...ratio,
    ...ofDecisions,
    id: 'correction-adoption',
    owner: 'MANAGER',
    title: { en: 'Human correction adoption', zh: '人工修正采纳率' },
    formula: {
      en: 'Corrections by people that were adopted ÷ corrections made in the period.',
      zh: '被采纳的人工修正 ÷ 期间内的人工修正。',
    },
    ...shareWith('corrections', 'isAdopted'),
  },
  {
    ...ratio,
    ...ofSellers,
    direction: 'DOWN',
    id: 'manual-plan-share',
    owner: 'MANAGER',
    title: { en: 'Share of visit plans made by hand', zh: '手工拜访计划占比' },
    formula: {
      en: "Visit plans of a seller's day that were made by hand ÷ visit plans in the period.",
      zh: '手工制定的当日拜访计划 ÷ 期间内的拜访计划。',
    },
    ...shareWith('visit-plans', 'isManual'),
  },
  {
    ...mean,
    ...ofTasks,
    unit: 'HOURS',
    target: 4,
    id: 'orchestration-response',
    owner: 'MANAGER',
    title: { en: 'Orchestration response time', zh: '编排响应时间' },
    formula: {
      en: 'Hours from the publication of a task to the first person in place, added up ÷ tasks that got their first person in the period. Target: at most 4.',
      zh: '任务发布到首位人员到位的小时数之和 ÷ 期间内首位人员到位的任务数。目标不超过 4 小时。',
    },
    ...meanOf('tasks-staffed', 'responseHours'),
  },
  {
    ...ratio,
    ...ofSellers,
    id: 'cross-role-willingness',
    owner: 'MANAGER',
    title: { en: 'Willingness to work across roles', zh: '跨岗协作意愿' },
    formula: {
      en: 'People who answer that they would work across roles ÷ people who answered in the period.',
      zh: '表示愿意跨岗协作的人 ÷ 期间内作答的人。',
    },
    numerator: entities('surveys', yes('isWilling')),
    denominator: entities('surveys'),
  },
]

export const selling = [...ofSales, ...ofSovereignty, ...ofPeopleAndMachines]
