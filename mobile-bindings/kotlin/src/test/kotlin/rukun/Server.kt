package rukun

import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger

/** The real server, administered by its own command line. */
class Server : AutoCloseable {
    val village = "35.12.06.2004"
    private val folder: Path = Files.createTempDirectory("rukun-server")
    private val log = folder.resolve("log").toFile()
    private var port = 0
    private lateinit var process: Process

    init {
        start()
        command("form", "publish", "../../server/forms/kotaku-household.json")
    }

    /** Starts it; a second time on the same port. */
    fun start() {
        val words = flags + listOf("serve", "--address", "127.0.0.1", "--port", "$port")
        process = ProcessBuilder(listOf(binary) + words).redirectError(ProcessBuilder.Redirect.appendTo(log)).start()
        val output = process.inputStream.bufferedReader()
        port = generateSequence { output.readLine() }.firstNotNullOfOrNull { LISTENING.find(it) }
            ?.let { it.groupValues[1].toInt() }
            ?: error("the server ended: ${log.readText()}")
    }

    /** Ends it, and waits until its port is free. */
    fun stop() {
        process.destroy()
        check(process.waitFor(30, TimeUnit.SECONDS)) { "the server does not end" }
    }

    override fun close() {
        stop()
        folder.toFile().deleteRecursively()
    }

    /** A ticket for a new user with a role in the village. */
    fun ticket(name: String, role: String = "facilitator"): String {
        val login = name.lowercase() + numbers.incrementAndGet()
        command("user", "add", login, name)
        command("assign", login, village, role)
        val said = command("device", "enrol-code", login)
        return TICKET.find(said)?.groupValues?.get(1) ?: error("no ticket in: $said")
    }

    fun revoke(device: String) {
        command("device", "revoke", device)
    }

    private val flags get() = listOf("--data", folder.resolve("data").toString())

    private fun command(vararg words: String): String {
        val all = listOf(binary, "--json") + flags + listOf("--public-url", "http://127.0.0.1:$port") + words
        val run = ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.appendTo(log)).start()
        val said = run.inputStream.bufferedReader().readText()
        check(run.waitFor() == 0) { "rukun ${words.joinToString(" ")}: ${log.readText()}" }
        return said
    }

    companion object {
        private val LISTENING = Regex("""listening on http://[\d.]+:(\d+)""")
        private val TICKET = Regex(""""ticket": *"([^"]+)"""")
        private val numbers = AtomicInteger()
        private val binary: String =
            System.getenv("RUKUN") ?: error("RUKUN must name the server's binary; ./test builds it and says so")
    }
}
