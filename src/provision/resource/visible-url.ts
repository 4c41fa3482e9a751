import type { Secret } from '../../domain/secret.ts'

/** A webhook's address with everything after the host masked. */
export function visibleUrl(url: Secret): string {
  const match = /^(https?:\/\/)(?:[^/?#]*@)?([^/?#@]+)(.*)$/i.exec(url.reveal())
  return match === null ? '***' : `${match[1]}${match[2]}${match[3] === '' || match[3] === '/' ? '' : '/***'}`
}
