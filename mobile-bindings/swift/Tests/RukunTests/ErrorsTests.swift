import Foundation
import Rukun
import XCTest

/// What goes wrong, and what an app is told to act on.
final class ErrorsTests: XCTestCase {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    private let nowhere = "rukun:1:" + String(repeating: "07", count: 16) + ":" + String(repeating: "09", count: 32)
        + ":ABCDEFGHJKMNPQRSTVWXYZ2345:http://127.0.0.1:9"

    override func tearDown() {
        try? FileManager.default.removeItem(at: folder)
    }

    func testBeforeEnrolmentEverythingButLookingIsUnauthorised() async throws {
        let store = try Store.open(folder: folder.path)
        XCTAssertNil(try store.identity())
        XCTAssertEqual(try store.records(filter: RecordFilter()), [])
        do {
            _ = try await store.sync()
            XCTFail("an unknown device synced")
        } catch RukunError.Unauthorised(let code, _) {
            XCTAssertEqual(code, "not_enrolled")
        }
    }

    func testATextThatIsNoTicketIsInvalidAndWithoutAServerEnrolmentIsOffline() async throws {
        let store = try Store.open(folder: folder.path)
        do {
            _ = try await store.enrol(ticket: "https://example.org", label: "HP")
            XCTFail("an address was taken for a ticket")
        } catch RukunError.Invalid {}
        do {
            _ = try await store.enrol(ticket: nowhere, label: "HP")
            XCTFail("nobody answered")
        } catch RukunError.Offline {}
    }

    func testAStoreThatIsOpenIsInUse() throws {
        let first = try Store.open(folder: folder.path)
        XCTAssertThrowsError(try Store.open(folder: folder.path)) { error in
            guard case RukunError.Storage(.inUse, _) = error else { return XCTFail("\(error)") }
        }
        first.shut()
        XCTAssertNoThrow(try Store.open(folder: folder.path))
    }
}
