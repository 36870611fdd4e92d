// A frame: real header bytes, a payload described by extents, and the stamps of its journey.
//
// Ownership: frames live in a FramePool and travel by reference; whoever ends a journey (egress,
// drop, consumption) releases the frame. `bytes` counts the whole Ethernet frame including FCS;
// headers and extents together cover it without the FCS.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "models/base/check.h"
#include "models/base/units.h"

namespace snsim {

class Frame;
struct FrameHead;
struct FrameLeg;

/// A run of payload bytes: real ones, or a stamp, which denotes an 8-byte tag repeated (byte i is
/// byte (offset + i) mod 8 of the tag in big-endian order) without storing it.
struct Extent {
    const std::uint8_t* bytes = nullptr;  ///< null: a stamp
    std::uint64_t tag = 0;
    std::uint32_t offset = 0;
    std::uint32_t length = 0;

    /// Writes the bytes [from, from + count) of this extent.
    void copy(std::uint32_t from, std::uint32_t count, std::uint8_t* out) const;
};

/// Writes the header of a frame when somebody first needs it; a frame dropped unseen never pays.
class HeaderSource {
  public:
    virtual void write_header(Frame& frame) = 0;
    /// Fetches what write_header() will read.
    virtual void prefetch(const FrameHead&) const {}

  protected:
    ~HeaderSource() = default;
};

inline constexpr std::size_t max_header_bytes = 128;
inline constexpr std::size_t max_stations = 48;
inline constexpr std::uint32_t fcs_bytes = 4;
/// Preamble, start delimiter and inter-frame gap that a frame occupies on the wire besides itself.
inline constexpr std::uint32_t wire_overhead_bytes = 20;
inline constexpr std::uint32_t preamble_bytes = 8;
/// A card's ports: its wires and, behind them, the host with its functions. Where one number stands
/// for both, function f is port host_port + f.
inline constexpr std::uint8_t host_port = 2;

/// What every station touches, and all there is to know of a frame that nobody let in: one cache
/// line.
struct FrameHead {
    Picoseconds t_in;           ///< last bit at the first port (or send call)
    Picoseconds entered;        ///< into station `at`
    Picoseconds residence;      ///< summed by the stations it passed
    std::uint64_t visited;      ///< bit per station slot that it left on this leg, see Frame
    Picoseconds late;           ///< how much after its time it was sent, the wire being busy
    std::uint32_t bytes;        ///< with FCS
    std::uint32_t flow;         ///< of its class, from 0
    std::uint16_t inner_bytes;  ///< payload of the transport header, once a parser has seen it
    std::uint16_t function;     ///< of the NIC that it comes from or goes to
    std::uint16_t traffic_class;
    std::uint16_t cells;  ///< held in a packet buffer
    std::uint8_t header_bytes;
    std::uint8_t in_port;      ///< a wire's number, or host_port
    std::uint8_t out_port;     ///< likewise
    std::uint8_t drop_reason;  ///< 0: none; set where decided, acted on at the exit of the block
    std::uint8_t drop_place;
    std::uint8_t at;       ///< slot of the station it is in, or Frame::no_station
    std::uint8_t message;  ///< its sender's own: which message of a scripted exchange, until the
                           ///< header is written; behind a NIC, by which of its ways it came
    std::uint8_t extent_count;
};
static_assert(sizeof(FrameHead) == 64, "the head of a frame is a cache line");

/// When a frame left each station it visited; slots are in journey order.
using Stamps = std::array<Picoseconds, max_stations>;

/// A part of a journey that lies behind a frame: up to where it turned to stations it had passed.
struct FrameLeg {
    Stamps left;
    std::uint64_t visited;
    FrameLeg* earlier;  ///< the leg before, if `visited` says that there is one
};

/// A journey that leads past stations twice has legs, each of which begins where and when the one
/// before ended (FramePool::begin_leg): a host's software sends on what it received. Times run from
/// the first leg on; the stamps at hand are the present leg's.
class alignas(64) Frame : public FrameHead {
  public:
    alignas(64) Stamps left;

    /// Scratch of the block that works on the frame (a parsed header vector, a request context).
    alignas(64) std::array<std::byte, 312> scratch;
    FrameLeg* earlier;  ///< the leg before this one, if `visited` says that there is one

    std::array<std::uint8_t, max_header_bytes> header;

    // Content, besides.
    HeaderSource* source;    ///< non-null while the header is not yet written
    std::uint64_t sequence;  ///< within its traffic class, from 0
    std::array<Extent, 2> extents;

    static constexpr std::uint8_t no_station = 255;
    /// Among the bits of `visited`: there was a leg before.
    static constexpr std::uint64_t later_leg = std::uint64_t{1} << 63;

    template <class Note>
    [[nodiscard]] Note& note() {
        static_assert(sizeof(Note) <= sizeof(scratch) && alignof(Note) <= 64);
        return *reinterpret_cast<Note*>(scratch.data());
    }

    /// Fetches what the next block will touch first.
    void prefetch() const {
        __builtin_prefetch(this, 1);
        for (std::size_t line = 0; line < 3; ++line) {
            __builtin_prefetch(scratch.data() + 64 * line, 1);
        }
    }

    /// Fetches what its arrival touches.
    void prefetch_arrival() const {
        __builtin_prefetch(this, 1);
        __builtin_prefetch(left.data(), 1);
    }

    void ensure_header() {
        if (source != nullptr) {
            source->write_header(*this);
            source = nullptr;
        }
    }

    void enter(std::uint8_t slot, Picoseconds t) {
        at = slot;
        entered = t;
    }
    void leave(std::uint8_t slot, Picoseconds t) {
        residence += t - entered;
        left[slot] = t;
        visited |= std::uint64_t{1} << slot;
        at = no_station;
    }

    /// Enters and leaves at once.
    void pass(std::uint8_t slot, Picoseconds from, Picoseconds to) {
        left[slot] = to;
        spend(std::uint64_t{1} << slot, to - from);
    }
    /// Notes that these stations, whose stamps are set, were passed in `time`.
    void spend(std::uint64_t slots, Picoseconds time) {
        residence += time;
        visited |= slots;
    }

    [[nodiscard]] std::uint32_t payload_bytes() const { return bytes - fcs_bytes - header_bytes; }
    /// Writes the frame without FCS, headers and payload; `out` has room for bytes - fcs_bytes.
    void serialise(std::uint8_t* out) const;
    void reset() {
        residence = 0;
        visited = 0;
        inner_bytes = 0;
        function = 0;
        traffic_class = 0;
        cells = 0;
        header_bytes = 0;
        in_port = 0;
        out_port = 0;
        drop_reason = 0;
        drop_place = 0;
        at = no_station;
        message = 0;
        extent_count = 0;
        source = nullptr;
    }
};
static_assert(max_stations < 63, "bits for all stations, and one for legs");
static_assert(max_header_bytes <= 255, "a frame counts its header in one byte");
// With an even number, the same line of all frames would share a part of a cache's sets.
static_assert(sizeof(Frame) / 64 % 2 == 1, "a frame is an odd number of cache lines");

}  // namespace snsim
