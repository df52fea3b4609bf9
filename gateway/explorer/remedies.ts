// What each error and each mask means to who meets it, and what to do. A code without a line here is a type error.
import type { ErrorCode } from '../../core/errors.ts'
import type { ReasonCode } from '../../core/policy/decide-access.ts'

export const errorRemedies: Readonly<Record<ErrorCode, string>> = {
  UNAUTHENTICATED:
    'Send the header "authorization: Bearer …" with a token of your issuer that has not expired, or with an API key that was not revoked. The answer never says which of them was wrong.',
  FORBIDDEN:
    'The kind of viewer that your token or key states may not call this. The message names the kinds that may. Ask the operator for another token, or leave the field out.',
  PURPOSE_REQUIRED:
    'Say what you read personal data for: send the header x-purpose with one of the purposes that you are granted.',
  PURPOSE_NOT_GRANTED:
    'The message lists the purposes that you are granted. A token or key may have been narrowed to fewer than its kind of viewer has.',
  FIELDS_NOT_GRANTED:
    'This key refuses what could never be shown to it. The message lists the fields: leave them out, or ask the operator for another key.',
  NOT_VISIBLE:
    'Nothing was changed. Either there is no such record, or you may not know of it; the answer is the same for both. Check the id, the viewer and the purpose.',
  BAD_USER_INPUT:
    'The message says where and what was expected. Correct the document or the variables and send it again.',
  PAYLOAD_TOO_LARGE: 'Send less at once. A batch can be split: records that were sent before change nothing.',
  CONFLICT:
    'What you sent contradicts what is recorded: an idempotency key that was used with other input, or a step that is no longer possible. Read the record again before you decide.',
  POLICY_CHANGED:
    'Another policy came into force while the answer was made. Ask again: the next answer follows the new one.',
  DEADLINE_EXCEEDED:
    'Ask for less: fewer fields, smaller pages. A change may have been made all the same; repeat it with the same idempotency key to learn of it.',
  CANCELLED: 'The connection was closed before the answer. Repeat a change with the same idempotency key.',
  GRAPH_UNAVAILABLE: 'Try again later. GET /ready says when the service can answer.',
  GRAPH_TIMEOUT: 'Ask for less, or try again later. Repeat a change with the same idempotency key.',
  MODULE_DISABLED: 'An operator switches the module on again: enableModule.',
  GRAPH_LOCKED: 'Another process holds the data. Operators end one of the two.',
  EVIDENCE_UNAVAILABLE:
    'Nothing was shown and nothing was changed, because it could not be recorded. Try again later; operators look at the log under the request id.',
  EVIDENCE_ROLLED_BACK:
    'Operators restore the graph and DATA_DIR from one backup, or start with --accept-loss, which is recorded.',
  INTERNAL_SERVER_ERROR:
    'This is our fault. Tell the operator the request id, which stands in the header x-request-id: the cause is in the log under it.',
}

export const reasonExplanations: Readonly<Record<ReasonCode, { readonly sentence: string; readonly remedy: string }>> =
  {
    PURPOSE_REQUIRED: {
      sentence: 'No purpose was stated, and without one there is no personal data.',
      remedy: 'Send the header x-purpose with one of the purposes that you are granted.',
    },
    CATEGORY_NOT_GRANTED: {
      sentence: 'No rule of the policy shows this category of data to this kind of viewer for the stated purpose.',
      remedy:
        'Nothing that the customer does would lift this. Another purpose may, where you are granted it; otherwise the operator decides, by a new version of the policy.',
    },
    DENIED_BY_RULE: {
      sentence: 'A rule of the policy withholds this category, whatever other rules say.',
      remedy: 'Nothing lifts it but another version of the policy.',
    },
    CONSENT_REQUIRED: {
      sentence: 'The policy would show this value, and the customer has not consented to the purpose that it rests on.',
      remedy:
        'The remedy beside the mask names the purpose. The customer gives that consent by giveConsent and withdraws it by withdrawConsent; the next answer follows it.',
    },
    NOT_FOR_MINORS: {
      sentence: 'The customer is a minor, and data of minors is not used for this purpose.',
      remedy: 'Read the remedy beside the mask. Another purpose may show the value.',
    },
    TRANSFER_NOT_COVERED: {
      sentence: 'The value would cross a border, and nothing that the law accepts covers that transfer.',
      remedy: 'Read the remedy beside the mask: it names what would cover the transfer.',
    },
    MASKED_BY_RULE: {
      sentence: 'This viewer is shown the value in a changed form only, such as the last four characters or the year.',
      remedy: 'Use the form that is shown. It can be neither filtered nor sorted by beyond what it shows.',
    },
    NOT_VISIBLE: {
      sentence: 'There is no such record, or none that this viewer may know of. The answer is the same for both.',
      remedy: 'Check the id. A record can come into sight for another purpose or after the consent of its customer.',
    },
    MODULE_DISABLED: {
      sentence: 'The module that adds this field is switched off, and nobody is shown what it would add.',
      remedy: 'An operator switches the module on again: enableModule.',
    },
  }
