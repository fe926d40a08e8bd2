// The server: CouchDB's protocol by express-pouchdb on leveldb. Says its port in one line, ends when its input does.
import express from 'express'
import PouchDB from 'pouchdb'
import expressPouch from 'express-pouchdb'

const [folder] = process.argv.slice(2)
process.chdir(folder)

const Database = PouchDB.defaults({ prefix: `${folder}/` })
const app = express()
app.use('/', expressPouch(Database, {
  mode: 'minimumForPouchDB',
  logPath: `${folder}/log.txt`,
  configPath: `${folder}/config.json`,
  inMemoryConfig: true
}))
const server = app.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })))
process.stdin.on('end', () => process.exit(0)).resume()
