// Frames with real headers for the blocks of the ASIC, and functions whose every step is scripted.
#pragma once

#include <algorithm>
#include <cstring>
#include <functional>
#include <new>
#include <utility>
#include <vector>

#include "models/asic/header_vector.h"
#include "models/base/frame.h"
#include "models/functions/function.h"
#include "tests/functions/frames.h"
#include "tests/support/bench.h"

namespace snsim {

/// The headers of a frame of `bytes` (with FCS) from one endpoint to another.
inline TestFrame headers_of_size(const Endpoint& from, const Endpoint& to, uint8_t protocol,
                                 std::uint32_t bytes, uint8_t tcp_flags = tcp_flag::ack) {
    HeaderFields fields = fields_of(from, to, protocol);
    fields.tcp_flags = tcp_flags;
    const std::uint32_t headers =
        14u + (from.address.version == 4 ? 20u : 40u) + (protocol == ip_protocol::tcp ? 20u : 8u);
    fields.payload_bytes = bytes - fcs_bytes - std::min(headers, bytes - fcs_bytes);
    return make_frame(fields);
}

/// A frame of `bytes` with these headers and a payload that is a stamp.
inline ScriptedSource::Fill with_headers(const TestFrame& headers, std::uint32_t bytes) {
    return [headers, bytes](Frame& frame) {
        frame.bytes = bytes;
        frame.header_bytes = static_cast<std::uint8_t>(headers.parsed.header_bytes);
        std::memcpy(frame.header.data(), headers.header.data(), frame.header_bytes);
        frame.extents[0] = {nullptr, 0x1122334455667788, 0, bytes - fcs_bytes - frame.header_bytes};
        frame.extent_count = 1;
    };
}

/// Does what the parser does, for blocks behind it.
inline ScriptedSource::Fill parsed(ScriptedSource::Fill fill) {
    return [fill = std::move(fill)](Frame& frame) {
        fill(frame);
        auto& hv = *new (frame.scratch.data()) HeaderVector;
        hv.start(frame);
        parse(frame.header.data(), frame.header_bytes, frame.bytes - fcs_bytes, hv.parsed);
        make_canonical_key(hv.parsed, frame.header.data(), hv.key, hv.view.key_reversed,
                           hv.view.key_hash);
    };
}

/// A function whose program, tables and steps a test gives.
class ScriptedFunction : public Function {
  public:
    ScriptedFunction(Program program, std::vector<TableInfo> tables,
                     ConditionMask usual = mask_of(always))
        : program_(std::move(program)), tables_(std::move(tables)), usual_(usual) {}

    [[nodiscard]] std::string_view kind() const override { return "scripted"; }
    [[nodiscard]] const std::vector<TableInfo>& tables() const override { return tables_; }
    [[nodiscard]] const Program& program() const override { return program_; }
    [[nodiscard]] ConditionMask usual_path() const override { return usual_; }
    void prefetch(const FrameView&, ExpectedLines&) const override {}
    void begin(FrameView& frame, Execution& run) override {
        if (on_begin) on_begin(frame, run);
    }
    void lookup(unsigned step, FrameView& frame, Execution& run, LookupPlan& plan) override {
        lookups.push_back({step, frame.now_ps});
        if (on_lookup) on_lookup(step, frame, run, plan);
    }
    void rewrite(FrameView& frame, Execution& run) override {
        ++rewrites;
        if (on_rewrite) on_rewrite(frame, run);
    }

    struct Lookup {
        unsigned step;
        std::int64_t now;
    };
    std::function<void(FrameView&, Execution&)> on_begin;
    std::function<void(unsigned, FrameView&, Execution&, LookupPlan&)> on_lookup;
    std::function<void(FrameView&, Execution&)> on_rewrite;
    std::vector<Lookup> lookups;
    int rewrites = 0;

  private:
    Program program_;
    std::vector<TableInfo> tables_;
    ConditionMask usual_;
};

}  // namespace snsim
