#include "observers/pcap_writer.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>
#include <utility>

namespace snsim {
namespace {

constexpr std::uint32_t magic_nanoseconds = 0xa1b23c4d;  // draft-ietf-opsawg-pcap
constexpr std::uint32_t link_ethernet = 1;
constexpr std::size_t buffer_bytes = std::size_t{1} << 20;
constexpr std::int64_t picoseconds_per_nanosecond = 1000;
constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;

}  // namespace

PcapWriter::PcapWriter(std::string path, std::uint32_t snap_length)
    : path_(std::move(path)),
      temporary_(fmt::format("{}.{}.part", path_, getpid())),
      snap_length_(snap_length) {
    file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file_ < 0) {
        fail("open");
        return;
    }
    buffer_.reserve(buffer_bytes + 65536);
    put_word(magic_nanoseconds);
    put_word(2 | 4 << 16);  // version 2.4 as two 16-bit fields
    put_word(0);
    put_word(0);
    put_word(snap_length_);
    put_word(link_ethernet);
}

PcapWriter::~PcapWriter() { discard(); }

bool PcapWriter::write(std::int64_t time_ps, const std::uint8_t* header, std::size_t header_bytes,
                       const Piece* pieces, std::size_t count, std::size_t original_bytes) {
    std::size_t bytes = header_bytes;
    for (std::size_t index = 0; index < count; ++index) {
        bytes += pieces[index].bytes;
    }
    if (!begin(time_ps, bytes, original_bytes)) {
        return false;
    }
    put(header, header_bytes);
    for (std::size_t index = 0; index < count; ++index) {
        put(pieces[index].data, pieces[index].bytes);
    }
    return end();
}

bool PcapWriter::begin(std::int64_t time_ps, std::size_t bytes, std::size_t original_bytes) {
    assert(time_ps >= 0 && original_bytes >= bytes && original_bytes <= UINT32_MAX);
    assert(!closed_);
    if (file_ < 0) {
        return false;
    }
    const std::int64_t nanoseconds = time_ps / picoseconds_per_nanosecond;
    left_ = std::min<std::size_t>(bytes, snap_length_);
    put_word(static_cast<std::uint32_t>(nanoseconds / nanoseconds_per_second));
    put_word(static_cast<std::uint32_t>(nanoseconds % nanoseconds_per_second));
    put_word(static_cast<std::uint32_t>(left_));
    put_word(static_cast<std::uint32_t>(original_bytes));
    return true;
}

void PcapWriter::put(const std::uint8_t* data, std::size_t bytes) {
    const std::size_t taken = room(bytes);
    buffer_.insert(buffer_.end(), data, data + taken);
    left_ -= taken;
}

void PcapWriter::put_word(std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) {
        buffer_.push_back(static_cast<std::uint8_t>(value >> shift));
    }
}

bool PcapWriter::end() {
    ++frames_;
    return buffer_.size() < buffer_bytes || flush();
}

bool PcapWriter::flush() {
    if (file_ < 0) {
        return closed_ && error_.empty();
    }
    for (std::size_t done = 0; done < buffer_.size();) {
        const ssize_t result = ::write(file_, buffer_.data() + done, buffer_.size() - done);
        if (result < 0 && errno == EINTR) {
            continue;
        }
        if (result < 0) {
            return fail("write");
        }
        done += static_cast<std::size_t>(result);
    }
    buffer_.clear();
    return true;
}

bool PcapWriter::close_partial() {
    if (closed_) return close();
    const std::size_t dot = path_.rfind('.');
    const bool has_ending = dot != std::string::npos && path_.find('/', dot) == std::string::npos;
    path_.insert(has_ending ? dot : path_.size(), ".partial");
    return close();
}

bool PcapWriter::close() {
    if (closed_ || !flush()) {
        closed_ = true;
        return error_.empty();
    }
    closed_ = true;
    if (::close(std::exchange(file_, -1)) != 0) {  // where a network disk may say it is full
        return fail("close");
    }
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
        return fail("rename");
    }
    temporary_.clear();
    return true;
}

bool PcapWriter::fail(const std::string& what) {
    error_ = fmt::format("{}: cannot {}: {}", path_, what, std::strerror(errno));
    discard();
    return false;
}

void PcapWriter::discard() {
    if (file_ >= 0) {
        ::close(std::exchange(file_, -1));
    }
    if (!temporary_.empty()) {
        ::unlink(temporary_.c_str());
        temporary_.clear();
    }
}

}  // namespace snsim
