// The learner and the model on public texts. Without REAL_DATA_DIR skipped; with it, a missing file fails.
import { describe, expect, it } from 'vitest'
import { banking77, casino } from '../../bench/public-texts.ts'
import { currentModel } from '../../subgraphs/customers/signals/classify.ts'
import { TRAINING } from '../../subgraphs/customers/signals/training.ts'

const folder = process.env.REAL_DATA_DIR

describe.skipIf(folder === undefined)(
  folder === undefined ? 'skipped: REAL_DATA_DIR is not set' : 'public texts',
  () => {
    it('the learner reaches 89 % on the official test split of BANKING77', { timeout: 180_000 }, async () => {
      // Half of the product's epochs: enough for the goal, and for a busy machine.
      const measured = await banking77(folder ?? '', { ...TRAINING, epochs: TRAINING.epochs / 2 })
      expect(measured).toMatchObject({ trained: 10_003, tested: 3_080, labels: 77 })
      expect(measured.accuracy).toBeGreaterThan(0.89)
    })

    it('the share of BARGAINING ranks the turns of real negotiations better than chance, with nothing tuned on them', () => {
      const { turns, dealingAboveOthers, strategicAboveSmallTalk } = casino(folder ?? '', currentModel().intent)
      expect(turns).toBeGreaterThan(4_000)
      expect(dealingAboveOthers).toBeGreaterThan(0.6)
      expect(strategicAboveSmallTalk).toBeGreaterThan(0.65)
    })
  },
)
