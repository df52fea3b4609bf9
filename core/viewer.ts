// Who asks, for what purpose. Decided once by the gateway; everything behind it reads this and nothing of the request.

export const viewerKinds = [
  'SUBJECT',
  'REP',
  'MANAGER',
  'PRIVACY_OFFICER',
  'PARTNER',
  'ANALYST',
  'AUDITOR',
  'OPERATOR',
  'SERVICE',
] as const
export type ViewerKind = (typeof viewerKinds)[number]

export const purposes = [
  'SERVICE_DELIVERY',
  'SALES_FOLLOW_UP',
  'MARKETING',
  'AI_DECISION',
  'AI_TRAINING',
  'ANALYTICS',
  'PARTNER_SHARING',
  'COMPLIANCE_AUDIT',
  'SUBJECT_REQUEST',
  'WORKFORCE_PLANNING',
  'SENSITIVE_DATA',
  'CROSS_BORDER_TRANSFER',
] as const
/** What the law has a customer consent to apart from any purpose. Nobody states them: they are asked for beside one. */
export const separateConsents = ['SENSITIVE_DATA', 'CROSS_BORDER_TRANSFER'] as const

export type Purpose = (typeof purposes)[number]

export interface Viewer {
  readonly kind: ViewerKind
  /** A subject's is its customer id, a rep's its seller id, a partner's its partner id. Public, never derived. */
  readonly id: string
  /** Where the viewer sits; of a manager also the region that it manages. Undefined: where the customer is. */
  readonly region?: string | undefined
  /** Purposes that the token or key itself narrows to; undefined leaves the policy's grants as they are. */
  readonly purposes?: readonly Purpose[] | undefined
  /** Who acts for the subject by a mandate, such as a parent; undefined for the subject itself. */
  readonly guardianId?: string | undefined
  /** The stated and granted purpose of this request. Undefined: no personal data. */
  readonly purpose?: Purpose | undefined
  /**
   * True for a key whose owner would rather have an operation refused than answered without the fields that it can never be
   * shown; others are answered null and the reason in their place.
   */
  readonly refusesPruned?: boolean | undefined
}

export function isPurpose(text: string): text is Purpose {
  return (purposes as readonly string[]).includes(text)
}
