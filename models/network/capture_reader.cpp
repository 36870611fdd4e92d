#include "models/network/capture_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/core.h>
#include <memory>
#include <pcap/pcap.h>
#include <utility>

namespace snsim {
namespace {

using Kind = CaptureError::Kind;

// pcap (draft-ietf-opsawg-pcap) and pcapng (draft-ietf-opsawg-pcapng).
constexpr std::uint32_t pcap_microseconds = 0xa1b2c3d4;
constexpr std::uint32_t pcap_nanoseconds = 0xa1b23c4d;
constexpr std::uint32_t pcap_patched = 0xa1b2cd34;  // longer record header, Linux 2.x
constexpr std::uint32_t section_header = 0x0a0d0d0a;
constexpr std::uint32_t section_byte_order = 0x1a2b3c4d;
constexpr std::uint32_t interface_description = 1;
constexpr std::uint32_t obsolete_packet = 2;
constexpr std::uint32_t simple_packet = 3;
constexpr std::uint32_t enhanced_packet = 6;
constexpr std::size_t largest_record = 262144;           // libpcap's MAXIMUM_SNAPLEN
constexpr std::size_t largest_block = 16 * 1024 * 1024;  // libpcap's limit

struct FileCloser {
    void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};
struct PcapCloser {
    void operator()(pcap_t* pcap) const { pcap_close(pcap); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;
using Pcap = std::unique_ptr<pcap_t, PcapCloser>;

std::uint32_t swapped(std::uint32_t value) { return __builtin_bswap32(value); }

std::string link_name(int link) {
    const char* name = pcap_datalink_val_to_name(link);
    return fmt::format("link type {} ({})", name != nullptr ? name : "unknown", link);
}

/// The file as bytes, and where in it a record is cut off.
class Image {
  public:
    explicit Image(const std::string& path) : path_(path) {
        errno = 0;
        const File file(std::fopen(path.c_str(), "rb"));
        if (file == nullptr) {
            const bool missing = errno == ENOENT || errno == ENOTDIR;
            throw CaptureError(missing ? Kind::missing : Kind::unreadable,
                               fmt::format("{}: {}", path, std::strerror(errno)));
        }
        std::size_t used = 0;
        for (;;) {
            bytes_.resize(used + (std::size_t{1} << 16));
            const std::size_t got =
                std::fread(bytes_.data() + used, 1, bytes_.size() - used, file.get());
            used += got;
            if (got == 0) {
                break;
            }
        }
        if (std::ferror(file.get()) != 0) {
            throw CaptureError(Kind::unreadable, fmt::format("{}: {}", path, std::strerror(errno)));
        }
        bytes_.resize(used);
        if (used == 0) {
            throw CaptureError(Kind::empty, path + ": the file is empty");
        }
        recognise();
    }

    const std::optional<CaptureCut>& cut() const { return cut_; }
    const std::string& cut_text() const { return cut_text_; }

    Pcap open() {
        File file(fmemopen(bytes_.data(), bytes_.size(), "rb"));
        if (file == nullptr) {
            throw CaptureError(Kind::unreadable,
                               fmt::format("{}: {}", path_, std::strerror(errno)));
        }
        char text[PCAP_ERRBUF_SIZE] = "";
        Pcap pcap(
            pcap_fopen_offline_with_tstamp_precision(file.get(), PCAP_TSTAMP_PRECISION_NANO, text));
        if (pcap == nullptr) {
            throw CaptureError(Kind::not_a_capture, fmt::format("{}: {}", path_, text));
        }
        static_cast<void>(file.release());  // pcap_close() closes it
        return pcap;
    }

  private:
    std::uint32_t word(std::size_t offset) const {
        std::uint32_t value = 0;
        std::memcpy(&value, bytes_.data() + offset, sizeof value);
        return swap_ ? swapped(value) : value;
    }
    std::uint32_t half(std::size_t offset) const {
        std::uint16_t value = 0;
        std::memcpy(&value, bytes_.data() + offset, sizeof value);
        return swap_ ? __builtin_bswap16(value) : value;
    }

    void recognise() {
        if (bytes_.size() < 4) {
            throw CaptureError(Kind::not_a_capture, path_ + ": neither a pcap nor a pcapng file");
        }
        const std::uint32_t magic = word(0);
        for (const std::uint32_t known : {pcap_microseconds, pcap_nanoseconds, pcap_patched}) {
            if (magic == known || magic == swapped(known)) {
                swap_ = magic != known;
                walk_records(known == pcap_patched ? 24 : 16);
                return;
            }
        }
        if (magic == section_header) {
            walk_blocks();
            return;
        }
        const bool gzip = bytes_[0] == 0x1f && bytes_[1] == 0x8b;
        throw CaptureError(Kind::not_a_capture,
                           path_ + (gzip ? ": compressed by gzip; unpack it first"
                                         : ": neither a pcap nor a pcapng file"));
    }

    void walk_records(std::size_t header) {
        constexpr std::size_t file_header = 24;
        if (bytes_.size() < file_header) {
            set_cut(1, 0, file_header);
            return;
        }
        std::uint64_t record = 1;
        for (std::size_t at = file_header; at < bytes_.size(); ++record) {
            const std::size_t left = bytes_.size() - at;
            if (left < header) {
                set_cut(record, at, header);
                return;
            }
            const std::size_t captured = word(at + 8);
            if (captured > largest_record) {
                return;  // damaged, not cut: reading will say so
            }
            if (left < header + captured) {
                set_cut(record, at, header + captured);
                return;
            }
            at += header + captured;
        }
    }

    void walk_blocks() {
        std::uint64_t record = 1;
        std::optional<std::uint32_t> link;
        std::uint32_t interface = 0;
        std::size_t length = 0;
        for (std::size_t at = 0; at < bytes_.size(); at += length) {
            const std::size_t left = bytes_.size() - at;
            if (left < 12) {
                set_cut(record, at, 12);
                return;
            }
            if (word(at) == section_header) {  // reads the same in both byte orders
                const std::uint32_t order = word(at + 8);
                if (order != section_byte_order && order != swapped(section_byte_order)) {
                    return;
                }
                swap_ = swap_ != (order != section_byte_order);
                interface = 0;
            }
            const std::uint32_t type = word(at);
            length = word(at + 4);
            if (length < 12 || length % 4 != 0 || length > largest_block) {
                return;
            }
            if (left < length) {
                set_cut(record, at, length);
                return;
            }
            if (type == interface_description && length >= 20) {
                const std::uint32_t own = half(at + 8);
                if (link.value_or(own) != own) {
                    throw CaptureError(
                        Kind::link_type,
                        fmt::format("{}: interface {} has {}, the first has {}; only Ethernet is "
                                    "replayed",
                                    path_, interface, link_name(static_cast<int>(own)),
                                    link_name(static_cast<int>(*link))),
                        record, at);
                }
                link = own;
                ++interface;
                // libpcap refuses interfaces that differ in snap length. Records say what was
                // captured of them, so the limit (0 is none) tells a reader nothing.
                std::memset(bytes_.data() + at + 12, 0, 4);
            } else if (type == enhanced_packet || type == simple_packet ||
                       type == obsolete_packet) {
                ++record;
            }
        }
    }

    void set_cut(std::uint64_t record, std::size_t at, std::size_t needed) {
        cut_ = CaptureCut{record, at};
        cut_text_ = fmt::format("{}: cut off in record {} at byte {}: {} of its {} bytes are there",
                                path_, record, at, bytes_.size() - at, needed);
    }

    std::string path_;
    std::vector<std::uint8_t> bytes_;
    bool swap_ = false;
    std::optional<CaptureCut> cut_;
    std::string cut_text_;
};

class Reader {
  public:
    Reader(const std::string& path, const CaptureOptions& options)
        : options_(options), image_(path) {
        capture_.path = path;
    }

    Capture read() {
        std::optional<CaptureCut> cut = image_.cut();
        if (cut && cut->offset == 0) {  // not even a file header: libpcap could not open it
            throw CaptureError(Kind::truncated, image_.cut_text(), cut->record, 0);
        }
        const Pcap pcap = image_.open();
        if (const int link = pcap_datalink(pcap.get()); link != DLT_EN10MB) {
            throw CaptureError(Kind::link_type, fmt::format("{}: {}; only Ethernet is replayed",
                                                            capture_.path, link_name(link)));
        }
        if (cut && !options_.allow_truncated) {
            throw CaptureError(Kind::truncated, image_.cut_text(), cut->record, cut->offset);
        }
        read_records(pcap.get());
        capture_.cut = cut;
        if (capture_.frames.empty()) {
            throw CaptureError(Kind::empty, capture_.path + ": no record in the capture");
        }
        capture_.duration_ns = capture_.frames.back().time_ns;
        return std::move(capture_);
    }

  private:
    void read_records(pcap_t* pcap) {
        for (;;) {
            const long at = std::ftell(pcap_file(pcap));
            const std::uint64_t record = capture_.frames.size() + 1;
            if (image_.cut() && record == image_.cut()->record) {
                return;  // in pcapng a cut may also lie in a block between records
            }
            pcap_pkthdr* header = nullptr;
            const u_char* data = nullptr;
            const int result = pcap_next_ex(pcap, &header, &data);
            if (result == PCAP_ERROR_BREAK) {  // the end of the file; -1 is an error
                return;
            }
            if (result != 1) {
                throw CaptureError(Kind::unreadable,
                                   fmt::format("{}: record {} at byte {}: {}", capture_.path,
                                               record, at, pcap_geterr(pcap)),
                                   record, static_cast<std::uint64_t>(at));
            }
            add(*header, data, static_cast<std::uint64_t>(at));
        }
    }

    void add(const pcap_pkthdr& header, const u_char* data, std::uint64_t at) {
        const bool first = capture_.frames.empty();
        if (first) {
            start_ = header.ts;
        }
        constexpr std::int64_t nanoseconds = 1'000'000'000;
        const std::int64_t seconds = std::int64_t{header.ts.tv_sec} - start_.tv_sec;
        if (seconds > std::numeric_limits<std::int64_t>::max() / nanoseconds - 1 ||
            seconds < std::numeric_limits<std::int64_t>::min() / nanoseconds + 1) {
            const std::uint64_t record = capture_.frames.size() + 1;
            throw CaptureError(Kind::unreadable,
                               fmt::format("{}: record {} at byte {}: its time is {} s from the "
                                           "first record's",
                                           capture_.path, record, at, seconds),
                               record, at);
        }
        CapturedFrame frame;
        frame.time_ns = seconds * nanoseconds + (header.ts.tv_usec - start_.tv_usec);
        frame.captured_bytes = header.caplen;
        frame.original_bytes = std::max(header.len, header.caplen);
        frame.offset = capture_.bytes.size();
        if (!first && frame.time_ns < capture_.frames.back().time_ns) {
            frame.time_ns = capture_.frames.back().time_ns;
            ++capture_.reordered;
        }
        capture_.bytes.insert(capture_.bytes.end(), data, data + header.caplen);
        capture_.captured_bytes += frame.captured_bytes;
        capture_.original_bytes += frame.original_bytes;
        capture_.longest_bytes = std::max(capture_.longest_bytes, frame.original_bytes);
        capture_.snapped += frame.captured_bytes < frame.original_bytes ? 1 : 0;
        if (frame.captured_bytes >= 6 && (data[0] & 1) != 0) {
            const bool all = std::all_of(data, data + 6, [](u_char byte) { return byte == 0xff; });
            ++(all ? capture_.broadcast : capture_.multicast);
        }
        capture_.frames.push_back(frame);
    }

    CaptureOptions options_;
    Image image_;
    Capture capture_;
    timeval start_{};
};

}  // namespace

std::uint64_t Capture::frames_beyond(std::uint32_t mtu) const {
    constexpr std::uint64_t ethernet_header = 14;
    return static_cast<std::uint64_t>(std::count_if(
        frames.begin(), frames.end(),
        [&](const CapturedFrame& frame) { return frame.original_bytes > mtu + ethernet_header; }));
}

Capture read_capture(const std::string& path, const CaptureOptions& options) {
    return Reader(path, options).read();
}

}  // namespace snsim
