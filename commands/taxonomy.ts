// Skills as public taxonomies write them in CSV files: which file it is is told by its columns.

import type { Cells } from '../core/mapping/mapping.ts'
import { CommandError } from './command-error.ts'
import type { CsvFile } from './csv-rows.ts'

/** A skill as the API takes it. */
export interface TaxonomySkill {
  readonly uri: string
  readonly scheme: 'ESCO' | 'ONET'
  readonly labelEn: string
  readonly labelZh?: string
  readonly broader: readonly string[]
}

interface Form {
  readonly columns: readonly string[]
  /** The skills that a row tells of; those of which others are a part come first. */
  skillsOf(cells: Cells): readonly TaxonomySkill[]
}

const FORMS: readonly Form[] = [
  // ESCO: skills of occupations. A Chinese label is ours to add; a broader concept stands in the file of ESCO's relations.
  {
    columns: ['skill_uri', 'skill_label'],
    skillsOf: ({ skill_uri: uri = '', skill_label: labelEn = '', skill_label_zh: labelZh = '', broader_uri = '' }) => [
      {
        uri,
        scheme: 'ESCO',
        labelEn,
        ...(labelZh !== '' && { labelZh }),
        broader: broader_uri === '' ? [] : [broader_uri],
      },
    ],
  },
  // O*NET: software by the commodity that it is of.
  {
    columns: ['Example', 'Commodity Code', 'Commodity Title'],
    skillsOf: ({ Example: example = '', 'Commodity Code': code = '', 'Commodity Title': title = '' }) => {
      const commodity = `urn:unspsc:${encodeURIComponent(code)}`
      const uri = `urn:onet:software:${encodeURIComponent(example.toLowerCase())}`
      return [
        { uri: commodity, scheme: 'ONET', labelEn: title, broader: [] },
        { uri, scheme: 'ONET', labelEn: example, broader: [commodity] },
      ]
    },
  },
]

/** Every skill of a file once, with all that it is a part of; what others are a part of first. Throws CommandError. */
export async function readTaxonomy(file: CsvFile): Promise<readonly TaxonomySkill[]> {
  const form = FORMS.find(({ columns }) => columns.every(column => file.columns.includes(column)))
  if (form === undefined) {
    const known = FORMS.map(({ columns }) => columns.join(', ')).join('; or ')
    throw new CommandError(`${file.name} is no taxonomy that is known. Expected the columns ${known}.`)
  }
  const skills = new Map<string, TaxonomySkill>()
  for await (const row of file.rows) {
    if (!('cells' in row)) throw new CommandError(`Row ${row.number} of ${file.name} cannot be read: ${row.fault}.`)
    for (const skill of form.skillsOf(row.cells)) {
      const broader = [...new Set([...(skills.get(skill.uri)?.broader ?? []), ...skill.broader])]
      skills.set(skill.uri, { ...(skills.get(skill.uri) ?? skill), broader })
    }
  }
  const all = [...skills.values()]
  return [...all.filter(({ broader }) => broader.length === 0), ...all.filter(({ broader }) => broader.length > 0)]
}
