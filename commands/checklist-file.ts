// The checklist as data: what is asked, and by which tests, metrics and kinds of evidence it is answered.
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { evidenceKinds } from '../core/evidence/evidence.ts'

const both = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) })

const checklistShape = z.strictObject({
  id: z.string().min(1),
  version: z.int().positive(),
  title: both,
  basis: z.string().min(1),
  items: z.array(
    z.strictObject({
      id: z.string().min(1),
      asks: both,
      answers: z.array(
        z.union([
          z.strictObject({ test: z.string().min(1), name: z.string().min(1) }),
          z.strictObject({ metric: z.string().min(1) }),
          z.strictObject({ evidence: z.enum(evidenceKinds) }),
        ]),
      ),
    }),
  ),
})

export type Checklist = z.infer<typeof checklistShape>
export type ChecklistItem = Checklist['items'][number]
export type ChecklistAnswer = ChecklistItem['answers'][number]

export async function readChecklist(): Promise<Checklist> {
  return checklistShape.parse(JSON.parse(await readFile(new URL('checklist.json', import.meta.url), 'utf8')))
}
