// The general ways of parse() and make_canonical_key(), which take any frame. Those decide the
// commonest frames in fewer steps and leave the others to these; what they find is the same.
#pragma once

#include "models/protocols/flow_key.h"
#include "models/protocols/headers.h"

namespace snsim {

ParseStatus parse_any(const uint8_t* bytes, size_t available, size_t frame, ParsedHeaders& out);
bool make_any_canonical_key(const ParsedHeaders& parsed, const uint8_t* bytes, FlowKey& out,
                            bool& reversed, uint64_t& hash);

}  // namespace snsim
