// Finds a value in the bytes of files, in every form in which software writes text down.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Which of these values stand in which files below the folder: `value in file`, none twice. */
export function valuesFoundIn(folder: string, values: readonly string[]): readonly string[] {
  return filesBelow(folder).flatMap(file => {
    const bytes = readFileSync(file)
    return values
      .filter(value => formsOf(value).some(form => bytes.includes(form)))
      .map(value => `${value} in ${file.slice(folder.length + 1)}`)
  })
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}

/** UTF-8, UTF-16 of both orders, JSON with its escapes, hex, and base64 wherever in a longer text the value begins. */
function formsOf(value: string): readonly Buffer[] {
  const utf16 = Buffer.from(value, 'utf16le')
  const escaped = value.replace(/[^ -~]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const texts = [value, JSON.stringify(value).slice(1, -1), escaped, escaped.toUpperCase().replaceAll('\\U', '\\u')]
  const encoded = [value, escaped].flatMap(text => base64Forms(Buffer.from(text)))
  const hex = Buffer.from(value).toString('hex')
  return [
    ...[...texts, ...encoded, hex, hex.toUpperCase()].map(text => Buffer.from(text)),
    utf16,
    Buffer.from(utf16).swap16(),
  ]
}

// Three bytes are four characters, so what stands before the value shifts it by 0, 1 or 2 bytes; the characters that it
// shares with its neighbours are left out.
function base64Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap(shift => {
    const whole = Math.floor((shift + bytes.length) / 3) * 4
    const first = shift === 0 ? 0 : 4
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes])
    return (['base64', 'base64url'] as const).map(form => shifted.toString(form).slice(first, whole))
  })
}
