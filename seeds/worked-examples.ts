// The situations that the project's design speaks of, each played by one of the first customers, so that scenarios,
// tests and the README can rely on them. The words are fixed; what these customers say otherwise is drawn as for all.
import type { Emotion, Intent, Outcome } from './behaviour.ts'
import type { Sector } from './words.ts'

export type WorkedInteraction = {
  readonly at: string
  readonly text: string
  readonly intent: Intent
  readonly emotion: Emotion
} & (
  | { readonly source: 'wecom-chat' }
  | { readonly source: 'call'; readonly outcome: Outcome; readonly durationSeconds: number }
)

export interface WorkedExample {
  readonly name: string
  readonly account: { readonly name: string; readonly sector: Sector }
  /** In the currency of the customer's region. */
  readonly deal: { readonly product: string; readonly amount: string }
  readonly interactions: readonly WorkedInteraction[]
}

const examples: readonly WorkedExample[] = [
  // 1, CN-SH: the delayed budget, then payment by disease group.
  {
    name: '周明澜',
    account: { name: '上海澄岚医院（三级甲等）', sector: 'healthcare' },
    deal: { product: '超声影像工作站', amount: '1860000.00' },
    interactions: [
      {
        source: 'call',
        at: '2026-10-13T02:10:00.000Z',
        text: '销售：周主任您好，我是许嘉树，跟您对一下超声影像工作站的进度。\n客户：我这边采购科主任说实话，方案院里是认可的，但预算审批流程延迟了，最快要到下个月中旬。\n销售：明白，那报价和备货我先按延期来准备。\n客户：麻烦把和另外两家的报价对比也给我一份，过会要用。',
        intent: 'BUDGET_DELAY',
        emotion: 'ANXIOUS',
        outcome: 'FOLLOW_UP_AGREED',
        durationSeconds: 412,
      },
      {
        source: 'wecom-chat',
        at: '2026-10-20T06:35:00.000Z',
        text: '我们院明年全面推行按病种付费（DRG），你们的系统能不能按病种算成本？先发点资料，要用我们数据的话得先征求同意。',
        intent: 'TECHNICAL_INQUIRY',
        emotion: 'CALM',
      },
      {
        source: 'wecom-chat',
        at: '2026-10-27T03:20:00.000Z',
        text: '方案看了。价格条款请都给成可以调整的区间，服务承诺那几条要能看到实时的履约进度，我们自己改完再定。',
        intent: 'BARGAINING',
        emotion: 'PLEASED',
      },
    ],
  },
  // 2, EU-DE: the tier-1 car supplier whose order needs three capabilities.
  {
    name: 'Katrin Ostwald',
    account: { name: 'Falkenrieder Fahrwerk GmbH, München', sector: 'automotive' },
    deal: { product: 'automotive controller kit', amount: '486000.00' },
    interactions: [
      {
        source: 'call',
        at: '2026-09-08T08:05:00.000Z',
        text: 'Seller: Hello Ms Ostwald, what would you need from us to become a supplier?\nCustomer: We are a tier-1 supplier, so three things: somebody who can read the automotive certification with our quality people, support while we validate on the production line, and a service plan for our local plants.\nSeller: Then I will put together a team for that.\nCustomer: Good. Our nomination round closes in six weeks.',
        intent: 'TECHNICAL_INQUIRY',
        emotion: 'CALM',
        outcome: 'MEETING_BOOKED',
        durationSeconds: 968,
      },
      {
        source: 'wecom-chat',
        at: '2026-09-10T12:40:00.000Z',
        text: 'The two people you sent for the certification reading know their subject. Please bring the same ones to the line validation.',
        intent: 'TECHNICAL_INQUIRY',
        emotion: 'PLEASED',
      },
    ],
  },
  // 3, CN-GD: the owner of a new-energy vehicle who takes the test-drive data back.
  {
    name: '林若安',
    account: { name: '深圳粼舟新能源汽车体验店', sector: 'automotive' },
    deal: { product: '新能源汽车', amount: '238000.00' },
    interactions: [
      {
        source: 'wecom-chat',
        at: '2026-01-14T05:15:00.000Z',
        text: '我是车主，之前授权的试驾数据不要再拿去训练AI了，请撤回，并告诉我撤回以后哪些地方还在用。',
        intent: 'OTHER',
        emotion: 'ANXIOUS',
      },
      {
        source: 'call',
        at: '2026-01-16T03:30:00.000Z',
        text: '销售：林女士您好，撤回已经登记了。\n客户：好。另外我要下载从试驾到现在的全部记录。还有，店里现车有几台、别的门店报多少、金融方案的真实IRR是多少，这些我都想自己看。\n销售：自助门户里都能查，我把入口发您。',
        intent: 'PRICE_COMPARISON',
        emotion: 'CALM',
        outcome: 'RESOLVED',
        durationSeconds: 275,
      },
    ],
  },
  // 4, EU-FR: competitor moves that an AI invented.
  {
    name: 'Camille Verlant',
    account: { name: 'Maison Valantier SAS, Paris', sector: 'retail' },
    deal: { product: 'electronic shelf label set', amount: '31200.00' },
    interactions: [
      {
        source: 'wecom-chat',
        at: '2026-03-03T09:25:00.000Z',
        text: 'Your AI overview says that three competitors of ours are opening same-day stores. We looked into it: two of these companies do not exist and the third denies it. Where does that come from?',
        intent: 'COMPLAINT',
        emotion: 'ANGRY',
      },
      {
        source: 'call',
        at: '2026-03-04T10:00:00.000Z',
        text: 'Seller: Ms Verlant, you are right. There is no source behind those competitor moves and I have rejected the suggestion.\nCustomer: Then please send nothing more without its source and how sure you are of it.',
        intent: 'COMPLAINT',
        emotion: 'HESITANT',
        outcome: 'RESOLVED',
        durationSeconds: 330,
      },
    ],
  },
  // 5, CN-SH: the parent who edits goal and budget again and again.
  {
    name: '沈婉仪',
    account: { name: '上海霁川教育徐汇校区', sector: 'education' },
    deal: { product: '个性化学习套餐', amount: '12000.00' },
    interactions: [
      {
        source: 'wecom-chat',
        at: '2026-02-23T11:05:00.000Z',
        text: '我在门户里把孩子的学习目标从数学提高改成了中考冲刺，预算从一万二改成两万，时间改到周末上午。',
        intent: 'OTHER',
        emotion: 'CALM',
      },
      {
        source: 'wecom-chat',
        at: '2026-02-25T11:40:00.000Z',
        text: '预算我又改回八千了，两万是随手填的，目标也先不冲刺了。',
        intent: 'BUDGET_DELAY',
        emotion: 'HESITANT',
      },
      {
        source: 'call',
        at: '2026-02-26T09:30:00.000Z',
        text: '销售：沈女士，预算三天改了三次，我跟您确认一下以哪个为准？\n客户：就按一万二吧，学习目标是中考冲刺，这回不变了。\n销售：好，修改要经您确认后才会生效。',
        intent: 'PURCHASE',
        emotion: 'CALM',
        outcome: 'FOLLOW_UP_AGREED',
        durationSeconds: 198,
      },
    ],
  },
  // 6, EU-DE: is a chat record evidence, and whose is it?
  {
    name: 'Matthias Brandt',
    account: { name: 'Birkquast Maschinenbau GmbH, Hamburg', sector: 'manufacturing' },
    deal: { product: 'servo drive', amount: '148000.00' },
    interactions: [
      {
        source: 'wecom-chat',
        at: '2026-05-19T13:10:00.000Z',
        text: 'You quote our chat of March as proof that we accepted the later date. Who owns that record, and on what terms may it serve as evidence? We agreed to no such clause.',
        intent: 'COMPLAINT',
        emotion: 'ANGRY',
      },
    ],
  },
  // 7, CN-GD: the distributor who lets three updates of the payment preference pass.
  {
    name: '梁海峰',
    account: { name: '广州榕泽精密机械经销有限公司', sector: 'manufacturing' },
    deal: { product: '设备联网网关', amount: '1184000.00' },
    interactions: [
      {
        source: 'wecom-chat',
        at: '2026-06-08T02:30:00.000Z',
        text: '付款偏好更新的提醒看到了，这周忙，下次再填。',
        intent: 'OTHER',
        emotion: 'CALM',
      },
      {
        source: 'wecom-chat',
        at: '2026-07-08T02:45:00.000Z',
        text: '这个月的付款偏好又没来得及更新，先按老方式走吧。',
        intent: 'OTHER',
        emotion: 'HESITANT',
      },
      {
        source: 'call',
        at: '2026-08-10T07:20:00.000Z',
        text: '销售：梁总，付款偏好连续三次没有更新，系统已经转风控核查了。\n客户：怎么就到风控了？最近回款慢，账期我还没跟财务定下来。\n销售：您尽快在门户里更新，我这边跟风控说明情况。',
        intent: 'BUDGET_DELAY',
        emotion: 'ANXIOUS',
        outcome: 'ESCALATED',
        durationSeconds: 366,
      },
    ],
  },
  // 8, EU-FR: AI wording that did not say it was one.
  {
    name: 'Julien Moreau',
    account: { name: 'Clairivane Courtage SA, Lyon', sector: 'finance' },
    deal: { product: 'call recording appliance', amount: '84000.00' },
    interactions: [
      {
        source: 'call',
        at: '2026-04-21T09:15:00.000Z',
        text: 'Seller: Mr Moreau, you asked about the text we sent.\nCustomer: Yes. It reads as if you had examined our files, but it was written by an AI and says so nowhere. Without a source label that is misleading, and our compliance officer says the same.\nSeller: I will withdraw it and send you the labelled version.',
        intent: 'COMPLAINT',
        emotion: 'ANGRY',
        outcome: 'ESCALATED',
        durationSeconds: 521,
      },
    ],
  },
  // 9, CN-SH: the semiconductor maker whom new export rules force to re-plan in 72 hours.
  {
    name: '陆立诚',
    account: { name: '上海苍杼半导体有限公司', sector: 'technology' },
    deal: { product: '晶圆检测模块', amount: '1363200.00' },
    interactions: [
      {
        source: 'call',
        at: '2025-09-16T01:40:00.000Z',
        text: '客户：出口管制的新规下来了，消费电子这条线要停，我们转汽车电子，72小时之内要见到能懂车规认证和海关申报的人。\n销售：我这就发布任务，五位应用工程师加两位合规专家。\n客户：好，人到了直接进产线。',
        intent: 'TECHNICAL_INQUIRY',
        emotion: 'ANXIOUS',
        outcome: 'MEETING_BOOKED',
        durationSeconds: 644,
      },
    ],
  },
  // 10, EU-DE: portability to another controller.
  {
    name: 'Svenja Reimers',
    account: { name: 'Moorbrink Logistik GmbH, Hamburg', sector: 'logistics' },
    deal: { product: 'overseas warehouse scanner', amount: '58800.00' },
    interactions: [
      {
        source: 'wecom-chat',
        at: '2026-07-14T07:50:00.000Z',
        text: 'Please transfer my complete record, machine-readable, to the provider we move to. I do not want a PDF, and I want to know when it is done.',
        intent: 'OTHER',
        emotion: 'CALM',
      },
    ],
  },
  // 11, CN-GD: a consumer-goods brand, a chat record disputed and wording nobody labelled.
  {
    name: '谢晓岚',
    account: { name: '佛山桉陌商贸有限公司', sector: 'retail' },
    deal: { product: '会员积分终端', amount: '268800.00' },
    interactions: [
      {
        source: 'wecom-chat',
        at: '2026-05-26T08:00:00.000Z',
        text: '你们拿企微聊天记录说我答应过这个价，这聊天记录算不算证据、归谁所有，协议里根本没写！而且那段话是AI生成的，没有标注来源！！',
        intent: 'COMPLAINT',
        emotion: 'ANGRY',
      },
    ],
  },
  // 12, EU-FR: the order gap in the first month of a new model, and a service promise to watch.
  {
    name: 'Antoine Garnier',
    account: { name: 'Montorel Automobile SAS, Bordeaux', sector: 'automotive' },
    deal: { product: 'in-car gateway module', amount: '312000.00' },
    interactions: [
      {
        source: 'call',
        at: '2026-06-30T12:20:00.000Z',
        text: 'Seller: Mr Garnier, how did the launch go?\nCustomer: The new model is out for a month and orders are a third below plan. Before I order more I want to see on your board how far the service promises are kept, and where the ratings come from.\nSeller: You will have access today.',
        intent: 'DELIVERY_INQUIRY',
        emotion: 'ANXIOUS',
        outcome: 'FOLLOW_UP_AGREED',
        durationSeconds: 455,
      },
    ],
  },
]

/** The example that customer `index`, counted from 1, plays. */
export function workedExample(index: number): WorkedExample | undefined {
  return examples[index - 1]
}
