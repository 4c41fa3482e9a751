import { listSetting, type Table } from './setting.ts'
import { filePath } from './setting-kinds.ts'

/** What a manifest may refer to; taken by what reads one. */
export const referenceSettings = {
  referencesAllow: listSetting({
    flag: 'references.allow',
    kind: filePath,
    help: "Folder whose files a manifest may refer to, besides the manifest's own.",
  }),
} satisfies Table
