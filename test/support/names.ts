import { readFileSync } from 'node:fs'

/*
 * The names of this program, as package.json has them: everything else repeats these.
 */

const own = JSON.parse(readFileSync('package.json', 'utf8'))

export const version: string = own.version

/** The repository as a page: `https://github.com/OWNER/NAME`. */
export const repository: string = own.repository.url.replace(/^git\+|\.git$/g, '')

/** The image without its tag. The release publishes it under the name of the repository. */
export const imageName: string = repository.replace('https://github.com/', 'ghcr.io/')
