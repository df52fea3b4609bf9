// The skills of sales that ESCO and O*NET do not tell apart, with those that they are a part of.

export interface OwnSkill {
  readonly uri: string
  readonly labelEn: string
  readonly labelZh: string
  /** URIs of the skills that it is a part of. */
  readonly broader: readonly string[]
}

const BASE = 'https://sovereign-graph.org/skills/'

/** The URI of one of our own skills. */
export const ownSkill = (name: string): string => `${BASE}${name}`

type Row = readonly [name: string, labelEn: string, labelZh: string, broader?: string]

const ROWS: readonly Row[] = [
  ['customer-insight', 'Customer insight', '客户洞察'],
  ['value-presentation', 'Value presentation', '价值呈现'],
  ['risk-control', 'Risk control', '风险控制'],
  ['ecosystem-collaboration', 'Ecosystem collaboration', '生态协同'],

  ['needs-analysis', 'Needs analysis', '需求分析', 'customer-insight'],
  ['account-development', 'Account development', '客户开发', 'customer-insight'],
  ['customer-care', 'Customer care', '客户关怀', 'customer-insight'],
  ['oncology-consulting', 'Oncology consulting', '肿瘤专科咨询', 'customer-insight'],
  ['health-insurance-policy', 'Health-insurance policy and DRG payment', '医保政策与 DRG 支付', 'customer-insight'],
  ['hospital-information-systems', 'Hospital information systems', '医院信息系统', 'customer-insight'],

  ['closing', 'Closing sales', '促成交易', 'value-presentation'],
  ['negotiation', 'Complex negotiation', '复杂谈判', 'value-presentation'],
  ['proposal-writing', 'Proposal writing', '方案撰写', 'value-presentation'],
  ['product-demonstration', 'Product demonstration', '产品演示', 'value-presentation'],
  ['localised-service-planning', 'Localised service planning', '本地化服务方案', 'value-presentation'],
  ['live-stream-script-writing', 'Live-stream script writing', '直播脚本撰写', 'value-presentation'],
  ['independent-site-seo', 'Independent-site SEO diagnosis', '独立站 SEO 诊断', 'value-presentation'],

  ['automotive-certification', 'Automotive certification reading', '汽车认证解读', 'risk-control'],
  ['regulatory-compliance', 'Regulatory compliance', '法规合规', 'risk-control'],
  ['contract-review', 'Contract review', '合同审查', 'risk-control'],
  ['customs-declaration', 'Customs declaration', '报关申报', 'risk-control'],
  ['overseas-warehouse-customs', 'Overseas-warehouse customs experience', '海外仓清关经验', 'customs-declaration'],
  ['questioning-ai', 'Questioning suggestions of an AI', '质疑 AI 建议', 'risk-control'],

  ['production-line-validation', 'Production-line validation support', '产线验证支持', 'ecosystem-collaboration'],
  ['field-application-engineering', 'Field application engineering', '现场应用工程', 'ecosystem-collaboration'],
  ['partner-coordination', 'Partner coordination', '伙伴协调', 'ecosystem-collaboration'],
  ['cross-cultural-communication', 'Cross-cultural communication', '跨文化沟通', 'ecosystem-collaboration'],
  ['small-language-training', 'Small-language training', '小语种培训', 'cross-cultural-communication'],
  ['learning', 'Learning on the job', '在岗学习', 'ecosystem-collaboration'],
]

export const ownSkills: readonly OwnSkill[] = ROWS.map(([name, labelEn, labelZh, broader]) => ({
  uri: ownSkill(name),
  labelEn,
  labelZh,
  broader: broader === undefined ? [] : [ownSkill(broader)],
}))

/** What everybody who sells needs; in it newcomers are guided. */
export const coreSkills: readonly string[] = [
  'needs-analysis',
  'customer-care',
  'closing',
  'negotiation',
  'proposal-writing',
  'questioning-ai',
  'cross-cultural-communication',
].map(ownSkill)
