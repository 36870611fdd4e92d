// The interface of a network function: what it does to headers and state, without time.
//
// A place that can run functions (ASIC, on-card CPU, hypervisor, guest) takes a frame through
//   begin()              once: conditions that headers alone decide, and drops that need no table;
//   lookup(step)         for each look-up of the program whose condition holds, in program order,
//                        each at its own look-up time (now_ps): reads and changes state at once,
//                        and names the lines of the table it touched;
//   rewrite()            once, when the last look-up is done and the verdict is forward.
// The verdict stands when no further look-up has its condition set. What a look-up decides holds
// from that instant: a later frame's look-up sees it, whatever the earlier frame still has to do.
// Frames must come in non-decreasing now_ps.
//
// A function to which a frame does not matter sets no condition but `always` and forwards it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/functions/drop_reason.h"
#include "models/functions/primitives.h"
#include "models/protocols/flow_key.h"
#include "models/protocols/headers.h"

namespace snsim {

enum class Verdict : uint8_t { forward, drop, punt };

enum class PuntReason : uint8_t { none, header_too_long };

// The frame as functions see it.
struct FrameView {
    uint8_t* header = nullptr;  // the kept header bytes, writable
    ParsedHeaders* parsed = nullptr;
    const FlowKey* key = nullptr;  // canonical; family 0 when the frame has none
    uint16_t* out_port = nullptr;
    uint64_t key_hash = 0;  // hash_of(*key)
    int64_t now_ps = 0;
    uint32_t header_bytes = 0;  // how many are kept
    uint32_t frame_bytes = 0;   // the frame's size without FCS
    uint16_t in_port = 0;
    bool key_reversed = false;  // the frame runs from the key's dst to its src
};
static_assert(sizeof(FrameView) <= 64, "one line of the host's cache");

// What one function has decided about one frame so far. Kept by the caller between the steps.
struct Execution {
    ConditionMask conditions = mask_of(always);
    Verdict verdict = Verdict::forward;
    DropReason drop = DropReason::none;
    PuntReason punt = PuntReason::none;
    uint8_t spare = 0;
    uint32_t scratch = 0;  // the function's own, from one step to the next

    void set(Condition condition) { conditions |= mask_of(condition); }
    [[nodiscard]] bool has(Condition condition) const {
        return (conditions & mask_of(condition)) != 0;
    }
    void drop_for(DropReason reason) {
        verdict = Verdict::drop;
        drop = reason;
    }
};
static_assert(sizeof(Execution) == 12);

class Function {
  public:
    Function() = default;
    Function(const Function&) = delete;
    Function& operator=(const Function&) = delete;
    virtual ~Function() = default;

    [[nodiscard]] virtual std::string_view kind() const = 0;  // "routing", "firewall"
    [[nodiscard]] virtual const std::vector<TableInfo>& tables() const = 0;
    [[nodiscard]] virtual const Program& program() const = 0;
    // The conditions that hold for most frames: an established IPv4 TCP connection. A compiler
    // balances its stages for this path.
    [[nodiscard]] virtual ConditionMask usual_path() const { return mask_of(always); }

    // Fetches into the simulating machine's cache what begin and lookup will read, and names the
    // lines, so that who models their memory can do the same. Changes nothing.
    virtual void prefetch(const FrameView& frame, ExpectedLines& lines) const = 0;
    // The same for what can be found only once that is there.
    virtual void prefetch_further(const FrameView&) const {}

    // False when rewrite does nothing, ever.
    [[nodiscard]] virtual bool rewrites() const { return true; }

    virtual void begin(FrameView& frame, Execution& run) = 0;
    virtual void lookup(unsigned step, FrameView& frame, Execution& run, LookupPlan& plan) = 0;
    virtual void rewrite(FrameView& frame, Execution& run) = 0;

    // Installs an established conversation whose first packet ran from key.src to key.dst.
    // False when there was no room. Functions without such state have nothing to do.
    virtual bool install_established(const FlowKey& key, int64_t now_ps);
    // The same for many at once, in order, which is faster, up to the first that has no room.
    // Returns how many had.
    virtual size_t install_established(const FlowKey* keys, size_t count, int64_t now_ps);
    // Looks at the next `budget` entries of one of its stateful tables (an index into tables()),
    // from where the previous call for this table stopped, round and round, and reclaims what is
    // too old at now_ps. Appends the lines read. Returns the number reclaimed.
    virtual size_t age(unsigned table, int64_t now_ps, size_t budget, LookupPlan& plan);
};

// All steps at one instant, for places that do not time them apart. The lines touched are lost.
Execution execute(Function& function, FrameView& frame);

// The drop that a frame's parse status asks for, or none.
[[nodiscard]] constexpr DropReason drop_reason_of(ParseStatus status) {
    switch (status) {
        case ParseStatus::ok:
        case ParseStatus::unknown_ethertype: return DropReason::none;
        case ParseStatus::header_too_long: return DropReason::header_too_long;
        case ParseStatus::bad_checksum: return DropReason::bad_ip_checksum;
        case ParseStatus::truncated:
        case ParseStatus::bad_version:
        case ParseStatus::bad_length: break;
    }
    return DropReason::malformed;
}

}  // namespace snsim
