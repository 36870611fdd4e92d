#include "models/pcie/link_format.h"

#include <array>

namespace snsim {

namespace {

__extension__ using Wide = unsigned __int128;

struct Interval {
    std::int64_t lanes;
    std::array<std::uint32_t, 6> symbols;  ///< by MPS: 128, 256, 512, 1024, 2048, 4096
};

// PCIe Base 5.0, tables 3-7 to 3-9 (2-46 to 2-48 for credit updates are the same): Gen1, to which
// Gen2 adds 51, and 8 GT/s on.
constexpr std::array<Interval, 6> first_generation = {{{1, {237, 416, 559, 1071, 2095, 4143}},
                                                       {2, {128, 217, 289, 545, 1057, 2081}},
                                                       {4, {73, 118, 154, 282, 538, 1050}},
                                                       {8, {67, 107, 86, 150, 278, 534}},
                                                       {16, {48, 72, 86, 150, 278, 534}},
                                                       {32, {33, 45, 52, 84, 148, 276}}}};
constexpr std::array<Interval, 6> third_generation = {{{1, {333, 512, 655, 1167, 2191, 4239}},
                                                       {2, {224, 313, 385, 641, 1153, 2177}},
                                                       {4, {169, 214, 250, 378, 634, 1146}},
                                                       {8, {163, 203, 182, 246, 374, 630}},
                                                       {16, {144, 168, 182, 246, 374, 630}},
                                                       {32, {129, 141, 148, 180, 244, 372}}}};

}  // namespace

BitRate raw_rate(const LinkParams& link) {
    static constexpr std::array<std::int64_t, 5> mega_transfers = {2500, 5000, 8000, 16000, 32000};
    const std::int64_t transfers =
        mega_transfers[static_cast<std::size_t>(link.generation - 1)] * 1'000'000 * link.lanes;
    return link.generation <= 2 ? BitRate{transfers / 10 * 8}
                                : BitRate{transfers / 130 * 128 + transfers % 130 * 128 / 130};
}

std::uint32_t dllp_interval(const LinkParams& link) {
    const auto& table = link.generation <= 2 ? first_generation : third_generation;
    std::size_t column = 0;
    while (column < 5 && link.mps > 128_b * (std::int64_t{1} << column)) ++column;
    const std::uint32_t extra = link.generation == 2 ? 51 : 0;
    for (const Interval& row : table) {
        if (link.lanes <= row.lanes) return row.symbols[column] + extra;
    }
    return table.back().symbols[column] + extra;
}

BitRate tlp_rate(const LinkParams& link) {
    const auto raw = static_cast<Wide>(raw_rate(link).value);
    const std::uint32_t interval = dllp_interval(link);
    // 1 - 4/1538, and 16/interval of it less
    Wide part = (skip_interval - skip_symbols) * Wide{interval};
    if (link.dll == DllMode::guideline) part -= Wide{2 * dllp_bytes} * skip_interval;
    return BitRate{static_cast<std::int64_t>(raw * part / (Wide{skip_interval} * interval))};
}

std::uint32_t completion_limit(const RootParams& host, const LinkParams& link) {
    return static_cast<std::uint32_t>(
        (host.completions == CompletionSplit::rcb ? host.rcb : link.mps).value);
}

TlpHeaders::TlpHeaders(const LinkParams& link) {
    constexpr std::uint32_t framing = 8;  // STP or start, sequence, LCRC, end
    constexpr std::uint32_t common = 4;
    const std::uint32_t digest = link.ecrc ? 4 : 0;
    request = framing + common + (link.address == AddressWidth::bits64 ? 12 : 8) + digest;
    completion = framing + common + 8 + digest;
}

}  // namespace snsim
