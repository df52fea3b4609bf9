import { chatOf, sourceOf } from '../record.ts'

export const feishuChatSource = sourceOf('feishu-chat', chatOf, payload => ({
  ...payload,
  statedAt: payload.message.occurredAt,
  interaction: { touchpoint: 'FEISHU', ...payload.message },
}))
