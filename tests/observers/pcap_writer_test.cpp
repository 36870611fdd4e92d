// labels: unit
#include "observers/pcap_writer.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <pcap/pcap.h>
#include <sys/resource.h>
#include <unistd.h>

namespace snsim {
namespace {

namespace fs = std::filesystem;
using Octets = std::vector<std::uint8_t>;

struct Record {
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    std::uint32_t original_bytes = 0;
    Octets bytes;
};

class PcapWriterTest : public testing::Test {
  protected:
    void SetUp() override {
        directory_ = fs::temp_directory_path() / ("snsim-pcap-writer-" + std::to_string(getpid()));
        fs::create_directories(directory_);
        path_ = (directory_ / "port0.pcap").string();
    }
    void TearDown() override { fs::remove_all(directory_); }

    /// What libpcap makes of the file.
    std::vector<Record> read() const {
        char text[PCAP_ERRBUF_SIZE] = "";
        const std::unique_ptr<pcap_t, void (*)(pcap_t*)> pcap(
            pcap_open_offline_with_tstamp_precision(path_.c_str(), PCAP_TSTAMP_PRECISION_NANO,
                                                    text),
            pcap_close);
        if (pcap == nullptr) {
            ADD_FAILURE() << text;
            return {};
        }
        EXPECT_EQ(pcap_datalink(pcap.get()), DLT_EN10MB);
        std::vector<Record> records;
        pcap_pkthdr* header = nullptr;
        const u_char* data = nullptr;
        int result = 0;
        while ((result = pcap_next_ex(pcap.get(), &header, &data)) == 1) {
            records.push_back({header->ts.tv_sec, header->ts.tv_usec, header->len,
                               Octets(data, data + header->caplen)});
        }
        EXPECT_EQ(result, PCAP_ERROR_BREAK) << pcap_geterr(pcap.get());
        return records;
    }

    std::ptrdiff_t files() const {
        return std::distance(fs::directory_iterator(directory_), fs::directory_iterator());
    }

    fs::path directory_;
    std::string path_;
};

const Octets header(14, 0xaa);
const Octets payload{1, 2, 3, 4, 5, 6};

TEST_F(PcapWriterTest, WritesNanosecondsSinceTheStartOfTheSimulation) {
    PcapWriter writer(path_);
    for (const std::int64_t time_ps :
         {std::int64_t{0}, std::int64_t{1999}, std::int64_t{7'123'456'789'012}}) {
        EXPECT_TRUE(writer.write(time_ps, header.data(), header.size(), {}, 60));
    }
    ASSERT_TRUE(writer.close()) << writer.error();
    const std::vector<Record> records = read();
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[0].nanoseconds, 0);
    EXPECT_EQ(records[1].nanoseconds, 1);
    EXPECT_EQ(records[2].seconds, 7);
    EXPECT_EQ(records[2].nanoseconds, 123'456'789);
    EXPECT_EQ(records[2].original_bytes, 60U);
    EXPECT_EQ(writer.frames(), 3U);
}

TEST_F(PcapWriterTest, JoinsHeaderAndPieces) {
    PcapWriter writer(path_);
    EXPECT_TRUE(writer.write(0, header.data(), header.size(),
                             {{payload.data(), 2}, {payload.data(), 0}, {payload.data() + 2, 4}},
                             20));
    ASSERT_TRUE(writer.close());
    Octets expected = header;
    expected.insert(expected.end(), payload.begin(), payload.end());
    const std::vector<Record> records = read();
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].bytes, expected);
    EXPECT_EQ(records[0].original_bytes, 20U);
}

TEST_F(PcapWriterTest, CutsEachFrameAtTheSnapLength) {
    PcapWriter writer(path_, 16);
    EXPECT_TRUE(writer.write(0, header.data(), header.size(), {{payload.data(), 6}}, 20));
    EXPECT_TRUE(writer.write(1000, header.data(), 10, {{payload.data(), 6}}, 16));
    ASSERT_TRUE(writer.close());
    const std::vector<Record> records = read();
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].bytes.size(), 16U);
    EXPECT_EQ(records[0].bytes.back(), 2);
    EXPECT_EQ(records[0].original_bytes, 20U);
    EXPECT_EQ(records[1].bytes.size(), 16U);
}

TEST_F(PcapWriterTest, AsksForNoMoreOfAFilledPayloadThanItKeeps) {
    PcapWriter writer(path_, 64);
    std::vector<std::size_t> asked;
    const auto fill = [&](std::uint8_t* out, std::size_t bytes) {
        asked.push_back(bytes);
        std::fill_n(out, bytes, std::uint8_t{0x5a});
    };
    EXPECT_TRUE(writer.write_filled(0, header.data(), 14, 30, 44, fill));
    EXPECT_TRUE(writer.write_filled(0, header.data(), 14, 1000, 1014, fill));
    EXPECT_TRUE(writer.write_filled(0, header.data(), 14, 0, 14, fill));
    ASSERT_TRUE(writer.close());
    EXPECT_EQ(asked, (std::vector<std::size_t>{30, 50}));
    const std::vector<Record> records = read();
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[0].bytes.size(), 44U);
    EXPECT_EQ(records[1].bytes.size(), 64U);
    EXPECT_EQ(records[1].original_bytes, 1014U);
    EXPECT_EQ(records[1].bytes.back(), 0x5a);
}

TEST_F(PcapWriterTest, WritesMoreThanItsBufferHolds) {
    PcapWriter writer(path_);
    const Octets large(1500, 0x77);
    for (int index = 0; index < 3000; ++index) {
        ASSERT_TRUE(writer.write(index * std::int64_t{1'000'000}, header.data(), header.size(),
                                 {{large.data(), large.size()}}, 1514));
    }
    ASSERT_TRUE(writer.close());
    EXPECT_EQ(fs::file_size(path_), 24U + 3000U * (16U + 1514U));
    EXPECT_EQ(read().size(), 3000U);
}

TEST_F(PcapWriterTest, AnEmptyCaptureIsAWholeFile) {
    PcapWriter writer(path_);
    ASSERT_TRUE(writer.close());
    EXPECT_TRUE(read().empty());
    EXPECT_EQ(files(), 1);
}

TEST_F(PcapWriterTest, TakesItsNameOnlyWhenClosed) {
    std::ofstream(path_) << "old";
    {
        PcapWriter writer(path_);
        ASSERT_TRUE(writer.write(0, header.data(), header.size(), {}, 14));
        ASSERT_TRUE(writer.flush());
        EXPECT_EQ(fs::file_size(path_), 3U);
    }
    EXPECT_EQ(fs::file_size(path_), 3U);
    EXPECT_EQ(files(), 1);

    PcapWriter writer(path_);
    ASSERT_TRUE(writer.close());
    EXPECT_TRUE(writer.close());
    EXPECT_EQ(fs::file_size(path_), 24U);
    EXPECT_EQ(files(), 1);
}

TEST_F(PcapWriterTest, SaysThatADirectoryIsMissing) {
    PcapWriter writer((directory_ / "none" / "port0.pcap").string());
    EXPECT_NE(writer.error().find("No such file or directory"), std::string::npos);
    EXPECT_FALSE(writer.write(0, header.data(), header.size(), {}, 14));
    EXPECT_FALSE(writer.flush());
    EXPECT_FALSE(writer.close());
}

TEST_F(PcapWriterTest, ReturnsTheErrorOfAFullDiskAndLeavesNothing) {
    std::ofstream(path_) << "old";
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
    rlimit small = limit;
    small.rlim_cur = 40'000;
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    PcapWriter writer(path_);
    const Octets large(1500, 0x77);
    for (int index = 0; index < 100; ++index) {  // less than a buffer: none of them can fail
        EXPECT_TRUE(
            writer.write(0, header.data(), header.size(), {{large.data(), large.size()}}, 1514));
    }
    EXPECT_FALSE(writer.close());
    EXPECT_FALSE(writer.flush());
    EXPECT_FALSE(writer.close());
    EXPECT_NE(writer.error().find("cannot write"), std::string::npos) << writer.error();
    EXPECT_EQ(writer.error().find(path_), 0U);
    EXPECT_EQ(fs::file_size(path_), 3U);
    EXPECT_EQ(files(), 1);

    PcapWriter second(path_);
    bool failed = false;
    for (int index = 0; index < 1000 && !failed; ++index) {
        failed =
            !second.write(0, header.data(), header.size(), {{large.data(), large.size()}}, 1514);
    }
    EXPECT_TRUE(failed);
    EXPECT_FALSE(second.close());
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

}  // namespace
}  // namespace snsim
