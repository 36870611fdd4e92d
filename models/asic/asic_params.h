// Parameters of the card's programmable ASIC, block by block. The tables in asic_params.cpp give
// each key's default, bounds, meaning and source; profiles give the values of real cards.
#pragma once

#include "models/base/params.h"
#include "models/base/units.h"

namespace snsim {

struct PortParams {
    BitRate rate;
    Duration fec_latency;
    Duration mac_latency;
    Bytes tx_fifo;
    static const ParamTable& params();
};

struct PacketBufferParams {
    Bytes size;
    Bytes cell;
    Bytes port_limit;
    static const ParamTable& params();
};

struct ParserParams {
    std::int64_t engines;
    Bytes width;
    std::int64_t state_cycles;
    static const ParamTable& params();
};

/// Cycles of an engine per counted primitive, once for the whole card.
struct CostParams {
    std::int64_t dispatch;
    std::int64_t extract;
    std::int64_t lookup;
    std::int64_t compare;
    std::int64_t rewrite;
    static const ParamTable& params();
};

struct PipelineParams {
    std::int64_t stages;
    std::int64_t engines;
    Bytes width;
    Bytes internal_header;
    std::int64_t contexts;
    std::int64_t lookups = 1;
    static const ParamTable& params();
};

/// The egress pipeline runs the fixed port program, which looks nothing up.
struct EgressParams : PipelineParams {
    static const ParamTable& params();
};

struct TableMemoryParams {
    Bytes sram;
    Duration sram_latency;
    std::int64_t tcam_entries;
    Duration tcam_latency;
    Bytes cache;
    std::int64_t cache_ways;
    Duration cache_latency;
    std::int64_t channels;
    Duration access_time;
    Duration dram_latency;
    static const ParamTable& params();
};

struct AgeingParams {
    Duration interval;
    std::int64_t entries;
    static const ParamTable& params();
};

struct TrafficManagerParams {
    Bytes queue_limit;
    Bytes host_queue_limit;
    Bytes host_buffer;
    Bytes host_quantum;
    static const ParamTable& params();
};

struct AsicParams {
    Frequency clock;
    std::int64_t credit_cycles;
    PortParams port0;
    PortParams port1;
    PacketBufferParams buffer;
    ParserParams parser;
    CostParams cost;
    PipelineParams ingress;
    EgressParams egress;
    TableMemoryParams memory;
    AgeingParams ageing;
    TrafficManagerParams tm;
    static const ParamTable& params();
};

}  // namespace snsim
