import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The Markdown files of a folder, by name without `.md`; a folder that cannot be read has none. */
export function runbookFiles(folder: string) {
  const names = async (): Promise<readonly string[]> => {
    const files = await readdir(folder).catch(() => [])
    return files
      .filter((file) => file.endsWith('.md'))
      .map((file) => file.slice(0, -3))
      .sort()
  }
  return {
    names,
    /** Null when there is no such file; a name that is no file name is never looked for. */
    async read(name: string): Promise<string | null> {
      if (!/^[\w-]+$/.test(name)) return null
      return readFile(join(folder, `${name}.md`), 'utf8').catch(() => null)
    },
  }
}
