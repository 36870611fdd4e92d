// The value types of a traffic class and how scenarios write them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/param_values.h"

namespace snsim {

/// Sizes of generated frames, including FCS: `64 B`, `imix`, `[64 B, 1518 B]` (equally often) or
/// `[{size: 64 B, weight: 7}, {size: 1518 B, weight: 1}]`.
struct FrameSizes {
    struct Part {
        Bytes size;
        std::int64_t weight = 1;
    };

    std::vector<Part> parts;  ///< at least one

    [[nodiscard]] static FrameSizes fixed(Bytes size) { return {{{size, 1}}}; }
    /// The simple IMIX: IP packets of 40, 576 and 1500 B as 7 : 4 : 1, in Ethernet frames.
    [[nodiscard]] static FrameSizes imix();
    [[nodiscard]] Bytes smallest() const;
    [[nodiscard]] Bytes largest() const;
};

/// How much a class offers: `100 %` of line rate (L1), `37 Mpps` or `25 Gb/s` (L1).
struct OfferedRate {
    enum class Kind { share, frames, bits };

    Kind kind = Kind::share;
    Share share;       ///< of the line rate of the port the class enters by
    EventRate frames;  ///< frames per second
    BitRate bits;      ///< including 20 B of preamble and gap per frame

    [[nodiscard]] static OfferedRate of_line(Share share) { return {Kind::share, share, {}, {}}; }
};

/// How fast a capture is replayed against its own clock: `original`, `10x`, `0.5x`.
struct ReplaySpeed {
    std::int64_t millionths = 1'000'000;
};

template <>
struct ValueText<FrameSizes> {
    static std::string type() { return "size, imix, or a list of sizes"; }
    static bool parse(const Node& node, FrameSizes& value, ValueErrors& errors);
    static std::string print(const FrameSizes& value);
};

template <>
struct ValueText<OfferedRate> {
    static std::string type() { return "share of line rate, frame rate or bit rate"; }
    static bool parse(const Node& node, OfferedRate& value, ValueErrors& errors);
    static std::string print(const OfferedRate& value);
};
template <>
inline constexpr SchemaType schema_type<OfferedRate> = SchemaType::text;

template <>
struct ValueText<ReplaySpeed> {
    static std::string type() { return "original, or a factor such as 10x"; }
    static bool parse(const Node& node, ReplaySpeed& value, ValueErrors& errors);
    static std::string print(ReplaySpeed value);
};
template <>
inline constexpr SchemaType schema_type<ReplaySpeed> = SchemaType::text;

}  // namespace snsim
