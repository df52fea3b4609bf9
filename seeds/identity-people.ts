// Invented people whose records are known: who is who is the truth that the matching is held against. What goes wrong in a
// record is what goes wrong in silos: slips, swapped fields, a changed phone, a name in another order, colleagues and
// families who share a phone, namesakes, twins.

import type { Contact, KnownRecord } from '../subgraphs/customers/index.ts'
import { type Random, randomFor } from './random.ts'

export interface PersonRecord {
  /** Whose it is: the truth, which no record states. */
  readonly person: number
  readonly contact: Contact
  readonly account: string | undefined
}

/** The people on whom the matching is trained; it is measured on others. */
const TRAINING = { seed: 1, people: 6_000 } as const

/** What the weights of the matching are estimated from. */
export function trainingRecords(): readonly KnownRecord[] {
  return peopleRecords(TRAINING.seed, TRAINING.people).map(({ person, contact, account }) => ({
    person,
    identity: { ...contact, account },
  }))
}

type Script = 'CHINESE' | 'LATIN'

interface Person {
  readonly script: Script
  readonly family: string
  readonly given: string
  readonly phone: string
  readonly mailbox: string
  readonly domain: string
  readonly weComId: string
  readonly birthDate: string
  readonly region: string
  readonly account: string
}

const CHINESE_FAMILIES = [
  ...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文',
  '欧阳',
  '司马',
  '上官',
]
const CHINESE_GIVEN = [
  ...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文斌雨桐思齐若安子衡景行书瑶一帆嘉树清和渊姝云飞宇轩浩然梓涵欣怡博晨曦泽诗琪俊熙雪梅春晓东海峰林森',
]
const LATIN_GIVEN =
  'Anna Marie Lukas Jonas Lea Sophie Paul Emma Felix Clara Hugo Louise Julien Camille Antoine Chloe Nicolas Margot Katrin Stefan Jürgen Heike Tobias Svenja Florian Nadine Matthias Annika Ingrid Wolfgang Pierre Amelie Bastien Elodie Thierry Veronique Karl Greta Moritz Helene'.split(
    ' ',
  )
const LATIN_BEGINNINGS =
  'Alt Berg Brand Dorn Eich Falk Gold Hart Hoff Kauf Kell Lind Mar Neu Ober Rein Roth Schön Stein Weiß'.split(' ')
const LATIN_ENDINGS =
  'mann er stein feld berg hauser bach wald ner ing hofer meier brand li in ot elle ard eau ier'.split(' ')
const REGIONS = { CHINESE: ['CN-SH', 'CN-GD'], LATIN: ['EU-DE', 'EU-FR'] } as const
const DOMAINS = ['example.org', 'example.com', 'example.net']

/** So many people with one to four records each, in an order of its own, the same for each seed. */
export function peopleRecords(seed: number, people: number): readonly PersonRecord[] {
  const all: Person[] = []
  for (let number = 0; number < people; number++) {
    const random = randomFor(`identity-person-${seed}`, number)
    all.push(related(aPerson(random, people), all, random))
  }
  const records = all.flatMap((person, number) =>
    recordsOf(person, number, randomFor(`identity-records-${seed}`, number)),
  )
  return randomFor(`identity-order-${seed}`, people).shuffled(records)
}

function aPerson(random: Random, people: number): Person {
  const script: Script = random.chance(0.5) ? 'CHINESE' : 'LATIN'
  const region = random.pick(REGIONS[script])
  const digits = (count: number) => Array.from({ length: count }, () => random.below(10)).join('')
  const family =
    script === 'CHINESE'
      ? random.pick(CHINESE_FAMILIES)
      : `${random.pick(LATIN_BEGINNINGS)}${random.pick(LATIN_ENDINGS)}`
  const given =
    script === 'CHINESE'
      ? random.pick(CHINESE_GIVEN) + (random.chance(0.8) ? random.pick(CHINESE_GIVEN) : '')
      : random.pick(LATIN_GIVEN)
  const pinned = (value: number) => String(value).padStart(2, '0')
  return {
    script,
    family,
    given,
    phone: script === 'CHINESE' ? `+86100${digits(8)}` : `+49155${digits(8)}`,
    mailbox:
      script === 'CHINESE' ? `u${digits(7)}` : `${given}${family}`.toLowerCase().replace(/[^a-z]/g, '') + digits(2),
    domain: random.pick(DOMAINS),
    weComId: `wx-${digits(10)}`,
    birthDate: `${1950 + random.below(55)}-${pinned(1 + random.below(12))}-${pinned(1 + random.below(28))}`,
    region,
    // Some eight people of a company are customers.
    account: `${script === 'CHINESE' ? '澄岚' : 'Nordlicht'} ${random.below(Math.ceil(people / 8))}`,
  }
}

/** One in twelve has something in common with somebody who came before. */
function related(person: Person, before: readonly Person[], random: Random): Person {
  if (before.length === 0 || !random.chance(1 / 12)) return person
  const { script, family, given, phone, birthDate, region, account } = random.pick(before)
  switch (random.below(4)) {
    case 0: // a namesake
      return { ...person, script, family, given, region }
    case 1: // a colleague at the same line
      return { ...person, script, region, account, phone, ...namedIn(script, random) }
    case 2: // a twin at home
      return { ...person, script, family, birthDate, region, phone, given: namedIn(script, random).given }
    default: // a namesake in the same company
      return { ...person, script, family, given, region, account }
  }
}

function namedIn(script: Script, random: Random): { readonly family: string; readonly given: string } {
  return script === 'CHINESE'
    ? { family: random.pick(CHINESE_FAMILIES), given: random.pick(CHINESE_GIVEN) + random.pick(CHINESE_GIVEN) }
    : { family: `${random.pick(LATIN_BEGINNINGS)}${random.pick(LATIN_ENDINGS)}`, given: random.pick(LATIN_GIVEN) }
}

function recordsOf(person: Person, number: number, random: Random): PersonRecord[] {
  const count = random.weighted([
    [1, 4],
    [2, 3],
    [3, 2],
    [4, 1],
  ])
  const isCustomer = random.chance(0.5)
  return Array.from({ length: count }, (_, place) => {
    const has = (share: number) => random.chance(share)
    const contact = {
      ...(isCustomer && place === 0 && { number: `K-${number}` }),
      ...(has(0.95) && { name: nameOf(person, random) }),
      ...(has(0.5) && { phone: has(0.08) ? otherPhone(person, random) : slipped(person.phone, 0.05, random) }),
      ...(has(0.4) && {
        email: `${slipped(person.mailbox, 0.04, random)}@${has(0.1) ? random.pick(DOMAINS) : person.domain}`,
      }),
      ...(has(0.25) && { weComId: person.weComId }),
      ...(has(0.6) && { birthDate: birthDateOf(person, random) }),
      region: has(0.97) ? person.region : random.pick(REGIONS[person.script]),
    }
    const isNameless = !('name' in contact || 'phone' in contact || 'email' in contact || 'weComId' in contact)
    return {
      person: number,
      contact: isNameless ? { ...contact, name: nameOf(person, random) } : contact,
      account: has(0.6) ? person.account : undefined,
    }
  })
}

function nameOf({ script, family, given }: Person, random: Random): string {
  const [first, second] = (script === 'CHINESE') !== random.chance(0.08) ? [family, given] : [given, family]
  const name = script === 'CHINESE' ? first + second : `${first} ${second}`
  const written = slipped(name, 0.08, random)
  if (random.chance(0.03)) return `${written.slice(0, 1)}\u200b${written.slice(1)}`
  if (random.chance(0.05)) return script === 'CHINESE' ? written : written.toUpperCase()
  return script === 'LATIN' && random.chance(0.05) ? `${written.slice(0, 1)}. ${second}` : written
}

function birthDateOf({ birthDate }: Person, random: Random): string {
  const [year = '', month = '', day = ''] = birthDate.split('-')
  if (random.chance(0.03) && Number(day) <= 12) return `${year}-${day}-${month}`
  if (random.chance(0.03)) return `${Number(year) + (random.chance(0.5) ? 1 : -1)}-${month}-${day}`
  return birthDate
}

function otherPhone({ phone }: Person, random: Random): string {
  return phone.slice(0, -8) + Array.from({ length: 8 }, () => random.below(10)).join('')
}

/** With this chance one character is changed, taken, doubled or swapped with the next; the first of a phone stays. */
function slipped(text: string, chance: number, random: Random): string {
  if (!random.chance(chance)) return text
  const letters = [...text]
  const isDigits = /^\+?\d+$/.test(text)
  // What a phone begins with stays: its country.
  const first = isDigits ? 4 : 1
  const at = first + random.below(Math.max(1, letters.length - first))
  const letter = letters[at] ?? ''
  switch (random.below(isDigits ? 2 : 4)) {
    case 0:
      letters[at] = isDigits
        ? String(random.below(10))
        : random.pick(/\p{Script=Han}/u.test(text) ? CHINESE_GIVEN : [...'aeinrst'])
      break
    case 1:
      letters.splice(at, 2, letters[at + 1] ?? letter, letters[at + 1] === undefined ? '' : letter)
      break
    case 2:
      letters.splice(at, 1)
      break
    default:
      letters.splice(at, 0, letter)
  }
  return letters.join('')
}
