package rukun

import java.nio.file.Path
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.io.TempDir

/** The scenario that the bindings of every language play: two phones, one household, no network in between. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScenarioTest {
    private val server = Server()
    private val phones = mutableListOf<Phone>()

    private fun phone(folder: Path, name: String) = Phone(folder.resolve(name), server, name).also { phones += it }

    @AfterEach
    fun putAway() {
        phones.forEach { it.close() }
        phones.clear()
    }

    @AfterAll
    fun stop() = server.close()

    @Test
    fun `two phones record offline, see their conflict and settle it`(@TempDir folder: Path) {
        val siti = phone(folder, "Siti")
        val budi = phone(folder, "Budi")
        val household = siti.record(mapOf(HEAD to words("Pak Harun"), SOURCE to words("sumur")))
        assertEquals(1uL, siti.store.standing().waiting)
        siti.sync()
        budi.sync()
        assertEquals(words("Pak Harun"), budi.read(household, HEAD))

        // Neither has a network; both go back to the household.
        siti.answer(household, SOURCE, words("ledeng"))
        siti.answer(household, ADDRESS, words("Gang Melati 3"))
        budi.answer(household, SOURCE, words("hujan"))
        budi.answer(household, PERSONS, number(5))
        siti.sync()
        budi.sync()
        siti.sync()

        for (side in listOf(siti, budi)) {
            // What they answered differently is shown with both values and names; the rest merged.
            assertEquals(setOf(words("ledeng") to "Siti", words("hujan") to "Budi"), side.rivals(household, SOURCE))
            assertEquals(words("Gang Melati 3"), side.read(household, ADDRESS))
            assertEquals(number(5), side.read(household, PERSONS))
            val inConflict = side.store.records(RecordFilter(inConflict = true))
            assertEquals(listOf(household), inConflict.map { it.id })
        }

        budi.answer(household, SOURCE, words("ledeng"))
        budi.sync()
        siti.sync()
        for (side in listOf(siti, budi)) {
            assertTrue(side.rivals(household, SOURCE).isEmpty())
            assertEquals(words("ledeng"), side.read(household, SOURCE))
            val standing = side.store.standing()
            assertEquals(listOf(0uL, 0uL, 0uL), listOf(standing.inConflict, standing.waiting, standing.held))
            assertTrue(standing.feeds.all { it.agrees == true })
        }
        assertEquals(siti.store.documentHeads(), budi.store.documentHeads())
    }

    @Test
    fun `a save on an old screen overwrites nothing`(@TempDir folder: Path) {
        val siti = phone(folder, "Siti")
        val budi = phone(folder, "Budi")
        val household = siti.record(mapOf(SOURCE to words("sumur")))
        siti.sync()
        budi.sync()
        val screen = budi.store.openRecord(household)
        siti.answer(household, SOURCE, words("ledeng"))
        siti.sync()
        budi.sync()
        budi.answer(household, SOURCE, words("hujan"), screen)
        assertEquals(setOf(words("ledeng") to "Siti", words("hujan") to "Budi"), budi.rivals(household, SOURCE))
    }

    @Test
    fun `history tells who answered what and when`(@TempDir folder: Path) {
        val siti = phone(folder, "Siti")
        val budi = phone(folder, "Budi")
        val household = siti.record(mapOf(SOURCE to words("sumur")))
        siti.sync()
        budi.sync()
        budi.answer(household, SOURCE, words("ledeng"))
        budi.sync()
        siti.sync()
        val steps = siti.store.recordHistory(household).getValue(SOURCE)
        val told = steps.map { Triple(it.written.userName, it.value, it.written.here) }
        assertEquals(listOf(Triple("Siti", words("sumur"), true), Triple("Budi", words("ledeng"), false)), told)
    }

    @Test
    fun `members are added in a repeat and a photo is kept`(@TempDir folder: Path) {
        val siti = phone(folder, "Siti")
        val household = siti.record(emptyMap())
        val member = siti.store.newId()
        val name = keyInside(member, "art/art_nama")
        val photo = siti.store.attach(byteArrayOf(1, 2, 3), "image/jpeg", "rumah depan.jpg")
        val edits = listOf(
            Edit.AddInstance(member, "art", null, 1.0),
            Edit.SetAnswer(name, words("Ani")),
            Edit.SetAnswer("lokasi/foto_depan", photo),
            Edit.SetLongText(REMARKS, "Rumah biru."),
            Edit.AddComment(siti.store.newId(), SOURCE, "Tanya lagi."),
        )
        assertTrue(siti.store.saveRecord(household, edits, siti.store.openRecord(household).heads))
        val shown = siti.store.openRecord(household)
        assertEquals(listOf(member), shown.instances.map { it.id })
        assertEquals(words("Ani"), shown.answers.getValue(name).value)
        assertEquals(words("Rumah biru."), shown.answers.getValue(REMARKS).value)
        assertEquals(listOf("Tanya lagi." to SOURCE), shown.comments.map { it.text to it.question })
        val file = fileOf(shown.answers.getValue("lokasi/foto_depan").value!!)!!
        assertEquals("rumah depan.jpg", file.name)
        assertTrue(byteArrayOf(1, 2, 3).contentEquals(siti.store.file(file.hash)))
    }

    @Test
    fun `a sync tells how far it is and a cancelled one loses nothing`(@TempDir folder: Path) {
        val siti = phone(folder, "Siti")
        siti.record(mapOf(SOURCE to words("sumur")))
        val cancellation = Cancellation()
        cancellation.cancel()
        assertThrows(RukunException.Cancelled::class.java) {
            runBlocking { siti.store.sync(cancellation = cancellation) }
        }
        assertEquals(1uL, siti.store.standing().waiting)

        val seen = mutableListOf<SyncProgress>()
        val watch = object : SyncObserver {
            override fun progress(progress: SyncProgress) {
                seen += progress
            }
        }
        val done = runBlocking { siti.store.sync(observer = watch) }
        assertTrue(done.done)
        assertEquals(1uL, done.accepted)
        assertTrue(done.bytesUp in 1uL..5_000uL && done.bytesDown in 1uL..5_000uL)
        assertEquals(1uL, seen.last().accepted)
    }

    @Test
    fun `cancelling the coroutine that awaits a sync ends it`(@TempDir folder: Path) {
        val called = CompletableDeferred<Unit>()
        val silent = object : HttpClient {
            override suspend fun call(request: HttpRequest): HttpResponse {
                called.complete(Unit)
                awaitCancellation()
            }
        }
        val siti = phone(folder, "Siti")
        siti.record(mapOf(SOURCE to words("sumur")))
        runBlocking {
            val syncing = launch { siti.store.sync(http = silent) }
            called.await()
            syncing.cancelAndJoin()
        }
        assertEquals(1uL, siti.store.standing().waiting)
        assertEquals(1uL, siti.sync().accepted)
    }

    @Test
    fun `the platform's own HTTP serves as well`(@TempDir folder: Path) {
        val http = PlatformHttp()
        val siti = phone(folder, "Siti")
        siti.record(mapOf(SOURCE to words("sumur")))
        val done = runBlocking { siti.store.sync(http = http) }
        assertEquals(1uL, done.accepted)
        assertEquals(http.calls, done.calls)
        server.stop()
        try {
            siti.record(emptyMap())
            assertThrows(RukunException.Offline::class.java) { runBlocking { siti.store.sync(http = http) } }
        } finally {
            server.start()
        }
        assertFalse(siti.store.waiting().isEmpty())
    }
}
