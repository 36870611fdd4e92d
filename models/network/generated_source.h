// Generated traffic: frames of established flows, and scripted connections (churn).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "models/base/traffic_source.h"
#include "models/network/arrivals.h"
#include "models/network/header_template.h"

namespace snsim {

/// What all sources of one class have in common.
struct ClassContext {
    const TrafficParams& params;
    std::uint16_t number;  ///< of the class in the scenario
    std::uint64_t seed;
    BitRate line_rate;
    const FlowPlan& plan;
    MacAddress client_mac;
    MacAddress client_gateway;  ///< the card's port at the client
    MacAddress server_mac;
    MacAddress server_gateway;
};

/// Frames of N flows at the class's rate; each frame draws its flow and size. With a window the
/// flows take turns, their bytes follow each other, and no more than the window's are under way.
class FlowSource final : public TrafficSource, private HeaderSource {
  public:
    explicit FlowSource(const ClassContext& context);

    [[nodiscard]] Picoseconds next_ready() override;
    Picoseconds fill(Frame& frame) override;
    [[nodiscard]] bool is_closed_loop() const override { return window_ > 0; }
    /// So many bytes that were under way are so no longer, at the present.
    void returned(std::uint32_t bytes, Picoseconds now);

  private:
    void write_header(Frame& frame) override;
    void prefetch(const FrameHead& frame) const override { plan_.prefetch(frame.flow); }

    // parameters
    std::uint16_t class_number_;
    Picoseconds stop_;
    std::uint32_t flows_;
    std::uint64_t window_;  // bytes; 0: none
    const FlowPlan& plan_;
    struct Size {
        std::uint32_t bytes;
        Arrivals::Gap gap;
        HeaderTemplate header;
    };
    std::vector<Size> sizes_;

    // state
    RandomStream random_;
    Arrivals arrivals_;
    std::optional<AliasTable> size_choice_;
    std::optional<AliasTable> flow_choice_;
    std::uint64_t sequence_ = 0;
    std::uint64_t under_way_ = 0;  // bytes
    Picoseconds not_before_ = 0;
};

/// One side of scripted TCP connections that open at a rate: SYN, SYN-ACK, ACK, data both ways,
/// FIN-ACK twice, ACK, each `churn_turnaround` after the one before, whatever becomes of it (an
/// open-loop tester: no retransmission). Client and server sources replay the same start times.
class ChurnSource final : public TrafficSource, private HeaderSource {
  public:
    enum class Side : std::uint8_t { client, server };

    ChurnSource(const ClassContext& context, Side side);

    [[nodiscard]] Picoseconds next_ready() override;
    Picoseconds fill(Frame& frame) override;

  private:
    /// One message of the script, with its own walk through the connections' start times.
    struct Message {
        Picoseconds delay;
        Arrivals starts;
        std::uint64_t connection = 0;
        std::unique_ptr<HeaderTemplate> header;
        std::uint32_t bytes;
    };

    void write_header(Frame& frame) override;
    [[nodiscard]] Picoseconds due(const Message& message) const;
    [[nodiscard]] std::size_t earliest() const;

    // parameters
    Side side_;
    std::uint16_t class_number_;
    Picoseconds stop_;
    std::uint64_t first_flow_;
    const FlowPlan& plan_;

    // state
    std::vector<Message> messages_;
    std::uint64_t sequence_;
};

/// Frames of churn connections have sequence numbers apart from those of established flows.
inline constexpr std::uint64_t churn_client_sequence = std::uint64_t{1} << 46;
inline constexpr std::uint64_t churn_server_sequence = std::uint64_t{2} << 46;

}  // namespace snsim
