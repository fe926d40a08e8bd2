import Foundation
import Rukun
import XCTest

let source = "air/air_minum"
let head = "responden/kk_nama"
let address = "lokasi/alamat"
let persons = "responden/jml_jiwa"

/// A phone in a person's hands: the bindings, and what a screen would do with them.
///
/// The tests want a running server, as `rukun serve` starts it, and tickets in the environment, as
/// `rukun device enrol-code USER` prints them: `RUKUN_TICKETS`, separated by blanks, for users named Siti and Budi in turn,
/// all facilitators in the village 35.12.06.2004.
final class Phone {
    static let village = "35.12.06.2004"
    private static var tickets = (ProcessInfo.processInfo.environment["RUKUN_TICKETS"] ?? "").split(separator: " ")

    let folder: URL
    let store: Store
    let identity: Identity

    init(_ name: String) async throws {
        try XCTSkipIf(Phone.tickets.isEmpty, "RUKUN_TICKETS names no ticket")
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        store = try Store.open(folder: folder.path)
        identity = try await store.enrol(ticket: String(Phone.tickets.removeFirst()), label: "HP \(name)")
        try await sync()
    }

    deinit {
        store.shut()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Syncs, as the app does in the background.
    @discardableResult
    func sync() async throws -> SyncProgress {
        try await store.sync()
    }

    /// Records a household.
    func record(_ answers: [String: Answer]) throws -> String {
        let form = try XCTUnwrap(store.forms().first { $0.id == "kotaku-household" })
        let new = NewRecord(form: form.id, version: form.version, area: Phone.village, answers: answers)
        return try store.createRecord(new: new)
    }

    /// Answers a question on the screen that shows `shown`, or the record as it is now.
    @discardableResult
    func answer(_ record: String, _ key: String, _ value: Answer?, shown: OpenRecord? = nil) throws -> Bool {
        let heads = try (shown ?? store.openRecord(id: record)).heads
        return try store.saveRecord(id: record, edits: [.setAnswer(key: key, value: value)], shownHeads: heads)
    }

    /// What the screen shows as the answer.
    func read(_ record: String, _ key: String) throws -> Answer? {
        try store.openRecord(id: record).answers[key]?.value
    }

    /// The rival values of a conflict, each with the names of who wrote it.
    func rivals(_ record: String, _ key: String) throws -> [String] {
        let conflict = try store.openRecord(id: record).answers[key]?.conflict ?? []
        return conflict.flatMap { rival in
            rival.writers.map { "\(plain(rival.value)) \($0.userName ?? "?")" }
        }.sorted()
    }
}

/// An answer as words.
func plain(_ answer: Answer?) -> String {
    switch answer {
    case .integer(let value): return String(value)
    case .decimal(let value): return String(value)
    case .text(let value): return value
    case nil: return ""
    }
}
