// labels: unit
#include "models/network/capture_reader.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace snsim {
namespace {

namespace fs = std::filesystem;
using Kind = CaptureError::Kind;
using Octets = std::vector<std::uint8_t>;

/// Capture files byte by byte, in either byte order.
class Builder {
  public:
    explicit Builder(bool big_endian = false) : big_endian_(big_endian) {}

    Builder& half(std::uint32_t value) { return number(value, 2); }
    Builder& word(std::uint32_t value) { return number(value, 4); }
    Builder& raw(const Octets& octets) {
        octets_.insert(octets_.end(), octets.begin(), octets.end());
        return *this;
    }

    Builder& pcap_header(std::uint32_t magic, std::uint32_t link = 1) {
        return word(magic).half(2).half(4).word(0).word(0).word(65535).word(link);
    }
    Builder& pcap_record(std::uint32_t seconds, std::uint32_t fraction, const Octets& frame,
                         std::uint32_t original = 0) {
        const auto captured = static_cast<std::uint32_t>(frame.size());
        word(seconds).word(fraction).word(captured).word(std::max(original, captured));
        return raw(frame);
    }

    Builder& section() {
        return word(0x0a0d0d0a)
            .word(28)
            .word(0x1a2b3c4d)
            .half(1)
            .half(0)
            .word(0xffffffff)
            .word(0xffffffff)
            .word(28);
    }
    /// An interface whose times are in 10^-digits seconds.
    Builder& interface(std::uint32_t link, std::uint32_t snap_length, std::uint8_t digits) {
        return word(1)
            .word(32)
            .half(link)
            .half(0)
            .word(snap_length)
            .half(9)
            .half(1)
            .raw({digits, 0, 0, 0})
            .half(0)
            .half(0)
            .word(32);
    }
    Builder& enhanced(std::uint32_t interface, std::uint64_t ticks, const Octets& frame,
                      std::uint32_t original = 0) {
        const auto captured = static_cast<std::uint32_t>(frame.size());
        const std::uint32_t padded = (captured + 3) / 4 * 4;
        word(6).word(32 + padded).word(interface);
        word(static_cast<std::uint32_t>(ticks >> 32)).word(static_cast<std::uint32_t>(ticks));
        word(captured).word(std::max(original, captured)).raw(frame);
        return raw(Octets(padded - captured)).word(32 + padded);
    }
    Builder& comment_block() { return word(0x0bad).word(16).word(0).word(16); }

    const Octets& octets() const { return octets_; }
    std::uint64_t size() const { return octets_.size(); }

  private:
    Builder& number(std::uint32_t value, int bytes) {
        for (int index = 0; index < bytes; ++index) {
            const int place = big_endian_ ? bytes - 1 - index : index;
            octets_.push_back(static_cast<std::uint8_t>(value >> (8 * place)));
        }
        return *this;
    }

    bool big_endian_;
    Octets octets_;
};

Octets frame_to(std::uint8_t first, std::size_t bytes) {
    Octets frame(bytes);
    for (std::size_t index = 0; index < bytes; ++index) {
        frame[index] = static_cast<std::uint8_t>(first + index);
    }
    return frame;
}

constexpr std::uint32_t micro = 0xa1b2c3d4;
constexpr std::uint32_t nano = 0xa1b23c4d;

class CaptureReader : public testing::Test {
  protected:
    void SetUp() override {
        directory_ =
            fs::temp_directory_path() / ("snsim-capture-reader-" + std::to_string(getpid()));
        fs::create_directories(directory_);
    }
    void TearDown() override { fs::remove_all(directory_); }

    std::string write(const Octets& octets, std::size_t bytes = SIZE_MAX) {
        const fs::path path = directory_ / "capture";
        std::ofstream file(path, std::ios::binary | std::ios::trunc);
        file.write(reinterpret_cast<const char*>(octets.data()),
                   static_cast<std::streamsize>(std::min(bytes, octets.size())));
        return path.string();
    }

    static CaptureError error_of(const std::string& path, const CaptureOptions& options = {}) {
        try {
            static_cast<void>(read_capture(path, options));
        } catch (const CaptureError& error) {
            EXPECT_EQ(std::string(error.what()).find(path), 0U) << error.what();
            return error;
        }
        ADD_FAILURE() << "no error";
        return CaptureError(Kind::empty, "");
    }

    static void expect_in(const CaptureError& error, const std::string& words) {
        EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
    }

    fs::path directory_;
};

TEST_F(CaptureReader, ReadsBothResolutionsAndByteOrdersInNanoseconds) {
    for (const bool big_endian : {false, true}) {
        for (const std::uint32_t magic : {micro, nano}) {
            Builder builder(big_endian);
            builder.pcap_header(magic)
                .pcap_record(100, 999'000, frame_to(0x10, 60))
                .pcap_record(101, 1'000, frame_to(0x20, 61));
            const Capture capture = read_capture(write(builder.octets()));
            const std::int64_t tick = magic == micro ? 1000 : 1;
            ASSERT_EQ(capture.frames.size(), 2U);
            EXPECT_EQ(capture.frames[0].time_ns, 0);
            EXPECT_EQ(capture.frames[1].time_ns, 1'000'000'000 - 998'000 * tick);
            EXPECT_EQ(capture.duration_ns, capture.frames[1].time_ns);
        }
    }
}

TEST_F(CaptureReader, KeepsFramesOneAfterTheOtherWithTheirBytes) {
    Builder builder;
    builder.pcap_header(nano)
        .pcap_record(1, 0, frame_to(0x10, 60))
        .pcap_record(1, 5, frame_to(0x20, 1514))
        .pcap_record(1, 6, {});
    const Capture capture = read_capture(write(builder.octets()));
    ASSERT_EQ(capture.frames.size(), 3U);
    EXPECT_EQ(capture.frames[1].offset, 60U);
    EXPECT_EQ(capture.bytes.size(), 1574U);
    EXPECT_TRUE(std::equal(capture.data(capture.frames[1]), capture.data(capture.frames[1]) + 1514,
                           frame_to(0x20, 1514).begin()));
    EXPECT_EQ(capture.captured_bytes, 1574U);
    EXPECT_EQ(capture.longest_bytes, 1514U);
    EXPECT_FALSE(capture.cut);
}

TEST_F(CaptureReader, CountsGroupAddressedSnappedAndLongFrames) {
    Builder builder;
    builder.pcap_header(nano)
        .pcap_record(1, 0, Octets(60, 0xff))
        .pcap_record(1, 1, frame_to(0x01, 60))
        .pcap_record(1, 2, frame_to(0x02, 1514))
        .pcap_record(1, 3, frame_to(0x02, 96), 1515)
        .pcap_record(1, 4, frame_to(0xff, 60));
    const Capture capture = read_capture(write(builder.octets()));
    EXPECT_EQ(capture.broadcast, 1U);
    EXPECT_EQ(capture.multicast, 2U);
    EXPECT_EQ(capture.snapped, 1U);
    EXPECT_EQ(capture.frames[3].captured_bytes, 96U);
    EXPECT_EQ(capture.frames[3].original_bytes, 1515U);
    EXPECT_EQ(capture.captured_bytes, 1790U);
    EXPECT_EQ(capture.original_bytes, 3209U);
    EXPECT_EQ(capture.frames_beyond(1500), 1U);
    EXPECT_EQ(capture.frames_beyond(1499), 2U);
    EXPECT_EQ(capture.frames_beyond(9000), 0U);
}

TEST_F(CaptureReader, KeepsFileOrderAndHoldsTimeWhereItStepsBack) {
    Builder builder;
    builder.pcap_header(nano)
        .pcap_record(10, 0, frame_to(0x10, 60))
        .pcap_record(9, 0, frame_to(0x20, 60))
        .pcap_record(10, 7, frame_to(0x30, 60))
        .pcap_record(10, 5, frame_to(0x40, 60))
        .pcap_record(10, 8, frame_to(0x50, 60));
    const Capture capture = read_capture(write(builder.octets()));
    std::vector<std::int64_t> times;
    for (const CapturedFrame& frame : capture.frames) {
        times.push_back(frame.time_ns);
    }
    EXPECT_EQ(times, (std::vector<std::int64_t>{0, 0, 7, 7, 8}));
    EXPECT_EQ(capture.reordered, 2U);
    EXPECT_EQ(*capture.data(capture.frames[1]), 0x20);
}

TEST_F(CaptureReader, HoldsTheLongestSpanTheFormatCanName) {
    Builder builder;
    builder.pcap_header(micro)
        .pcap_record(1, 0, frame_to(0, 60))
        .pcap_record(0x7fffffff, 0, frame_to(0, 60));
    EXPECT_EQ(read_capture(write(builder.octets())).duration_ns, 2'147'483'646'000'000'000);
}

TEST_F(CaptureReader, SaysWhereATruncatedFileIsCut) {
    Builder builder;
    builder.pcap_header(nano).pcap_record(1, 0, frame_to(0x10, 60));
    const std::uint64_t second = builder.size();
    builder.pcap_record(2, 0, frame_to(0x20, 100));
    for (std::uint64_t length = second + 1; length < builder.size(); ++length) {
        const std::string path = write(builder.octets(), length);
        const CaptureError error = error_of(path);
        EXPECT_EQ(error.kind(), Kind::truncated);
        EXPECT_EQ(error.record(), 2U);
        EXPECT_EQ(error.offset(), second);

        const Capture whole = read_capture(path, {true});
        EXPECT_EQ(whole.frames.size(), 1U);
        ASSERT_TRUE(whole.cut);
        EXPECT_EQ(whole.cut->record, 2U);
        EXPECT_EQ(whole.cut->offset, second);
    }
    expect_in(error_of(write(builder.octets(), second + 16)),
              "cut off in record 2 at byte 100: 16 of its 116 bytes are there");
    EXPECT_FALSE(read_capture(write(builder.octets(), second)).cut);  // a cut nobody can see
}

TEST_F(CaptureReader, AFileCutInItsFirstRecordIsEmptyAtBest) {
    Builder builder;
    builder.pcap_header(nano).pcap_record(1, 0, frame_to(0x10, 60));
    const std::string path = write(builder.octets(), 50);
    EXPECT_EQ(error_of(path).kind(), Kind::truncated);
    EXPECT_EQ(error_of(path, {true}).kind(), Kind::empty);
    EXPECT_EQ(error_of(write(builder.octets(), 20), {true}).kind(), Kind::truncated);
}

TEST_F(CaptureReader, SaysWhereATruncatedPcapngIsCut) {
    for (const bool big_endian : {false, true}) {
        Builder builder(big_endian);
        builder.section().interface(1, 0, 9).enhanced(0, 5, frame_to(0x10, 61)).comment_block();
        const std::uint64_t second = builder.size();
        builder.enhanced(0, 6, frame_to(0x20, 64));
        for (std::uint64_t length = second + 1; length < builder.size(); ++length) {
            const std::string path = write(builder.octets(), length);
            const CaptureError error = error_of(path);
            EXPECT_EQ(error.kind(), Kind::truncated);
            EXPECT_EQ(error.record(), 2U);
            EXPECT_EQ(error.offset(), second);
            EXPECT_EQ(read_capture(path, {true}).frames.size(), 1U);
        }
        const CaptureError error = error_of(write(builder.octets(), second - 3));
        EXPECT_EQ(error.kind(), Kind::truncated);
        EXPECT_EQ(error.offset(), second - 16);  // in the block between the records
    }
}

TEST_F(CaptureReader, ReadsSeveralInterfacesOfOneLinkType) {
    Builder builder;
    builder.section()
        .interface(1, 65535, 6)
        .interface(1, 262144, 9)
        .enhanced(0, 7'000'000, frame_to(0x10, 60))
        .enhanced(1, 7'000'000'900, frame_to(0x20, 60), 200)
        .section()
        .interface(1, 96, 3)
        .enhanced(0, 7'001, frame_to(0x30, 60));
    const Capture capture = read_capture(write(builder.octets()));
    ASSERT_EQ(capture.frames.size(), 3U);
    EXPECT_EQ(capture.frames[1].time_ns, 900);
    EXPECT_EQ(capture.frames[1].original_bytes, 200U);
    EXPECT_EQ(capture.frames[2].time_ns, 1'000'000);
}

TEST_F(CaptureReader, RefusesInterfacesOfDifferentLinkTypes) {
    Builder builder;
    builder.section().interface(1, 0, 6).enhanced(0, 1, frame_to(0x10, 60)).interface(9, 0, 6);
    const CaptureError error = error_of(write(builder.octets()));
    EXPECT_EQ(error.kind(), Kind::link_type);
    expect_in(error, "interface 1 has link type PPP (9), the first has link type EN10MB (1)");
}

TEST_F(CaptureReader, NamesALinkTypeThatIsNotEthernet) {
    Builder pcap;
    pcap.pcap_header(micro, 9).pcap_record(1, 0, frame_to(0x10, 60));
    const CaptureError error = error_of(write(pcap.octets()));
    EXPECT_EQ(error.kind(), Kind::link_type);
    expect_in(error, "link type PPP (9); only Ethernet is replayed");

    Builder pcapng;
    pcapng.section().interface(105, 0, 6).enhanced(0, 1, frame_to(0x10, 60));
    expect_in(error_of(write(pcapng.octets())), "link type IEEE802_11 (105)");
}

TEST_F(CaptureReader, TellsMissingEmptyAndForeignFilesApart) {
    EXPECT_EQ(error_of((directory_ / "none").string()).kind(), Kind::missing);
    EXPECT_EQ(error_of(directory_.string()).kind(), Kind::unreadable);
    EXPECT_EQ(error_of(write({})).kind(), Kind::empty);
    EXPECT_EQ(error_of(write(Builder().pcap_header(nano).octets())).kind(), Kind::empty);
    EXPECT_EQ(error_of(write(Builder().section().interface(1, 0, 6).octets())).kind(), Kind::empty);
    EXPECT_EQ(error_of(write(frame_to('a', 300))).kind(), Kind::not_a_capture);
    EXPECT_EQ(error_of(write({'P', 'K'})).kind(), Kind::not_a_capture);
    expect_in(error_of(write({0x1f, 0x8b, 8, 0, 0, 0})), "compressed by gzip");
}

TEST_F(CaptureReader, SaysWhichRecordIsDamaged) {
    Builder pcap;
    pcap.pcap_header(nano).pcap_record(1, 0, frame_to(0x10, 60));
    pcap.word(2).word(0).word(0xfffffff0).word(60).raw(frame_to(0x20, 60));
    const CaptureError record = error_of(write(pcap.octets()), {true});
    EXPECT_EQ(record.kind(), Kind::unreadable);
    EXPECT_EQ(record.record(), 2U);
    EXPECT_EQ(record.offset(), 100U);
    expect_in(record, "record 2 at byte 100");

    Builder pcapng;
    pcapng.section().interface(1, 0, 6).enhanced(0, 1, frame_to(0x10, 60));
    const std::uint64_t second = pcapng.size();
    pcapng.word(6).word(33).raw(Octets(80));
    const CaptureError block = error_of(write(pcapng.octets()));
    EXPECT_EQ(block.kind(), Kind::unreadable);
    EXPECT_EQ(block.record(), 2U);
    EXPECT_EQ(block.offset(), second);
}

TEST_F(CaptureReader, NeverReadsBeyondTheBytesOfADamagedFile) {
    Builder builder;
    builder.section()
        .interface(1, 0, 6)
        .enhanced(0, 1, frame_to(0x10, 60))
        .enhanced(0, 2, frame_to(0x20, 60));
    for (std::size_t index = 0; index < builder.octets().size(); ++index) {
        for (const int flip : {0x01, 0x80, 0xff}) {
            Octets damaged = builder.octets();
            damaged[index] = static_cast<std::uint8_t>(damaged[index] ^ flip);
            try {
                EXPECT_LE(read_capture(write(damaged), {true}).bytes.size(), damaged.size());
            } catch (const CaptureError&) {  // any refusal will do
            }
        }
    }
}

/// The repository's own captures, recorded by scripts/record-capture.
TEST_F(CaptureReader, ReadsTheRecordedCaptures) {
    for (const char* name : {"web.pcap", "mixed.pcapng"}) {
        const Capture capture = read_capture(std::string("scenarios/captures/") + name);
        EXPECT_GT(capture.frames.size(), 200U);
        EXPECT_EQ(capture.frames_beyond(1500), 0U);
        EXPECT_EQ(capture.snapped, 0U);
        EXPECT_EQ(capture.reordered, 0U);
        EXPECT_GT(capture.broadcast, 0U);
    }
}

/// Captures of public test suites, where they are at hand.
class PublicCaptures : public CaptureReader {
  protected:
    void SetUp() override {
        CaptureReader::SetUp();
        const char* set = std::getenv("SNSIM_CAPTURES");
        captures_ = set != nullptr ? fs::path(set) : fs::path("../shared/data/pcap");
        if (!fs::exists(captures_ / "netflix.pcap")) {
            GTEST_SKIP() << "no captures in " << captures_
                         << "; SNSIM_CAPTURES names another directory";
        }
    }
    fs::path captures_;
};

TEST_F(PublicCaptures, HoldTheFramesThatCapinfosCounts) {
    struct Row {
        const char* name;
        std::size_t frames;
        std::uint64_t bytes;
        std::int64_t duration_ns;
    };
    const Row rows[] = {{"443-firefox.pcap", 667, 458067, 8'439'822'000},
                        {"geneve.pcap", 39, 9280, 2'000'303'000},
                        {"netflix.pcap", 1793, 1006416, 89'936'777'000},
                        {"vxlan.pcap", 10, 1368, 3'048'296'000}};
    for (const Row& row : rows) {
        const Capture capture = read_capture((captures_ / row.name).string());
        EXPECT_EQ(capture.frames.size(), row.frames) << row.name;
        EXPECT_EQ(capture.original_bytes, row.bytes) << row.name;
        EXPECT_EQ(capture.duration_ns, row.duration_ns) << row.name;
    }
    const Capture zoom = read_capture((captures_ / "zoom.pcap").string());  // pcapng by content
    EXPECT_EQ(zoom.frames.size(), 781U);
    const Capture merged = read_capture((captures_ / "gso-ipv4-geneve-ipv6.pcap").string());
    EXPECT_EQ(merged.frames_beyond(1500), 1U);
}

TEST_F(PublicCaptures, OnPppAreRefusedByName) {
    const CaptureError error = error_of((captures_ / "mpls-traceroute.pcap").string());
    EXPECT_EQ(error.kind(), Kind::link_type);
    expect_in(error, "link type PPP (9)");
}

}  // namespace
}  // namespace snsim
