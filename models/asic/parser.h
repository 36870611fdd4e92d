// The header parser: k engines that walk the headers, one state per header, and take `width` bytes
// per clock. What it finds is in models/protocols/headers.h; a malformed frame is marked here and
// goes through the pipeline without executing anything.
#pragma once

#include <systemc>
#include <vector>

#include "models/asic/asic_params.h"
#include "models/base/event_tally.h"
#include "models/base/frame_stream.h"
#include "models/base/inputs.h"
#include "models/base/partition.h"
#include "models/base/servers.h"

namespace snsim {

class Parser : public sc_core::sc_module {
  public:
    Parser(const sc_core::sc_module_name& name, Partition& partition, const ParserParams& params,
           Frequency clock);

    FrameIn from_buffer;
    FrameOut to_pipeline;

    EventTally parsed_bytes;  ///< of headers

    [[nodiscard]] BlockId block() const { return block_; }

  private:
    void parse_frame(Frame& frame, Picoseconds t);
    void credit(Frame& frame, Picoseconds t) { from_buffer.return_credit(frame, t); }

    // parameters
    ParserParams params_;

    // wiring
    BlockId block_;
    std::uint8_t place_;
    FrameInput input_;

    // state
    EnginePool engines_;
    std::vector<Exact> service_;  // by cycles
};

}  // namespace snsim
