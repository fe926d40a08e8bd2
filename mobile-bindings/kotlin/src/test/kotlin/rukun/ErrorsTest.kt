package rukun

import java.nio.file.Path
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.io.TempDir

/** What goes wrong, and what an app is told to act on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ErrorsTest {
    private val server = Server()

    @AfterAll
    fun stop() = server.close()

    private inline fun <reified E : RukunException> fails(noinline work: suspend () -> Unit): E =
        assertThrows(E::class.java) { runBlocking { work() } }

    @Test
    fun `before enrolment everything but looking is unauthorised`(@TempDir folder: Path) {
        Store.open(folder.toString()).use { store ->
            assertNull(store.identity())
            assertEquals(emptyList<RecordLine>(), store.records(RecordFilter()))
            assertEquals("not_enrolled", fails<RukunException.Unauthorised> { store.sync() }.code)
            val new = NewRecord("kotaku-household", "1", "35.12.06.2004")
            assertEquals("not_enrolled", fails<RukunException.Unauthorised> { store.createRecord(new) }.code)
        }
    }

    @Test
    fun `a text that is no ticket is invalid, and without a server enrolment is offline`(@TempDir folder: Path) {
        val nowhere = "rukun:1:${"07".repeat(16)}:${"09".repeat(32)}:ABCDEFGHJKMNPQRSTVWXYZ2345:http://127.0.0.1:9"
        Store.open(folder.toString()).use { store ->
            fails<RukunException.Invalid> { store.enrol("https://example.org", "HP") }
            fails<RukunException.Offline> { store.enrol(nowhere, "HP") }
        }
        assertEquals("http://127.0.0.1:9", readTicket(nowhere).serverUrl)
    }

    @Test
    fun `a code serves one device`(@TempDir folder: Path) {
        val ticket = server.ticket("Siti")
        Store.open(folder.resolve("one").toString()).use { runBlocking { it.enrol(ticket, "HP") } }
        Store.open(folder.resolve("two").toString()).use { second ->
            assertEquals("code_used", fails<RukunException.Rejected> { second.enrol(ticket, "HP") }.code)
        }
    }

    @Test
    fun `a store that is open is in use`(@TempDir folder: Path) {
        Store.open(folder.toString()).use { first ->
            val error = fails<RukunException.Storage> { Store.open(folder.toString()).close() }
            assertEquals(StorageTrouble.IN_USE, error.trouble)
            first.shut()
            Store.open(folder.toString()).close()
            fails<RukunException.Invalid> { first.standing() }
        }
    }

    @Test
    fun `a key store that forgets opens nothing`(@TempDir folder: Path) {
        val keys = object : KeyStore {
            var secret: ByteArray? = null

            override fun load(): ByteArray? = secret

            override fun keep(secret: ByteArray) {
                this.secret = secret
            }
        }
        Store.open(folder.toString(), keys).shut()
        keys.secret = null
        val error = fails<RukunException.Storage> { Store.open(folder.toString(), keys).close() }
        assertEquals(StorageTrouble.KEY_MISSING, error.trouble)
        assertNull(keys.secret)
    }

    @Test
    fun `what was typed on a revoked device is held for a supervisor`(@TempDir folder: Path) {
        Phone(folder, server, "Siti").use { siti ->
            val household = siti.record(mapOf(SOURCE to words("sumur")))
            server.revoke(siti.identity.device)
            assertEquals(1uL, siti.sync().held)
            assertEquals(words("sumur"), siti.read(household, SOURCE))
            assertEquals(listOf(Fate.Held(HeldReason.DEVICE_REVOKED)), siti.store.waiting().map { it.fate })
        }
    }
}
