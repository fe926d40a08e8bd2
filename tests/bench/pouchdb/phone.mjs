// One phone: a PouchDB on leveldb. One command a line on its input, one answer a line on its output.
import fs from 'node:fs'
import readline from 'node:readline'
import PouchDB from 'pouchdb'

const [folder, url, recordsFile] = process.argv.slice(2)
const local = new PouchDB(`${folder}/survey`)
const remote = new PouchDB(`${url}/survey`)

const identifier = number => `record-${String(number).padStart(6, '0')}`
const chosen = ({ count, step }) => Array.from({ length: count }, (_, place) => identifier(place * step))

async function create ({ count }) {
  const records = fs.readFileSync(recordsFile, 'utf8').trim().split('\n').slice(0, count)
    .map((line, number) => ({ ...JSON.parse(line), _id: identifier(number) }))
  const started = performance.now()
  for (let from = 0; from < records.length; from += 500) await local.bulkDocs(records.slice(from, from + 500))
  return { milliseconds: performance.now() - started }
}

async function sync ({ way }) {
  const started = performance.now()
  if (way === 'push') await local.replicate.to(remote)
  else if (way === 'pull') await local.replicate.from(remote)
  else await local.sync(remote)
  const milliseconds = performance.now() - started
  return { milliseconds, records: (await local.info()).doc_count }
}

// `answers` holds, for each record, the questions to answer.
async function edit ({ answers, step }) {
  const ids = chosen({ count: answers.length, step })
  const found = await local.allDocs({ keys: ids, include_docs: true })
  await local.bulkDocs(found.rows.map((row, place) => Object.assign(row.doc, answers[place])))
  return {}
}

// How many records show both phones' answers to different questions; how many show, to who reads them in the ordinary way,
// that one question has two answers; how many keep the other answer where only who asks for it finds it.
async function judge ({ mine, theirs, same, step }) {
  const judged = { merged: 0, conflicts_shown: 0, conflicts_hidden: 0 }
  const ids = chosen({ count: mine.length, step })
  for (const [place, id] of ids.entries()) {
    const shown = await local.get(id)
    const expected = Object.entries({ ...mine[place], ...theirs[place] }).filter(([question]) => question !== same)
    if (expected.every(([question, answer]) => shown[question] === answer)) judged.merged++
    if (shown._conflicts) judged.conflicts_shown++
    if ((await local.get(id, { conflicts: true }))._conflicts) judged.conflicts_hidden++
  }
  return judged
}

const commands = { create, sync, edit, judge }
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { command, ...details } = JSON.parse(line)
  try {
    console.log(JSON.stringify(await commands[command](details)))
  } catch (error) {
    console.log(JSON.stringify({ failed: String(error?.stack ?? error) }))
  }
}
process.exit(0)
