// Pictures as SVG text, made on the server. Each is an image with a title and a description that says what the picture shows, so
// that who cannot see it is told the same; colours are told apart by text, too, never by colour alone.

import type { ChartRow } from '../types.ts'

export type Language = 'EN' | 'ZH'

const FONT = "font-family=\"system-ui, 'PingFang SC', 'Noto Sans CJK SC', sans-serif\""

/** The picture around its parts. `rows` become the description. */
export function picture(
  {
    width,
    height,
    title,
    rows,
  }: { readonly width: number; readonly height: number; readonly title: string; readonly rows: readonly ChartRow[] },
  parts: readonly string[],
): string {
  const description = rows.map(({ name, value }) => `${name}: ${value}`).join('; ')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title description" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ${FONT}>`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    '</svg>',
  ].join('\n')
}

export function text(
  content: string,
  {
    x,
    y,
    size = 12,
    anchor = 'start',
    fill = '#1a1a1a',
  }: {
    readonly x: number
    readonly y: number
    readonly size?: number
    readonly anchor?: 'start' | 'middle' | 'end'
    readonly fill?: string
  },
): string {
  return `<text x="${rounded(x)}" y="${rounded(y)}" font-size="${size}" text-anchor="${anchor}" fill="${fill}">${escaped(content)}</text>`
}

export function rectangle(
  [x, y]: readonly [number, number],
  { width, height }: { readonly width: number; readonly height: number },
  style: string,
): string {
  return `<rect x="${rounded(x)}" y="${rounded(y)}" width="${width}" height="${height}" rx="4" ${style}/>`
}

export function polygon(points: readonly (readonly [number, number])[], style: string): string {
  return `<polygon points="${points.map(([x, y]) => `${rounded(x)},${rounded(y)}`).join(' ')}" ${style}/>`
}

export function polyline(points: readonly (readonly [number, number])[], style: string): string {
  return `<polyline points="${points.map(([x, y]) => `${rounded(x)},${rounded(y)}`).join(' ')}" ${style}/>`
}

export function line(from: readonly [number, number], to: readonly [number, number], style: string): string {
  return `<line x1="${rounded(from[0])}" y1="${rounded(from[1])}" x2="${rounded(to[0])}" y2="${rounded(to[1])}" ${style}/>`
}

export function circle([x, y]: readonly [number, number], radius: number, style: string): string {
  return `<circle cx="${rounded(x)}" cy="${rounded(y)}" r="${radius}" ${style}/>`
}

/** Text that cannot leave its place in XML, whatever it holds. */
export function escaped(content: string): string {
  const names: { readonly [character: string]: string } = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return content.replace(/[&<>"']/g, character => names[character] ?? '')
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
