import { chatOf, sourceOf } from '../record.ts'

export const weComChatSource = sourceOf('wecom-chat', chatOf, payload => ({
  ...payload,
  statedAt: payload.message.occurredAt,
  interaction: { touchpoint: 'WECOM', ...payload.message },
}))
