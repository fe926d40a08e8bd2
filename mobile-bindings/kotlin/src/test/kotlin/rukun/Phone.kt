package rukun

import java.nio.file.Path
import kotlinx.coroutines.runBlocking

const val SOURCE = "air/air_minum"
const val HEAD = "responden/kk_nama"
const val ADDRESS = "lokasi/alamat"
const val PERSONS = "responden/jml_jiwa"
const val REMARKS = "penutup/catatan"

/** A phone in a person's hands: the bindings, and what a screen would do with them. */
class Phone(folder: Path, private val server: Server, val name: String, role: String = "facilitator") : AutoCloseable {
    val folder: String = folder.toString()
    val store: Store = Store.open(this.folder)
    val identity: Identity = runBlocking { store.enrol(server.ticket(name, role), "HP $name") }

    init {
        sync()
    }

    /** Syncs, as the app does in the background. */
    fun sync(): SyncProgress = runBlocking { store.sync() }

    /** Records a household. */
    fun record(answers: Map<String, Answer>): String {
        val form = store.forms().first { it.id == "kotaku-household" }
        return store.createRecord(NewRecord(form.id, form.version, server.village, answers))
    }

    /** Answers a question on the screen that shows [shown], or the record as it is now. */
    fun answer(record: String, key: String, value: Answer?, shown: OpenRecord = store.openRecord(record)): Boolean =
        store.saveRecord(record, listOf(Edit.SetAnswer(key, value)), shown.heads)

    /** What the screen shows as the answer. */
    fun read(record: String, key: String): Answer? = store.openRecord(record).answers[key]?.value

    /** The rival values of a conflict with the names of who wrote them. */
    fun rivals(record: String, key: String): Set<Pair<Answer?, String?>> =
        store.openRecord(record).answers.getValue(key).conflict
            .flatMap { rival -> rival.writers.map { rival.value to it.userName } }.toSet()

    override fun close() {
        store.shut()
        store.close()
    }
}

fun words(text: String): Answer = Answer.Text(text)

fun number(value: Long): Answer = Answer.Integer(value)
