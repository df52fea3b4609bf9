// The adoption pack as versioned data: its three parts, what each switches on and aims at, and in which order a firm takes them.

import type { AdoptionPainName, AdoptionPart, AdoptionPartName, AdoptionStep } from './adoption-types.ts'
import { definitionOf } from './catalogue.ts'

/** Raised whenever a part or a plan changes. */
export const ADOPTION_VERSION = 1

/** From how many dimensions below the mean of the industry on the pack is recommended. */
const WEAK_DIMENSIONS_FOR_ADOPTION = 3

interface PartData {
  readonly part: AdoptionPartName
  readonly title: string
  readonly titleZh: string
  readonly because: string
  readonly modules: readonly string[]
  /** The dimensions that it answers to. */
  readonly metrics: readonly string[]
}

const PACK: readonly PartData[] = [
  {
    part: 'AI_CONFIGURATION_WIZARD',
    title: 'AI configuration wizard',
    titleZh: 'AI 配置向导',
    because: 'Suggestions name their sources from the first day, so that decisions can be traced.',
    modules: ['sales', 'decisions'],
    metrics: ['decision-traceability', 'graph-completeness'],
  },
  {
    part: 'SOVEREIGNTY_PORTAL_GENERATOR',
    title: 'Sovereignty portal generator',
    titleZh: '主权门户生成器',
    because: 'Customers see, correct and withdraw by themselves, and each operation passes the audit.',
    modules: ['portal'],
    metrics: ['self-operation-penetration', 'sovereignty-audit-pass'],
  },
  {
    part: 'LIQUID_ORGANISATION_MODELLING_TOOL',
    title: 'Liquid-organisation modelling tool',
    titleZh: '液态组织建模工具',
    because: 'Tasks find people by skill and load, and capabilities are traded.',
    modules: ['talent'],
    metrics: ['task-match-response', 'capability-trades'],
  },
]

/** A pain that a firm begins with: the parts in order, and the one trend that proves the first before the next is taken. */
interface PlanData {
  readonly trend: string
  readonly parts: readonly AdoptionPartName[]
}

const PLANS: { readonly [pain in AdoptionPainName]: PlanData } = {
  ORDER_GAP_AT_LAUNCH: {
    trend: 'follow-up-48h',
    parts: ['AI_CONFIGURATION_WIZARD', 'LIQUID_ORGANISATION_MODELLING_TOOL', 'SOVEREIGNTY_PORTAL_GENERATOR'],
  },
  CUSTOMERS_WITHHOLD_DATA: {
    trend: 'consent-coverage',
    parts: ['SOVEREIGNTY_PORTAL_GENERATOR', 'AI_CONFIGURATION_WIZARD', 'LIQUID_ORGANISATION_MODELLING_TOOL'],
  },
  TASKS_WAIT_FOR_PEOPLE: {
    trend: 'orchestration-response',
    parts: ['LIQUID_ORGANISATION_MODELLING_TOOL', 'AI_CONFIGURATION_WIZARD', 'SOVEREIGNTY_PORTAL_GENERATOR'],
  },
  AUDIT_IS_FAILED: {
    trend: 'sovereignty-audit-pass',
    parts: ['SOVEREIGNTY_PORTAL_GENERATOR', 'LIQUID_ORGANISATION_MODELLING_TOOL', 'AI_CONFIGURATION_WIZARD'],
  },
}

function partNamed(name: AdoptionPartName): PartData {
  const found = PACK.find(({ part }) => part === name)
  if (found === undefined) throw new Error(`the adoption pack has no part ${name}`)
  return found
}

/** What a part sets up: the modules to switch on and the targets to aim at, which are what the industry calls healthy. */
export function adoptionPart(name: AdoptionPartName): AdoptionPart {
  const { metrics, ...part } = partNamed(name)
  return {
    ...part,
    version: ADOPTION_VERSION,
    targets: metrics.map(metric => ({ metric, target: definitionOf(metric).benchmark?.healthy ?? 0 })),
  }
}

function toStep({ part, title, titleZh, because, metrics, modules }: PartData): AdoptionStep {
  return { part, title, titleZh, because, metrics, modules }
}

/** The parts of the pack, those first that answer to most of the weak dimensions; empty while fewer than three are weak. */
export function adoptionPack(weak: readonly string[]): readonly AdoptionStep[] {
  if (weak.length < WEAK_DIMENSIONS_FOR_ADOPTION) return []
  const answersTo = ({ metrics }: PartData) => metrics.filter(each => weak.includes(each)).length
  return [...PACK]
    .filter(part => answersTo(part) > 0)
    .sort((a, b) => answersTo(b) - answersTo(a))
    .map(toStep)
}

/** Where to begin with this pain, and what follows. */
export function planFor(pain: AdoptionPainName): { readonly trend: string; readonly steps: readonly AdoptionStep[] } {
  const { trend, parts } = PLANS[pain]
  return { trend, steps: parts.map(partNamed).map(toStep) }
}
