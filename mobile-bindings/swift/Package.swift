// swift-tools-version:5.9
// What an app adds as a package. `./build-xcframework`, on a Mac, makes Sources/Rukun/Rukun.swift and RukunFFI.xcframework;
// neither is kept in the repository.
import PackageDescription

let package = Package(
    name: "Rukun",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [.library(name: "Rukun", targets: ["Rukun"])],
    targets: [
        .binaryTarget(name: "RukunFFI", path: "RukunFFI.xcframework"),
        .target(name: "Rukun", dependencies: ["RukunFFI"]),
        .testTarget(name: "RukunTests", dependencies: ["Rukun"]),
    ]
)
