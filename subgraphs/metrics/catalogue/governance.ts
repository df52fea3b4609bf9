// The twelve indicators of the governance board, and the three that regulators ask for.
import { count, entities, mean, meanOf, ofCustomers, ofLog, ofTasks, ratio, shareWith, yes } from './parts.ts'

export const governance = [
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
  {
    ...mean,
    ...ofLog,
    unit: 'HOURS',
    id: 'withdrawal-propagation',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Withdrawal propagation time', zh: '撤回传播时间' },
    formula: {
      en: 'Hours from the withdrawal of a consent until what was derived under it was removed, added up ÷ such removals in the period. Reads stop at the withdrawal itself.',
      zh: '从撤回同意到据此衍生的数据被移除的小时数之和 ÷ 期间内此类移除次数。读取在撤回时即停止。',
    },
    ...meanOf('withdrawals-propagated', 'hours'),
  },
  {
    ...ratio,
    ...ofCustomers,
    id: 'self-update-timeliness',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Timeliness of self-updates', zh: '自主更新及时率' },
    formula: {
      en: "Customers' own edits that were in effect within 24 hours ÷ own edits in the period.",
      zh: '24 小时内生效的客户自主修改 ÷ 期间内的客户自主修改。',
    },
    ...shareWith('self-updates', 'isInTime'),
  },
  {
    ...ratio,
    ...ofCustomers,
    id: 'cross-channel-consistency',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Cross-channel consistency', zh: '跨渠道一致率' },
    formula: {
      en: 'Of name, phone, email, WeCom id and region those that all channels tell alike ÷ those that at least two channels tell, over all customers. As things stand now.',
      zh: '姓名、电话、邮箱、企微、地区中各渠道一致的字段数 ÷ 至少两个渠道提供的字段数（全部客户）。为当前状态。',
    },
    ...shareWith('channel-values', 'isConsistent'),
  },
  {
    ...mean,
    ...ofCustomers,
    unit: 'HOURS',
    id: 'export-turnaround',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Export turnaround', zh: '导出周转时间' },
    formula: {
      en: 'Hours from the request of an export to its delivery, added up ÷ exports delivered in the period.',
      zh: '从请求导出到交付的小时数之和 ÷ 期间内交付的导出数。',
    },
    ...meanOf('exports', 'turnaroundHours'),
  },
  {
    ...mean,
    ...ofCustomers,
    unit: 'HOURS',
    id: 'rectification-turnaround',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Rectification turnaround', zh: '更正周转时间' },
    formula: {
      en: 'Hours from a proposed correction to the decision on it, added up ÷ corrections decided in the period.',
      zh: '从提出更正到作出决定的小时数之和 ÷ 期间内已决定的更正数。',
    },
    ...meanOf('rectifications', 'turnaroundHours'),
  },
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
    id: 'rights-clause-coverage',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Rights-clause coverage', zh: '权利条款覆盖率' },
    formula: {
      en: 'Private-domain touchpoints with a recorded rights clause ÷ private-domain touchpoints in the period.',
      zh: '有权利条款记录的私域触点 ÷ 期间内的私域触点。',
    },
    ...shareWith('private-domain-touchpoints', 'hasClause'),
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
    ...shareWith('interactions', 'isTraced'),
  },
  {
    ...ratio,
    ...ofCustomers,
    id: 'intervention-node-completion',
    owner: 'MANAGER',
    title: { en: 'Intervention-node completion', zh: '介入节点完成率' },
    formula: {
      en: 'Intervention nodes (requirement, selection, service commitment) that the customer completed ÷ nodes that were reached in the period.',
      zh: '客户完成的介入节点（需求确认、方案选择、服务承诺）÷ 期间内到达的节点。',
    },
    ...shareWith('intervention-nodes', 'isCompleted'),
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
    ...shareWith('accesses', 'hasPurpose'),
  },
]

export const regulators = [
  {
    ...ratio,
    ...ofCustomers,
    id: 'traced-sales-behaviour',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Traced sales behaviour', zh: '销售行为留痕率' },
    formula: {
      en: 'Recorded sales actions with an integrated evidence entry ÷ recorded sales actions. A sales action is a step of an opportunity into a stage.',
      zh: '已入链存证的销售行为 ÷ 已记录的销售行为。销售行为指商机进入某一阶段。',
    },
    ...shareWith('stage-entries', 'isTraced'),
  },
  {
    ...ratio,
    version: 1,
    entity: 'RightsRequest',
    purpose: 'COMPLIANCE_AUDIT',
    id: 'rights-timeliness',
    owner: 'PRIVACY_OFFICER',
    title: { en: 'Timeliness of answers to data-sovereignty requests', zh: '数据主权请求响应及时率' },
    formula: {
      en: "Rights requests answered within the regime's deadline ÷ rights requests due. A request is due when it is answered, at the latest at its deadline.",
      zh: '在法定期限内答复的权利请求 ÷ 到期的权利请求。请求在答复时到期，至迟在期限届满时到期。',
    },
    ...shareWith('rights-requests-due', 'isInTime'),
  },
  {
    ...ratio,
    ...ofTasks,
    id: 'cross-department-closure',
    owner: 'MANAGER',
    title: { en: 'Cross-department closure', zh: '跨部门闭环率' },
    formula: {
      en: 'Cross-department tasks closed within their target ÷ such tasks due.',
      zh: '按期关闭的跨部门任务 ÷ 到期的跨部门任务。',
    },
    ...shareWith('cross-department-tasks', 'isInTime'),
  },
]

/** The twelve, in the order of the board. */
export const governanceIndicators: readonly string[] = governance.map(({ id }) => id)

/** What regulators ask for. */
export const regulatorIndicators: readonly string[] = regulators.map(({ id }) => id)
