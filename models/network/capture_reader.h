// Reads a packet capture (pcap or pcapng, any byte order and time resolution) into memory, whole
// and checked, before a simulation starts: whatever is wrong with the file is said here, with the
// record and the byte, and a replay never touches the file.
//
// Leaves out: links other than Ethernet (refused by name), compressed files (refused), and any
// change to the frames: records stay in file order with the bytes they were captured with. A
// record that was snapped is kept as it is and counted; one that is older than the record before
// it is kept, given that record's time, and counted. Frames carry no FCS, as captured.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace snsim {

struct CapturedFrame {
    std::int64_t time_ns = 0;          ///< since the first frame; never below the frame before
    std::uint32_t captured_bytes = 0;  ///< bytes present, without FCS
    std::uint32_t original_bytes = 0;  ///< bytes on the wire, without FCS; >= captured_bytes
    std::size_t offset = 0;            ///< of the first byte in Capture::bytes
};

/// Where a record begins that the end of the file cuts off.
struct CaptureCut {
    std::uint64_t record = 0;  ///< 1-based
    std::uint64_t offset = 0;  ///< in the file
};

struct Capture {
    std::string path;
    std::vector<CapturedFrame> frames;  ///< in file order; at least one
    std::vector<std::uint8_t> bytes;    ///< of all frames, one after the other

    // Summary
    std::uint64_t captured_bytes = 0;
    std::uint64_t original_bytes = 0;
    std::int64_t duration_ns = 0;     ///< from the first frame to the last
    std::uint32_t longest_bytes = 0;  ///< original bytes of the longest frame
    std::uint64_t broadcast = 0;
    std::uint64_t multicast = 0;    ///< without broadcast
    std::uint64_t snapped = 0;      ///< frames with captured_bytes < original_bytes
    std::uint64_t reordered = 0;    ///< frames older than a frame before them
    std::optional<CaptureCut> cut;  ///< set when the file was cut and that was allowed

    const std::uint8_t* data(const CapturedFrame& frame) const {
        return bytes.data() + frame.offset;
    }
    /// Frames longer than `mtu` plus a plain Ethernet header (14 B): what merging on receive (GRO)
    /// and capturing before segmentation (TSO) leave in a capture.
    [[nodiscard]] std::uint64_t frames_beyond(std::uint32_t mtu) const;
};

class CaptureError : public std::runtime_error {
  public:
    enum class Kind {
        missing,        ///< no such file
        unreadable,     ///< cannot be read, or a record in it is damaged
        not_a_capture,  ///< neither pcap nor pcapng
        link_type,      ///< not Ethernet, or interfaces of several link types
        truncated,      ///< the file ends inside a record
        empty           ///< no record
    };

    CaptureError(Kind kind, const std::string& message, std::uint64_t record = 0,
                 std::uint64_t offset = 0)
        : std::runtime_error(message), kind_(kind), record_(record), offset_(offset) {}

    Kind kind() const { return kind_; }
    /// 1-based record the error is about, or that would come next; 0: none in particular.
    std::uint64_t record() const { return record_; }
    /// Byte of the file where that record (or the block before it) begins.
    std::uint64_t offset() const { return offset_; }

  private:
    Kind kind_;
    std::uint64_t record_;
    std::uint64_t offset_;
};

struct CaptureOptions {
    bool allow_truncated = false;  ///< take the whole records of a file that is cut
};

/// Throws CaptureError; messages begin with the path.
[[nodiscard]] Capture read_capture(const std::string& path, const CaptureOptions& options = {});

}  // namespace snsim
