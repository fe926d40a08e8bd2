// Opens a document of Rukun with the official Automerge, says what its answers are, and makes one change in it.
//
//   node other.mjs DOCUMENT ACTOR CHANGE   reads DOCUMENT, writes the change to CHANGE, prints the answers as JSON

import { readFileSync, writeFileSync } from 'node:fs'
import * as Automerge from '@automerge/automerge'

const [documentPath, actor, changePath] = process.argv.slice(2)
const before = Automerge.load(new Uint8Array(readFileSync(documentPath)), { actor })
const answers = {}
for (const [key, value] of Object.entries(before.answers)) {
  answers[key] = Automerge.isImmutableString(value) ? value.toString() : value
}
const conflicts = Object.keys(before.answers).filter((key) => Object.keys(Automerge.getConflicts(before.answers, key) ?? {}).length > 1)

const after = Automerge.change(before, { time: 1764000100 }, (record) => {
  record.answers['name'] = new Automerge.ImmutableString('Sari dari peramban')
  record.answers['water/other'] = 'tulisan biasa'
  record.answers['water/minutes'] = 25
  delete record.answers['water/source']
})
writeFileSync(changePath, Automerge.getLastLocalChange(after))
process.stdout.write(JSON.stringify({ answers, conflicts, heads: Automerge.getHeads(before) }))
