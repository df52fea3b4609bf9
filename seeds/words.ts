// Invented people, companies and products. Phone numbers lie in ranges that regulators keep for fiction (Germany, France)
// or that no exchange can assign (a Chinese subscriber number never begins with 0); mail is RFC 2606's example domains.
import type { Language } from './talk.ts'

export interface Place {
  readonly name: string
  /** The digits of a line follow this. */
  readonly phone: string
  readonly lineDigits: number
}

export interface Region {
  readonly code: string
  readonly language: Language
  readonly currency: string
  readonly places: readonly Place[]
  readonly families: readonly string[]
  readonly givenNames: readonly string[]
  /** Two invented parts make one company's stem. */
  readonly stems: readonly [readonly string[], readonly string[]]
  /** The company's name by sector, with `{stem}` and `{place}`. */
  readonly companies: Record<Sector, string>
}

export type Sector =
  | 'healthcare'
  | 'automotive'
  | 'education'
  | 'manufacturing'
  | 'logistics'
  | 'retail'
  | 'energy'
  | 'technology'
  | 'finance'

export interface SectorOffer {
  readonly sector: Sector
  /** Of one unit, in euros. */
  readonly unitPrice: number
  readonly products: Record<Language, readonly string[]>
}

export const offers: readonly SectorOffer[] = [
  {
    sector: 'healthcare',
    unitPrice: 42_000,
    products: {
      zh: ['超声影像工作站', '病房监护终端', '病种成本分析一体机', '手术室排程终端'],
      en: ['ultrasound workstation', 'ward monitor', 'case-cost appliance', 'theatre scheduling terminal'],
    },
  },
  {
    sector: 'automotive',
    unitPrice: 26_000,
    products: {
      zh: ['车规级控制器', '产线视觉检测站', '电驱测试台', '车载网关模组'],
      en: ['automotive controller kit', 'line vision station', 'e-drive test bench', 'in-car gateway module'],
    },
  },
  {
    sector: 'education',
    unitPrice: 1_900,
    products: {
      zh: ['智慧课堂终端', '学习平板', '实验教学箱', '校园广播主机'],
      en: ['classroom terminal', 'learning tablet', 'laboratory teaching kit', 'campus announcer'],
    },
  },
  {
    sector: 'manufacturing',
    unitPrice: 18_500,
    products: {
      zh: ['伺服驱动器', '设备联网网关', '在线测厚仪', '振动监测仪'],
      en: ['servo drive', 'machine gateway', 'inline thickness gauge', 'vibration monitor'],
    },
  },
  {
    sector: 'logistics',
    unitPrice: 9_800,
    products: {
      zh: ['分拣机器人', '冷链温度记录仪', '海外仓扫描台', '车队调度终端'],
      en: ['sorting robot', 'cold-chain recorder', 'overseas warehouse scanner', 'fleet terminal'],
    },
  },
  {
    sector: 'retail',
    unitPrice: 2_400,
    products: {
      zh: ['自助收银机', '电子价签套装', '门店客流分析仪', '会员积分终端'],
      en: ['self-checkout', 'electronic shelf label set', 'footfall counter', 'loyalty terminal'],
    },
  },
  {
    sector: 'energy',
    unitPrice: 31_000,
    products: {
      zh: ['储能变流器', '充电桩控制柜', '能耗监测仪', '光伏逆变器'],
      en: ['storage inverter', 'charging cabinet', 'energy monitor', 'solar inverter'],
    },
  },
  {
    sector: 'technology',
    unitPrice: 14_200,
    products: {
      zh: ['晶圆检测模块', '边缘计算服务器', '时序数据采集仪', '防静电工作站'],
      en: ['wafer inspection module', 'edge server', 'data logger', 'antistatic workstation'],
    },
  },
  {
    sector: 'finance',
    unitPrice: 21_000,
    products: {
      zh: ['柜面智能终端', '反欺诈一体机', '双录一体机', '票据识别仪'],
      en: ['branch terminal', 'fraud detection appliance', 'call recording appliance', 'document scanner'],
    },
  },
]

const chinese = {
  language: 'zh',
  currency: 'CNY',
  families: [...'周林陈沈顾陆许方徐梁罗叶邓谢苏钟温程宋韩'],
  givenNames: [
    '明澜',
    '若安',
    '子衡',
    '雨桐',
    '思齐',
    '景行',
    '书瑶',
    '一帆',
    '嘉树',
    '清和',
    '文渊',
    '静姝',
    '立诚',
    '知夏',
    '建业',
    '晓岚',
    '伟国',
    '丽萍',
    '志远',
    '婉仪',
    '海峰',
    '慧敏',
    '泽宇',
    '秋实',
  ],
} as const

const chineseCompanies: Record<Sector, string> = {
  healthcare: '{place}{stem}医院',
  automotive: '{place}{stem}汽车电子有限公司',
  education: '{place}{stem}教育',
  manufacturing: '{place}{stem}精密机械有限公司',
  logistics: '{place}{stem}供应链有限公司',
  retail: '{place}{stem}商贸有限公司',
  energy: '{place}{stem}新能源有限公司',
  technology: '{place}{stem}半导体有限公司',
  finance: '{place}{stem}金融服务有限公司',
}

export const regions: readonly Region[] = [
  {
    ...chinese,
    code: 'CN-SH',
    places: [
      { name: '上海', phone: '+86210', lineDigits: 7 },
      { name: '浦东', phone: '+86210', lineDigits: 7 },
      { name: '嘉定', phone: '+86210', lineDigits: 7 },
      { name: '松江', phone: '+86210', lineDigits: 7 },
    ],
    stems: [[...'澄霁苍栖砚渌'], [...'岚禾川杼屿']],
    companies: chineseCompanies,
  },
  {
    code: 'EU-DE',
    language: 'en',
    currency: 'EUR',
    places: [
      { name: 'Berlin', phone: '+493023125', lineDigits: 3 },
      { name: 'Hamburg', phone: '+494066969', lineDigits: 3 },
      { name: 'München', phone: '+498999998', lineDigits: 3 },
      { name: 'Köln', phone: '+492214710', lineDigits: 3 },
    ],
    families: [
      'Ostwald',
      'Keller',
      'Brandt',
      'Lindner',
      'Hoffstädt',
      'Vogt',
      'Reimers',
      'Schäfer',
      'Thoma',
      'Weiß',
      'Jansen',
      'Krüger',
      'Albrecht',
      'Dietz',
      'Engels',
      'Faber',
    ],
    givenNames: [
      'Katrin',
      'Jonas',
      'Annika',
      'Matthias',
      'Svenja',
      'Tobias',
      'Heike',
      'Florian',
      'Nadine',
      'Jürgen',
      'Lea',
      'Stefan',
      'Miriam',
      'Oliver',
      'Petra',
      'Moritz',
    ],
    stems: [
      ['Falken', 'Oster', 'Tannen', 'Birk', 'Silber', 'Moor'],
      ['rieder', 'mohn', 'hübel', 'quast', 'brink'],
    ],
    companies: {
      healthcare: 'Klinikum {stem} {place}',
      automotive: '{stem} Fahrwerk GmbH, {place}',
      education: '{stem} Akademie {place}',
      manufacturing: '{stem} Maschinenbau GmbH, {place}',
      logistics: '{stem} Logistik GmbH, {place}',
      retail: '{stem} Handel KG, {place}',
      energy: '{stem} Energie AG, {place}',
      technology: '{stem} Halbleiter GmbH, {place}',
      finance: '{stem} Finanzdienste AG, {place}',
    },
  },
  {
    ...chinese,
    code: 'CN-GD',
    places: [
      { name: '广州', phone: '+86200', lineDigits: 7 },
      { name: '深圳', phone: '+867550', lineDigits: 7 },
      { name: '佛山', phone: '+867570', lineDigits: 7 },
      { name: '东莞', phone: '+867690', lineDigits: 7 },
    ],
    stems: [[...'粼桉榕朔鹭暾'], [...'舟泽陌峤芷']],
    companies: chineseCompanies,
  },
  {
    code: 'EU-FR',
    language: 'en',
    currency: 'EUR',
    places: [
      { name: 'Paris', phone: '+3319900', lineDigits: 4 },
      { name: 'Nantes', phone: '+3326191', lineDigits: 4 },
      { name: 'Lyon', phone: '+3346571', lineDigits: 4 },
      { name: 'Bordeaux', phone: '+3353649', lineDigits: 4 },
    ],
    families: [
      'Verlant',
      'Moreau',
      'Lefèvre',
      'Garnier',
      'Chevallier',
      'Roussel',
      'Aubry',
      'Delmas',
      'Picard',
      'Renaud',
      'Tessier',
      'Vidal',
      'Marchand',
      'Blanchet',
      'Collin',
      'Fabre',
    ],
    givenNames: [
      'Camille',
      'Hugo',
      'Élodie',
      'Mathieu',
      'Inès',
      'Julien',
      'Margaux',
      'Antoine',
      'Clémence',
      'Rémi',
      'Sophie',
      'Bastien',
      'Amélie',
      'Thibault',
      'Noémie',
      'Gaspard',
    ],
    stems: [
      ['Val', 'Mont', 'Belle', 'Haute', 'Clair', 'Roche'],
      ['antier', 'orel', 'ivane', 'esque', 'aubin'],
    ],
    companies: {
      healthcare: 'Clinique {stem}, {place}',
      automotive: '{stem} Automobile SAS, {place}',
      education: 'Institut {stem}, {place}',
      manufacturing: 'Ateliers {stem} SA, {place}',
      logistics: '{stem} Transports SAS, {place}',
      retail: 'Maison {stem} SAS, {place}',
      energy: '{stem} Énergie SA, {place}',
      technology: '{stem} Composants SAS, {place}',
      finance: '{stem} Courtage SA, {place}',
    },
  },
]

/** A round rate: prices only have to look right. */
export const YUAN_FOR_EURO = 8

/** Seller n serves region (n - 1) mod 4, as the customers whom that seller owns do. */
export const sellerNames = [
  '许嘉树',
  'Lena Hartwig',
  '邓志远',
  'Paul Aubertin',
  '顾知夏',
  'Marek Sommer',
  '罗静姝',
  'Claire Dumont',
  '方景行',
  'Ines Wolters',
  '苏文渊',
  'Luc Ferrand',
] as const

export const addressesZh = ['总', '经理', '主任', '老师'] as const
export const mailDomains = ['example.com', 'example.org', 'example.net'] as const
