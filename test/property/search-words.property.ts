import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { searchWordsOf, wordsAsked } from '../../subgraphs/customers/search/words.ts'

const texts = fc.string({ unit: 'binary', maxLength: 60 })
const some = fc
  .array(fc.constantFrom('预', '算', '价', '格', 'a', 'B', 'é', '7', ' ', '，', 'ｐ', 'カ', '\u200b', '한'), {
    maxLength: 40,
  })
  .map(characters => characters.join(''))

const asked = (text: string) => {
  try {
    return wordsAsked(text)
  } catch {
    return []
  }
}

describe('the words of a text', () => {
  it.each([
    ['The price, PLEASE!', 'the price please'],
    ['ＰＲＩＣＥ　４２', 'price 42'],
    ['预算 OK', '预 算 预算 ok'],
    ['价格price高', '价 格 价格 price 高'],
    ['foo@bar.com e-mail', 'foo bar com e mail'],
    ['カタログ한국어', 'カ タ ロ グ カタ タロ ログ 한국어'],
    ['周\u200b明', '周 明 周明'],
    ['pr\u00adice \u202eprice', 'price'],
    ['Müller E\u0301', 'müller é'],
    ['𠮷野', '𠮷 野 𠮷野'],
    ['', ''],
    ['！？ … \u200b', ''],
  ])('of %j are %j', (text, words) => {
    expect(searchWordsOf(text)).toBe(words)
  })

  it('are found by each of them, and by the text itself, wherever it stands', () => {
    fc.assert(
      fc.property(some, some, some, (before, text, after) => {
        const words = searchWordsOf(`${before} ${text} ${after}`).split(' ')
        for (const word of asked(text)) expect(words).toContain(word)
      }),
    )
  })

  it('hold nothing that an engine could take for a sign, are whole, short and each there once', () => {
    fc.assert(
      fc.property(texts, text => {
        const words = searchWordsOf(text).split(' ').filter(Boolean)
        for (const word of [...words, ...asked(text)]) expect(word).toMatch(/^[\p{L}\p{N}\p{M}]{1,64}$/u)
        expect(new Set(words).size).toBe(words.length)
        expect(searchWordsOf(words.join(' ')).split(' ').filter(Boolean).toSorted()).toEqual(words.toSorted())
      }),
    )
  })
})

describe('a search', () => {
  it('for what has no spaces is for pairs of neighbours, and for one character alone for that', () => {
    expect(wordsAsked('预算审批')).toEqual(['预算', '算审', '审批'])
    expect(wordsAsked('周')).toEqual(['周'])
    expect(wordsAsked('price 价 PRICE')).toEqual(['price', '价'])
  })

  it.each(['', '  ', '！？。', '\u200b\u200d\u2060', '*', '"~?', '\ud800'])('for nothing is refused: %j', text => {
    expect(() => wordsAsked(text)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
  })

  it('is at most 200 characters long', () => {
    expect(wordsAsked('x'.repeat(200))).toEqual(['x'.repeat(64)])
    expect(() => wordsAsked('x'.repeat(201))).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
  })
})
