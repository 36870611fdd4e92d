// How a network function describes its work, so that a place that runs it can price it.
//
// A program is a static list of operations in order, each with the condition under which a frame
// executes it. Running a function on a frame yields the set of conditions that held; the work of
// that frame is the operations whose condition is in the set. Counts say what is really done to
// headers and state; what an operation costs is decided where it runs.
#pragma once

#include <cstdint>
#include <vector>

namespace snsim {

enum class Primitive : uint8_t {
    extract,  // count 4-byte words taken out of headers
    lookup,   // one look-up in a table, see Op::table and Op::step
    compare,  // count comparisons of up to 4 bytes
    rewrite,  // count 4-byte words written into headers or a table entry
};

// A condition is a small number private to its function; 0 always holds.
using Condition = uint8_t;
using ConditionMask = uint32_t;
inline constexpr Condition always = 0;

[[nodiscard]] constexpr ConditionMask mask_of(Condition condition) {
    return ConditionMask{1} << condition;
}

struct Op {
    Primitive kind = Primitive::compare;
    uint16_t count = 0;  // words or comparisons; 1 for a look-up
    Condition when = always;
    uint8_t table = 0;      // look-up: index into Function::tables()
    uint8_t step = 0;       // look-up: argument of Function::lookup()
    const char* what = "";  // for people: "TCP flags", "connection entry"
};
using Program = std::vector<Op>;

enum class TableKind : uint8_t {
    hash,     // exact match in DRAM or SRAM
    lpm,      // longest prefix match: direct tables, tries
    ternary,  // ordered rules with wildcards: TCAM where there is one
    direct,   // an array
};

// A table as it would stand in the card's memory. Look-ups name the 64-byte lines they touch,
// counted from the table's first byte, so bytes is all a memory has to reserve.
struct TableInfo {
    const char* name = "";
    TableKind kind = TableKind::hash;
    uint32_t entry_bytes = 0;
    uint64_t entries = 0;
    uint64_t bytes = 0;
    bool stateful = false;  // frames write it; read-only tables change by configuration alone
    uint8_t depth = 1;      // most dependent lines of one look-up that a memory should tell apart
};
inline constexpr uint32_t line_bytes = 64;

// The lines one look-up touched, in order. When dependent, each address is known only after the
// line before it has been read; otherwise all are known at the start.
struct LookupPlan {
    static constexpr uint8_t max_lines = 32;

    uint32_t line[max_lines];
    uint8_t count = 0;  // lines beyond max_lines are not recorded; no table here comes near
    bool dependent = false;
    uint32_t written = 0;  // bit i: line[i] is changed and goes back to memory

    void add(uint64_t line_number, bool is_written = false) {
        if (count == max_lines) return;
        if (is_written) written |= uint32_t{1} << count;
        line[count++] = static_cast<uint32_t>(line_number);
    }
};

// The lines that a frame's look-ups will read first, as far as its headers alone tell.
struct ExpectedLines {
    static constexpr uint8_t max_lines = 4;
    struct Line {
        uint8_t table;  // index into Function::tables()
        uint32_t line;
    };

    Line at[max_lines];
    uint8_t count = 0;

    void add(uint8_t table, uint64_t line_number) {
        if (count < max_lines) at[count++] = {table, static_cast<uint32_t>(line_number)};
    }
};

}  // namespace snsim
