package rukun

import java.io.IOException
import java.net.ConnectException
import java.net.URI
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** The platform's own HTTP: Java's. */
class PlatformHttp : HttpClient {
    private val client = java.net.http.HttpClient.newHttpClient()
    var calls = 0uL
        private set

    override suspend fun call(request: HttpRequest): HttpResponse = withContext(Dispatchers.IO) {
        calls += 1uL
        val call = java.net.http.HttpRequest.newBuilder(URI(request.url))
            .method(request.method, BodyPublishers.ofByteArray(request.body))
        request.headers.forEach { call.header(it.name, it.value) }
        try {
            val answer = client.send(call.build(), BodyHandlers.ofByteArray())
            HttpResponse(answer.statusCode().toUShort(), answer.body())
        } catch (error: ConnectException) {
            throw HttpException.Unreachable(error.toString())
        } catch (error: IOException) {
            throw HttpException.Cut(error.toString())
        }
    }
}
