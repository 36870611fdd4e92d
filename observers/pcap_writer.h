// Writes frames to a pcap file with nanosecond time stamps (magic 0xa1b23c4d, link type Ethernet).
//
// Simulated time 0 is 1970-01-01 00:00:00; a time between two nanoseconds takes the earlier one.
// Frames are written without FCS, at most `snap_length` bytes of each. The file takes its name
// only when close() succeeds: until then, and after any error, what stood under that name before
// is untouched. An error (no such directory, full disk) is returned by the call that meets it and
// by every later one; error() says what it was. Frames must come in order of time to be useful to
// other tools, which is not checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace snsim {

class PcapWriter {
  public:
    struct Piece {
        const std::uint8_t* data;
        std::size_t bytes;
    };

    explicit PcapWriter(std::string path, std::uint32_t snap_length = 65535);
    /// Without a successful close() before, nothing is left behind.
    ~PcapWriter();
    PcapWriter(const PcapWriter&) = delete;
    PcapWriter& operator=(const PcapWriter&) = delete;

    /// Writes the header and then the payload piece by piece. `original_bytes` is the frame's
    /// length on the wire without FCS, and no less than the bytes given.
    [[nodiscard]] bool write(std::int64_t time_ps, const std::uint8_t* header,
                             std::size_t header_bytes, const Piece* pieces, std::size_t count,
                             std::size_t original_bytes);
    [[nodiscard]] bool write(std::int64_t time_ps, const std::uint8_t* header,
                             std::size_t header_bytes, std::initializer_list<Piece> pieces,
                             std::size_t original_bytes) {
        return write(time_ps, header, header_bytes, pieces.begin(), pieces.size(), original_bytes);
    }

    /// For a payload that does not lie in memory: `fill(std::uint8_t* out, std::size_t bytes)` is
    /// asked for the payload's first `bytes` bytes, as many as the snap length leaves.
    template <class Fill>
    [[nodiscard]] bool write_filled(std::int64_t time_ps, const std::uint8_t* header,
                                    std::size_t header_bytes, std::size_t payload_bytes,
                                    std::size_t original_bytes, const Fill& fill) {
        if (!begin(time_ps, header_bytes + payload_bytes, original_bytes)) {
            return false;
        }
        put(header, header_bytes);
        if (const std::size_t bytes = room(payload_bytes); bytes > 0) {
            const std::size_t used = buffer_.size();
            buffer_.resize(used + bytes);
            fill(buffer_.data() + used, bytes);
            left_ -= bytes;
        }
        return end();
    }

    /// Hands everything written so far to the operating system.
    [[nodiscard]] bool flush();
    /// Completes the file and gives it its name. Once; later calls repeat the answer.
    [[nodiscard]] bool close();
    /// The same for a capture of a run that was interrupted: NAME.pcap becomes NAME.partial.pcap.
    [[nodiscard]] bool close_partial();

    const std::string& path() const { return path_; }
    const std::string& error() const { return error_; }  ///< empty while all is well
    std::uint64_t frames() const { return frames_; }

  private:
    bool begin(std::int64_t time_ps, std::size_t bytes, std::size_t original_bytes);
    void put(const std::uint8_t* data, std::size_t bytes);
    void put_word(std::uint32_t value);
    bool end();
    std::size_t room(std::size_t bytes) const { return bytes < left_ ? bytes : left_; }
    bool fail(const std::string& what);
    void discard();

    // parameters
    std::string path_;
    std::string temporary_;
    std::uint32_t snap_length_;

    // state
    int file_ = -1;
    bool closed_ = false;
    std::size_t left_ = 0;  ///< bytes the record begun may still take
    std::vector<std::uint8_t> buffer_;
    std::uint64_t frames_ = 0;
    std::string error_;
};

}  // namespace snsim
