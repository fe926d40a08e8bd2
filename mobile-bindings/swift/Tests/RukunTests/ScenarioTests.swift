import Rukun
import XCTest

/// The scenario that the bindings of every language play: two phones, one household, no network in between.
final class ScenarioTests: XCTestCase {
    func testTwoPhonesRecordOfflineSeeTheirConflictAndSettleIt() async throws {
        let siti = try await Phone("Siti")
        let budi = try await Phone("Budi")
        let household = try siti.record([head: .text(value: "Pak Harun"), source: .text(value: "sumur")])
        XCTAssertEqual(try siti.store.standing().waiting, 1)
        try await siti.sync()
        try await budi.sync()
        XCTAssertEqual(try budi.read(household, head), .text(value: "Pak Harun"))

        // Neither has a network; both go back to the household.
        try siti.answer(household, source, .text(value: "ledeng"))
        try siti.answer(household, address, .text(value: "Gang Melati 3"))
        try budi.answer(household, source, .text(value: "hujan"))
        try budi.answer(household, persons, .integer(value: 5))
        try await siti.sync()
        try await budi.sync()
        try await siti.sync()

        for side in [siti, budi] {
            // What they answered differently is shown with both values and names; the rest merged.
            XCTAssertEqual(try side.rivals(household, source), ["hujan Budi", "ledeng Siti"])
            XCTAssertEqual(try side.read(household, address), .text(value: "Gang Melati 3"))
            XCTAssertEqual(try side.read(household, persons), .integer(value: 5))
            let inConflict = try side.store.records(filter: RecordFilter(inConflict: true))
            XCTAssertEqual(inConflict.map(\.id), [household])
        }

        try budi.answer(household, source, .text(value: "ledeng"))
        try await budi.sync()
        try await siti.sync()
        for side in [siti, budi] {
            XCTAssertEqual(try side.rivals(household, source), [])
            XCTAssertEqual(try side.read(household, source), .text(value: "ledeng"))
            let standing = try side.store.standing()
            XCTAssertEqual([standing.inConflict, standing.waiting, standing.held], [0, 0, 0])
            XCTAssertTrue(standing.feeds.allSatisfy { $0.agrees == true })
        }
        XCTAssertEqual(try siti.store.documentHeads(), try budi.store.documentHeads())
    }

    func testACancelledSyncLosesNothing() async throws {
        let siti = try await Phone("Siti")
        _ = try siti.record([source: .text(value: "sumur")])
        let cancellation = Cancellation()
        cancellation.cancel()
        do {
            _ = try await siti.store.sync(cancellation: cancellation)
            XCTFail("the sync was not cancelled")
        } catch RukunError.Cancelled {
            XCTAssertEqual(try siti.store.standing().waiting, 1)
        }
        try await siti.sync()
        XCTAssertEqual(try siti.store.standing().waiting, 0)
    }
}
