import { confirm } from './ownership-confirm.ts'
import { request } from './ownership-request.ts'
import { verbGroup } from './verb-group.ts'

export const ownership = verbGroup('ownership', {
  request: { summary: 'Make Cloudflare write challenge files, to be read by hand.', verb: request },
  confirm: { summary: 'Hand in the tokens that were read.', verb: confirm },
})
