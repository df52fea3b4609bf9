// The only module that knows the development key and the viewers of a development server: one file in DATA_DIR.
// Production never reads it; there the issuer's key set decides.
import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { z } from 'zod'
import { ConfigError, DEVELOPMENT_ISSUER } from './config.ts'
import { readSecret, writeWhole } from './durable-files.ts'
import { purposes, viewerKinds } from './viewer.ts'

const FILE_NAME = 'development.json'

const publicJwk = z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().min(1) })

const developmentViewer = z.strictObject({
  kind: z.enum(viewerKinds),
  id: z.string().min(1),
  region: z.string().min(1).optional(),
  defaultPurpose: z.enum(purposes).optional(),
  /** `sg_<id>_<secret>`, for a viewer who authenticates by key and not by JWT. */
  apiKey: z.string().startsWith('sg_').optional(),
})

const development = z.strictObject({
  issuer: z.string().min(1),
  privateJwk: publicJwk.extend({ d: z.string().min(1) }),
  publicJwk,
  viewers: z.record(z.string(), developmentViewer),
})

export type Development = z.infer<typeof development>
export type DevelopmentViewer = z.infer<typeof developmentViewer>

export interface TokenOptions {
  readonly audience: string
  readonly expiresInSeconds: number
  /** The issuer of the file when absent. */
  readonly issuer?: string
  /** In seconds since 1970; now when absent. */
  readonly issuedAt?: number
}

/** What a token says of its viewer; `purposes` narrows what the policy grants. */
export interface ViewerClaims {
  readonly kind: DevelopmentViewer['kind']
  readonly id: string
  readonly region?: string | undefined
  readonly purposes?: readonly (typeof purposes)[number][] | undefined
  /** The customer for whom it acts by a mandate. */
  readonly actFor?: string | undefined
}

/**
 * Reads the development file, or makes it with a fresh key and no viewers when there is none. Two processes that make it
 * at once both get the file of the first. Throws ConfigError when others may read it or when it is not well formed.
 */
export async function openDevelopment(dataDir: string): Promise<Development> {
  const path = join(dataDir, FILE_NAME)
  const existing = await readDevelopment(path)
  if (existing !== undefined) return existing
  await mkdir(dataDir, { recursive: true })
  await writeWhole(path, textOf(await freshDevelopment()), 0o600, 'keep the first')
  return (await readDevelopment(path)) ?? (await openDevelopment(dataDir))
}

/** Adds these viewers to the file, or replaces those of the same name. Only the server calls it; readers see the old file or the new one. */
export async function saveViewers(
  dataDir: string,
  viewers: Readonly<Record<string, DevelopmentViewer>>,
): Promise<Development> {
  const before = await openDevelopment(dataDir)
  const after = development.parse({ ...before, viewers: { ...before.viewers, ...viewers } })
  await writeWhole(join(dataDir, FILE_NAME), textOf(after), 0o600)
  return after
}

/** The viewer of this name. Throws ConfigError that lists those that exist. */
export function requireViewer({ viewers }: Development, name: string): DevelopmentViewer {
  const viewer = Object.hasOwn(viewers, name) ? viewers[name] : undefined
  if (viewer !== undefined) return viewer
  const names = Object.keys(viewers)
  throw new ConfigError(
    names.length === 0
      ? 'There are no development viewers yet. Start the server once (npm start): it makes them with the sample data.'
      : `There is no viewer of that name. Expected one of: ${names.join(', ')}.`,
  )
}

/** Signs a JWT as the gateway of this DATA_DIR accepts it. Throws ConfigError for an unknown name. */
export async function signToken(
  from: Development,
  viewer: string | ViewerClaims,
  { audience, expiresInSeconds, issuer = from.issuer, issuedAt = Math.floor(Date.now() / 1000) }: TokenOptions,
): Promise<string> {
  const claims: ViewerClaims = typeof viewer === 'string' ? requireViewer(from, viewer) : viewer
  return new SignJWT({
    kind: claims.kind,
    ...(claims.region === undefined ? {} : { region: claims.region }),
    ...(claims.actFor === undefined ? {} : { act_for: claims.actFor }),
    ...(claims.purposes === undefined ? {} : { purposes: claims.purposes }),
  })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
    .setSubject(claims.id)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + expiresInSeconds)
    .setJti(randomUUID())
    .sign(from.privateJwk)
}

const textOf = (content: Development): string => `${JSON.stringify(content, null, 2)}\n`

async function freshDevelopment(): Promise<Development> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const { d, x } = await exportJWK(privateKey)
  return development.parse({
    issuer: DEVELOPMENT_ISSUER,
    privateJwk: { kty: 'OKP', crv: 'Ed25519', x, d },
    publicJwk: { kty: 'OKP', crv: 'Ed25519', x },
    viewers: {},
  })
}

async function readDevelopment(path: string): Promise<Development | undefined> {
  const text = await readSecret(path)
  return text === undefined ? undefined : parseDevelopment(text, path)
}

// The issues name places in the file and never their values: one of them is the key.
function parseDevelopment(text: string, path: string): Development {
  const remedy = 'Delete it, and the next start of the server makes it again.'
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new ConfigError(`${path} is not JSON. ${remedy}`)
  }
  const parsed = development.safeParse(json)
  if (parsed.success) return parsed.data
  const places = parsed.error.issues.map(issue => issue.path.join('.') || 'the whole file')
  throw new ConfigError(`${path} is not a development file: see ${places.join(', ')}. ${remedy}`)
}
