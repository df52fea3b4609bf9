// What a command shows to the server: in development signed with the key of DATA_DIR, in production SOVEREIGN_TOKEN.
import { type Config, ConfigError } from '../core/config.ts'
import {
  type Development,
  type DevelopmentViewer,
  openDevelopment,
  requireViewer,
  signToken,
  type ViewerClaims,
} from '../core/development.ts'

const ONE_REQUEST_SECONDS = 300

/** The bearer of a development viewer: its API key where it has one, else a JWT. Throws ConfigError for an unknown name. */
export async function viewerBearer(
  config: Config,
  name: string,
  expiresInSeconds = ONE_REQUEST_SECONDS,
): Promise<{ bearer: string; viewer: DevelopmentViewer }> {
  if (config.production) {
    throw new ConfigError('Viewers by name exist in development only. In production ask your issuer for a token.')
  }
  const development = await openDevelopment(config.dataDir)
  const viewer = requireViewer(development, name)
  return { viewer, bearer: viewer.apiKey ?? (await signed(config, development, viewer, expiresInSeconds)) }
}

/** The bearer of the commands themselves, for one request. */
export function serviceBearer(config: Config): Promise<string> {
  return commandBearer(config, 'SERVICE')
}

/** The bearer of the commands that check evidence, for one request. */
export function auditorBearer(config: Config): Promise<string> {
  return commandBearer(config, 'AUDITOR')
}

/** The bearer of the commands that put policies in force, for one request. */
export function operatorBearer(config: Config): Promise<string> {
  return commandBearer(config, 'OPERATOR')
}

async function commandBearer(config: Config, kind: 'SERVICE' | 'AUDITOR' | 'OPERATOR'): Promise<string> {
  if (config.production) {
    if (config.sovereignToken !== undefined) return config.sovereignToken
    throw new ConfigError(`SOVEREIGN_TOKEN is missing: production needs a token of your issuer, of kind ${kind}.`)
  }
  const development = await openDevelopment(config.dataDir)
  return signed(config, development, { kind, id: 'sovereign-command' }, ONE_REQUEST_SECONDS)
}

function signed(
  { jwtAudience, jwtIssuer }: Config,
  development: Development,
  { kind, id, region }: ViewerClaims,
  expiresInSeconds: number,
): Promise<string> {
  const claims = { kind, id, region }
  return signToken(development, claims, { issuer: jwtIssuer, audience: jwtAudience, expiresInSeconds })
}
