import { z } from 'zod'
import { instant, shortText, sourceOf } from '../record.ts'

const competitorProduct = z.strictObject({
  /** Belongs to sales. One parameter of one product of a competitor, such as its warranty in months. */
  parameter: z.strictObject({
    competitor: shortText(200),
    product: shortText(200),
    /** Our product that it is compared with. */
    comparedWith: shortText(200).optional(),
    name: shortText(100),
    reading: shortText(200),
    unit: shortText(32).optional(),
    asOf: instant,
  }),
})

export const competitorProductSource = sourceOf(
  'competitor-product',
  competitorProduct,
  ({ parameter }) => ({ statedAt: parameter.asOf }),
  { concernsOthers: true },
)
