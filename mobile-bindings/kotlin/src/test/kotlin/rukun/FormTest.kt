package rukun

import java.nio.file.Path
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.io.TempDir

private const val WIB = 420
private const val VARIANT = "kunjungan/varian"
private const val RESULT = "kunjungan/visit_result"
private const val CONSENT = "kunjungan/consent"
private const val RW = "lokasi/rw"
private const val MEN = "responden/jml_l"
private const val WOMEN = "responden/jml_p"

/** Filling the household form through a form session: what a screen shows, asks and says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FormTest {
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

    private fun begin(phone: Phone): FormSession {
        val form = phone.store.forms().first { it.id == "kotaku-household" }
        return phone.store.beginForm(NewFormSession(form.id, form.version, server.village), WIB)
    }

    /** Answers what opens the interview. */
    private fun FormSession.interview(variant: String = "pendek") {
        answer(VARIANT, variant)
        answer(RESULT, "selesai")
        answer(CONSENT, "ya")
    }

    /** Keys of the questions that the pages ask just now. */
    private fun FormSession.asked(): List<String> =
        pages().flatMap { it.questions }.filter { it.kind == SeenKind.QUESTION }.map { it.key }

    private fun FormSession.finding(key: String): Finding? = findings().firstOrNull { it.key == key }

    @Test
    fun `questions appear and go with the answers that ask for them`(@TempDir folder: Path) {
        val session = begin(phone(folder, "Siti"))
        assertFalse(PERSONS in session.asked())
        session.changes()
        session.interview()
        assertTrue(session.changes().seen.first { it.key == PERSONS }.relevant)
        session.answer(PERSONS, "4")
        session.answer(CONSENT, "tidak")
        assertFalse(PERSONS in session.asked())
        session.answer(CONSENT, "ya")
        assertEquals("4", session.seen(PERSONS)?.value)
    }

    @Test
    fun `an answer that breaks a rule is kept, marked, and blocks only completion`(@TempDir folder: Path) {
        val siti = phone(folder, "Siti")
        val session = begin(siti)
        session.interview()
        session.answer(RW, "14")
        assertEquals(FindingKind.CONSTRAINT, session.finding(RW)?.kind)
        val outcome = session.save(true)
        assertTrue(outcome is SaveOutcome.Incomplete && outcome.findings.any { it.key == RW })
        assertEquals(SaveOutcome.Saved, session.save(false))
        val again = siti.store.openForm(session.id(), WIB)
        assertEquals("14", again.seen(RW)?.value)
        again.answer(RW, "014")
        assertNull(again.finding(RW))
    }

    @Test
    fun `the language changes every word and no answer`(@TempDir folder: Path) {
        val session = begin(phone(folder, "Siti"))
        session.interview()
        assertEquals("Formulir yang dipakai", session.seen(VARIANT)?.label)
        session.setLanguage("English (en)")
        assertEquals("Form used", session.seen(VARIANT)?.label)
        assertEquals(listOf("Yes", "No"), session.seen(CONSENT)?.choices?.map { it.label })
        assertEquals("pendek", session.seen(VARIANT)?.value)
    }

    @Test
    fun `members are added, filled and taken out`(@TempDir folder: Path) {
        val siti = phone(folder, "Siti")
        val session = begin(siti)
        session.interview("panjang")
        val page = session.pages().first { it.add == "art" }
        val ani = session.addInstance("art", page.addIn)
        val name = keyInside(ani, "art/art_nama")
        val school = keyInside(ani, "art/art_sekolah")
        session.answer(name, "Ani")
        assertFalse(school in session.asked())
        session.answer(keyInside(ani, "art/art_umur"), "9")
        assertTrue(school in session.asked())
        session.save(false)
        assertEquals(words("Ani"), siti.read(session.id(), name))
        session.removeInstance(ani)
        session.save(false)
        assertFalse(name in siti.store.openForm(session.id(), WIB).asked())
    }

    @Test
    fun `two right answers that do not fit together are marked as of the merge`(@TempDir folder: Path) {
        val siti = phone(folder, "Siti")
        val budi = phone(folder, "Budi")
        val session = begin(siti)
        session.interview()
        session.answer(PERSONS, "4")
        session.save(false)
        siti.sync()
        budi.sync()
        for ((side, key, count) in listOf(Triple(siti, MEN, "3"), Triple(budi, WOMEN, "2"))) {
            val screen = side.store.openForm(session.id(), WIB)
            screen.answer(key, count)
            assertNull(screen.finding(key))
            screen.save(false)
        }
        siti.sync()
        budi.sync()
        val found = budi.store.openForm(session.id(), WIB).finding(WOMEN)
        assertEquals(FindingKind.CONSTRAINT to true, found?.kind to found?.fromMerge)
    }
}
