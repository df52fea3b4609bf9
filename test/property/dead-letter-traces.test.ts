import { describe, expect, it } from 'vitest'
import { identifiersIn, isAbout } from '../../subgraphs/customers/traces.ts'

const trace = { keys: new Set(['call/event-1']), identifiers: new Set(['C-1', '周明澜', '+8613912345678', 'a@b.de']) }
const about = (payload: unknown, key = 'call/other') => isAbout(trace, key, JSON.stringify(payload))

describe('a dead letter is about the customer', () => {
  it.each([
    ['whose number it holds', { customer: { number: 'C-1' } }],
    ['who is named in a text', { message: '请转告周明澜，谢谢' }],
    ['whose phone stands in a cell', { cells: ['x', 'call +8613912345678 back'] }],
    ['whose mail is a name of a field', { 'a@b.de': 1 }],
    ['whose number stands beside Chinese', '客户C-1的'],
    ['whose number comes first as another word', 'C-12 and C-1'],
  ])('%s', (_, payload) => {
    expect(about(payload)).toBe(true)
  })

  it.each([
    ['whose number only begins like it', { customer: { number: 'C-12' } }],
    ['whose number only ends like it', { customer: { number: 'XC-1' } }],
    ['of whom it says nothing', { customer: null, cells: [1, true, '', 'C1'] }],
  ])('and not one %s', (_, payload) => {
    expect(about(payload)).toBe(false)
  })

  it('when it has the event id of an accepted record, whatever it holds', () => {
    expect(about('unreadable', 'call/event-1')).toBe(true)
  })
})

describe('the identifiers of a customer', () => {
  it('are those of the graph and of every record, replaced ones included', () => {
    const payloads = [
      { customer: { number: 'C-1', phone: '+1' } },
      { customer: { number: 'C-1', phone: '+2', region: 'CN-SH' } },
      {},
    ]
    const found = identifiersIn(
      ['C-1', 'Name', '+2', null],
      payloads.map(each => JSON.stringify(each)),
    )
    expect([...found].sort()).toEqual(['+1', '+2', 'C-1', 'Name'])
  })
})
