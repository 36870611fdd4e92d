// labels: unit timing
#include "models/network/capture_source.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "models/base/frame_pool.h"
#include "models/protocols/checksum.h"
#include "models/protocols/header_writer.h"
#include "models/protocols/headers.h"

namespace snsim {
namespace {

using Octets = std::vector<std::uint8_t>;

constexpr Picoseconds ns = 1000;

/// A capture made in memory.
class Recording {
  public:
    Recording& frame(std::int64_t time_ns, const Octets& octets, std::size_t original = 0) {
        CapturedFrame frame;
        frame.time_ns = time_ns;
        frame.captured_bytes = static_cast<std::uint32_t>(octets.size());
        frame.original_bytes = static_cast<std::uint32_t>(std::max(original, octets.size()));
        frame.offset = capture_.bytes.size();
        capture_.frames.push_back(frame);
        capture_.bytes.insert(capture_.bytes.end(), octets.begin(), octets.end());
        return *this;
    }
    /// An opaque frame of this size, without FCS.
    Recording& frame(std::int64_t time_ns, std::size_t bytes) {
        Octets octets(bytes);
        for (std::size_t i = 0; i < bytes; ++i) {
            octets[i] = static_cast<std::uint8_t>(i + 31 * capture_.frames.size() + 1);
        }
        return frame(time_ns, octets);
    }
    Capture& capture() { return capture_; }
    std::shared_ptr<const Capture> share() const { return std::make_shared<Capture>(capture_); }

  private:
    Capture capture_;
};

TrafficParams replay() {
    TrafficParams params{};
    params.name = "east";
    params.mtu = 1500_b;
    params.repeat = 1;
    params.arrival = Arrival::constant;
    return params;
}

CaptureSource source_of(const Recording& recording, const TrafficParams& params) {
    return CaptureSource(params, 3, 1, 100_gbps, recording.share());
}

struct Sent {
    Picoseconds time;
    std::uint32_t bytes;
    std::uint32_t flow;
    Octets octets;  ///< without FCS
    std::uint32_t header_bytes = 0;
};

Octets serialised(const Frame& frame) {
    Octets octets(frame.bytes - fcs_bytes);
    frame.serialise(octets.data());
    return octets;
}

/// All that a source sends, at most `limit` frames.
std::vector<Sent> drain(CaptureSource& source, std::size_t limit = 10'000) {
    FramePool pool;
    std::vector<Sent> sent;
    while (source.next_ready() != never && sent.size() < limit) {
        Frame& frame = pool.take();
        const Picoseconds time = source.next_ready();
        source.fill(frame);
        EXPECT_EQ(frame.sequence, sent.size());
        EXPECT_EQ(frame.traffic_class, 3);
        frame.ensure_header();
        sent.push_back({time, frame.bytes, frame.flow, serialised(frame), frame.header_bytes});
        pool.release(frame);
    }
    return sent;
}

std::vector<Picoseconds> times(CaptureSource source, std::size_t limit = 10'000) {
    std::vector<Picoseconds> result;
    for (const Sent& sent : drain(source, limit)) result.push_back(sent.time);
    return result;
}

using Times = std::vector<Picoseconds>;

Octets ip_frame(std::uint8_t protocol, bool dont_fragment, std::uint32_t payload,
                bool tagged = false) {
    HeaderFields fields;
    fields.src = make_ipv4(0x0a000001);
    fields.dst = make_ipv4(0x0a000002);
    fields.protocol = protocol;
    fields.dont_fragment = dont_fragment;
    fields.tagged = tagged;
    fields.vlan = 9;
    fields.payload_bytes = payload;
    Octets octets(max_written_headers + payload);
    const HeaderLayout layout = write_headers(fields, octets.data());
    octets.resize(layout.header_bytes + payload);
    for (std::uint32_t i = 0; i < payload; ++i) {
        octets[layout.header_bytes + i] = static_cast<std::uint8_t>(i * 3);
    }
    InternetChecksum sum;
    sum.add(octets.data() + layout.header_bytes, payload);
    write_l4_checksum(octets.data(), layout, sum, payload);
    return octets;
}

TEST(CaptureSource, SendsFramesInFileOrderAtTheirOriginalTimes) {
    Recording recording;
    recording.frame(0, 100).frame(10, 200).frame(10, 60).frame(1000, 1514);
    TrafficParams params = replay();
    params.start = 5_us;
    CaptureSource source = source_of(recording, params);
    const std::vector<Sent> sent = drain(source);
    ASSERT_EQ(sent.size(), 4u);
    const Times due = {5'000 * ns, 5'010 * ns, 5'010 * ns, 6'000 * ns};
    for (std::uint32_t i = 0; i < 4; ++i) {
        const CapturedFrame& frame = recording.capture().frames[i];
        EXPECT_EQ(sent[i].time, due[i]);
        EXPECT_EQ(sent[i].flow, i);
        EXPECT_EQ(sent[i].bytes, frame.original_bytes + 4);
        const std::uint8_t* const from = recording.capture().data(frame);
        EXPECT_EQ(sent[i].octets, Octets(from, from + frame.captured_bytes));
    }
    EXPECT_EQ(source.next_ready(), never);
}

TEST(CaptureSource, TwiceTheSpeedHalvesTheGaps) {
    Recording recording;
    recording.frame(0, 100).frame(10, 100).frame(11, 100).frame(1001, 100);
    TrafficParams params = replay();
    params.start = 1_us;
    params.speed.millionths = 2'000'000;
    EXPECT_EQ(times(source_of(recording, params)),
              (Times{1'000'000, 1'005'000, 1'005'500, 1'500'500}));
    params.speed.millionths = 500'000;
    EXPECT_EQ(times(source_of(recording, params)),
              (Times{1'000'000, 1'020'000, 1'022'000, 3'002'000}));
}

TEST(CaptureSource, ScaledTimesDoNotDriftWithinACapture) {
    // 0.3x and 7x have no finite period in picoseconds; every time is the exact one rounded down.
    Recording recording;
    constexpr std::int64_t frames = 300'000;
    for (std::int64_t i = 0; i < frames; ++i) recording.frame(i * 333 + i % 7, Octets{});
    for (const std::int64_t speed : {300'000, 7'000'000, 999'983}) {
        TrafficParams params = replay();
        params.speed.millionths = speed;
        CaptureSource source = source_of(recording, params);
        Frame frame;
        for (std::int64_t i = 0; i < frames; ++i) {
            const Uint128 exact = static_cast<Uint128>(i * 333 + i % 7) * 1'000'000'000u /
                                  static_cast<std::uint64_t>(speed);
            ASSERT_EQ(source.next_ready(), static_cast<Picoseconds>(exact)) << i;
            source.fill(frame);
        }
    }
}

TEST(CaptureSource, AMillionRoundsDoNotDrift) {
    // 10 ns in 3 frames: a round every 10 + 10 / 2 ns, at 7x every 15000 / 7 ps.
    Recording recording;
    recording.frame(0, 100).frame(3, 100).frame(10, 100);
    TrafficParams params = replay();
    params.speed.millionths = 7'000'000;
    params.repeat = 1'000'000;
    CaptureSource source = source_of(recording, params);
    Frame frame;
    for (Picoseconds round = 0; round < 1'000'000; ++round) {
        const Picoseconds start = round * 15'000 / 7;
        for (const Picoseconds since : {0, 3'000 / 7, 10'000 / 7}) {
            ASSERT_EQ(source.next_ready(), start + since) << round;
            source.fill(frame);
        }
    }
    EXPECT_EQ(source.next_ready(), never);
    EXPECT_EQ(frame.sequence, 2'999'999u);
}

TEST(CaptureSource, TheNextRoundStartsOneMeanGapAfterTheLastFrame) {
    Recording recording;
    recording.frame(0, 100).frame(10, 100).frame(100, 100);
    TrafficParams params = replay();
    params.repeat = 3;
    EXPECT_EQ(times(source_of(recording, params)), (Times{0, 10 * ns, 100 * ns, 150 * ns, 160 * ns,
                                                          250 * ns, 300 * ns, 310 * ns, 400 * ns}));
    params.repeat = 1;
    EXPECT_EQ(times(source_of(recording, params)).size(), 3u);
}

TEST(CaptureSource, RoundsAreAlikeInAllButTime) {
    Recording recording;
    recording.frame(0, 100).frame(10, 40).frame(100, 700);
    TrafficParams params = replay();
    params.repeat = 2;
    CaptureSource source = source_of(recording, params);
    const std::vector<Sent> sent = drain(source);
    ASSERT_EQ(sent.size(), 6u);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(sent[i].flow, sent[i + 3].flow);
        EXPECT_EQ(sent[i].octets, sent[i + 3].octets);
    }
}

TEST(CaptureSource, RepeatZeroGoesOnUntilStop) {
    Recording recording;
    recording.frame(0, 100).frame(10, 100);  // a round every 20 ns
    TrafficParams params = replay();
    params.repeat = 0;
    params.stop = 1_us;
    EXPECT_EQ(times(source_of(recording, params)).size(), 100u);
    params.stop = Duration{990 * ns + 1};  // the frame at 990 ns just before
    EXPECT_EQ(times(source_of(recording, params)).size(), 100u);
    params.stop = 990_ns;
    EXPECT_EQ(times(source_of(recording, params)).size(), 99u);
    params.stop.reset();
    EXPECT_EQ(times(source_of(recording, params), 5'000).size(), 5'000u);
}

TEST(CaptureSource, ACaptureWithoutDurationRepeatsAtLineRate) {
    // 96 B + FCS + 20 B on the wire take 9.6 ns at 100 Gb/s, whatever the speed.
    Recording recording;
    recording.frame(0, 96);
    TrafficParams params = replay();
    params.repeat = 4;
    params.speed.millionths = 10'000'000;
    EXPECT_EQ(times(source_of(recording, params)), (Times{0, 9'600, 19'200, 28'800}));
    recording.frame(0, 96);
    params.repeat = 2;
    EXPECT_EQ(times(source_of(recording, params)), (Times{0, 0, 19'200, 19'200}));
}

TEST(CaptureSource, TimesBeyondTheEndOfTimeNeverCome) {
    Recording recording;
    recording.frame(0, 100).frame(1'000'000'000'000, 100);  // 1000 s, at 0.000001x 30 years
    TrafficParams params = replay();
    params.speed.millionths = 1;
    params.repeat = 0;
    EXPECT_EQ(times(source_of(recording, params)), Times{0});
}

TEST(CaptureSource, ARateReplacesTheClockOfTheCapture) {
    Recording recording;
    recording.frame(0, 100).frame(1'000'000, 1000).frame(2'000'000, 100);
    TrafficParams params = replay();
    params.start = 1_us;
    params.repeat = 2;
    params.rate = OfferedRate{OfferedRate::Kind::frames, {}, 10'000'000_per_s, {}};
    EXPECT_EQ(times(source_of(recording, params)),
              (Times{1'000 * ns, 1'100 * ns, 1'200 * ns, 1'300 * ns, 1'400 * ns, 1'500 * ns}));
    // At a bit rate every gap is as long as its frame: 124 B and 1024 B at 10 Gb/s.
    params.rate = OfferedRate{OfferedRate::Kind::bits, {}, {}, 10_gbps};
    params.repeat = 1;
    EXPECT_EQ(times(source_of(recording, params)), (Times{1'000'000, 1'099'200, 1'918'400}));
    params.stop = Duration{1'918'400};
    EXPECT_EQ(times(source_of(recording, params)).size(), 2u);
}

TEST(CaptureSource, PoissonArrivalsComeFromTheSeed) {
    Recording recording;
    recording.frame(0, 100).frame(10, 100);
    TrafficParams params = replay();
    params.arrival = Arrival::poisson;
    params.repeat = 100;
    params.rate = OfferedRate::of_line(10_percent);
    const auto run = [&](std::uint64_t seed) {
        return times(CaptureSource(params, 3, seed, 100_gbps, recording.share()));
    };
    EXPECT_EQ(run(1).size(), 200u);
    EXPECT_EQ(run(1), run(1));
    EXPECT_NE(run(1), run(2));
}

TEST(CaptureSource, ShortFramesArePaddedWithZeros) {
    Recording recording;
    recording.frame(0, 42).frame(10, 59).frame(20, 60).frame(30, Octets{}).frame(40, 9);
    CaptureSource source = source_of(recording, replay());
    EXPECT_EQ(source.summary().padded, 4u);
    const std::vector<Sent> sent = drain(source);
    for (std::size_t i = 0; i < sent.size(); ++i) {
        EXPECT_EQ(sent[i].bytes, 64u);
        const CapturedFrame& frame = recording.capture().frames[i];
        const std::uint8_t* const from = recording.capture().bytes.data() + frame.offset;
        Octets expected(from, from + frame.captured_bytes);
        expected.resize(60);
        EXPECT_EQ(sent[i].octets, expected);
        EXPECT_GE(sent[i].header_bytes, 14u) << "a card sees a whole Ethernet header";
    }
}

TEST(CaptureSource, MissingBytesOfSnappedFramesAreSentAsZeros) {
    for (const std::size_t captured : {0U, 20U, 127U, 128U, 129U, 300U}) {
        for (const std::size_t original : {45U, 300U, 1514U}) {
            if (original < captured) continue;
            Recording recording;
            const Octets octets(captured, 0xab);
            recording.frame(0, octets, original);
            CaptureSource source = source_of(recording, replay());
            EXPECT_EQ(source.summary().snapped, original > captured ? 1u : 0u);
            Frame frame;
            frame.reset();
            source.fill(frame);
            EXPECT_EQ(frame.bytes, std::max<std::size_t>(64, original + 4));
            frame.ensure_header();
            EXPECT_EQ(frame.header_bytes, std::clamp<std::size_t>(captured, 14, 128));
            Octets expected = octets;
            expected.resize(frame.bytes - 4);
            EXPECT_EQ(serialised(frame), expected);
            std::uint32_t covered = frame.header_bytes;
            for (std::size_t i = 0; i < frame.extent_count; ++i) {
                covered += frame.extents[i].length;
                EXPECT_GT(frame.extents[i].length, 0u);
            }
            EXPECT_EQ(covered, frame.bytes - 4);
        }
    }
}

TEST(CaptureSource, HeadersAreWrittenOnDemandAndTheSameEachTime) {
    Recording recording;
    recording.frame(0, 42).frame(10, 1000).frame(20, ip_frame(ip_protocol::tcp, true, 4000));
    TrafficParams params = replay();
    params.oversize = Oversize::segment;
    CaptureSource source = source_of(recording, params);
    while (source.next_ready() != never) {
        Frame frame;
        frame.reset();
        frame.header.fill(0xcc);
        source.fill(frame);
        EXPECT_EQ(frame.header[0], 0xcc) << "filling must not pay for the header";
        ASSERT_NE(frame.source, nullptr);
        HeaderSource* const writer = frame.source;
        frame.ensure_header();
        const Octets once = serialised(frame);
        Frame other;
        other.reset();
        other.flow = frame.flow;
        other.bytes = frame.bytes;
        writer->write_header(other);
        writer->write_header(other);
        EXPECT_EQ(serialised(other), once);
        EXPECT_EQ(other.header_bytes, frame.header_bytes);
    }
}

TEST(CaptureSource, PayloadPointsIntoTheCaptureWhichTheSourceKeepsAlive) {
    Recording recording;
    recording.frame(0, 1000);
    std::shared_ptr<const Capture> capture = recording.share();
    CaptureSource source(replay(), 3, 1, 100_gbps, capture);
    Frame frame;
    frame.reset();
    source.fill(frame);
    frame.ensure_header();
    EXPECT_EQ(frame.extents[0].bytes, capture->bytes.data() + 128);
    EXPECT_EQ(capture.use_count(), 2);
    const Octets before = serialised(frame);
    capture.reset();
    EXPECT_EQ(serialised(frame), before);
}

TEST(CaptureSource, FramesBeyondTheMtuAreDroppedKeptOrSegmented) {
    Recording recording;
    recording.frame(0, 100)
        .frame(10, ip_frame(ip_protocol::tcp, true, 4000))
        .frame(20, 1515)  // one byte too many
        .frame(30, 1514);
    TrafficParams params = replay();

    params.oversize = Oversize::drop;
    CaptureSource drops = source_of(recording, params);
    EXPECT_EQ(drops.summary().oversize_dropped, 2u);
    EXPECT_EQ(drops.summary().sent_per_round, 2u);
    std::vector<Sent> sent = drain(drops);
    ASSERT_EQ(sent.size(), 2u);
    EXPECT_EQ(sent[1].flow, 3u);
    EXPECT_EQ(sent[1].time, 30 * ns);

    params.oversize = Oversize::keep;
    CaptureSource keeps = source_of(recording, params);
    EXPECT_EQ(keeps.summary().oversize_dropped, 0u);
    sent = drain(keeps);
    ASSERT_EQ(sent.size(), 4u);
    EXPECT_EQ(sent[1].bytes, 4054u + 4);
    EXPECT_EQ(sent[1].octets, ip_frame(ip_protocol::tcp, true, 4000));

    params.oversize = Oversize::segment;
    CaptureSource segments = source_of(recording, params);
    const ReplaySummary& summary = segments.summary();
    EXPECT_EQ(summary.frames, 4u);
    EXPECT_EQ(summary.sent_per_round, 5u);
    EXPECT_EQ(summary.segmented, 1u);
    EXPECT_EQ(summary.segments, 3u);
    EXPECT_EQ(summary.oversize_dropped, 1u);
    EXPECT_EQ(summary.not_segmentable, 1u);
    sent = drain(segments);
    ASSERT_EQ(sent.size(), 5u);
    Octets payload;
    for (std::size_t i = 1; i < 4; ++i) {
        EXPECT_EQ(sent[i].time, 10 * ns);
        EXPECT_EQ(sent[i].flow, 4 + i - 1);  // numbered on behind the captured frames
        ParsedHeaders at;
        EXPECT_EQ(parse(sent[i].octets.data(), sent[i].octets.size(), sent[i].octets.size(), at),
                  ParseStatus::ok);
        EXPECT_LE(sent[i].bytes, 1518u);
        payload.insert(payload.end(), sent[i].octets.begin() + at.header_bytes,
                       sent[i].octets.begin() + at.datagram_end);
    }
    const Octets whole = ip_frame(ip_protocol::tcp, true, 4000);
    EXPECT_EQ(payload, Octets(whole.begin() + 54, whole.end()));
    EXPECT_EQ(sent[4].flow, 3u);
}

TEST(CaptureSource, UdpBeyondTheMtuIsFragmentedOnlyWithoutDf) {
    TrafficParams params = replay();
    params.oversize = Oversize::segment;
    Recording recording;
    recording.frame(0, ip_frame(ip_protocol::udp, false, 3000))
        .frame(10, ip_frame(ip_protocol::udp, true, 3000));
    CaptureSource source = source_of(recording, params);
    EXPECT_EQ(source.summary().segments, 3u);
    EXPECT_EQ(source.summary().not_segmentable, 1u);
    EXPECT_EQ(drain(source).size(), 3u);
}

TEST(CaptureSource, VlanTagsDoNotCountAgainstTheMtu) {
    Recording recording;
    recording.frame(0, ip_frame(ip_protocol::udp, true, 1500 - 28, true))
        .frame(10, ip_frame(ip_protocol::udp, true, 1501 - 28, true));
    ASSERT_EQ(recording.capture().frames[0].captured_bytes, 1518u);
    CaptureSource source = source_of(recording, replay());
    EXPECT_EQ(source.summary().sent_per_round, 1u);
    EXPECT_EQ(source.summary().oversize_dropped, 1u);
}

TEST(CaptureSource, ShortSegmentsArePadded) {
    Recording recording;
    recording.frame(0, ip_frame(ip_protocol::tcp, true, 1461));  // one byte for the second
    TrafficParams params = replay();
    params.oversize = Oversize::segment;
    CaptureSource source = source_of(recording, params);
    EXPECT_EQ(source.summary().padded, 1u);
    const std::vector<Sent> sent = drain(source);
    ASSERT_EQ(sent.size(), 2u);
    EXPECT_EQ(sent[1].bytes, 64u);
    EXPECT_EQ(sent[1].octets[54], static_cast<std::uint8_t>(1460 * 3));
    EXPECT_EQ(std::count(sent[1].octets.begin() + 55, sent[1].octets.end(), 0), 5);
}

TEST(CaptureSource, ACaptureOfWhichNothingIsLeftIsSilent) {
    Recording recording;
    recording.frame(0, 9000);
    TrafficParams params = replay();
    params.repeat = 0;
    CaptureSource source = source_of(recording, params);
    EXPECT_EQ(source.next_ready(), never);
    params.rate = OfferedRate::of_line(10_percent);
    EXPECT_EQ(source_of(recording, params).next_ready(), never);
}

TEST(CaptureSource, SerialisedFramesAreTheCapturedBytes) {
    for (const char* name : {"web.pcap", "mixed.pcapng"}) {
        const auto capture = std::make_shared<const Capture>(
            read_capture(std::string("scenarios/captures/") + name));
        CaptureSource source(replay(), 3, 1, 100_gbps, capture);
        EXPECT_EQ(source.summary().oversize_dropped, 0u);
        const std::vector<Sent> sent = drain(source);
        ASSERT_EQ(sent.size(), capture->frames.size());
        for (std::size_t i = 0; i < sent.size(); ++i) {
            const CapturedFrame& frame = capture->frames[i];
            Octets expected(capture->data(frame), capture->data(frame) + frame.captured_bytes);
            expected.resize(std::max<std::size_t>(60, expected.size()));
            ASSERT_EQ(sent[i].octets, expected) << name << " frame " << i;
            EXPECT_EQ(sent[i].time, frame.time_ns * ns);
        }
    }
}

TEST(CaptureSource, TheSummaryIsOneLineOfWhatMatters) {
    Recording recording;
    recording.frame(0, 100).frame(10, 40).frame(20, Octets(64), 100).frame(30, 2000);
    recording.capture().reordered = 2;
    recording.capture().cut = CaptureCut{5, 4711};
    EXPECT_EQ(source_of(recording, replay()).summary().text(),
              "4 frames captured, 3 sent per round, 1 beyond the MTU dropped, 1 snapped (missing "
              "bytes are sent as zeros), 1 padded to 64 B, 2 captured out of order, 1 truncated at "
              "the end of the file left out");
    TrafficParams params = replay();
    params.oversize = Oversize::segment;
    recording.frame(40, ip_frame(ip_protocol::tcp, true, 4000));
    EXPECT_EQ(source_of(recording, params).summary().text().substr(0, 105),
              "5 frames captured, 6 sent per round, 1 segmented into 3, 1 beyond the MTU dropped "
              "as not segmentable, 1 s");
    Recording plain;
    plain.frame(0, 100);
    EXPECT_EQ(source_of(plain, replay()).summary().text(), "1 frame captured, 1 sent per round");
}

}  // namespace
}  // namespace snsim
