// Who may ask for the schema: see docs/adr/017. Strangers are refused before any document is read.
import { type ViewerKind, viewerKinds } from '../core/viewer.ts'

/** All but subjects: anybody can become a customer, so what a customer's token opens is as good as public. */
export const introspectors: readonly ViewerKind[] = viewerKinds.filter(kind => kind !== 'SUBJECT')
